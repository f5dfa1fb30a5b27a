"""Needs as coordinators read them: a list of the week, and one need whole."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from matching.access import access_need, within
from matching.policy import policy_of
from matching.week import Week
from models.authority import Actor, Permission
from models.need import HolidayRule, Need, NeedState, Seat, Shift, ShiftRole, ShiftState, Tier
from models.organisation import OrganisationUnit
from models.roster import HOLDING, Assignment, AssignmentState


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Seats of one tier: asked for, held, and confirmed among the held."""

    asked: int
    held: int
    confirmed: int

    @property
    def missing(self) -> int:
        return self.asked - self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """One shift of one need, with how full it is."""

    need_id: int
    shift_id: int
    title: str
    category: str
    unit_name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    priority: int
    state: ShiftState
    need_state: NeedState
    recurring: bool
    fill: dict[Tier, Fill]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRole:
    name: str
    needs_tags: tuple[str, ...]
    min_seats: int
    target_seats: int
    max_seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedView:
    """A need whole, with its shifts from now on and those before."""

    need_id: int
    title: str
    category: str
    description: str
    unit_code: str
    unit_name: str
    place: str
    longitude: float | None
    latitude: float | None
    priority: int
    recurrence: str | None
    holidays: HolidayRule
    first_starts_at: datetime
    duration_minutes: int
    all_or_nothing: bool
    state: NeedState
    contact_name: str | None
    roles: tuple[NeedRole, ...]
    team: tuple[dict[str, Any], ...]
    shifts: tuple[NeedLine, ...]


def needs_of_week(
    session: Session, actor: Actor, *, week: Week, limit: int = 500, after: tuple[datetime, int] | None = None
) -> tuple[NeedLine, ...]:
    """Give the shifts of `week` in the actor's units, soonest first; `after` is a shift's beginning and id."""
    return _between(session, actor, week.span(policy_of(session).zone), after=after, limit=limit)


def shifts_by_day(session: Session, actor: Actor, *, week: Week) -> dict[date, int]:
    """Count the shifts of each day of `week` in the actor's units; days without any are left out."""
    zone = policy_of(session).zone
    start, end = week.span(zone)
    starts = session.execute(
        select(Shift.starts_at, func.count())
        .where(
            Shift.starts_at >= start,
            Shift.starts_at < end,
            within(Shift.unit_code, actor, Permission.UNIT_NEED_READ),
        )
        .group_by(Shift.starts_at)
        .order_by(Shift.starts_at)
    )
    counts: dict[date, int] = {}
    for starts_at, count in starts:
        day = starts_at.astimezone(zone).date()
        counts[day] = counts.get(day, 0) + count
    return counts


def needs_of_day(session: Session, actor: Actor, *, day: date, page: int = 1, size: int = 60) -> tuple[NeedLine, ...]:
    """Give a page of the shifts of `day` in the actor's units, soonest first; pages count from 1."""
    start = datetime.combine(day, time(0), tzinfo=policy_of(session).zone)
    return _between(session, actor, (start, start + timedelta(days=1)), offset=(page - 1) * size, limit=size)


def behind(after: tuple[datetime, int] | None) -> ColumnElement[bool]:
    """Give the condition that a shift comes after one that begins at an instant and has an id."""
    if after is None:
        return true()
    starts_at, shift_id = after
    return (Shift.starts_at > starts_at) | ((Shift.starts_at == starts_at) & (Shift.id > shift_id))


def drafts(session: Session, actor: Actor) -> tuple[tuple[int, str, str], ...]:
    """Give the draft needs of the actor's units: id, title, unit's name."""
    query = (
        select(Need.id, Need.title, OrganisationUnit.name)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .where(Need.state == NeedState.DRAFT, within(OrganisationUnit.code, actor, Permission.UNIT_NEED_READ))
        .order_by(Need.id)
    )
    return tuple((need_id, title, unit) for need_id, title, unit in session.execute(query))


def need_view(session: Session, actor: Actor, *, need_id: int) -> NeedView:
    """Give one need of the actor's units whole."""
    need = access_need(session, actor, need_id, Permission.UNIT_NEED_READ)
    unit = session.get_one(OrganisationUnit, need.unit_id)
    shifts = session.scalars(select(Shift).where(Shift.need_id == need_id).order_by(Shift.starts_at)).all()
    fills = fill_of(session, [shift.id for shift in shifts])
    return NeedView(
        need_id=need.id,
        title=need.title,
        category=need.category,
        description=need.description,
        unit_code=unit.code,
        unit_name=unit.name,
        place=need.place,
        longitude=need.longitude,
        latitude=need.latitude,
        priority=need.priority,
        recurrence=need.recurrence,
        holidays=need.holidays,
        first_starts_at=need.first_starts_at,
        duration_minutes=need.duration_minutes,
        all_or_nothing=need.all_or_nothing,
        state=need.state,
        contact_name=need.contact_name,
        roles=tuple(_role(role) for role in need.roles),
        team=tuple(need.team),
        shifts=tuple(_line(shift, need, unit.name, fills[shift.id]) for shift in shifts),
    )


def _between(
    session: Session,
    actor: Actor,
    span: tuple[datetime, datetime],
    *,
    limit: int,
    offset: int = 0,
    after: tuple[datetime, int] | None = None,
) -> tuple[NeedLine, ...]:
    rows = session.execute(
        select(Shift, Need, OrganisationUnit.name)
        .join(Need, Need.id == Shift.need_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .where(
            Shift.starts_at >= span[0],
            Shift.starts_at < span[1],
            within(Shift.unit_code, actor, Permission.UNIT_NEED_READ),
            behind(after),
        )
        .order_by(Shift.starts_at, Shift.id)
        .offset(offset)
        .limit(limit)
    ).all()
    fills = fill_of(session, [shift.id for shift, _, _ in rows])
    return tuple(_line(shift, need, unit, fills[shift.id]) for shift, need, unit in rows)


def fill_of(session: Session, shift_ids: Sequence[int]) -> dict[int, dict[Tier, Fill]]:
    """Count, for each shift and tier, the seats asked for, held and confirmed; one statement."""
    held = func.count(Assignment.id)
    confirmed = func.count(Assignment.id).filter(
        Assignment.state.in_((AssignmentState.CONFIRMED, AssignmentState.SERVED))
    )
    query = (
        select(ShiftRole.shift_id, Seat.tier, func.count(Seat.id), held, confirmed)
        .join(Seat, Seat.role_id == ShiftRole.id)
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.state.in_(HOLDING))
        .where(ShiftRole.shift_id.in_(shift_ids))
        .group_by(ShiftRole.shift_id, Seat.tier)
    )
    found: dict[int, dict[Tier, Fill]] = defaultdict(dict)
    for shift_id, tier, asked, holding, sure in session.execute(query):
        found[shift_id][tier] = Fill(asked=asked, held=holding, confirmed=sure)
    nothing = Fill(asked=0, held=0, confirmed=0)
    return {shift_id: {tier: found[shift_id].get(tier, nothing) for tier in Tier} for shift_id in shift_ids}


def _line(shift: Shift, need: Need, unit_name: str, fill: dict[Tier, Fill]) -> NeedLine:
    return NeedLine(
        need_id=need.id,
        shift_id=shift.id,
        title=need.title,
        category=shift.category,
        unit_name=unit_name,
        place=need.place,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        priority=shift.priority,
        state=shift.state,
        need_state=need.state,
        recurring=need.recurrence is not None,
        fill=fill,
    )


def _role(role: dict[str, Any]) -> NeedRole:
    return NeedRole(
        name=role["name"],
        needs_tags=tuple(role["needs_tags"]),
        min_seats=role["min_seats"],
        target_seats=role["target_seats"],
        max_seats=role["max_seats"],
    )
