"""Who lives where, what they hold and when they could come: counted for every unit several times a day, and kept.

A leader's page reads one row where it would count a hundred thousand. Each row holds the whole of a unit, from the
lowest to the city; "" is everywhere. The figures are those of :mod:`matching.queries.people_figures`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from matching.policy import policy_of
from matching.queries.people_figures import PARTS, free_span, served_within_a_year
from models.figure import FigureKind, KeptFigure
from models.organisation import OrganisationUnit
from models.person import Person, PersonFree, PersonState, PersonTag

DAYS = 7


def count_people(session: Session, *, now: datetime) -> int:
    """Count every unit's people anew and keep that; give how many units. Four statements and one insert."""
    codes = frozenset(session.scalars(select(OrganisationUnit.code))) | {""}
    registered: Counter[str] = Counter()
    students: Counter[str] = Counter()
    served: Counter[str] = Counter()
    tags: defaultdict[str, Counter[str]] = defaultdict(Counter)
    free: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (DAYS * len(PARTS)))
    home = func.coalesce(Person.unit_code, "").label("home")
    active = Person.state == PersonState.ACTIVE
    today = now.astimezone(policy_of(session).zone).date()
    learning = func.count().filter(Person.is_student.is_(True))
    serving = func.count().filter(Person.id.in_(served_within_a_year(today)))
    for code, *counts in session.execute(select(home, func.count(), learning, serving).where(active).group_by(home)):
        for unit in _upwards(code, codes):
            for counter, count in zip((registered, students, served), counts, strict=True):
                counter[unit] += count
    held = select(home, PersonTag.tag, func.count()).join(Person, Person.id == PersonTag.person_id).where(active)
    for code, tag, count in session.execute(held.group_by(home, PersonTag.tag)):
        for unit in _upwards(code, codes):
            tags[unit][tag] += count
    for code, weekday, *counts in _free(session, home):
        for unit in _upwards(code, codes):
            for part, count in enumerate(counts):
                free[unit][weekday * len(PARTS) + part] += count
    session.execute(delete(KeptFigure).where(KeptFigure.kind == FigureKind.PEOPLE))
    session.add_all(
        KeptFigure(
            kind=FigureKind.PEOPLE,
            key=unit,
            counted_at=now,
            content={
                "registered": registered[unit],
                "active": served[unit],
                "students": students[unit],
                "tags": dict(sorted(tags[unit].items())),
                "free": free[unit],
            },
        )
        for unit in sorted(codes)
    )
    session.flush()
    return len(codes)


def _free(session: Session, home: Any) -> Iterable[Any]:
    """Count who could come, by unit and weekday; a column a part of the day."""
    columns = [
        func.count(PersonFree.person_id.distinct()).filter(
            and_(PersonFree.start_minute <= first, PersonFree.end_minute >= last)
        )
        for first, last in map(free_span, PARTS)
    ]
    return session.execute(
        select(home, PersonFree.weekday, *columns)
        .join(Person, Person.id == PersonFree.person_id)
        .where(Person.state == PersonState.ACTIVE)
        .group_by(home, PersonFree.weekday)
    )


def _upwards(code: str, codes: frozenset[str]) -> Iterator[str]:
    """Give the units that a home's code lies in, everywhere first."""
    return (code[:length] for length in range(len(code) + 1) if code[:length] in codes)
