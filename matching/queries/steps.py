"""What happens next, and what happened: the steps of the weeks around now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.policy import policy_of
from matching.refusals import NotAllowed
from matching.steps import Occasion, Step, occasions, timetable
from matching.week import Week
from models.authority import Actor, Permission
from models.roster import Roster, RosterRun, RosterState, RunKind, RunState
from models.schedule import StepRun, StepState

AROUND = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step of one week; `state` is None while it has not begun. `area` "" is the whole city.

    What somebody did by hand, before the schedule or in its place, counts as done.
    """

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
    by_hand = _done_by_hand(session, weeks)
    return tuple(
        _line(one, ran.get((one.step.value, str(one.week), one.area)), by_hand.get((one.step, str(one.week), one.area)))
        for one in found
    )


def _done_by_hand(session: Session, weeks: set[str]) -> dict[tuple[Step, str, str], datetime]:
    """Give when each step of the whole city was last done, whoever asked for it, as its outcome tells."""
    kinds = {RunKind.PLAN: (Step.CLOSE, Step.PLAN), RunKind.REPAIR: (Step.REPAIR,)}
    runs = session.execute(
        select(RosterRun.kind, RosterRun.week, func.max(RosterRun.finished_at))
        .where(RosterRun.week.in_(weeks), RosterRun.area == "", RosterRun.state == RunState.STORED)
        .group_by(RosterRun.kind, RosterRun.week)
    )
    done = {(step, week, ""): at for kind, week, at in runs if at is not None for step in kinds[kind]}
    rosters = select(Roster.week, Roster.published_at).where(
        Roster.week.in_(weeks), Roster.area == "", Roster.state == RosterState.PUBLISHED
    )
    return done | {(Step.PUBLISH, week, ""): at for week, at in session.execute(rosters) if at is not None}


def _line(one: Occasion, row: StepRun | None, by_hand_at: datetime | None) -> StepLine:
    begun = row is not None and row.state is not StepState.REQUESTED
    done = row is None and by_hand_at is not None
    return StepLine(
        step=one.step,
        week=one.week,
        area=one.area,
        due_at=one.due_at,
        state=StepState.DONE if done else None if row is None else row.state,
        started_at=row.started_at if row is not None and begun else None,
        finished_at=by_hand_at if row is None else row.finished_at,
        attempts=0 if row is None else row.attempts,
        failure=None if row is None else row.failure,
    )
