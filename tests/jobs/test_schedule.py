"""Steps of the week: due when they should be, run once, made up once when they were missed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from matching.queries.steps import next_steps
from matching.refusals import NotAllowed, WrongState
from matching.steps import request_step, skip_step, timetable
from matching.week import Week
from models.authority import SYSTEM, Actor
from models.organisation import OrganisationUnit, UnitLevel
from models.schedule import StepRun, StepState
from web.database import Work
from web.jobs.schedule import LOOK_BACK, Step, occasions, skip, tick

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


class Recorder:
    def __init__(self) -> None:
        self.ran: list[tuple[Step, str]] = []

    def runs(self) -> dict[Step, object]:
        return {step: self._run(step) for step in Step}

    def _run(self, step: Step) -> object:
        return lambda _work, week: self.ran.append((step, str(week)))


def test_steps_of_a_week_are_due_in_the_week_before() -> None:
    found = occasions(since=TUESDAY, until=TUESDAY + LOOK_BACK, zone=ZONE)
    assert [(one.step, str(one.week), one.due_at) for one in found] == [
        (Step.CLOSE, "2026-W49", datetime(2026, 11, 25, 18, 0, tzinfo=ZONE)),
        (Step.PLAN, "2026-W49", datetime(2026, 11, 25, 18, 15, tzinfo=ZONE)),
        (Step.PUBLISH, "2026-W49", datetime(2026, 11, 26, 12, 0, tzinfo=ZONE)),
        (Step.REPAIR, "2026-W49", datetime(2026, 11, 28, 9, 0, tzinfo=ZONE)),
    ]


def test_step_on_the_very_minute_is_due_once() -> None:
    due = datetime(2026, 11, 26, 12, 0, tzinfo=ZONE)
    minute = timedelta(minutes=1)
    assert len(occasions(since=due - minute, until=due, zone=ZONE)) == 1
    assert occasions(since=due, until=due + minute, zone=ZONE) == []


def test_missed_steps_are_made_up_once_and_in_order(work: Work) -> None:
    recorder = Recorder()
    assert tick(work, recorder.runs(), zone=ZONE, now=TUESDAY) == []
    late = TUESDAY + timedelta(days=3)
    tick(work, recorder.runs(), zone=ZONE, now=late)
    tick(work, recorder.runs(), zone=ZONE, now=late + timedelta(minutes=1))
    week = "2026-W49"
    assert recorder.ran == [(Step.CLOSE, week), (Step.PLAN, week), (Step.PUBLISH, week)]


def test_installation_makes_up_nothing_from_before_it_existed(work: Work) -> None:
    recorder = Recorder()
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY + timedelta(days=6))
    assert recorder.ran == []


def test_skipped_step_does_not_run(work: Work) -> None:
    recorder = Recorder()
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY)
    assert skip(work, step=Step.CLOSE, week=Week.parse("2026-W49"), due_at=TUESDAY)
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY + timedelta(days=2))
    assert recorder.ran == [(Step.PLAN, "2026-W49"), (Step.PUBLISH, "2026-W49")]


def test_failed_step_says_why(work: Work) -> None:
    recorder = Recorder()
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY)

    def fail(_work: Work, _week: Week) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        tick(work, {**recorder.runs(), Step.CLOSE: fail}, zone=ZONE, now=TUESDAY + timedelta(days=2))
    with work.read() as session:
        row = session.scalars(select(StepRun).where(StepRun.step == Step.CLOSE)).one()
        assert (row.state, row.failure) == (StepState.FAILED, "RuntimeError")


WEEK = Week.parse("2026-W49")
FRIDAY = TUESDAY + timedelta(days=3)


def die_in(work: Work, recorder: Recorder, step: Step, *, silent: timedelta) -> None:
    """Leave a step as a process does that was killed in the middle of it, so long ago."""
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY)
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY + timedelta(days=2))
    seen = datetime.now(UTC) - silent
    with work.begin() as session:
        session.execute(
            update(StepRun).where(StepRun.step == step).values(state=StepState.STARTED, finished_at=None, seen_at=seen)
        )
    recorder.ran.clear()


def state_of(work: Work, step: Step) -> tuple[StepState, int, str | None]:
    with work.read() as session:
        row = session.scalars(select(StepRun).where(StepRun.step == step)).one()
        return row.state, row.attempts, row.failure


def test_step_of_a_dead_process_is_taken_over_once(work: Work) -> None:
    recorder = Recorder()
    die_in(work, recorder, Step.PUBLISH, silent=timedelta(minutes=6))
    for _ in range(2):
        tick(work, recorder.runs(), zone=ZONE, now=TUESDAY + timedelta(days=2))
    assert recorder.ran == [(Step.PUBLISH, "2026-W49")]
    assert state_of(work, Step.PUBLISH) == (StepState.DONE, 2, None)


def test_later_steps_wait_for_one_that_still_runs(work: Work) -> None:
    recorder = Recorder()
    die_in(work, recorder, Step.PUBLISH, silent=timedelta(minutes=1))
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY + timedelta(days=5))
    assert recorder.ran == []


def test_step_that_kills_every_process_is_given_up(work: Work) -> None:
    recorder = Recorder()
    die_in(work, recorder, Step.PUBLISH, silent=timedelta(minutes=6))
    with work.begin() as session:
        session.execute(update(StepRun).where(StepRun.step == Step.PUBLISH).values(attempts=3))
    tick(work, recorder.runs(), zone=ZONE, now=FRIDAY)
    assert state_of(work, Step.PUBLISH) == (StepState.FAILED, 3, "process_died")


def test_operator_asks_for_a_step_again_and_skips_another(work: Work) -> None:
    recorder = Recorder()
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY)
    with work.begin() as session:
        request_step(session, SYSTEM, step=Step.PLAN, week=WEEK, now=TUESDAY)
        skip_step(session, SYSTEM, step=Step.CLOSE, week=WEEK, due_at=TUESDAY, now=TUESDAY)
        with pytest.raises(NotAllowed):
            request_step(session, Actor(account_id=None), step=Step.PLAN, week=WEEK, now=TUESDAY)
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY)
    assert recorder.ran == [(Step.PLAN, "2026-W49")]
    with work.begin() as session:
        with pytest.raises(WrongState):
            skip_step(session, SYSTEM, step=Step.PLAN, week=WEEK, due_at=TUESDAY, now=TUESDAY)
        request_step(session, SYSTEM, step=Step.PLAN, week=WEEK, now=TUESDAY)
    tick(work, recorder.runs(), zone=ZONE, now=FRIDAY)
    assert recorder.ran == [(Step.PLAN, "2026-W49"), (Step.PLAN, "2026-W49"), (Step.PUBLISH, "2026-W49")]


def test_what_happens_next_says_what_became_of_each_step(work: Work) -> None:
    recorder = Recorder()
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY)
    tick(work, recorder.runs(), zone=ZONE, now=TUESDAY + timedelta(days=2))
    with work.read() as session:
        lines = next_steps(session, SYSTEM, now=TUESDAY + timedelta(days=2))
        with pytest.raises(NotAllowed):
            next_steps(session, Actor(account_id=None), now=TUESDAY)
    states = [(line.step, line.state) for line in lines if line.week == WEEK]
    assert states == [
        (Step.CLOSE, StepState.DONE),
        (Step.PLAN, StepState.DONE),
        (Step.PUBLISH, StepState.DONE),
        (Step.REPAIR, None),
    ]


def test_times_are_settings_of_units(work: Work) -> None:
    with work.begin() as session:
        for code, level, week in (
            ("31", UnitLevel.CITY, {"close": "1 17:00", "publish": "nonsense"}),
            ("310101", UnitLevel.DISTRICT, {"close": "1 12:00"}),
        ):
            session.add(OrganisationUnit(code=code, name=code, level=level, settings={"week": week}))
    with work.read() as session:
        times = [(due.step, due.area, due.weekday, due.at.isoformat("minutes")) for due in timetable(session)]
    assert times == [
        (Step.CLOSE, "", 1, "17:00"),
        (Step.PLAN, "", 2, "18:15"),
        (Step.PUBLISH, "", 3, "12:00"),
        (Step.REPAIR, "", 5, "09:00"),
        (Step.CLOSE, "310101", 1, "12:00"),
    ]
