"""All that the registry keeps about its reader, whole, as a document to take along (PIPL 45)."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Actor, Person, PersonFree, PersonLike, PersonLink, PersonTag, SourceRecord
from models.authority import Permission
from models.sealing import keyring_of
from registry.access import access_person
from registry.consents import consents
from registry.persons import place_of_person, public_id
from registry.queries.mine import looks
from registry.sealed_records import opened_records

_SEALED = ("id_number", "telephone", "email", "address")


def registry_copy(session: Session, actor: Actor) -> dict[str, Any]:
    """Give the document: the person, each agency's record as it came, consents, and who looked.

    Raises
    ------
    NoSuchPerson
    """
    person = access_person(session, actor, actor.person_id or 0, Permission.SELF_PROFILE_WRITE)
    return {
        "person": _person(session, person),
        "records": _records(session, person.id),
        "consents": [asdict(line) for line in consents(session, actor)],
        "looks": [asdict(look) for look in looks(session, actor)],
    }


def _person(session: Session, person: Person) -> dict[str, Any]:
    keyring = keyring_of(session)
    facts: dict[str, Any] = {
        "id": public_id(person.id),
        "name": person.name,
        "gender": person.gender,
        "born_on": person.born_on,
        "unit_code": person.unit_code,
        "workplace": person.workplace,
        "longitude": person.longitude,
        "latitude": person.latitude,
        "is_student": person.is_student,
        "guardian_consent": person.guardian_consent,
        "reported_minutes": person.reported_minutes,
        "registered_at": person.created_at,
    }
    for name in _SEALED:
        sealed = getattr(person, f"{name}_sealed")
        place = place_of_person(f"{name}_sealed", person.id)
        facts[name] = None if sealed is None else keyring.open(sealed, bound_to=place).decode()
    tags = select(PersonTag.tag, PersonTag.valid_until).where(PersonTag.person_id == person.id)
    facts["tags"] = [{"tag": tag, "valid_until": until} for tag, until in session.execute(tags)]
    free = select(PersonFree.weekday, PersonFree.start_minute, PersonFree.end_minute)
    spans = session.execute(free.where(PersonFree.person_id == person.id))
    facts["free"] = [{"weekday": day, "from_minute": start, "to_minute": end} for day, start, end in spans]
    likes = select(PersonLike.category).where(PersonLike.person_id == person.id)
    facts["likes"] = list(session.scalars(likes))
    return facts


def _records(session: Session, person_id: int) -> list[dict[str, Any]]:
    query = select(PersonLink.source_record_id).where(PersonLink.person_id == person_id)
    opened = opened_records(session, list(session.scalars(query.order_by(PersonLink.source_record_id))))
    states = dict(session.execute(select(SourceRecord.id, SourceRecord.state).where(SourceRecord.id.in_(opened))).all())
    return [
        {
            "source": record.source,
            "external_id": record.external_id,
            "state": states[number].value,
            "changed_at": record.changed_at,
            "as_it_came": record.raw,
            "as_read": {name: value for name, value in asdict(record.standard).items() if value not in ("", [], None)},
        }
        for number, record in opened.items()
    ]
