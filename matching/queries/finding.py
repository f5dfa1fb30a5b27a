"""Needs that a volunteer may take by themselves: nearby roles with a free seat, and why not for the rest.

May somebody take a role? :func:`matching.eligibility.judgements` says so, as it does for the plan and a coordinator's
hand; here its *away* is told apart, so that a page can name the remedy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import cos, hypot, radians

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from matching.eligibility import judgements
from matching.plane import METRES_A_DEGREE, on_plane
from matching.policy import Policy, policy_of
from matching.refusals import NotFound
from matching.supply import age_on
from matching.week import Week
from models.authority import Actor
from models.need import Need, NeedState, Seat, Shift, ShiftRole, ShiftState
from models.organisation import OrganisationUnit
from models.person import Person, PersonFree
from models.roster import HOLDING, Assignment

#: A shift, its need's title, description and place, and its unit's name.
_Row = tuple[Shift, str, str, str, str]
DAYS = 14
MOST_ROLES = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRole:
    """A role with free seats; `rule` says what keeps the reader from it, None when nothing does.

    Beside the codes of :class:`matching.eligibility.Judgement`: ``busy``, ``mine``, ``paused``, ``consent``,
    ``no_place``, ``no_times``, ``limit``. `east` and `north` are metres from the reader's home.
    """

    role_id: int
    shift_id: int
    title: str
    description: str
    category: str
    role_name: str
    needs_tags: tuple[str, ...]
    place: str
    unit_name: str
    starts_at: datetime
    ends_at: datetime
    free_seats: int
    essential: bool
    metres: int
    east: int
    north: int
    rule: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is open nearby, soonest first, within so many metres."""

    within_metres: int
    has_place: bool
    roles: tuple[OpenRole, ...]

    @property
    def mine(self) -> tuple[OpenRole, ...]:
        """What the reader may take."""
        return tuple(role for role in self.roles if role.rule is None)

    @property
    def others(self) -> tuple[OpenRole, ...]:
        """What they may not, with the rule."""
        return tuple(role for role in self.roles if role.rule not in {None, "mine"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Free:
    """The free seats of a role."""

    shift_id: int
    seats: int
    essential: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one reading needs of the reader."""

    person: Person
    policy: Policy
    home: tuple[float, float]
    held: Sequence[Assignment]
    has_times: bool


def needs_nearby(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    within_metres: int | None = None,
    category: str | None = None,
    day: date | None = None,
) -> Finding:
    """Give open roles of the next fourteen days within `within_metres` of the actor's home, or within their radius.

    Raises
    ------
    NotFound
        When there is no person behind the account.
    """
    person = None if actor.person_id is None else session.get(Person, actor.person_id)
    if person is None:
        raise NotFound(kind="person")
    within = person.radius_metres if within_metres is None else within_metres
    if person.longitude is None or person.latitude is None:
        return Finding(within_metres=within, has_place=False, roles=())
    policy = policy_of(session)
    seen = _Seen(
        person=person,
        policy=policy,
        home=on_plane(person.longitude, person.latitude, policy.centre),
        held=_held(session, person, now),
        has_times=_has_times(session, person),
    )
    free = _free_roles(session, (*_nearby(person, within), *_upcoming(policy, now, day), *_of_kind(category)))
    rows = _rows(session, {role.shift_id for role in free.values()})
    rules = _rules(session, seen, [shift for shift, *_ in rows])
    roles = (
        _open_role(seen, row, role, free[role.id], rules.get(role.id))
        for row in rows
        for role in row[0].roles
        if role.id in free
    )
    return Finding(within_metres=within, has_place=True, roles=tuple(role for role in roles if role.metres <= within))


def _held(session: Session, person: Person, now: datetime) -> Sequence[Assignment]:
    query = select(Assignment).where(
        Assignment.person_id == person.id, Assignment.state.in_(HOLDING), Assignment.ends_at > now - timedelta(days=7)
    )
    return session.scalars(query).all()


def _has_times(session: Session, person: Person) -> bool:
    return session.scalar(select(PersonFree.weekday).where(PersonFree.person_id == person.id).limit(1)) is not None


def _nearby(person: Person, within: int) -> tuple[ColumnElement[bool], ...]:
    """Give the square around a home; a degree of longitude is shorter, so it is a little too wide."""
    assert person.longitude is not None
    assert person.latitude is not None
    high = within / METRES_A_DEGREE
    wide = high / cos(radians(person.latitude)) * 1.01
    return (
        Shift.latitude.between(person.latitude - high, person.latitude + high),
        Shift.longitude.between(person.longitude - wide, person.longitude + wide),
    )


def _upcoming(policy: Policy, now: datetime, day: date | None) -> tuple[ColumnElement[bool], ...]:
    begins, ends = now, now + timedelta(days=DAYS)
    if day is not None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=policy.zone)
        begins, ends = max(now, midnight), midnight + timedelta(days=1)
    return Shift.starts_at >= begins, Shift.starts_at > now, Shift.starts_at < ends, Shift.state == ShiftState.OPEN


def _of_kind(category: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if category is None else (Shift.category == category,)


def _free_roles(session: Session, wanted: tuple[ColumnElement[bool], ...]) -> dict[int, _Free]:
    """Give the roles with free seats, the soonest shifts' first."""
    held = select(Assignment.id).where(Assignment.seat_id == Seat.id, Assignment.state.in_(HOLDING))
    query = (
        select(Seat.role_id, ShiftRole.shift_id, func.count(), func.min(Seat.number), ShiftRole.min_seats)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .join(Shift, Shift.id == ShiftRole.shift_id)
        .where(*wanted, ~held.exists())
        .group_by(Seat.role_id, ShiftRole.shift_id, ShiftRole.min_seats, Shift.starts_at)
        .order_by(Shift.starts_at, Seat.role_id)
        .limit(MOST_ROLES)
    )
    return {
        role: _Free(shift_id=shift, seats=count, essential=first <= least)
        for role, shift, count, first, least in session.execute(query)
    }


def _rows(session: Session, shift_ids: set[int]) -> list[_Row]:
    query = (
        select(Shift, Need.title, Need.description, Need.place, OrganisationUnit.name)
        .join(Need, Need.id == Shift.need_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .where(Shift.id.in_(sorted(shift_ids)), Need.state == NeedState.OPEN)
        .options(selectinload(Shift.roles))
        .order_by(Shift.starts_at, Shift.id)
    )
    return [(shift, title, about, place, unit) for shift, title, about, place, unit in session.execute(query)]


def _rules(session: Session, seen: _Seen, shifts: list[Shift]) -> dict[int, str | None]:
    """Judge every role, week by week."""
    weeks: dict[Week, list[Shift]] = {}
    for shift in shifts:
        weeks.setdefault(Week.holding(shift.starts_at, seen.policy.zone), []).append(shift)
    return {
        one.role_id: _why_away(seen, week) if one.rule == "away" else one.rule
        for week, of_week in weeks.items()
        for one in judgements(session, person_ids=[seen.person.id], shifts=of_week, week=week, by_self=True)
    }


def _why_away(seen: _Seen, week: Week) -> str:
    """Name what keeps a person out of a whole week; the order is that of the remedies."""
    person = seen.person
    age = None if person.born_on is None else age_on(person.born_on, week.monday)
    if age is not None and age < seen.policy.consent_below_age and not person.guardian_consent:
        return "consent"
    if person.paused_until is not None and person.paused_until > week.monday + timedelta(days=6):
        return "paused"
    if not seen.has_times:
        return "no_times"
    serves = any(Week.holding(one.starts_at, seen.policy.zone) == week for one in seen.held)
    return "limit" if serves or person.max_shifts_week == 0 else "away"


def _open_role(seen: _Seen, row: _Row, role: ShiftRole, free: _Free, rule: str | None) -> OpenRole:
    shift, title, description, place, unit = row
    assert shift.longitude is not None
    assert shift.latitude is not None
    x, y = on_plane(shift.longitude, shift.latitude, seen.policy.centre)
    east, north = x - seen.home[0], y - seen.home[1]
    return OpenRole(
        role_id=role.id,
        shift_id=shift.id,
        title=title,
        description=description,
        category=shift.category,
        role_name=role.name,
        needs_tags=tuple(role.needs_tags),
        place=place,
        unit_name=unit,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        free_seats=free.seats,
        essential=free.essential,
        metres=round(hypot(east, north)),
        east=round(east),
        north=round(north),
        rule=_busy(seen, shift) or rule,
    )


def _busy(seen: _Seen, shift: Shift) -> str | None:
    if any(one.shift_id == shift.id for one in seen.held):
        return "mine"
    overlap = any(one.starts_at < shift.ends_at and shift.starts_at < one.ends_at for one in seen.held)
    return "busy" if overlap else None
