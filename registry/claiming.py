"""Proving that a person whom agencies know is oneself: nothing is said before proof, and proof says yes or no only."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Person, PersonLink
from models.person import PersonState
from models.sealing import keyring_of
from registry.sealed_records import opened_records
from registry.signup import SelfServiceEntry
from registry.standardise.numbers import standard_id

LAST = 4


def claim_person(session: Session, *, telephone: str, name: str, last_four: str) -> int | None:
    """Give the person whom agencies know under a proved telephone, by name and the last four of the ID number.

    None unless exactly one fits: the answer says nothing about who is registered.
    """
    digest = keyring_of(session).digest("telephone", telephone)
    rows = session.execute(
        select(Person.id, Person.name, Person.id_number_masked).where(
            Person.telephone_digest == digest, Person.state == PersonState.ACTIVE
        )
    )
    wanted = last_four.strip().upper()
    fits = [
        person_id
        for person_id, known, masked in rows
        if known == name.strip() and len(wanted) == LAST and masked and masked[-LAST:] == wanted
    ]
    return fits[0] if len(fits) == 1 else None


def without_foreign_number(session: Session, entry: SelfServiceEntry) -> SelfServiceEntry:
    """Give the entry without its ID number when that number is registered, but under no telephone of the entry.

    Whoever types another's number and name must not be taken for them. A change of telephone is put right by the
    agency or a steward, who sees the card.
    """
    number = standard_id(entry.id_number).whole if entry.id_number.strip() else ""
    if not number:
        return entry
    digest = keyring_of(session).digest("id_number", number)
    known = select(PersonLink.source_record_id).join(Person, Person.id == PersonLink.person_id)
    record_ids = list(session.scalars(known.where(Person.id_number_digest == digest)))
    telephones = {record.standard.telephone for record in opened_records(session, record_ids).values()} - {""}
    if not record_ids or entry.telephone in telephones:
        return entry
    return replace(entry, id_number="")
