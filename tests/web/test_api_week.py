"""The week between people for programs: stand-ins, swaps, channels, templates, a unit's repair."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from matching.repairs import store_repair
from matching.rosters import begin_plan
from matching.week import Week
from matching.what_ifs import SOFT_WEIGHTS
from models.authority import SYSTEM, Role
from models.roster import HOLDING, Assignment, AssignmentState, Backup, RunKind
from solver import solve
from tests.conftest import NOW
from tests.web.test_api import NEED
from tests.web.test_stand_in_pages import other_seat
from tests.web.world import STREET, WEEK, World
from web.database import Work

Call = Callable[..., Any]


@pytest.fixture
def people(world: World, work: Work, account: Callable[..., int]) -> World:
    """Two volunteers and a coordinator with accounts; the second stands by for the seat of the first."""
    account("chen", Role.VOLUNTEER, "", world.persons[1])
    account("zhao", Role.VOLUNTEER, "", world.persons[2])
    account("zhou", Role.COORDINATOR, STREET)
    with work.begin() as session:
        session.add(Backup(role_id=world.role_id, rank=1, person_id=world.persons[2]))
    return world


def holders(work: Work, world: World) -> set[int]:
    query = select(Assignment.person_id).where(
        Assignment.shift_id == world.shift_id, Assignment.state == AssignmentState.CONFIRMED
    )
    with work.read() as session:
        return set(session.scalars(query))


def searched(call: Call, work: Work, world: World) -> tuple[int, int]:
    """Let the first look for a stand-in; give their assignment and the search."""
    query = select(Assignment.id).where(Assignment.person_id == world.persons[1], Assignment.state.in_(HOLDING))
    with work.read() as session:
        seat = session.scalars(query).one()
    made = call("post", f"/me/seats/{seat}/stand-in", "chen", json={"ask": True})
    assert (made.status_code, made.json["asked"], made.json["state"]) == (201, 1, "open")
    return seat, made.json["handover_id"]


def test_seat_is_handed_on_and_turned_back(call: Call, people: World, work: Work) -> None:
    seat, search = searched(call, work, people)
    asked = call("get", f"/me/stand-ins/{search}", "zhao").json
    assert (asked["is_open"], asked["holder"], asked["rule"]) == (True, None, None)
    assert call("get", f"/me/stand-ins/{search}", "zhou").status_code == 404
    assert call("post", f"/me/stand-ins/{search}/take", "zhao").status_code == 201
    assert holders(work, people) == {people.persons[2]}
    assert call("post", f"/me/stand-ins/{search}/stop", "chen").json["code"] == "handover_closed"
    (line,) = call("get", f"/stand-ins?week={WEEK}", "zhou").json["items"]
    assert (line["from_name"], line["to_name"], line["state"]) == ("陈建国", "赵敏", "done")
    assert call("post", f"/stand-ins/{search}/undo", "zhou").status_code == 204
    assert holders(work, people) == set()
    assert call("get", f"/me/seats/{seat}/stand-in", "chen").json["state"] == "undone"


def test_seats_are_swapped(call: Call, people: World, work: Work) -> None:
    _, search = searched(call, work, people)
    theirs = other_seat(people, work)
    assert call("post", f"/me/stand-ins/{search}/swap", "zhao", json={"assignment_id": theirs}).status_code == 204
    path = f"/me/stand-ins/{search}/swaps/{people.persons[2]}"
    assert call("post", f"{path}/refuse", "chen").status_code == 204
    assert call("post", f"/me/stand-ins/{search}/swap", "zhao", json={"assignment_id": theirs}).status_code == 204
    assert call("post", f"{path}/accept", "chen").status_code == 201
    assert holders(work, people) == {people.persons[2]}


def test_channels_are_chosen(call: Call, people: World) -> None:
    assert call("get", "/me/contact", "chen").json["offers"] == "sms"
    choice = {"offers": "sms", "reminders": "page", "news": "sms", "quiet_from": "08:00", "quiet_until": "16:00"}
    assert call("put", "/me/contact", "chen", json=choice).status_code == 204
    kept = call("get", "/me/contact", "chen").json
    assert (kept["reminders"], kept["quiet_until"], kept["gathered"]) == ("page", "16:00", False)
    refused = call("put", "/me/contact", "chen", json={**choice, "offers": "email"})
    assert (refused.status_code, refused.json["code"]) == (422, "address_not_proved")


def test_template_is_kept_used_and_put_away(call: Call, people: World) -> None:
    made = call("post", f"/needs/{people.need_id}/template", "zhou", json={"name": "急救"})
    template = made.json["id"]
    assert call("post", f"/templates/{template}/needs", "zhou", json=NEED).status_code == 201
    (line,) = call("get", "/templates", "zhou").json["items"]
    assert (line["name"], line["used"]) == ("急救", 1)
    assert call("put", f"/templates/{template}/away", "zhou", json={"away": True}).status_code == 204
    assert call("get", "/templates", "zhou").json["items"] == []


def test_unit_repairs_its_own_week(call: Call, people: World, work: Work) -> None:
    asked = {"week": WEEK, "unit": STREET}
    assert call("post", "/roster/repair", "zhou", json={**asked, "unit": "31"}).status_code == 404
    assert call("post", "/roster/repair", "zhou", json=asked).status_code == 202
    shown = call("get", f"/roster/repair?week={WEEK}&unit={STREET}", "zhou").json
    run = shown["run"]["run_id"]
    assert (shown["changes"]["applied"], len(shown["changes"]["lines"])) == (False, 3)
    assert call("post", f"/roster/repairs/{run}/apply", "zhou").json == {"count": 3}
    assert call("post", f"/roster/repairs/{run}/undo", "zhou").json == {"let_go": 3, "asked_back": 0, "stays": 0}


@pytest.mark.parametrize("kind", ["recruit", "free-day", "weights", "drive"])
def test_leader_asks_what_if(call: Call, account: Callable[..., int], world: World, work: Work, kind: str) -> None:
    with work.begin() as session:
        opened = begin_plan(session, SYSTEM, week=Week.parse(WEEK), area="", kind=RunKind.REPAIR, now=NOW)
    result = solve(opened.problem)
    with work.begin() as session:
        store_repair(session, SYSTEM, run_id=opened.run_id, problem=opened.problem, result=result, now=NOW)
    account("lead", Role.LEADER, "310101")
    bodies = {
        "free-day": {"day": 5},
        "weights": dict.fromkeys(SOFT_WEIGHTS, 50),
        "drive": {"unit_code": STREET, "people": 3, "days": [5], "parts": ["morning"]},
    }
    made = call("post", f"/what-ifs/{kind}?week={WEEK}", "lead", json=bodies.get(kind))
    assert made.status_code == 201, made.text
    answer = call("get", f"/what-ifs/{made.json['id']}", "lead").json
    assert (answer["state"], answer["kind"], answer["sides"] is None) == (
        "stored",
        kind.replace("-", "_"),
        kind == "recruit",
    )
    assert [one["id"] for one in call("get", f"/what-ifs?week={WEEK}", "lead").json["items"]] == [answer["id"]]
