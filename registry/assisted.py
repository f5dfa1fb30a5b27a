"""Registering somebody who has no telephone: a coordinator's hand, the same door as everybody's.

The entry is a row of the self-service feed like any other; beside it stands who made it and how the person agreed.
Somebody under age comes with a guardian and signs up on a telephone of theirs.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Actor, AssistedEntry, Consent, Permission, Person
from models.assisted import ConsentSeen
from models.person import Basis, Purpose
from models.sealing import keyring_of
from registry.audit import note
from registry.consents import HERE
from registry.persons import place_of_person
from registry.refusals import NotPermitted, SignUpIncomplete
from registry.signup import SelfServiceEntry, register

ADULT: Final = 18
_SHANGHAI: Final = timedelta(hours=8)


def register_for(
    session: Session, actor: Actor, *, command: SelfServiceEntry, consent: ConsentSeen, now: datetime
) -> int:
    """Register somebody on their behalf, in a unit of the actor's; give the person's id.

    Raises
    ------
    NotPermitted
        When the unit is not the actor's.
    SignUpIncomplete
        With all problems at once; ``minor`` for somebody under 18.
    """
    if not actor.may(Permission.UNIT_ROSTER_WRITE, command.unit_code):
        raise NotPermitted(permission=Permission.UNIT_ROSTER_WRITE.value)
    if command.born_on is None or _age(command.born_on, (now + _SHANGHAI).date()) < ADULT:
        raise SignUpIncomplete(problems=[("born_on", "minor")])
    person_id = register(session, actor, command=command, now=now, by_word_of_mouth=True)
    session.add(
        AssistedEntry(
            person_id=person_id, unit_code=command.unit_code, consent=consent, account_id=actor.account_id, at=now
        )
    )
    for purpose in (Purpose.MATCHING, Purpose.CONTACT):
        _agree(session, person_id, purpose, now)
    facts = {"consent": consent.value}
    note(session, actor, "person.registered_for", about="person", about_id=person_id, facts=facts, now=now)
    return person_id


def where_to_ask(
    session: Session, actor: Actor, *, person_ids: Sequence[int], now: datetime
) -> dict[int, tuple[str, str]]:
    """Give telephone and address, whole, of people whom the actor's units ask by word of mouth; each look is noted.

    "" where one is not known. Others than those registered in the actor's units are left out.
    """
    entries = select(AssistedEntry.person_id, AssistedEntry.unit_code).where(AssistedEntry.person_id.in_(person_ids))
    mine = {person_id for person_id, unit in session.execute(entries) if actor.may(Permission.UNIT_ROSTER_WRITE, unit)}
    found = {}
    for person in session.scalars(select(Person).where(Person.id.in_(mine)).order_by(Person.id)):
        found[person.id] = (_opened(session, person, "telephone_sealed"), _opened(session, person, "address_sealed"))
        facts = {"attribute": "telephone, address"}
        note(session, actor, "number.revealed", about="person", about_id=person.id, facts=facts, reason="call", now=now)
    return found


def _opened(session: Session, person: Person, column: str) -> str:
    sealed = getattr(person, column)
    if sealed is None:
        return ""
    return keyring_of(session).open(sealed, bound_to=place_of_person(column, person.id)).decode()


def _agree(session: Session, person_id: int, purpose: Purpose, now: datetime) -> None:
    row = session.scalar(
        select(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose, Consent.handler == HERE)
    )
    if row is None:
        row = Consent(person_id=person_id, purpose=purpose, handler=HERE, basis=Basis.CONSENT)
        session.add(row)
    row.given_at, row.withdrawn_at = now, None


def _age(born_on: date, day: date) -> int:
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
