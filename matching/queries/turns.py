"""Whose turn it was: how often the people of a unit were asked, came and stayed away, how long ago, and who never."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from matching.access import within
from models.authority import Actor, Permission
from models.person import Person, PersonFree, PersonState
from models.roster import Assignment, AssignmentState, Offer, OfferState

WEEKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One person; `last_asked_at` is None for somebody who never was asked."""

    person_id: int
    name: str
    asked: int
    confirmed: int
    served: int
    absent: int
    last_asked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """The people of the actor's units who said when they are free; `by_count` counts them by times asked."""

    people: int
    by_count: tuple[tuple[int, int], ...]
    lines: tuple[Turn, ...]


def turns(
    session: Session, actor: Actor, *, now: datetime, page: int = 1, size: int = 60, most_first: bool = True
) -> Turns:
    """Give whose turn it was in the last twelve weeks, who was asked most (or least) first."""
    since = now - timedelta(weeks=WEEKS)
    mine = within(Person.unit_code, actor, Permission.UNIT_PERSON_READ)  # type: ignore[arg-type]
    asked = (
        select(
            Offer.person_id,
            func.count().label("asked"),
            func.sum(case((Offer.state == OfferState.CONFIRMED, 1), else_=0)).label("confirmed"),
            func.max(Offer.offered_at).label("last"),
        )
        .where(
            Offer.offered_at > since,
            Offer.person_id.in_(select(Person.id).where(Person.state == PersonState.ACTIVE, mine)),
        )
        .group_by(Offer.person_id)
        .subquery()
    )
    count = func.coalesce(asked.c.asked, 0)
    free = select(PersonFree.person_id).where(PersonFree.person_id == Person.id)
    here = (
        Person.state == PersonState.ACTIVE,
        mine,
        free.exists(),
    )
    by_count = session.execute(
        select(count, func.count())
        .select_from(Person)
        .outerjoin(asked, asked.c.person_id == Person.id)
        .where(*here)
        .group_by(count)
        .order_by(count)
    ).all()
    rows = session.execute(
        select(Person.id, Person.name, count, func.coalesce(asked.c.confirmed, 0), asked.c.last)
        .outerjoin(asked, asked.c.person_id == Person.id)
        .where(*here)
        .order_by(count.desc() if most_first else count, Person.name_sort, Person.id)
        .offset((page - 1) * size)
        .limit(size)
    ).all()
    shown = show_up(session, [row[0] for row in rows])
    return Turns(
        people=sum(number for _, number in by_count),
        by_count=tuple((times, number) for times, number in by_count),
        lines=tuple(
            Turn(
                person_id=person,
                name=name,
                asked=times,
                confirmed=confirmed,
                served=shown.get(person, (0, 0))[0],
                absent=shown.get(person, (0, 0))[1],
                last_asked_at=last,
            )
            for person, name, times, confirmed, last in rows
        ),
    )


def show_up(session: Session, person_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Give, by person, how often they came and how often they stayed away without a word; excused counts as neither."""
    rows = session.execute(
        select(
            Assignment.person_id,
            func.sum(case((Assignment.state == AssignmentState.SERVED, 1), else_=0)),
            func.sum(case((Assignment.state == AssignmentState.ABSENT, 1), else_=0)),
        )
        .where(
            Assignment.person_id.in_(person_ids),
            Assignment.state.in_((AssignmentState.SERVED, AssignmentState.ABSENT)),
        )
        .group_by(Assignment.person_id)
    )
    return {person: (int(served), int(absent)) for person, served, absent in rows}
