"""What somebody last said about themselves, to be changed field by field and said again."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Actor, Person, PersonLink, SourceRecord
from models.authority import Permission
from models.sealing import keyring_of
from models.source import RecordState
from registry.access import access_person
from registry.persons import place_of_person
from registry.sealed_records import opened_records
from registry.signup import SOURCE, SelfServiceEntry
from registry.standardise.record import StandardRecord


def own_entry(session: Session, actor: Actor) -> SelfServiceEntry:
    """Give the actor's self-service entry; for somebody whom only agencies knew, what a first one would say.

    Raises
    ------
    NoSuchPerson
    """
    person = access_person(session, actor, actor.person_id or 0, Permission.SELF_PROFILE_WRITE)
    record_id = session.scalar(
        select(SourceRecord.id)
        .join(PersonLink, PersonLink.source_record_id == SourceRecord.id)
        .where(
            PersonLink.person_id == person.id,
            SourceRecord.source == SOURCE,
            SourceRecord.state != RecordState.WITHDRAWN,
        )
        .order_by(SourceRecord.id)
        .limit(1)
    )
    if record_id is None:
        return _first(session, person)
    return _again(opened_records(session, [record_id])[record_id].standard)


def _first(session: Session, person: Person) -> SelfServiceEntry:
    return SelfServiceEntry(
        name=person.name,
        telephone=_opened(session, person, "telephone_sealed"),
        gender=person.gender,
        born_on=person.born_on,
        email=_opened(session, person, "email_sealed"),
        unit_code=person.unit_code or "",
        guardian_consent=person.guardian_consent or None,
    )


def _again(said: StandardRecord) -> SelfServiceEntry:
    whole_date = len(said.born_on) == len("2000-01-01")
    return SelfServiceEntry(
        name=said.name,
        telephone=said.telephone,
        gender=said.gender,
        id_number=said.id_number,
        born_on=date.fromisoformat(said.born_on) if whole_date else None,
        email=said.email,
        unit_code=said.unit_code,
        address=said.address,
        workplace=said.workplace,
        skills=tuple(said.skills),
        categories=tuple(said.categories),
        free=tuple((day, start, end) for day, start, end in said.free),
        guardian_telephone=said.guardian_telephone,
        guardian_consent=said.guardian_consent,
    )


def _opened(session: Session, person: Person, column: str) -> str:
    sealed = getattr(person, column)
    if sealed is None:
        return ""
    return keyring_of(session).open(sealed, bound_to=place_of_person(column, person.id)).decode()
