"""Where needs become a problem: the rows of a week as :class:`solver.Problem`, and back. The only such place.

Ids in a problem are ``p17`` (person), ``s4`` (shift) and ``r9`` (role): numbers only, so that a kept problem holds
nothing personal beyond places and times.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, selectinload

from matching.plane import on_plane
from matching.policy import Policy, policy_of
from matching.steps import closed_at, closings
from matching.supply import Supply, held_outside, supply
from matching.week import MINUTES, Week
from models.need import Need, NeedState, Seat, Shift, ShiftRole, ShiftState
from models.relation import NeedBar, PairKind, PersonDislike, PersonPair
from models.roster import HOLDING, Assignment, AssignmentState, RunKind
from solver import Horizon, InvalidProblem, Problem, Role, TeamRule, Volunteer
from solver import Shift as PlannedShift

#: States after which a person is not asked again for the same shift.
REFUSED = (AssignmentState.DECLINED, AssignmentState.LAPSED, AssignmentState.RELEASED)
PINNED = (AssignmentState.CONFIRMED, AssignmentState.SERVED, AssignmentState.ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A problem, and the held seats in it that stand whatever is planned.

    `set_aside` are assignments whose lock no longer keeps every rule: they stay as they are, their seats are taken
    off the problem, and a coordinator is shown them.
    """

    problem: Problem
    set_aside: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """An assignment in the shifts being planned."""

    id: int
    person_id: int
    shift_id: int
    role_id: int
    starts_at: datetime
    ends_at: datetime
    pinned: bool


def volunteer_id(person_id: int) -> str:
    return f"p{person_id}"


def shift_key(shift_id: int) -> str:
    return f"s{shift_id}"


def role_key(role_id: int) -> str:
    return f"r{role_id}"


def number(key: str) -> int:
    """Give the row's id behind a problem's id."""
    return int(key[1:])


def snapshot(session: Session, *, week: Week, area: str, kind: RunKind, now: datetime) -> Snapshot:
    """Take the week's problem: the open shifts under `area` that have not begun, and everybody who could serve.

    For a repair the published roster is in it: what is confirmed or pinned is locked, what is only offered may change
    at a price, and whoever declined a shift is barred from it.
    """
    policy = policy_of(session)
    shifts = planned_shifts(session, week=week, area=area, policy=policy, now=now)
    late = _posted_late(session, shifts, week) if kind is RunKind.PLAN else set()
    shifts = [shift for shift in shifts if shift.id not in late]
    standing = _standing(session, shifts, kind)
    inside = planned_assignments(week=week, area=area, policy=policy, now=now).where(Shift.id.not_in(late))
    held = held_outside(session, week=week, policy=policy, inside=inside)
    offers = supply(session, week=week, policy=policy, held=held)
    offers = _with_standing(session, offers, standing, week, policy)
    parts = _Parts(
        session=session, week=week, policy=policy, shifts=shifts, offers=offers, standing=standing, kind=kind
    )
    return _sound(parts)


def planned_shifts(session: Session, *, week: Week, area: str, policy: Policy, now: datetime) -> list[Shift]:
    """Read the open shifts of open needs that begin in `week` after `now`, under `area`, with their roles."""
    query = (
        select(Shift)
        .join(Need, Need.id == Shift.need_id)
        .where(*_in_week(week, area, policy, now), Shift.state == ShiftState.OPEN, Need.state == NeedState.OPEN)
        .options(selectinload(Shift.roles))
        .order_by(Shift.id)
    )
    shifts = session.scalars(query).all()
    return [shift for shift in shifts if shift.longitude is not None and shift.latitude is not None and shift.roles]


def _posted_late(session: Session, shifts: Sequence[Shift], week: Week) -> set[int]:
    """Give the shifts whose need was posted after the needs of their unit closed: they are a repair's."""
    closed = closings(session, week)
    if not closed:
        return set()
    posted = dict(session.execute(select(Need.id, Need.created_at).where(Need.created_at > min(closed.values()))).all())
    late = set()
    for shift in shifts:
        limit = closed_at(shift.unit_code, closed)
        if limit is not None and posted.get(shift.need_id, limit) > limit:
            late.add(shift.id)
    return late


def planned_assignments(*, week: Week, area: str, policy: Policy, now: datetime) -> Select[int]:
    """Select the ids of assignments in shifts that a plan of `week` and `area` decides about."""
    return select(Assignment.id).join(Shift, Shift.id == Assignment.shift_id).where(*_in_week(week, area, policy, now))


def _in_week(week: Week, area: str, policy: Policy, now: datetime) -> tuple[ColumnElement[bool], ...]:
    start, end = week.span(policy.zone)
    return (
        Shift.starts_at >= max(start, now),
        Shift.starts_at < end,
        Shift.unit_code.startswith(area, autoescape=True),
    )


def planned_volunteer(offer: Supply, policy: Policy) -> Volunteer:
    """Give a person's offer as the solver reads it."""
    return Volunteer(
        id=volunteer_id(offer.person_id),
        at=on_plane(offer.longitude, offer.latitude, policy.centre),
        radius=offer.radius_metres,
        tags=offer.tags,
        free=offer.free,
        max_minutes=offer.max_minutes,
        max_shifts=offer.max_shifts,
        max_shifts_per_day=offer.max_shifts_day,
        likes=offer.likes,
        recent_hours=offer.recent_minutes // 60,
    )


def planned_shift(shift: Shift, week: Week, policy: Policy, taken: dict[int, int] | None = None) -> PlannedShift:
    """Give a shift as the solver reads it; `taken` counts, by role, the seats that stand outside of the plan.

    One without a place, which no plan holds but a hand may fill, stands in the middle of the plane.
    """
    late = ends_late(shift, policy)
    east, north = shift.longitude, shift.latitude
    return PlannedShift(
        id=shift_key(shift.id),
        at=(0.0, 0.0) if east is None or north is None else on_plane(east, north, policy.centre),
        start=week.minute(shift.starts_at, policy.zone),
        end=week.minute(shift.ends_at, policy.zone),
        category=shift.category,
        priority=shift.priority,
        all_or_nothing=shift.all_or_nothing,
        team=tuple(TeamRule(tag=rule["tag"], at_least=rule["at_least"]) for rule in shift.team),
        roles=tuple(_planned_role(role, (taken or {}).get(role.id, 0), late=late) for role in shift.roles),
    )


def _planned_role(role: ShiftRole, taken: int, *, late: bool) -> Role:
    needs = [*role.needs_tags, "late_evening"] if late else list(role.needs_tags)
    return Role(
        id=role_key(role.id),
        needs=tuple(dict.fromkeys(needs)),
        min=max(0, role.min_seats - taken),
        target=max(0, role.target_seats - taken),
        max=max(0, role.max_seats - taken),
    )


def ends_late(shift: Shift, policy: Policy) -> bool:
    """Whether the shift ends later than people under 18 may serve, on the day it starts or after midnight."""
    starts, ends = shift.starts_at.astimezone(policy.zone), shift.ends_at.astimezone(policy.zone)
    return ends.time() > policy.minors_until or ends.date() > starts.date()


def _standing(session: Session, shifts: Sequence[Shift], kind: RunKind) -> list[_Standing]:
    """Read what holds a seat in these shifts: for a plan only what is pinned, since proposals are made anew."""
    by_role = {role.id for shift in shifts for role in shift.roles}
    starts = [shift.starts_at for shift in shifts]
    if not starts:
        return []
    query = (
        select(Assignment, Seat.role_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(Assignment.state.in_(HOLDING), Assignment.starts_at >= min(starts), Assignment.starts_at <= max(starts))
        .order_by(Assignment.id)
    )
    if kind is RunKind.PLAN:
        query = query.where(or_(Assignment.locked, Assignment.state != AssignmentState.PROPOSED))
    return [
        _Standing(
            id=assignment.id,
            person_id=assignment.person_id,
            shift_id=assignment.shift_id,
            role_id=role_id,
            starts_at=assignment.starts_at,
            ends_at=assignment.ends_at,
            pinned=assignment.locked or assignment.state in PINNED,
        )
        for assignment, role_id in session.execute(query)
        if role_id in by_role
    ]


def _with_standing(
    session: Session, offers: list[Supply], standing: list[_Standing], week: Week, policy: Policy
) -> list[Supply]:
    """Make room for what people hold already; who asked that only people assign them keeps that and gets no more."""
    held: dict[int, list[_Standing]] = defaultdict(list)
    for one in standing:
        held[one.person_id].append(one)
    known = {offer.person_id for offer in offers}
    more = supply(session, week=week, policy=policy, only=sorted(held.keys() - known), asked_by_people=True)
    grown = [_grown(offer, held[offer.person_id]) if offer.person_id in held else offer for offer in offers]
    closed = [replace(_grown(offer, held[offer.person_id]), max_shifts=len(held[offer.person_id])) for offer in more]
    return sorted([*grown, *closed], key=lambda offer: offer.person_id)


def _grown(offer: Supply, held: list[_Standing]) -> Supply:
    """Give the offer with limits that what is held fits into: a limit lowered later takes nothing away."""
    days = Counter(one.starts_at.date() for one in held)
    minutes = sum(int((one.ends_at - one.starts_at).total_seconds() // 60) for one in held)
    return replace(
        offer,
        max_shifts=None if offer.max_shifts is None else max(offer.max_shifts, len(held)),
        max_shifts_day=None if offer.max_shifts_day is None else max(offer.max_shifts_day, *days.values()),
        max_minutes=None if offer.max_minutes is None else max(offer.max_minutes, minutes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    session: Session
    week: Week
    policy: Policy
    shifts: list[Shift]
    offers: list[Supply]
    standing: list[_Standing]
    kind: RunKind


def _sound(parts: _Parts) -> Snapshot:
    """Build the problem; locks that break a rule by now are set aside, so that one of them never stops a city."""
    known = {offer.person_id for offer in parts.offers}
    aside = [one for one in parts.standing if one.person_id not in known]
    kept = [one for one in parts.standing if one.person_id in known]
    while True:
        try:
            return Snapshot(problem=_problem(parts, kept, aside), set_aside=tuple(one.id for one in aside))
        except InvalidProblem as error:
            broken = _broken_locks(error, [one for one in kept if one.pinned])
            if not broken:
                raise
            aside += broken
            kept = [one for one in kept if one not in broken]


def _broken_locks(error: InvalidProblem, locked: list[_Standing]) -> list[_Standing]:
    """Give the locks that the solver refuses by name; none when it refuses anything else too."""
    by_place = {f"locked {volunteer_id(one.person_id)} in {role_key(one.role_id)}": one for one in locked}
    places = [fault.place for fault in error.faults]
    return [by_place[place] for place in dict.fromkeys(places)] if set(places) <= by_place.keys() else []


def _problem(parts: _Parts, kept: list[_Standing], aside: list[_Standing]) -> Problem:
    taken: dict[int, int] = defaultdict(int)
    for one in aside:
        taken[one.role_id] += 1
    people = {offer.person_id for offer in parts.offers}
    return Problem.of(
        horizon=Horizon(start=parts.week.starts_at(parts.policy.zone).isoformat(), minutes=MINUTES),
        travel=parts.policy.travel,
        weights=parts.policy.weights,
        volunteers=[planned_volunteer(offer, parts.policy) for offer in parts.offers],
        shifts=[planned_shift(shift, parts.week, parts.policy, taken) for shift in parts.shifts],
        locked=[(volunteer_id(one.person_id), role_key(one.role_id)) for one in kept if one.pinned],
        published=[(volunteer_id(one.person_id), role_key(one.role_id)) for one in kept],
        barred=_barred(parts, people, {one.person_id: one.shift_id for one in aside}),
        familiar=_familiar(parts, people),
        together=_pairs(parts.session, PairKind.TOGETHER, people),
        apart=_pairs(parts.session, PairKind.APART, people),
    )


def _barred(parts: _Parts, people: set[int], aside: dict[int, int]) -> list[tuple[str, str]]:
    """Give who may not serve in which shift: barred, unwilling for it or its category, or seated there already."""
    shift_ids = [shift.id for shift in parts.shifts]
    needs = select(NeedBar.person_id, Shift.id).join(Shift, Shift.need_id == NeedBar.need_id)
    refused = select(Assignment.person_id, Assignment.shift_id).where(Assignment.state.in_(REFUSED))
    disliked = select(PersonDislike.person_id, Shift.id).join(Shift, Shift.category == PersonDislike.category)
    disliked = disliked.where(Shift.id.between(min(shift_ids, default=0), max(shift_ids, default=0)))
    found = {(person, shift) for query in (needs, refused, disliked) for person, shift in parts.session.execute(query)}
    found |= set(aside.items())
    known = set(shift_ids)
    return [
        (volunteer_id(person), shift_key(shift))
        for person, shift in sorted(found)
        if person in people and shift in known
    ]


def _familiar(parts: _Parts, people: set[int]) -> list[tuple[str, str]]:
    """Give who served the same need lately, by shift."""
    since = parts.week.starts_at(parts.policy.zone) - timedelta(days=parts.policy.familiar_days)
    query = (
        select(Assignment.person_id, Shift.need_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.state == AssignmentState.SERVED, Assignment.starts_at >= since)
        .distinct()
    )
    by_need: dict[int, list[int]] = defaultdict(list)
    for person, need in parts.session.execute(query):
        by_need[need].append(person)
    return [
        (volunteer_id(person), shift_key(shift.id))
        for shift in parts.shifts
        for person in sorted(by_need.get(shift.need_id, ()))
        if person in people
    ]


def _pairs(session: Session, kind: PairKind, people: Iterable[int]) -> list[tuple[str, str]]:
    known = set(people)
    query = (
        select(PersonPair.left_id, PersonPair.right_id)
        .where(PersonPair.kind == kind)
        .order_by(PersonPair.left_id, PersonPair.right_id)
    )
    return [
        (volunteer_id(left), volunteer_id(right))
        for left, right in session.execute(query)
        if left in known and right in known
    ]
