"""The week's schedule: which step is due when, and running each once for a week, also when the machine was off.

Steps are times of a week (Asia/Shanghai by default). A tick, once a minute, finds every step that fell due in the last
seven days and was neither run nor skipped, and runs it in order. Claiming a step is inserting its row: the unique key
(step, week, area) lets one process win.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from matching.week import Week
from models.schedule import StepRun, StepState
from web.database import Work, clock

LOOK_BACK = timedelta(days=7)


class Step(StrEnum):
    CLOSE = "close"
    PLAN = "plan"
    PUBLISH = "publish"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a step happens: a weekday and time of the week *before* the one it is about; 0 is Monday."""

    step: Step
    weekday: int
    at: time


#: The week of DESIGN: needs close Wednesday 18:00, the plan follows, it is published Thursday 12:00, repaired after
#: the first answers.
USUAL: tuple[Due, ...] = (
    Due(step=Step.CLOSE, weekday=2, at=time(18, 0)),
    Due(step=Step.PLAN, weekday=2, at=time(18, 15)),
    Due(step=Step.PUBLISH, weekday=3, at=time(12, 0)),
    Due(step=Step.REPAIR, weekday=5, at=time(9, 0)),
)

Run = Callable[[Work, Week], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One step of one week, and the instant at which it is due."""

    step: Step
    week: Week
    due_at: datetime


def occasions(*, since: datetime, until: datetime, zone: ZoneInfo, steps: tuple[Due, ...] = USUAL) -> list[Occasion]:
    """Give the steps due from `since` (excluded) to `until` (included), in order."""
    week = Week.holding(since, zone).previous
    found: list[Occasion] = []
    while week.starts_at(zone) <= until:
        for due in steps:
            day = week.monday + timedelta(days=due.weekday)
            due_at = datetime.combine(day, due.at, tzinfo=zone)
            if since < due_at <= until:
                found.append(Occasion(step=due.step, week=week.next, due_at=due_at))
        week = week.next
    return sorted(found, key=lambda one: (one.due_at, one.step))


def next_occasions(*, now: datetime, zone: ZoneInfo) -> list[Occasion]:
    """Give the steps of the coming seven days: what happens next."""
    return occasions(since=now, until=now + LOOK_BACK, zone=zone)


def tick(work: Work, runs: Mapping[Step, Run], *, zone: ZoneInfo, now: datetime | None = None) -> list[Occasion]:
    """Run every step that is due and was not run; give those that this process ran."""
    instant = now or clock()
    started = _first_seen(work, now=instant)
    due = occasions(since=max(instant - LOOK_BACK, started), until=instant, zone=zone)
    return [one for one in due if _run_once(work, one, runs[one.step])]


def _first_seen(work: Work, *, now: datetime) -> datetime:
    """Give when the schedule was first looked at: an installation makes up nothing from before it existed."""
    with work.read() as session:
        seen = session.scalar(select(StepRun.started_at).where(StepRun.step == "first_tick"))
    if seen is not None:
        return seen
    _claim(work, step="first_tick", week="", due_at=now, state=StepState.DONE)
    return now


def _run_once(work: Work, occasion: Occasion, run: Run) -> bool:
    if not _claim(work, step=occasion.step, week=str(occasion.week), due_at=occasion.due_at, state=StepState.STARTED):
        return False
    try:
        run(work, occasion.week)
    except Exception as error:
        _finish(work, occasion, StepState.FAILED, getattr(error, "code", type(error).__name__))
        raise
    _finish(work, occasion, StepState.DONE, None)
    return True


def _claim(work: Work, *, step: str, week: str, due_at: datetime, state: StepState) -> bool:
    try:
        with work.begin() as session:
            session.add(
                StepRun(step=step, week=week, area="", due_at=due_at, started_at=clock(), seen_at=clock(), state=state)
            )
    except IntegrityError:
        return False
    return True


def _finish(work: Work, occasion: Occasion, state: StepState, failure: str | None) -> None:
    with work.begin() as session:
        row = session.scalars(
            select(StepRun).where(StepRun.step == occasion.step, StepRun.week == str(occasion.week))
        ).one()
        row.state, row.failure, row.finished_at = state, failure, clock()


def skip(work: Work, *, step: Step, week: Week, due_at: datetime) -> bool:
    """Let a step not happen for a week; False when it was run or skipped already."""
    return _claim(work, step=step, week=str(week), due_at=due_at, state=StepState.SKIPPED)
