"""Leaving, coming back, and erasing what no law keeps (PIPL 47; GB/T 40143: service records are kept for ten years).

Who leaves is in no plan from that moment on. For :data:`DAYS_TO_RETURN` days everything is still there; then numbers,
contacts, home, skills, times and wishes are erased, and the name stays with the service records alone. An agency's own
record is the agency's: it stays sealed, so that the next file does not make the person anew.
"""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from models import (
    Account,
    Actor,
    ContactWish,
    Departure,
    LinkKey,
    Person,
    PersonAttribute,
    PersonDislike,
    PersonFree,
    PersonLike,
    PersonLink,
    PersonPair,
    PersonTag,
    RecordFeature,
    SourceRecord,
)
from models.authority import SYSTEM, Permission
from models.person import PersonState
from models.sealing import keyring_of
from models.source import RecordState
from registry.access import access_person
from registry.audit import note
from registry.histories import forget_snapshots
from registry.refusals import NothingToUndo
from registry.sealed_records import seal_record
from registry.signup import SOURCE
from registry.standardise.record import StandardRecord

DAYS_TO_RETURN: Final = 30
_SHANGHAI: Final = timedelta(hours=8)
#: What is erased of a person's own row.
_ERASED: Final = (
    "id_number_sealed", "id_number_masked", "id_number_digest", "telephone_sealed", "telephone_masked",
    "telephone_digest", "email_sealed", "address_sealed", "born_on", "longitude", "latitude", "unit_code", "workplace",
)  # fmt: skip


def leave(session: Session, actor: Actor, *, now: datetime) -> date:
    """Let the actor leave; give the day of erasure. Seats are given back by whoever calls, in the same work.

    Raises
    ------
    NoSuchPerson
    """
    person = access_person(session, actor, actor.person_id or 0, Permission.SELF_PROFILE_WRITE)
    departure = session.get(Departure, person.id)
    if departure is not None:
        return departure.erase_on
    erase_on = (now + _SHANGHAI).date() + timedelta(days=DAYS_TO_RETURN)
    session.add(Departure(person_id=person.id, left_at=now, erase_on=erase_on))
    person.state, person.changed_at = PersonState.WITHDRAWN, now
    note(session, actor, "person.left", about="person", about_id=person.id, now=now)
    return erase_on


def come_back(session: Session, actor: Actor, *, now: datetime) -> None:
    """Take leaving back while nothing is erased.

    Raises
    ------
    NoSuchPerson
    NothingToUndo
        When the person never left, or was erased already.
    """
    person = access_person(session, actor, actor.person_id or 0, Permission.SELF_PROFILE_WRITE)
    departure = session.get(Departure, person.id)
    if departure is None or departure.erased_at is not None:
        raise NothingToUndo(person_id=person.id)
    session.delete(departure)
    person.state, person.changed_at = PersonState.ACTIVE, now
    note(session, actor, "person.came_back", about="person", about_id=person.id, now=now)


def leaves_on(session: Session, actor: Actor) -> date | None:
    """Give the day on which the actor's data are erased, None when they have not left."""
    return session.scalar(select(Departure.erase_on).where(Departure.person_id == actor.person_id))


def erase_departed(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Erase those whose days to return are over; give how many."""
    today = (now + _SHANGHAI).date()
    query = (
        select(Departure)
        .where(Departure.erase_on <= today, Departure.erased_at.is_(None))
        .order_by(Departure.person_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = list(session.scalars(query))
    for departure in due:
        _erase(session, departure.person_id, now=now)
        departure.erased_at = now
    return len(due)


def _erase(session: Session, person_id: int, *, now: datetime) -> None:
    values = dict.fromkeys(_ERASED)
    session.execute(update(Person).where(Person.id == person_id).values(**values, provenance={}, changed_at=now))
    for table in (PersonTag, PersonFree, PersonLike, PersonDislike, PersonAttribute, ContactWish):
        session.execute(delete(table).where(table.person_id == person_id))
    session.execute(delete(PersonPair).where(or_(PersonPair.left_id == person_id, PersonPair.right_id == person_id)))
    for account in session.scalars(select(Account).where(Account.person_id == person_id)):
        account.is_active, account.password_hash = False, None
        account.login, account.display_name = f"erased/{account.id}", "—"
    _erase_own_record(session, person_id)
    forget_snapshots(session, person_id)
    note(session, SYSTEM, "person.erased", about="person", about_id=person_id, now=now)


def _erase_own_record(session: Session, person_id: int) -> None:
    """Blank what the person said here about themselves; what agencies keep is theirs."""
    query = (
        select(SourceRecord)
        .join(PersonLink, PersonLink.source_record_id == SourceRecord.id)
        .where(PersonLink.person_id == person_id, SourceRecord.source == SOURCE)
    )
    keyring = keyring_of(session)
    for record in session.scalars(query):
        record.state = RecordState.WITHDRAWN
        record.sealed = seal_record(keyring, record.id, [], StandardRecord())
        session.execute(delete(RecordFeature).where(RecordFeature.source_record_id == record.id))
        session.execute(delete(LinkKey).where(LinkKey.source_record_id == record.id))
