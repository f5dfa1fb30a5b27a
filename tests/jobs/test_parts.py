"""A week planned as parts: the same roster whoever solves them, how often they are delivered, and who dies."""

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from matching.parts import MOST_ATTEMPTS, claim_part, fail_part, keep_part, parts_progress, store_parts
from matching.refusals import WrongState
from matching.rosters import begin_plan, store_plan
from matching.runs import SILENT as RUN_SILENT
from matching.runs import cancel_run, close_dead_runs
from matching.week import Week
from models.authority import SYSTEM, Role
from models.part import PartState, RunPart
from models.roster import Roster, RosterRun, RunState
from solver import Problem, Result, cut_parts, join_results, solve
from tests.conftest import KEYRING, Databases
from tests.jobs.processes import eventually, killed, running, started
from tests.matching.world import ZONE, World
from web.database import Work, clock, make_engine
from web.jobs import parts
from web.jobs.parts import NoPlan, Spread, solve_part
from web.jobs.week import Limits, plan_week
from web.settings import read_settings

#: Workers are processes of their own, with the real clock: the week is the next one.
NOW = clock()
WEEK = Week.holding(NOW, ZONE).next
SATURDAY = WEEK.starts_at(ZONE).date() + timedelta(days=5)
PEOPLE, NEEDS, PART_SIZE = 36, 14, 10
SPREAD = Spread(parts_from=1, part_size=PART_SIZE)


def peopled(work: Work) -> None:
    """Make a street of people and needs on two days, in several places."""
    with work.begin() as session:
        world = World(session=session, now=NOW)
        world.units()
        for number in range(PEOPLE):
            longitude = 121.40 + 0.02 * (number % 6)
            world.person(f"{number:02}", longitude=longitude, free=((5, 480, 1080), (6, 480, 1080)))
        for number in range(NEEDS):
            day = SATURDAY + timedelta(days=number % 2)
            world.need(f"{number}", day=day, hour=9 + 2 * (number % 4), seats=(1, 2, 2))


def by_hand(work: Work) -> tuple[Problem, Result]:
    """Give the week's problem, and its result from parts solved here, without rows."""
    with work.begin() as session:
        opened = begin_plan(session, SYSTEM, week=WEEK, area="", now=NOW)
    cut = cut_parts(opened.problem, -(-PEOPLE // PART_SIZE), workers=1)
    assert len(cut.problems) > 1
    results = [solve(problem, workers=1, seed=1, explain=False) for problem in cut.problems]
    return opened.problem, join_results(opened.problem, results, parts=cut, workers=1, seed=1)


def test_parts_of_rows_come_to_what_they_come_to_by_hand(work: Work) -> None:
    peopled(work)
    told: list[str] = []
    planned = plan_week(
        work, SYSTEM, week=WEEK, limits=Limits(workers=2), spread=SPREAD, watch=lambda one: told.append(one.stage)
    )
    expected = by_hand(work)[1]
    assert planned.result.assignments == expected.assignments
    assert (planned.result.points, planned.result.bound) == (expected.points, expected.bound)
    assert planned.result.unfilled == expected.unfilled
    with work.read() as session:
        run = session.get_one(RosterRun, planned.run_id)
        rows = session.scalars(select(RunPart).order_by(RunPart.number)).all()
    assert (run.state, run.stage, run.bound) == (RunState.STORED, None, expected.bound)
    assert {(row.state, row.problem, row.solution, row.attempts) for row in rows} == {(PartState.SOLVED, None, None, 1)}
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert sum(row.shifts for row in rows) == NEEDS
    assert f"parts {len(rows)}/{len(rows)}" in told


def test_a_small_week_is_planned_whole(work: Work) -> None:
    peopled(work)
    planned = plan_week(work, SYSTEM, week=WEEK, spread=Spread(parts_from=PEOPLE + 1, part_size=PART_SIZE))
    assert not planned.result.engine.startswith("parts")
    with work.read() as session:
        assert session.scalar(select(func.count()).select_from(RunPart)) == 0


def with_parts(work: Work) -> tuple[int, list[int]]:
    """Make a running run with its parts, all waiting; give the run and the parts' numbers."""
    peopled(work)
    with work.begin() as session:
        opened = begin_plan(session, SYSTEM, week=WEEK, area="", now=NOW)
        cut = cut_parts(opened.problem, 4)
        return opened.run_id, store_parts(session, run_id=opened.run_id, problems=cut.problems, seconds=None)


def test_a_part_that_is_delivered_twice_is_solved_once(work: Work) -> None:
    run_id, numbers = with_parts(work)
    assert solve_part(work, run_id=run_id, number=numbers[0])
    assert not solve_part(work, run_id=run_id, number=numbers[0])
    with work.read() as session:
        state = parts_progress(session, run_id=run_id)
    assert (state.total, state.solved, state.failure) == (len(numbers), 1, None)
    assert state.points is not None


def test_a_part_whose_process_died_is_taken_over_so_often(work: Work) -> None:
    run_id, numbers = with_parts(work)
    silent = timedelta(seconds=60)

    def claim(after: timedelta) -> int | None:
        with work.begin() as session:
            claimed = claim_part(session, run_id=run_id, number=numbers[0], silent=silent, now=NOW + after)
        return None if claimed is None else claimed.attempt

    assert claim(timedelta()) == 1
    assert claim(timedelta(seconds=59)) is None
    assert claim(timedelta(seconds=61)) == 2
    assert claim(timedelta(days=-2)) == 3  # the clock had jumped ahead and back
    assert claim(timedelta(days=1)) is None
    with work.read() as session:
        assert MOST_ATTEMPTS == 3
        assert parts_progress(session, run_id=run_id).failure == "process_died"


def test_the_first_answer_of_a_part_counts(work: Work) -> None:
    run_id, numbers = with_parts(work)
    with work.begin() as session:
        claimed = claim_part(session, run_id=run_id, number=numbers[0], silent=parts.SILENT, now=NOW)
    assert claimed is not None
    result = solve(claimed.read(), workers=1, seed=1, explain=False)
    with work.begin() as session:
        keep_part(session, part_id=claimed.part_id, result=result, now=NOW)
    with work.begin() as session:
        fail_part(session, part_id=claimed.part_id, code="solver_failed", now=NOW)
    with work.read() as session:
        assert parts_progress(session, run_id=run_id).solved == 1


@pytest.mark.parametrize("spread", [None, SPREAD], ids=["whole", "parts"])
def test_a_cancelled_run_stops_and_stores_nothing(
    work: Work, spread: Spread | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    peopled(work)
    monkeypatch.setattr("web.jobs.progress.ASKED_SECONDS", 0.0)
    with work.begin() as session:
        actor = World(session=session, now=NOW).account("operator", Role.OPERATOR)

    def cancel(_progress: object) -> None:
        with work.begin() as session:
            run = session.scalars(select(RosterRun)).one()
            if run.state is RunState.RUNNING:
                cancel_run(session, actor, run_id=run.id, now=clock())

    with pytest.raises(NoPlan, match="cancelled"):
        plan_week(work, SYSTEM, week=WEEK, spread=spread, watch=cancel)
    with work.read() as session:
        run = session.scalars(select(RosterRun)).one()
        assert (run.state, run.failure) == (RunState.FAILED, "cancelled")
        assert session.scalars(select(Roster)).all() == []


def test_a_run_whose_process_died_is_given_up(work: Work) -> None:
    run_id, numbers = with_parts(work)
    with work.begin() as session:
        assert close_dead_runs(session, now=NOW + RUN_SILENT) == 0
        assert close_dead_runs(session, now=NOW + RUN_SILENT + timedelta(seconds=1)) == 1
    with work.read() as session:
        run = session.get_one(RosterRun, run_id)
        assert (run.state, run.failure) == (RunState.FAILED, "process_died")
    assert not solve_part(work, run_id=run_id, number=numbers[0])
    problem, result = by_hand(work)
    with work.begin() as session, pytest.raises(WrongState):
        store_plan(session, SYSTEM, run_id=run_id, problem=problem, result=result, now=NOW)


#: A worker that never comes to an end with a part.
SLOW = """
import pathlib, time, web.jobs.parts
from celery.signals import worker_ready
web.jobs.parts.solve = lambda *_args, **_options: time.sleep(600)
worker_ready.connect(lambda **_: pathlib.Path({ready!r}).touch(), weak=False)
"""


@pytest.mark.redis
@pytest.mark.postgres
def test_a_worker_killed_in_the_middle_of_a_part_changes_nothing(
    databases: Databases, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, log = databases.url("postgresql"), tmp_path / "log"
    work = Work(make_engine(url), KEYRING)
    peopled(work)
    environment = {"LINLI_INSTANCE": str(tmp_path), "DATABASE_URL": url, "CELERY_BROKER_URL": valkey_url}
    monkeypatch.setattr(parts, "SILENT", timedelta(seconds=8))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    spread = parts.spread_of(read_settings())
    monkeypatch.setattr(parts, "solve", _unhurried)
    ready = tmp_path / "ready"
    prelude = SLOW.format(ready=str(ready))
    slow = started("worker", "--concurrency", "1", environment=environment, log=log, prelude=prelude)
    eventually(ready.exists, log)
    with running("worker", "--concurrency", "1", environment=environment, log=log):
        planner, planned = _planning(work, Spread(parts_from=1, part_size=PART_SIZE, send=spread.send))
        eventually(lambda: _only_one_is_left(work), log)
        killed(slow)
        planner.join(60)
    assert not planner.is_alive()
    with work.read() as session:
        attempts = sorted(session.scalars(select(RunPart.attempts)))
    assert attempts == [*([1] * (len(attempts) - 1)), 2]
    _, expected = by_hand(work)
    assert planned[0].assignments == expected.assignments
    work.dispose()


def _unhurried(problem: Problem, **options: Any) -> Result:
    """Leave something for the workers to take."""
    time.sleep(0.4)
    return solve(problem, **options)


def _planning(work: Work, spread: Spread) -> tuple[threading.Thread, list[Result]]:
    planned: list[Result] = []

    def plan() -> None:
        planned.append(plan_week(work, SYSTEM, week=WEEK, limits=Limits(workers=1), spread=spread).result)

    thread = threading.Thread(target=plan, daemon=True)
    thread.start()
    return thread, planned


def _only_one_is_left(work: Work) -> bool:
    with work.read() as session:
        runs = session.scalars(select(RosterRun.id)).all()
        state = parts_progress(session, run_id=max(runs, default=0))
    return state.total > 0 and (state.solved, state.solving) == (state.total - 1, 1)
