"""Showing a number whole: a permission, a reason, and a line in the audit. And noting who looked at a person."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from models import Actor, Permission
from models.sealing import keyring_of
from registry.access import access_person
from registry.audit import note
from registry.persons import place_of_person
from registry.refusals import ReasonMissing

_COLUMNS: Final = {
    "id_number": "id_number_sealed",
    "telephone": "telephone_sealed",
    "email": "email_sealed",
    "address": "address_sealed",
}


def reveal(session: Session, actor: Actor, *, person_id: int, attribute: str, reason: str, now: datetime) -> str | None:
    """Give a sealed attribute in the clear (``id_number``, ``telephone``, ``email``, ``address``); None without one.

    Raises
    ------
    NoSuchPerson, ReasonMissing
    """
    person = access_person(session, actor, person_id, Permission.CITY_NUMBER_REVEAL)
    if not reason.strip():
        raise ReasonMissing(person_id=person_id)
    note(
        session,
        actor,
        "number.revealed",
        about="person",
        about_id=person_id,
        facts={"attribute": attribute},
        reason=reason.strip()[:200],
        now=now,
    )
    sealed = getattr(person, _COLUMNS[attribute])
    if sealed is None:
        return None
    return keyring_of(session).open(sealed, bound_to=place_of_person(_COLUMNS[attribute], person.id)).decode()


def note_look(session: Session, actor: Actor, *, person_id: int, now: datetime) -> None:
    """Write that somebody looked at a person's page."""
    note(session, actor, "person.looked", about="person", about_id=person_id, now=now)
