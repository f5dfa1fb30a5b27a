"""What needs a coordinator today, in order, and the week of the city in a few numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.access import within
from matching.policy import policy_of
from matching.queries.needs import NeedLine, drafts, needs_of_week
from matching.unmarked import UnmarkedShift, unmarked_shifts
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Shift, Tier
from models.person import Person, PersonState
from models.roster import Assignment, AssignmentState, Offer, OfferState, RosterRun, RunState
from models.service import HourRecord, HourState

SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A coordinator's page: shifts short soon, answers awaited and refused, drafts to complete, hours to approve.

    `unmarked` are shifts that are over and of which nobody has written who came.
    """

    week: Week
    short: tuple[NeedLine, ...]
    today: tuple[NeedLine, ...]
    drafts: tuple[tuple[int, str, str], ...]
    awaiting_answers: int
    declined: int
    hours_to_approve: int
    shifts_this_week: int
    shifts_next_week: int
    unmarked: tuple[UnmarkedShift, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CitySummary:
    """The newest stored run of a week, with the people behind it."""

    week: Week
    persons: int
    run_id: int | None
    status: str | None
    points: int | None
    bound: int | None
    gap: float | None
    solve_seconds: float | None
    counts: dict[str, Any]
    offers: dict[str, int]


def today(session: Session, actor: Actor, *, now: datetime) -> Today:
    """Give what needs the actor today, in their units."""
    zone = policy_of(session).zone
    week = Week.holding(now, zone)
    this_week, next_week = (needs_of_week(session, actor, week=one) for one in (week, week.next))
    coming = [line for line in (*this_week, *next_week) if line.starts_at > now]
    short = [line for line in coming if line.fill[Tier.ESSENTIAL].missing > 0]
    states = _offer_states(session, actor, now=now)
    return Today(
        week=week,
        short=tuple(sorted(short, key=lambda line: (line.starts_at > now + SOON, line.priority, line.starts_at))),
        today=tuple(
            line for line in this_week if line.starts_at.astimezone(zone).date() == now.astimezone(zone).date()
        ),
        drafts=drafts(session, actor),
        awaiting_answers=states.get(OfferState.OPEN, 0),
        declined=states.get(OfferState.DECLINED, 0),
        hours_to_approve=_to_approve(session, actor),
        shifts_this_week=len(this_week),
        shifts_next_week=len(next_week),
        unmarked=unmarked_shifts(session, actor, now=now),
    )


def city_summary(session: Session, *, week: Week) -> CitySummary:
    """Give the city's week in numbers: people, the newest run, and how offers stand."""
    run = session.scalar(
        select(RosterRun)
        .where(RosterRun.week == str(week), RosterRun.state == RunState.STORED)
        .order_by(RosterRun.id.desc())
        .limit(1)
    )
    start, end = week.span(policy_of(session).zone)
    offers = session.execute(
        select(Offer.state, func.count())
        .join(Assignment, Assignment.id == Offer.assignment_id)
        .where(Assignment.starts_at >= start, Assignment.starts_at < end)
        .group_by(Offer.state)
    )
    persons = session.scalar(select(func.count()).select_from(Person).where(Person.state == PersonState.ACTIVE))
    return CitySummary(
        week=week,
        persons=int(persons or 0),
        run_id=None if run is None else run.id,
        status=None if run is None else run.status,
        points=None if run is None else run.points,
        bound=None if run is None else run.bound,
        gap=None if run is None else run.gap,
        solve_seconds=None if run is None else run.solve_seconds,
        counts={} if run is None else dict(run.counts),
        offers={state.value: count for state, count in offers},
    )


def _offer_states(session: Session, actor: Actor, *, now: datetime) -> dict[OfferState, int]:
    query = (
        select(Offer.state, func.count())
        .join(Assignment, Assignment.id == Offer.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Shift.starts_at > now,
            within(Shift.unit_code, actor, Permission.UNIT_ROSTER_READ),
            Assignment.state.in_((AssignmentState.OFFERED, AssignmentState.DECLINED)),
        )
        .group_by(Offer.state)
    )
    return dict(session.execute(query).all())


def _to_approve(session: Session, actor: Actor) -> int:
    query = (
        select(func.count())
        .select_from(HourRecord)
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(HourRecord.state == HourState.RECORDED, within(Shift.unit_code, actor, Permission.UNIT_HOURS_APPROVE))
    )
    return int(session.scalar(query) or 0)
