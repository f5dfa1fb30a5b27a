"""What happens next, and what happened: the steps of the weeks around now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.policy import policy_of
from matching.refusals import NotAllowed
from matching.steps import Step, occasions, timetable
from matching.week import Week
from models.authority import Actor, Permission
from models.schedule import StepRun, StepState

AROUND = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step of one week; `state` is None while it has not begun. `area` "" is the whole city."""

    step: Step
    week: Week
    area: str
    due_at: datetime
    state: StepState | None
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    failure: str | None


def next_steps(session: Session, actor: Actor, *, now: datetime) -> tuple[StepLine, ...]:
    """Give the steps of the last and the coming seven days, in order, with what became of each."""
    if not actor.may(Permission.CITY_RUN_READ):
        raise NotAllowed(permission=Permission.CITY_RUN_READ.value)
    found = occasions(since=now - AROUND, until=now + AROUND, zone=policy_of(session).zone, steps=timetable(session))
    weeks = {str(one.week) for one in found}
    rows = session.scalars(select(StepRun).where(StepRun.week.in_(weeks)))
    ran = {(row.step, row.week, row.area): row for row in rows}
    return tuple(
        _line(one.step, one.week, one.area, one.due_at, ran.get((one.step.value, str(one.week), one.area)))
        for one in found
    )


def _line(step: Step, week: Week, area: str, due_at: datetime, row: StepRun | None) -> StepLine:
    begun = row is not None and row.state is not StepState.REQUESTED
    return StepLine(
        step=step,
        week=week,
        area=area,
        due_at=due_at,
        state=None if row is None else row.state,
        started_at=row.started_at if row is not None and begun else None,
        finished_at=None if row is None else row.finished_at,
        attempts=0 if row is None else row.attempts,
        failure=None if row is None else row.failure,
    )
