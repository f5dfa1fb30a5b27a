"""Steps of the week: due when they should be, run once, made up once when they were missed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from matching.week import Week
from models.schedule import StepRun, StepState
from web.database import Work
from web.jobs.schedule import Step, next_occasions, occasions, skip, tick

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
    found = next_occasions(now=TUESDAY, zone=ZONE)
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
