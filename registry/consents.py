"""On what basis each handler uses a person's data for each purpose, and taking a consent back (PIPL 13, 15, 23).

An agency keeps its register under its own statutory duty: that is no consent and cannot be withdrawn here. Matching
and messages rest on the consent given when signing up; hours go back to an agency only with a consent of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Actor, Consent, Person, PersonLink, SourceRecord
from models.authority import Permission
from models.person import Basis, Purpose
from registry.access import access_person
from registry.audit import note
from registry.refusals import NoSuchRecord
from registry.signup import SOURCE

HERE: Final = "linli"
_OURS: Final = (Purpose.MATCHING, Purpose.CONTACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """One purpose of one handler; `since` is None where nothing was ever said."""

    purpose: Purpose
    handler: str
    basis: Basis
    is_given: bool
    can_change: bool
    since: datetime | None


def consents(session: Session, actor: Actor) -> tuple[ConsentLine, ...]:
    """Give every basis on which the actor's data are used, ours first.

    Raises
    ------
    NoSuchPerson
    """
    person = access_person(session, actor, actor.person_id or 0, Permission.SELF_PROFILE_WRITE)
    said = {
        (row.purpose, row.handler): row
        for row in session.scalars(select(Consent).where(Consent.person_id == person.id))
    }
    ours = [_line(person, said.get((purpose, HERE)), purpose, HERE) for purpose in _OURS]
    agencies = _agencies(session, person)
    theirs = [
        _line(person, said.get((purpose, agency)), purpose, agency)
        for agency in agencies
        for purpose in (Purpose.REGISTER, Purpose.SHARE)
    ]
    return (*ours, *theirs)


def set_consent(session: Session, actor: Actor, *, purpose: Purpose, handler: str, given: bool, now: datetime) -> None:
    """Give a consent, or take it back; what was done under it before stays lawful.

    Raises
    ------
    NoSuchPerson
    NoSuchRecord
        When there is no such use of the actor's data, or it does not rest on consent.
    """
    line = next((one for one in consents(session, actor) if (one.purpose, one.handler) == (purpose, handler)), None)
    if line is None or not line.can_change:
        raise NoSuchRecord(purpose=purpose.value)
    person_id = actor.person_id or 0
    row = session.scalar(
        select(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose, Consent.handler == handler)
    )
    if row is None:
        row = Consent(person_id=person_id, purpose=purpose, handler=handler, basis=line.basis, given_at=now)
        session.add(row)
    if given:
        row.given_at, row.withdrawn_at = now, None
    else:
        row.withdrawn_at = now
    action = "person.consent_given" if given else "person.consent_withdrawn"
    facts = {"purpose": purpose.value, "handler": handler}
    note(session, actor, action, about="person", about_id=person_id, facts=facts, now=now)


def _agencies(session: Session, person: Person) -> list[str]:
    query = (
        select(SourceRecord.source)
        .join(PersonLink, PersonLink.source_record_id == SourceRecord.id)
        .where(PersonLink.person_id == person.id, SourceRecord.source != SOURCE)
        .distinct()
        .order_by(SourceRecord.source)
    )
    return list(session.scalars(query))


def _line(person: Person, said: Consent | None, purpose: Purpose, handler: str) -> ConsentLine:
    if purpose is Purpose.REGISTER:
        return ConsentLine(
            purpose=purpose, handler=handler, basis=Basis.STATUTORY_DUTY, is_given=True, can_change=False, since=None
        )
    basis = Basis.GUARDIAN_CONSENT if person.guardian_consent else Basis.CONSENT
    if said is None:
        given, since = purpose is not Purpose.SHARE, None if purpose is Purpose.SHARE else person.created_at
    else:
        given, since = said.withdrawn_at is None, said.withdrawn_at or said.given_at
    return ConsentLine(purpose=purpose, handler=handler, basis=basis, is_given=given, can_change=True, since=since)
