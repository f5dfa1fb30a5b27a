"""People in figures: registered and active, students, who serves where they live, turns, hours, who could come when.

Each person counts once, where they live. *Active* is who served here within twelve months, by hours that count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select
from sqlalchemy.orm import Session

from matching.access import under_code
from matching.policy import policy_of
from matching.queries.indicators import inside
from matching.week import Week
from models.figure import FigureKind, KeptFigure
from models.need import Shift
from models.person import Person, PersonFree, PersonState, PersonTag
from models.roster import HOLDING, Assignment, AssignmentState
from models.service import COUNTED, HourRecord, HourState

YEAR: Final = timedelta(days=365)
_APPROVALS: Final = timedelta(weeks=12)
#: Who is free from the beginning of a part of the day for so long counts as somebody who could come then.
LEAST_FREE_MINUTES: Final = 120
_EARLIEST_HOUR: Final = 8
#: Parts of a day in which shifts begin: first and last hour.
PARTS: Final = ((0, 9), (9, 11), (11, 13), (13, 15), (15, 17), (17, 19), (19, 24))
#: Figures that were counted longer ago than this are counted anew by the page.
KEPT_FOR: Final = timedelta(hours=26)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The people who live in a place: registered, served within twelve months, students."""

    registered: int = 0
    active: int = 0
    students: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """How service is shared in a week.

    People with a seat, those with one only, the most of one person, and how many live in the place where they serve.
    """

    people: int
    once: int
    most: int
    local: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFigures:
    """What was served; None where nothing was.

    Those who came and who stayed away (excused ones left out), minutes, the median of a person, and the days until
    hours were approved.
    """

    came: int
    stayed_away: int
    minutes: int
    people: int
    median_minutes: float | None
    median_days_to_approval: float | None

    @property
    def show_up(self) -> float | None:
        expected = self.came + self.stayed_away
        return None if not expected else self.came / expected


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPeople:
    """What was counted of a unit's people: they, holders by tag, who could come by weekday and part, when it was."""

    counted_at: datetime
    people: People
    tags: dict[str, int]
    free: dict[tuple[int, int], int]


def kept_people(session: Session, *, under: str, now: datetime) -> KeptPeople | None:
    """Give what was counted last of a unit's people; None where that is too long ago, or was never done."""
    kept = session.get(KeptFigure, (FigureKind.PEOPLE, under))
    if kept is None or now - kept.counted_at > KEPT_FOR:
        return None
    free = kept.content["free"]
    return KeptPeople(
        counted_at=kept.counted_at,
        people=_kept(kept.content),
        tags=dict(kept.content["tags"]),
        free={divmod(number, len(PARTS)): count for number, count in enumerate(free)},
    )


def kept_by_place(session: Session, *, codes: Sequence[str]) -> dict[str, People]:
    """Give what was counted last of the people of several units."""
    rows = session.execute(
        select(KeptFigure.key, KeptFigure.content).where(
            KeptFigure.kind == FigureKind.PEOPLE, KeptFigure.key.in_(codes)
        )
    )
    return {code: _kept(content) for code, content in rows}


def _kept(content: dict[str, Any]) -> People:
    return People(registered=content["registered"], active=content["active"], students=content["students"])


def people_by_place(session: Session, *, under: str, length: int, today: date) -> dict[str, People]:
    """Count people by the first `length` characters of where they live; "" for those of whom that is not known."""
    active = served_within_a_year(today).subquery()
    place = func.substr(
        func.coalesce(Person.unit_code, literal_column("''")), literal_column("1"), literal_column(str(int(length)))
    ).label("place")
    rows = session.execute(
        select(
            place,
            func.count(Person.id),
            func.count(active.c.person_id),
            func.count(Person.id).filter(Person.is_student.is_(True)),
        )
        .outerjoin(active, active.c.person_id == Person.id)
        .where(Person.state == PersonState.ACTIVE, _lives(under))
        .group_by(place)
    )
    return {
        code: People(registered=registered, active=served, students=students)
        for code, registered, served, students in rows
    }


def served_within_a_year(today: date) -> Select[int]:
    """Select who served here within twelve months, by hours that count."""
    return (
        select(HourRecord.person_id)
        .where(HourRecord.state.in_(COUNTED), HourRecord.served_on > today - YEAR, HourRecord.served_on <= today)
        .distinct()
    )


def _lives(under: str) -> ColumnElement[bool]:
    return under_code(Person.unit_code, under)


def _people(under: str) -> Select[int]:
    """Select who lives in a place: few of them lead to their rows by key, which a join leaves to chance."""
    return select(Person.id).where(Person.state == PersonState.ACTIVE, _lives(under))


def turns_in_week(session: Session, *, week: Week, under: str, here: str) -> Turns:
    """Count how the seats of a week are shared among people; `here` is the code of the place itself."""
    start, end = week.span(policy_of(session).zone)
    seats = (
        select(Assignment.person_id, func.count().label("turns"))
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Shift.starts_at >= start, Shift.starts_at < end, Assignment.state.in_(HOLDING), inside(under))
        .group_by(Assignment.person_id)
        .subquery()
    )
    row = session.execute(
        select(
            func.count(),
            func.count().filter(seats.c.turns == 1),
            func.coalesce(func.max(seats.c.turns), 0),
            func.count().filter(seats.c.person_id.in_(select(Person.id).where(_lives(here)))),
        ).select_from(seats)
    ).one()
    return Turns(people=row[0], once=row[1], most=row[2], local=row[3])


def service_figures(session: Session, *, since: date, until: date, under: str) -> ServiceFigures:
    """Count what was served from `since` to the day before `until`; three statements."""
    zone = policy_of(session).zone
    states = dict(
        session.execute(
            select(Assignment.state, func.count())
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(
                Assignment.state.in_((AssignmentState.SERVED, AssignmentState.ABSENT)),
                Shift.starts_at >= datetime.combine(since, time(0), zone),
                Shift.starts_at < datetime.combine(until, time(0), zone),
                inside(under),
            )
            .group_by(Assignment.state)
        ).all()
    )
    served = (
        select(func.sum(HourRecord.minutes).label("minutes"))
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            HourRecord.state.in_(COUNTED), HourRecord.served_on >= since, HourRecord.served_on < until, inside(under)
        )
        .group_by(HourRecord.person_id)
        .subquery()
    )
    spread = session.execute(select(served.c.minutes, func.count()).group_by(served.c.minutes)).all()
    minutes = [int(value) for value, count in spread for _ in range(count)]
    return ServiceFigures(
        came=states.get(AssignmentState.SERVED, 0),
        stayed_away=states.get(AssignmentState.ABSENT, 0),
        minutes=sum(minutes),
        people=len(minutes),
        median_minutes=median(minutes) if minutes else None,
        median_days_to_approval=_days_to_approval(session, until, under),
    )


def _days_to_approval(session: Session, until: date, under: str) -> float | None:
    approved = func.date(HourRecord.approved_at)
    rows = session.execute(
        select(HourRecord.served_on, approved, func.count())
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            HourRecord.state == HourState.APPROVED,
            HourRecord.approved_at.is_not(None),
            HourRecord.served_on >= until - _APPROVALS,
            HourRecord.served_on < until,
            inside(under),
        )
        .group_by(HourRecord.served_on, approved)
    )
    days = [(date.fromisoformat(str(on)[:10]) - served).days for served, on, count in rows for _ in range(count) if on]
    return median(days) if days else None


def minutes_by_week(session: Session, *, weeks: Sequence[Week], under: str) -> dict[str, int]:
    """Sum the minutes served by week, by the day of service; one statement."""
    first, last = min(week.monday for week in weeks), max(week.monday for week in weeks) + timedelta(days=7)
    rows = session.execute(
        select(HourRecord.served_on, func.sum(HourRecord.minutes))
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(HourRecord.state.in_(COUNTED), HourRecord.served_on >= first, HourRecord.served_on < last, inside(under))
        .group_by(HourRecord.served_on)
    )
    sums: dict[str, int] = {}
    for served_on, minutes in rows:
        year, number, _ = served_on.isocalendar()
        name = f"{year}-W{number:02d}"
        sums[name] = sums.get(name, 0) + int(minutes)
    return sums


def holders(session: Session, *, tags: Sequence[str], under: str) -> dict[str, int]:
    """Count who holds each tag, of the people who live in a place."""
    rows = session.execute(
        select(PersonTag.tag, func.count())
        .where(PersonTag.tag.in_(tags), PersonTag.person_id.in_(_people(under)))
        .group_by(PersonTag.tag)
    )
    return dict(rows.all())


def free_people(session: Session, *, under: str, tag: str | None) -> dict[tuple[int, int], int]:
    """Count who could come, by weekday and part of the day (by its number in `PARTS`).

    Somebody counts who lives in the place, holds the tag (when one is named) and offers the part's first two hours.
    """
    columns = [
        func.count(PersonFree.person_id.distinct()).filter(
            and_(PersonFree.start_minute <= first, PersonFree.end_minute >= last)
        )
        for first, last in map(free_span, PARTS)
    ]
    statement = (
        select(PersonFree.weekday, *columns)
        .where(PersonFree.person_id.in_(_people(under)))
        .group_by(PersonFree.weekday)
    )
    if tag is not None:
        statement = statement.join(PersonTag, (PersonTag.person_id == PersonFree.person_id) & (PersonTag.tag == tag))
    return {
        (int(row[0]), number): int(row[number + 1])
        for row in session.execute(statement)
        for number in range(len(PARTS))
    }


def free_span(part: tuple[int, int]) -> tuple[int, int]:
    """Give the minutes of the day that somebody must offer to count as free in a part of it: its first two hours."""
    first = max(part[0], _EARLIEST_HOUR) * 60
    return first, first + LEAST_FREE_MINUTES
