"""Who waits for whom: a shift is locked before anything in it changes, then the persons, never the other way round.

That one order is what keeps two coordinators, two answers and a repair from waiting for each other in a circle. Locks
are rows' own (``FOR NO KEY UPDATE``); on SQLite a unit of work is alone from its beginning and they are nothing. The
constraints of the database have the last word all the same.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.need import Shift
from models.person import Person
from models.roster import Assignment


def lock_shift(session: Session, shift_id: int) -> Shift:
    """Lock a shift and read it as it stands now; what this unit of work has changed of it stays."""
    session.flush()
    return session.get_one(Shift, shift_id, with_for_update={"key_share": True}, populate_existing=True)


def lock_shift_of(session: Session, assignment_id: int) -> Assignment:
    """Lock the shift of an assignment, and read the assignment as it stands then."""
    shift_id = session.scalars(select(Assignment.shift_id).where(Assignment.id == assignment_id)).one()
    lock_shift(session, shift_id)
    return session.get_one(Assignment, assignment_id, populate_existing=True)


def lock_shifts(session: Session, shift_ids: Iterable[int]) -> None:
    """Lock several shifts, in the order of their ids."""
    wanted = sorted(set(shift_ids))
    session.execute(select(Shift.id).where(Shift.id.in_(wanted)).order_by(Shift.id).with_for_update(key_share=True))


def free_shifts(session: Session, shift_ids: Iterable[int]) -> set[int]:
    """Lock those of the shifts that nobody else has locked, without waiting; give which."""
    query = select(Shift.id).where(Shift.id.in_(sorted(set(shift_ids)))).order_by(Shift.id)
    return set(session.scalars(query.with_for_update(key_share=True, skip_locked=True)))


def lock_person(session: Session, person_id: int) -> None:
    """Lock a person before a seat is given to them."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def lock_persons(session: Session, person_ids: Iterable[int]) -> None:
    """Lock several persons, in the order of their ids."""
    wanted = sorted(set(person_ids))
    session.execute(select(Person.id).where(Person.id.in_(wanted)).order_by(Person.id).with_for_update(key_share=True))


def lock_person_at_once(session: Session, person_id: int) -> bool:
    """Lock a person unless somebody is busy with them; say whether it was done."""
    query = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True, skip_locked=True)
    return session.scalar(query) is not None
