"""Who could come: to a role that is there, to a need that is being written, and where somebody could go instead.

The rules are :mod:`matching.eligibility`'s own. A query first narrows the registry to people of the same district who
hold what is asked and are free on that weekday, so that a page never judges a whole city.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from matching.access import access_assignment, access_role, access_unit, under_code
from matching.asking import last_asked
from matching.eligibility import judgements
from matching.needs import NeedCommand
from matching.outbox import reached
from matching.policy import policy_of
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Need, Seat, Shift, ShiftRole, ShiftState
from models.person import Person, PersonFree, PersonState, PersonTag
from models.roster import HOLDING, Assignment, Backup
from models.taxonomy import IMPLIES, QUALITIES

DISTRICT_DIGITS = 6
#: Qualities that follow from a person's facts and stand in no row.
DERIVED = frozenset(QUALITIES)
MOST_JUDGED = 400
#: People judged before it is asked whether a page has enough of them.
JUDGED_AT_ONCE = 200
#: Times of day that a forecast compares, as minutes later or earlier.
OTHER_STARTS = (-120, -60, 60, 120, 240)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may take the role now; `has_enough` when their messages of the week are used up."""

    person_id: int
    name: str
    telephone_masked: str | None
    metres: int | None
    last_asked_at: datetime | None
    stands_by: bool
    has_enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A role with a free seat that somebody may take instead."""

    role_id: int
    role_name: str
    title: str
    starts_at: datetime
    ends_at: datetime
    metres: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many could come as things stand; `other_starts_at` is the best other time of that day, when it has more."""

    can_come: int
    is_more: bool
    by_role: tuple[tuple[str, int], ...]
    other_starts_at: datetime | None
    other_can_come: int


def candidates(
    session: Session, actor: Actor, *, role_id: int, now: datetime, limit: int = 30
) -> tuple[Candidate, ...]:
    """Give who may take a role: who stands by, then who was asked longest ago, then who is near."""
    access_role(session, actor, role_id, Permission.UNIT_ROSTER_WRITE)
    role = session.get_one(ShiftRole, role_id)
    shift = session.get_one(Shift, role.shift_id, options=[selectinload(Shift.roles)])
    backups = session.scalars(select(Backup.person_id).where(Backup.role_id == role_id).order_by(Backup.rank)).all()
    there = set(
        session.scalars(
            select(Assignment.person_id).where(Assignment.shift_id == shift.id, Assignment.state.in_(HOLDING))
        )
    )
    pool = [one for one in dict.fromkeys([*backups, *_pool(session, shift, role.needs_tags)]) if one not in there]
    able = _able(session, role, shift, pool[:MOST_JUDGED], enough=limit)
    asked, enough = last_asked(session, list(able)), reached(session, list(able), now=now)
    order = sorted(
        able,
        key=lambda one: (one not in backups, one in asked, asked.get(one, now), able[one] or 0),
    )[:limit]
    people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(order)))}
    return tuple(
        Candidate(
            person_id=one,
            name=people[one].name,
            telephone_masked=people[one].telephone_masked,
            metres=able[one],
            last_asked_at=asked.get(one),
            stands_by=one in backups,
            has_enough=one in enough,
        )
        for one in order
    )


def _able(
    session: Session, role: ShiftRole, shift: Shift, pool: Sequence[int], *, enough: int
) -> dict[int, int | None]:
    """Judge the pool from its front until enough may take the role; give how far each of them lives."""
    week = Week.holding(shift.starts_at, policy_of(session).zone)
    able: dict[int, int | None] = {}
    for first in range(0, len(pool), JUDGED_AT_ONCE):
        some = pool[first : first + JUDGED_AT_ONCE]
        found = judgements(session, person_ids=some, shifts=[shift], week=week, by_hand=True)
        able |= {one.person_id: one.metres for one in found if one.role_id == role.id and one.rule is None}
        if len(able) >= enough:
            break
    return able


def elsewhere(
    session: Session, actor: Actor, *, assignment_id: int, now: datetime, limit: int = 12
) -> tuple[Elsewhere, ...]:
    """Give the roles of that week with a free seat, in the actor's units, that the assignment's person may take."""
    assignment = access_assignment(session, actor, assignment_id, Permission.UNIT_ROSTER_WRITE)
    own = session.get_one(Shift, assignment.shift_id, options=[selectinload(Shift.roles)])
    week = Week.holding(own.starts_at, policy_of(session).zone)
    shifts = _short_shifts(session, own, week, now=now)
    shifts = [one for one in shifts if actor.may(Permission.UNIT_ROSTER_WRITE, one.unit_code)]
    found = judgements(session, person_ids=[assignment.person_id], shifts=[own, *shifts], week=week, by_hand=True)
    able = {one.role_id: one.metres for one in found if one.rule is None}
    free = _free_roles(session, [one.id for one in shifts])
    titles = dict(
        session.execute(select(Need.id, Need.title).where(Need.id.in_({one.need_id for one in shifts}))).all()
    )
    places = [
        Elsewhere(
            role_id=role.id,
            role_name=role.name,
            title=titles[shift.need_id],
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            metres=able[role.id],
        )
        for shift in shifts
        for role in shift.roles
        if role.id in able and role.id in free
    ]
    return tuple(places[:limit])


def forecast(session: Session, actor: Actor, *, command: NeedCommand) -> Forecast:
    """Say how many could come to a need as it is being written, by role, and whether another hour would have more."""
    unit = access_unit(session, actor, command.unit_code, Permission.UNIT_NEED_WRITE)
    place = (
        command.longitude if command.longitude is not None else unit.longitude,
        command.latitude if command.latitude is not None else unit.latitude,
    )
    if None in place or not command.roles:
        return Forecast(can_come=0, is_more=False, by_role=(), other_starts_at=None, other_can_come=0)
    by_role, everybody, is_more = _count(session, command, place, command.starts_at)
    others = [
        (len(_count(session, command, place, at)[1]), at)
        for at in (command.starts_at + timedelta(minutes=minutes) for minutes in OTHER_STARTS)
        if at.astimezone(policy_of(session).zone).date() == command.starts_at.astimezone(policy_of(session).zone).date()
    ]
    best, at = max(others, key=lambda one: one[0], default=(0, None))
    better = best > len(everybody)
    return Forecast(
        can_come=len(everybody),
        is_more=is_more,
        by_role=tuple((role.name, len(found)) for role, found in zip(command.roles, by_role, strict=True)),
        other_starts_at=at if better else None,
        other_can_come=best if better else 0,
    )


def _count(
    session: Session, command: NeedCommand, place: tuple[float | None, float | None], starts_at: datetime
) -> tuple[list[set[int]], set[int], bool]:
    """Judge a shift that is not there: the rows are made for the question and belong to no session."""
    shift = Shift(
        id=-1,
        need_id=-1,
        unit_code=command.unit_code,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=command.duration_minutes),
        longitude=place[0],
        latitude=place[1],
        category=command.category,
        priority=command.priority,
        all_or_nothing=False,
        team=[],
        state=ShiftState.OPEN,
    )
    shift.roles = [
        ShiftRole(
            id=-number,
            position=number,
            name=role.name,
            needs_tags=list(role.needs_tags),
            min_seats=role.min_seats,
            target_seats=role.target_seats,
            max_seats=role.max_seats,
        )
        for number, role in enumerate(command.roles, 1)
    ]
    shared = set.intersection(*(set(role.needs_tags) for role in command.roles))
    pool = _pool(session, shift, sorted(shared))
    week = Week.holding(starts_at, policy_of(session).zone)
    found = judgements(session, person_ids=pool[:MOST_JUDGED], shifts=[shift], week=week)
    able = [(one.role_id, one.person_id) for one in found if one.rule is None]
    by_role = [{person for role, person in able if role == -number} for number in range(1, len(command.roles) + 1)]
    return by_role, {person for _, person in able}, len(pool) >= MOST_JUDGED


def _pool(session: Session, shift: Shift, tags: Sequence[str]) -> list[int]:
    """Give people of the shift's district who hold `tags` and offer the whole span on that weekday."""
    zone = policy_of(session).zone
    starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    first = starts.hour * 60 + starts.minute
    last = min(1440, first + int((ends - starts).total_seconds() // 60))
    free = select(PersonFree.person_id).where(
        PersonFree.person_id == Person.id,
        PersonFree.weekday == starts.weekday(),
        PersonFree.start_minute <= first,
        PersonFree.end_minute >= last,
    )
    query = select(Person.id).where(
        Person.state == PersonState.ACTIVE,
        under_code(Person.unit_code, shift.unit_code[:DISTRICT_DIGITS]),
        free.exists(),
    )
    for tag in tags:
        if tag in DERIVED:
            continue
        enough = [tag, *(more for more, implied in IMPLIES.items() if tag in implied)]
        held = select(PersonTag.person_id).where(PersonTag.person_id == Person.id, PersonTag.tag.in_(enough))
        query = query.where(held.exists())
    if shift.longitude is not None and shift.latitude is not None:
        away = func.abs(Person.longitude - shift.longitude) + func.abs(Person.latitude - shift.latitude)
        query = query.order_by(away, Person.id)
    return list(session.scalars(query.limit(MOST_JUDGED)))


def _short_shifts(session: Session, own: Shift, week: Week, *, now: datetime) -> list[Shift]:
    start, end = week.span(policy_of(session).zone)
    query = (
        select(Shift)
        .where(
            Shift.starts_at >= max(start, now),
            Shift.starts_at < end,
            Shift.state == ShiftState.OPEN,
            Shift.id != own.id,
            Shift.longitude.is_not(None),
            under_code(Shift.unit_code, own.unit_code[:DISTRICT_DIGITS]),
        )
        .options(selectinload(Shift.roles))
        .order_by(Shift.priority, Shift.starts_at, Shift.id)
        .limit(120)
    )
    return list(session.scalars(query))


def _free_roles(session: Session, shift_ids: Sequence[int]) -> set[int]:
    held = select(Assignment.id).where(Assignment.seat_id == Seat.id, Assignment.state.in_(HOLDING))
    query = (
        select(Seat.role_id)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .where(ShiftRole.shift_id.in_(shift_ids), ~held.exists())
        .distinct()
    )
    return set(session.scalars(query))
