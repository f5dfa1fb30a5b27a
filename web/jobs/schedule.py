"""Running the steps of the week: each once for a week, also when the machine was off, or died in the middle of one.

A tick, once a minute, finds every step that fell due in the last seven days, or that an operator asked for, and was
neither run nor skipped, and runs it in order. Claiming a step is inserting its row: the unique key (step, week, area)
lets one process win. While it runs, its process says that it is alive; a step whose process has been silent for
:data:`SILENT` is taken over, at most :data:`MOST_ATTEMPTS` times. A week's later step waits for an earlier one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from matching.steps import USUAL, Due, Occasion, Step, occasions, timetable
from matching.week import Week
from models.schedule import StepRun, StepState
from web.database import Work
from web.jobs.alive import Say, alive, try_to_say

__all__ = ["USUAL", "Due", "Occasion", "Run", "Step", "occasions", "skip", "tick"]

LOOK_BACK = timedelta(days=7)
SILENT = timedelta(minutes=5)
ALIVE_SECONDS = 30.0
MOST_ATTEMPTS = 3

Run = Callable[[Work, Week], None]


class _Claim(Enum):
    OURS = auto()
    BUSY = auto()  # another process is at it
    OVER = auto()  # it was run, skipped, or given up


def tick(work: Work, runs: Mapping[Step, Run], *, zone: ZoneInfo, now: datetime | None = None) -> list[Occasion]:
    """Run every step that is due or asked for and was not run; give those that this process ran."""
    instant = now or work.now()
    started = _first_seen(work, now=instant)
    with work.read() as session:
        steps = timetable(session)
    due = occasions(since=max(instant - LOOK_BACK, started), until=instant, zone=zone, steps=steps)
    ran: list[Occasion] = []
    busy: set[Week] = set()
    for one in [*due, *_requested(work, due)]:
        if one.week in busy:
            continue
        claim = _claim(work, one)
        if claim is _Claim.OURS:
            _run(work, one, runs[one.step])
            ran.append(one)
        elif claim is _Claim.BUSY:
            busy.add(one.week)
    return ran


def skip(work: Work, *, step: Step, week: Week, due_at: datetime) -> bool:
    """Let a step not happen for a week; False when it was run or skipped already."""
    return _insert(work, Occasion(step=step, week=week, due_at=due_at), state=StepState.SKIPPED)


def _first_seen(work: Work, *, now: datetime) -> datetime:
    """Give when the schedule was first looked at: an installation makes up nothing from before it existed."""
    with work.read() as session:
        seen = session.scalar(select(StepRun.started_at).where(StepRun.step == "first_tick"))
    if seen is not None:
        return seen
    try:
        with work.begin() as session:
            row = StepRun(step="first_tick", week="", due_at=now, started_at=now, seen_at=now)
            row.state = StepState.DONE
            session.add(row)
    except IntegrityError:  # another process looked first, at the same moment
        return now
    return now


def _requested(work: Work, due: list[Occasion]) -> list[Occasion]:
    """Give what operators asked for beside what is due by its time."""
    known = {(one.step, one.week) for one in due}
    with work.read() as session:
        rows = session.execute(
            select(StepRun.step, StepRun.week, StepRun.due_at)
            .where(StepRun.state == StepState.REQUESTED)
            .order_by(StepRun.due_at, StepRun.id)
        ).all()
    asked = [Occasion(step=Step(step), week=Week.parse(week), due_at=due_at) for step, week, due_at in rows]
    return [one for one in asked if (one.step, one.week) not in known]


def _claim(work: Work, one: Occasion) -> _Claim:
    return _Claim.OURS if _insert(work, one, state=StepState.STARTED) else _take_over(work, one)


def _insert(work: Work, one: Occasion, *, state: StepState) -> bool:
    now = work.now()
    row = StepRun(
        step=one.step.value,
        week=str(one.week),
        area=one.area,
        due_at=one.due_at,
        started_at=now,
        seen_at=now,
        state=state,
    )
    with work.read() as session:
        if session.scalar(select(StepRun.id).where(*_is(one))) is not None:
            return False
    try:
        with work.begin() as session:
            session.add(row)
    except IntegrityError:
        return False
    return True


def _take_over(work: Work, one: Occasion) -> _Claim:
    """Take a step that was asked for, or whose process has fallen silent."""
    with work.begin() as session:
        row = session.scalars(select(StepRun).where(*_is(one)).with_for_update()).one()
        alive = row.state is StepState.STARTED and abs(work.now() - row.seen_at) < SILENT  # a clock may jump back
        if alive:
            return _Claim.BUSY
        if row.state not in {StepState.STARTED, StepState.REQUESTED}:
            return _Claim.OVER
        if row.attempts >= MOST_ATTEMPTS:
            row.state, row.failure, row.finished_at = StepState.FAILED, "process_died", work.now()
            return _Claim.OVER
        row.state, row.attempts, row.seen_at = StepState.STARTED, row.attempts + 1, work.now()
        return _Claim.OURS


def _run(work: Work, one: Occasion, run: Run) -> None:
    try:
        with alive(work, _say(work, one), seconds=ALIVE_SECONDS, name=f"linli-{one.step}"):
            run(work, one.week)
    except OperationalError:  # the database went away or was too busy: the next tick takes the step over
        _give_back(work, one)
        raise
    except Exception as error:
        _finish(work, one, StepState.FAILED, getattr(error, "code", type(error).__name__))
        raise
    _finish(work, one, StepState.DONE, None)


def _say(work: Work, one: Occasion) -> Say:
    return lambda session: session.execute(update(StepRun).where(*_is(one)).values(seen_at=work.now()))


def _give_back(work: Work, one: Occasion) -> None:
    """Leave a step to the next tick, as if its process had died; where even that cannot be said, it falls silent."""
    silent = update(StepRun).where(*_is(one)).values(seen_at=work.now() - SILENT)
    try_to_say(work, lambda session: session.execute(silent))


def _finish(work: Work, one: Occasion, state: StepState, failure: str | None) -> None:
    with work.begin() as session:
        row = session.scalars(select(StepRun).where(*_is(one))).one()
        row.state, row.failure, row.finished_at = state, failure, work.now()


def _is(one: Occasion) -> tuple[ColumnElement[bool], ...]:
    return StepRun.step == one.step.value, StepRun.week == str(one.week), StepRun.area == one.area
