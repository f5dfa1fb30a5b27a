"""The steps of the week: when each is due by the settings of organisation units, and what an operator decides of them.

A unit's ``settings["week"]`` may say ``{"close": "2 18:00", "plan": "2 18:15", "publish": "3 12:00", …}``:
a weekday (0 is Monday) and a wall-clock time of the week before the one it is about. The city's settings give the times
of all steps; a unit below it may close its needs at another time, for itself and all below it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.refusals import NotAllowed, WrongState
from matching.trail import note
from matching.week import Week
from models.authority import Actor, Permission
from models.organisation import OrganisationUnit, UnitLevel
from models.schedule import StepRun, StepState


class Step(StrEnum):
    CLOSE = "close"
    PLAN = "plan"
    PUBLISH = "publish"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a step happens: a weekday and time of the week *before* the one it is about; 0 is Monday.

    `area` is the code of the unit whose needs it closes; "" is the whole city.
    """

    step: Step
    weekday: int
    at: time
    area: str = ""


#: The week of DESIGN: needs close Wednesday 18:00, the plan follows, it is published Thursday 12:00, repaired after
#: the first answers.
USUAL: tuple[Due, ...] = (
    Due(step=Step.CLOSE, weekday=2, at=time(18, 0)),
    Due(step=Step.PLAN, weekday=2, at=time(18, 15)),
    Due(step=Step.PUBLISH, weekday=3, at=time(12, 0)),
    Due(step=Step.REPAIR, weekday=5, at=time(9, 0)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One step of one week, and the instant at which it is due."""

    step: Step
    week: Week
    due_at: datetime
    area: str = ""


def timetable(session: Session) -> tuple[Due, ...]:
    """Give the times in force: the city's, and the closes of units that differ. What cannot be read is the usual."""
    rows = session.execute(select(OrganisationUnit.code, OrganisationUnit.level, OrganisationUnit.settings))
    told = [(code, level, settings.get("week", {})) for code, level, settings in rows if settings.get("week")]
    city: Mapping[str, Any] = next((week for _, level, week in told if level is UnitLevel.CITY), {})
    steps = [_due(due.step, city.get(due.step.value), usual=due) for due in USUAL]
    usual = steps[0]
    closes = [
        _due(Step.CLOSE, week["close"], usual=usual, area=code)
        for code, level, week in sorted(told, key=lambda row: row[0])
        if level is not UnitLevel.CITY and "close" in week
    ]
    return (*steps, *closes)


def _due(step: Step, said: Any, *, usual: Due, area: str = "") -> Due:
    try:
        weekday, _, clock = str(said).partition(" ")
        if said is not None and 0 <= int(weekday) <= 6:  # noqa: PLR2004
            return Due(step=step, weekday=int(weekday), at=time.fromisoformat(clock), area=area)
    except ValueError:
        pass
    return Due(step=step, weekday=usual.weekday, at=usual.at, area=area)


def occasions(*, since: datetime, until: datetime, zone: ZoneInfo, steps: tuple[Due, ...] = USUAL) -> list[Occasion]:
    """Give the steps due from `since` (excluded) to `until` (included), in order."""
    week = Week.holding(since, zone).previous
    found: list[Occasion] = []
    while week.starts_at(zone) <= until:
        for due in steps:
            due_at = datetime.combine(week.monday + timedelta(days=due.weekday), due.at, tzinfo=zone)
            if since < due_at <= until:
                found.append(Occasion(step=due.step, week=week.next, due_at=due_at, area=due.area))
        week = week.next
    order = tuple(Step)
    return sorted(found, key=lambda one: (one.due_at, order.index(one.step), one.area))


def skip_step(
    session: Session, actor: Actor, *, step: Step, week: Week, area: str = "", due_at: datetime, now: datetime
) -> None:
    """Let a step not happen for a week, also one that failed.

    Raises
    ------
    NotAllowed
    WrongState
        When it was run, or is running.
    """
    _decide(session, actor, _Wanted(step=step, week=week, area=area), StepState.SKIPPED, due_at=due_at, now=now)
    note(session, actor, action="step.skipped", subject=("step_run", None), now=now, step=step.value, week=str(week))


def request_step(session: Session, actor: Actor, *, step: Step, week: Week, now: datetime) -> None:
    """Ask for a step now, before its time or again after it failed or was skipped; the next tick runs it.

    Raises
    ------
    NotAllowed
    WrongState
        When it is running.
    """
    _decide(session, actor, _Wanted(step=step, week=week), StepState.REQUESTED, due_at=now, now=now)
    note(session, actor, action="step.requested", subject=("step_run", None), now=now, step=step.value, week=str(week))


def unskip_step(session: Session, actor: Actor, *, step: Step, week: Week, area: str = "", now: datetime) -> None:
    """Let a skipped step happen after all, at its time; one whose time has passed is made up by the next tick.

    Raises
    ------
    NotAllowed
    WrongState
        When it was not skipped.
    """
    row = _row(session, actor, _Wanted(step=step, week=week, area=area))
    if row is None or row.state is not StepState.SKIPPED:
        raise WrongState(kind="step_run", state="" if row is None else row.state.value)
    session.delete(row)
    note(session, actor, action="step.unskipped", subject=("step_run", None), now=now, step=step.value, week=str(week))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    step: Step
    week: Week
    area: str = ""


_MAY_BECOME = {
    StepState.SKIPPED: (StepState.REQUESTED, StepState.FAILED),
    StepState.REQUESTED: (StepState.SKIPPED, StepState.FAILED, StepState.DONE),
}


def _row(session: Session, actor: Actor, wanted: _Wanted) -> StepRun | None:
    if not actor.may(Permission.CITY_RUN_START):
        raise NotAllowed(permission=Permission.CITY_RUN_START.value)
    return session.scalar(
        select(StepRun)
        .where(StepRun.step == wanted.step.value, StepRun.week == str(wanted.week), StepRun.area == wanted.area)
        .with_for_update()
    )


def _decide(
    session: Session, actor: Actor, wanted: _Wanted, state: StepState, *, due_at: datetime, now: datetime
) -> None:
    row = _row(session, actor, wanted)
    if row is None:
        row = StepRun(step=wanted.step.value, week=str(wanted.week), area=wanted.area, due_at=due_at)
        session.add(row)
    elif row.state not in _MAY_BECOME[state]:
        raise WrongState(kind="step_run", state=row.state.value)
    row.state, row.account_id, row.failure, row.attempts = state, actor.account_id, None, 0
    row.started_at = row.seen_at = now
    row.finished_at = now if state is StepState.SKIPPED else None
    session.flush()


def closings(session: Session, week: Week) -> dict[str, datetime]:
    """Give, by area, when the needs of a week closed; empty while they are open or when the step was skipped."""
    rows = session.execute(
        select(StepRun.area, StepRun.due_at).where(
            StepRun.step == Step.CLOSE.value,
            StepRun.week == str(week),
            StepRun.state.in_((StepState.STARTED, StepState.DONE)),
        )
    )
    return dict(rows.all())


def closed_at(unit_code: str, closed: Mapping[str, datetime]) -> datetime | None:
    """Give when a unit's needs closed, by its own setting or the nearest above it."""
    areas = [area for area in closed if unit_code.startswith(area)]
    return closed[max(areas, key=len)] if areas else None
