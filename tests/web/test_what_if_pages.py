from collections.abc import Callable

import pytest
from sqlalchemy import select

from matching.repairs import store_repair
from matching.rosters import begin_plan
from matching.week import Week
from matching.what_ifs import SOFT_WEIGHTS
from models import Assignment, WhatIf
from models.authority import SYSTEM, Role
from models.roster import RunKind, RunState
from models.what_if import WhatIfKind
from solver import solve
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, WEEK, World
from web.database import Work

Sign = Callable[..., ProofReadingClient]
_SIDES = ("first", "second")
ASKED = {
    "recruit": {},
    "free_day": {"day": "5"},
    "weights": dict.fromkeys(SOFT_WEIGHTS, "50"),
    "drive": {"unit_code": STREET, "people": "3", "days[]": ["5", "6"], "parts[]": ["morning", "afternoon"]},
}


@pytest.fixture(autouse=True)
def run(world: World, work: Work) -> int:
    """A run of the published week that keeps its problem and its answer."""
    assert world.run_id
    with work.begin() as session:
        opened = begin_plan(session, SYSTEM, week=Week.parse(WEEK), area="", kind=RunKind.REPAIR, now=NOW)
    result = solve(opened.problem)
    with work.begin() as session:
        store_repair(session, SYSTEM, run_id=opened.run_id, problem=opened.problem, result=result, now=NOW)
    return opened.run_id


def standing(work: Work) -> list[tuple[int, int, str]]:
    """Every assignment as it stands."""
    with work.read() as session:
        rows = session.scalars(select(Assignment).order_by(Assignment.id))
        return [(row.person_id, row.seat_id, row.state.value) for row in rows]


def test_every_kind_of_question_is_on_the_page() -> None:
    assert set(ASKED) == set(WhatIfKind)


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("kind", sorted(ASKED))
def test_a_question_is_answered_by_planning_and_the_week_stays(
    work: Work, account: Callable[..., int], sign_in: Sign, kind: str, language: str
) -> None:
    account("lead", Role.LEADER, "310101")
    client = sign_in("lead", language)
    before = standing(work)
    sent = client.send(f"/what-if/{kind}?week={WEEK}", ASKED[kind])
    assert sent.status_code == 303
    assert client.get(sent.headers["Location"]).status_code == 200
    assert client.get(f"/what-if?week={WEEK}").status_code == 200
    assert standing(work) == before
    with work.read() as session:
        kept = session.scalars(select(WhatIf)).one()
        assert (kept.kind, kept.state) == (WhatIfKind(kind), RunState.STORED)
        assert kept.answer.keys() == (
            {"recruiting"} if kind == "recruit" else {*_SIDES, "people", "newcomers", "kept", "points", "bound", "gap"}
        )


def test_more_people_never_fill_fewer_seats(work: Work, account: Callable[..., int], sign_in: Sign) -> None:
    account("lead", Role.LEADER, "310101")
    sign_in("lead").send(f"/what-if/drive?week={WEEK}", ASKED["drive"])
    with work.read() as session:
        answer = session.scalars(select(WhatIf)).one().answer
    assert answer["second"]["points"] >= answer["first"]["points"]


def test_people_who_are_never_free_are_not_asked_about(work: Work, account: Callable[..., int], sign_in: Sign) -> None:
    account("lead", Role.LEADER, "310101")
    client = sign_in("lead")
    drive = {name: value for name, value in ASKED["drive"].items() if name != "days[]"}
    answer = client.send(f"/what-if/drive?week={WEEK}", drive)
    assert answer.status_code == 422
    assert 'value="3"' in answer.text  # nothing typed is lost
    with work.read() as session:
        assert session.scalars(select(WhatIf)).all() == []


def test_a_week_without_a_plan_says_so(account: Callable[..., int], sign_in: Sign) -> None:
    account("lead", Role.LEADER, "310101")
    answer = sign_in("lead").send("/what-if/recruit?week=2027-W05", {})
    assert answer.status_code == 409
    assert "还没有排班" in answer.text


def test_a_volunteer_does_not_see_it(account: Callable[..., int], sign_in: Sign) -> None:
    account("vol", Role.VOLUNTEER)
    assert sign_in("vol").get("/what-if").status_code == 404
