"""A guardian's agreement for somebody under age (上海市志愿服务条例, 2019; PIPL 31): asked by the minor, given by link.

The link goes to the guardian's own telephone, which is not the minor's. What is agreed to is the minor's service and
the use of their data; it is a new version of the minor's own entry, so it survives every consolidation.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Actor, Consent, Person
from models.person import Basis, Purpose
from models.sealing import keyring_of
from registry.audit import note
from registry.consents import HERE
from registry.own_entry import own_entry
from registry.refusals import NoSuchPerson
from registry.signup import update_self


def is_own_telephone(session: Session, actor: Actor, telephone: str) -> bool:
    """Say whether a guardian's number is the minor's own, which proves nothing."""
    digest = keyring_of(session).digest("telephone", telephone)
    person = None if actor.person_id is None else session.get(Person, actor.person_id)
    return person is not None and person.telephone_digest == digest


def guardian_decides(session: Session, *, person_id: int, telephone: str, agrees: bool, now: datetime) -> None:
    """Write down what a guardian decided for a minor.

    Raises
    ------
    NoSuchPerson
    SignUpIncomplete
        When the minor's own entry cannot stand as it is.
    """
    if session.get(Person, person_id) is None:
        raise NoSuchPerson(person_id=person_id)
    actor = Actor(account_id=None, person_id=person_id)
    entry = replace(own_entry(session, actor), guardian_telephone=telephone, guardian_consent=agrees)
    update_self(session, actor, command=entry, now=now)
    row = session.scalar(
        select(Consent).where(
            Consent.person_id == person_id, Consent.purpose == Purpose.MATCHING, Consent.handler == HERE
        )
    )
    if row is None:
        row = Consent(person_id=person_id, purpose=Purpose.MATCHING, handler=HERE, given_at=now)
        session.add(row)
    row.basis, row.given_at, row.withdrawn_at = Basis.GUARDIAN_CONSENT, now, None if agrees else now
    action = "person.guardian_agreed" if agrees else "person.guardian_refused"
    note(session, actor, action, about="person", about_id=person_id, now=now)
