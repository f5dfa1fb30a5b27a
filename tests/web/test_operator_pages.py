from collections.abc import Callable
from datetime import time

import pytest
from sqlalchemy import select

from matching.parts import store_parts
from matching.queries.steps import next_steps
from matching.rosters import begin_plan
from matching.runs import note_progress
from matching.steps import Step, timetable
from matching.week import Week
from models.authority import SYSTEM, Role
from models.organisation import OrganisationUnit
from models.roster import RosterRun, RunState
from models.schedule import StepState
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import WEEK, World
from web.database import Work

Sign = Callable[..., ProofReadingClient]


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_pages_read_well_in_both_languages(
    world: World, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("ops", Role.OPERATOR)
    account("lead", Role.LEADER)
    client = sign_in("ops", language)
    for path in (
        "/runs",
        f"/runs/{world.run_id}",
        "/timetable",
        "/timetable/31",
        "/timetable/310101",
        f"/roster?week={WEEK}",
        f"/needs?week={WEEK}",
    ):
        assert client.get(path).status_code == 200, path
    client = sign_in("lead", language)
    for path in ("/city", f"/city?week={WEEK}", f"/needs/{world.need_id}"):
        assert client.get(path).status_code == 200, path


def test_a_week_is_planned_and_published(world: World, account: Callable[..., int], sign_in: Sign) -> None:
    account("ops", Role.OPERATOR)
    client = sign_in("ops")
    assert client.send("/runs/plan", {"week": "2026-W48"}).status_code == 302
    assert "运行 2" in client.get("/runs").text
    assert client.get("/runs/2/problem.json").json["format"] == "linli.problem/1"  # type: ignore[index]
    assert client.send("/runs/publish", {"week": "2026-W48"}).status_code == 302
    assert "已发布" in client.get("/runs").text


def test_a_published_week_is_not_planned_anew(world: World, account: Callable[..., int], sign_in: Sign) -> None:
    account("ops", Role.OPERATOR)
    client = sign_in("ops")
    answer = client.send("/runs/plan", {"week": WEEK})
    assert answer.status_code == 409
    assert "这一周已经发布" in answer.text


def test_a_repair_shows_its_changes_before_they_are_made(
    world: World, account: Callable[..., int], sign_in: Sign
) -> None:
    account("ops", Role.OPERATOR)
    client = sign_in("ops")
    assert client.send("/runs/repair", {"week": WEEK}).status_code == 302
    page = client.get("/runs/2").text
    assert "/runs/2/apply" in page
    assert client.send("/runs/2/apply").status_code == 302
    assert "已执行" in client.get("/runs/2").text


def test_a_coordinator_does_not_run_the_week(world: World, account: Callable[..., int], sign_in: Sign) -> None:
    account("zhou", Role.COORDINATOR, "310101002")
    client = sign_in("zhou")
    assert client.get("/runs").status_code == 404
    assert client.send("/runs/plan", {"week": WEEK}).status_code == 404


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_a_run_says_how_far_it_has_come_and_may_be_stopped(
    world: World, account: Callable[..., int], sign_in: Sign, work: Work, language: str
) -> None:
    account("ops", Role.OPERATOR)
    with work.begin() as session:
        opened = begin_plan(session, SYSTEM, week=Week.parse("2026-W51"), area="", now=NOW)
        store_parts(session, run_id=opened.run_id, problems=[opened.problem, opened.problem], seconds=None)
        note_progress(session, run_id=opened.run_id, stage="parts 0/2", points=70, bound=90, now=NOW)
    client = sign_in("ops", language)
    page = client.get(f"/runs/{opened.run_id}").text
    assert 'max="2" value="0"' in page
    assert client.send(f"/runs/{opened.run_id}/cancel").status_code == 302
    page = client.get(f"/runs/{opened.run_id}").text
    assert ('max="2"' in page, "/cancel" in page) == (False, False)
    assert client.send(f"/runs/{opened.run_id}/cancel").status_code == 409


def test_a_step_is_skipped_taken_back_and_asked_for(world: World, account: Callable[..., int], sign_in: Sign) -> None:
    account("ops", Role.OPERATOR)
    client = sign_in("ops")
    said = {"step": "publish", "week": "2026-W49", "area": ""}
    assert "取消跳过" not in client.get("/runs").text
    client.send("/runs/steps", {**said, "act": "skip"})
    assert "取消跳过" in client.get("/runs").text
    client.send("/runs/steps", {**said, "act": "unskip"})
    assert "取消跳过" not in client.get("/runs").text
    client.send("/runs/steps", {**said, "act": "run"})
    assert "已请求" in client.get("/runs").text
    assert client.send("/runs/steps", {**said, "act": "unskip"}).status_code == 409
    assert client.send("/runs/steps", {**said, "week": "2030-W01", "act": "skip"}).status_code == 404


def test_a_units_times_are_set_and_hold(world: World, account: Callable[..., int], sign_in: Sign, work: Work) -> None:
    account("ops", Role.OPERATOR)
    client = sign_in("ops")
    wrong = client.send("/timetable/310101", {"close.weekday": "1", "answers_from": "20:00", "answers_until": "08:00"})
    assert wrong.status_code == 422
    given = {"close.weekday": "1", "close.at": "17:00", "answers_from": "08:00", "answers_until": "18:00"}
    client.send("/timetable/310101", {**given, "publish.weekday": "0", "publish.at": "09:00"})
    with work.read() as session:
        own = [due for due in timetable(session) if due.area == "310101"]
        unit = session.scalars(select(OrganisationUnit).where(OrganisationUnit.code == "310101")).one()
    assert [(due.step, due.weekday, due.at) for due in own] == [(Step.CLOSE, 1, time(17))]
    assert unit.settings == {"week": {"close": "1 17:00", "answers": "08:00 18:00"}}
    client.send("/timetable/310101", {})
    with work.read() as session:
        assert [due for due in timetable(session) if due.area] == []
    assert client.get("/timetable/999").status_code == 404


def test_a_run_says_how_far_it_has_come(world: World, account: Callable[..., int], sign_in: Sign, work: Work) -> None:
    account("ops", Role.OPERATOR)
    said = {"run_id": world.run_id, "stage": "blocks", "points": 1234, "bound": 5678, "now": NOW}
    with work.begin() as session:
        note_progress(session, **said)  # it is stored already: nothing is kept
        run = session.get_one(RosterRun, world.run_id)
        assert (run.stage, run.points) == (None, 41230)
        run.state = RunState.RUNNING
        session.flush()
        note_progress(session, **said)
    page = sign_in("ops").get("/runs").text
    assert [text in page for text in ("分区求解", "1,234 分", "上限 5,678")] == [True] * 3


def test_what_was_done_by_hand_is_not_said_to_be_waiting(world: World, work: Work) -> None:
    with work.read() as session:
        lines = {(line.step, str(line.week)): line for line in next_steps(session, SYSTEM, now=NOW)}
    assert world.run_id
    assert lines[Step.PUBLISH, WEEK].state is StepState.DONE
    assert lines[Step.REPAIR, WEEK].state is None
