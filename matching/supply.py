"""What each person offers for one week: read from the golden record, in a fixed number of statements.

The qualities that depend on the day of service (an adult, fourteen, able to serve late) are derived here from the
birth date, on the week's Monday: whoever comes of age in the middle of the week counts from the week after, so a
quality is never held too early.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from matching.policy import Policy
from matching.week import MINUTES, Week
from models.person import Consent, Person, PersonFree, PersonLike, PersonState, PersonTag, Purpose
from models.roster import HOLDING, Assignment
from models.service import COUNTED, HourRecord
from models.taxonomy import IMPLIES

Span = tuple[int, int]
ADULT = 18
CAPABLE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """One person's offer for a week; minutes count from Monday 00:00 of the city's zone.

    `tags` gives the minute at which each ceases to hold, None for never.
    """

    person_id: int
    longitude: float
    latitude: float
    radius_metres: int
    tags: dict[str, int | None]
    free: tuple[Span, ...]
    likes: tuple[str, ...]
    max_minutes: int | None
    max_shifts: int | None
    max_shifts_day: int | None
    recent_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A seat that a person holds outside of what is being planned."""

    person_id: int
    start: int
    end: int


def supply(
    session: Session,
    *,
    week: Week,
    policy: Policy,
    only: Sequence[int] | None = None,
    held: Iterable[Held] = (),
    asked_by_people: bool = False,
) -> list[Supply]:
    """Read what people offer for `week`, by person id.

    Parameters
    ----------
    only
        Person ids to read; None reads everybody who can be planned.
    held
        Seats held outside of the plan: their time, and their share of the limits, is taken off.
    asked_by_people
        Whether those who do not want to be assigned by a program are read too: true for a coordinator's hand.
    """
    people = session.execute(_people(week, only, asked_by_people=asked_by_people)).all()
    tags = _tags(session, week, only)
    free = _free(session, only)
    likes = _likes(session, only)
    recent = _recent(session, week, policy, only)
    taken = _by_person(held)
    offers = (
        _supply(
            row,
            tags=tags.get(row.id, {}),
            free=free.get(row.id, []),
            likes=likes.get(row.id, ()),
            recent_minutes=recent.get(row.id, 0),
            held=taken.get(row.id, []),
            week=week,
            policy=policy,
        )
        for row in people
    )
    return [offer for offer in offers if offer is not None]


def held_outside(
    session: Session, *, week: Week, policy: Policy, inside: Select[int], only: Sequence[int] | None = None
) -> list[Held]:
    """Read the seats held in `week` whose assignment is not among `inside`."""
    start, end = week.span(policy.zone)
    query = select(Assignment.person_id, Assignment.starts_at, Assignment.ends_at).where(
        Assignment.state.in_(HOLDING),
        Assignment.starts_at < end,
        Assignment.ends_at > start,
        Assignment.id.not_in(inside),
    )
    if only is not None:
        query = query.where(Assignment.person_id.in_(only))
    return [
        Held(person_id=person, start=week.minute(starts_at, policy.zone), end=week.minute(ends_at, policy.zone))
        for person, starts_at, ends_at in session.execute(query)
    ]


def held_tags(session: Session, person: Person, *, week: Week, policy: Policy) -> dict[str, int | None] | None:
    """Give the tags that a person holds in a week, with the minute of it at which each ends; None for no end.

    None when they may not serve at all: a minor whose guardian has not agreed.
    """
    if not _may_serve(person, week, policy):
        return None
    tags = _tags(session, week, [person.id]).get(person.id, {})
    return {**tags, **dict.fromkeys(_qualities(person, week, policy))}


def age_on(born_on: date, day: date) -> int:
    """Give the whole years of age on `day`; a birth date of 29 February comes of age on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


_COLUMNS = (
    Person.id,
    Person.born_on,
    Person.longitude,
    Person.latitude,
    Person.radius_metres,
    Person.max_minutes_week,
    Person.max_shifts_week,
    Person.max_shifts_day,
    Person.paused_until,
    Person.guardian_consent,
    Person.is_student,
    Person.reported_minutes,
)


def _people(week: Week, only: Sequence[int] | None, *, asked_by_people: bool) -> Select[*tuple[Any, ...]]:
    sunday = week.monday + timedelta(days=6)
    query = (
        select(*_COLUMNS)
        .where(
            Person.state == PersonState.ACTIVE,
            Person.longitude.is_not(None),
            Person.latitude.is_not(None),
            or_(Person.paused_until.is_(None), Person.paused_until <= sunday),
            ~_refuses_matching().exists(),
        )
        .order_by(Person.id)
    )
    if not asked_by_people:
        query = query.where(Person.by_people_only.is_(False))
    return query if only is None else query.where(Person.id.in_(only))


def _refuses_matching() -> Select[int]:
    """Select the consent to matching that a person took back (PIPL 15)."""
    return select(Consent.id).where(
        Consent.person_id == Person.id, Consent.purpose == Purpose.MATCHING, Consent.withdrawn_at.is_not(None)
    )


def _tags(session: Session, week: Week, only: Sequence[int] | None) -> dict[int, dict[str, int | None]]:
    query = select(PersonTag.person_id, PersonTag.tag, PersonTag.valid_until)
    if only is not None:
        query = query.where(PersonTag.person_id.in_(only))
    found: dict[int, dict[str, int | None]] = defaultdict(dict)
    for person_id, tag, valid_until in session.execute(query):
        until = None if valid_until is None else max(0, week.minute_of_day(valid_until) + 1440)
        _grant(found[person_id], tag, until)
    return found


def _grant(tags: dict[str, int | None], tag: str, until: int | None) -> None:
    """Add a tag and what it implies; of two ends the later holds."""
    for name in (tag, *IMPLIES.get(tag, ())):
        if name in tags:
            standing = tags[name]
            tags[name] = None if standing is None or until is None else max(standing, until)
        else:
            tags[name] = until


def _free(session: Session, only: Sequence[int] | None) -> dict[int, list[Span]]:
    query = select(PersonFree.person_id, PersonFree.weekday, PersonFree.start_minute, PersonFree.end_minute).order_by(
        PersonFree.person_id, PersonFree.weekday, PersonFree.start_minute
    )
    if only is not None:
        query = query.where(PersonFree.person_id.in_(only))
    found: dict[int, list[Span]] = defaultdict(list)
    for person_id, weekday, start, end in session.execute(query):
        spans = found[person_id]
        begin, finish = weekday * 1440 + start, weekday * 1440 + end
        if spans and spans[-1][1] >= begin:
            spans[-1] = (spans[-1][0], max(spans[-1][1], finish))
        else:
            spans.append((begin, finish))
    return found


def _likes(session: Session, only: Sequence[int] | None) -> dict[int, tuple[str, ...]]:
    query = select(PersonLike.person_id, PersonLike.category).order_by(PersonLike.person_id, PersonLike.category)
    if only is not None:
        query = query.where(PersonLike.person_id.in_(only))
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, category in session.execute(query):
        found[person_id].append(category)
    return {person_id: tuple(likes) for person_id, likes in found.items()}


def _recent(session: Session, week: Week, policy: Policy, only: Sequence[int] | None) -> dict[int, int]:
    since = week.monday - timedelta(days=policy.recent_days)
    query = (
        select(HourRecord.person_id, func.sum(HourRecord.minutes))
        .where(HourRecord.served_on >= since, HourRecord.served_on < week.monday, HourRecord.state.in_(COUNTED))
        .group_by(HourRecord.person_id)
    )
    if only is not None:
        query = query.where(HourRecord.person_id.in_(only))
    return {person_id: int(minutes) for person_id, minutes in session.execute(query)}


def _by_person(held: Iterable[Held]) -> dict[int, list[Held]]:
    taken: dict[int, list[Held]] = defaultdict(list)
    for one in held:
        taken[one.person_id].append(one)
    return taken


def _supply(
    row: object,
    *,
    tags: dict[str, int | None],
    free: list[Span],
    likes: tuple[str, ...],
    recent_minutes: int,
    held: list[Held],
    week: Week,
    policy: Policy,
) -> Supply | None:
    """Put one person's offer together; None when there is nothing to plan with."""
    person: Person = row  # type: ignore[assignment]  # a row of the same columns
    if not _may_serve(person, week, policy):
        return None
    max_shifts = _left(person.max_shifts_week, policy.default_max_shifts_week, len(held))
    max_minutes = _left(
        person.max_minutes_week, policy.default_max_minutes_week, sum(one.end - one.start for one in held)
    )
    max_day = policy.default_max_shifts_day if person.max_shifts_day is None else person.max_shifts_day
    spans = _open_spans(free, held, max_day, _paused_minutes(person.paused_until, week), policy)
    if not spans or max_shifts == 0 or max_minutes == 0:
        return None
    assert person.longitude is not None
    assert person.latitude is not None
    return Supply(
        person_id=person.id,
        longitude=person.longitude,
        latitude=person.latitude,
        radius_metres=person.radius_metres,
        tags={**tags, **dict.fromkeys(_qualities(person, week, policy))},
        free=tuple(spans),
        likes=likes,
        max_minutes=max_minutes,
        max_shifts=max_shifts,
        max_shifts_day=max_day,
        recent_minutes=recent_minutes,
    )


def _may_serve(person: Person, week: Week, policy: Policy) -> bool:
    if person.born_on is None:
        return True
    return person.guardian_consent or age_on(person.born_on, week.monday) >= policy.consent_below_age


def _qualities(person: Person, week: Week, policy: Policy) -> list[str]:
    age = None if person.born_on is None else age_on(person.born_on, week.monday)
    held = {
        "adult": age is not None and age >= ADULT,
        "late_evening": age is not None and age >= ADULT,
        "age_14": age is not None and age >= CAPABLE,
        "student": person.is_student,
        "experienced": person.reported_minutes >= policy.experienced_minutes,
    }
    return [quality for quality, holds in held.items() if holds]


def _left(limit: int | None, usual: int, used: int) -> int:
    return max(0, (usual if limit is None else limit) - used)


def _paused_minutes(paused_until: date | None, week: Week) -> int:
    return 0 if paused_until is None else max(0, week.minute_of_day(paused_until))


def _open_spans(free: list[Span], held: list[Held], max_day: int, paused: int, policy: Policy) -> list[Span]:
    """Take off what is paused, what is held (with time to get away), and days whose limit is used up."""
    margin = policy.travel.buffer_minutes + 45
    closed = [(one.start - margin, one.end + margin) for one in held]
    days = [one.start // 1440 for one in held]
    closed += [(day * 1440, day * 1440 + 1440) for day in set(days) if days.count(day) >= max_day]
    closed += [(0, paused)] if paused else []
    spans = free
    for start, end in closed:
        spans = [
            part for a, b in spans for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1] <= MINUTES
        ]
    return spans
