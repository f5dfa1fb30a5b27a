"""Certificates of service: what Order 67 asks (service times, content, who recorded), frozen, and verifiable (15, 17).

A certificate says what was approved on the day it was issued. A keyed digest over its number, name and facts tells a
changed one from a true one; a wrong one is revoked and stays readable as revoked.
"""

import hmac
from base64 import b32encode
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matching.refusals import NotFound, NothingToCertify, ReasonMissing, WrongState
from matching.trail import note
from models.authority import Actor, Permission
from models.certificate import Certificate
from models.need import Need, Shift
from models.organisation import OrganisationUnit
from models.person import Person, PersonState
from models.roster import Assignment
from models.sealing import Keyring, keyring_of
from models.service import HourRecord, HourState

CHECK_CHARACTERS = 8


def issue_certificate(session: Session, actor: Actor, *, person_id: int, now: datetime) -> int:
    """Issue a certificate over a person's approved hours, free of charge, to themselves or by their unit; give its id.

    Raises
    ------
    NotFound
        When the person is not there, or not the actor's.
    NothingToCertify
        Without any approved hours.
    """
    person = _access_person(session, actor, person_id)
    facts = _facts(session, person)
    if not facts["services"]:
        raise NothingToCertify
    keyring = keyring_of(session)
    number = _number(keyring, person.id, now)
    certificate = Certificate(
        number=number,
        person_id=person.id,
        issued_at=now,
        issued_by_id=actor.account_id,
        facts=facts,
        name_sealed=keyring.seal(person.name.encode(), bound_to=f"certificate.name/{number}"),
        digest=certificate_digest(keyring, number=number, name=person.name, facts=facts),
    )
    try:
        with session.begin_nested():
            session.add(certificate)
    except IntegrityError as error:  # asked for twice in one instant
        raise WrongState(kind="certificate", state="issued") from error
    note(session, actor, action="certificate.issued", subject=("certificate", certificate.id), now=now)
    return certificate.id


def revoke_certificate(session: Session, actor: Actor, *, certificate_id: int, reason: str, now: datetime) -> None:
    """Take a certificate back, with a reason that whoever verifies it does not see."""
    certificate = session.get(Certificate, certificate_id, with_for_update=True)
    if certificate is None:
        raise NotFound(kind="certificate", id=certificate_id)
    person = session.get_one(Person, certificate.person_id)
    if not actor.may(Permission.UNIT_HOURS_APPROVE, person.unit_code or ""):
        raise NotFound(kind="certificate", id=certificate_id)
    if not reason.strip():
        raise ReasonMissing
    if certificate.revoked_at is not None:
        raise WrongState(kind="certificate", state="revoked")
    certificate.revoked_at, certificate.revoked_by_id, certificate.revoke_reason = now, actor.account_id, reason
    note(session, actor, action="certificate.revoked", subject=("certificate", certificate_id), reason=reason, now=now)


def certificate_digest(keyring: Keyring, *, number: str, name: str, facts: dict[str, Any]) -> bytes:
    """Digest what a certificate says, under the installation's key."""
    said = orjson.dumps([number, name, facts], option=orjson.OPT_SORT_KEYS)
    return keyring.digest("certificate", said.decode())


def check_of(digest: bytes) -> str:
    """Give the characters that are printed beside a number and prove that the paper came from here."""
    return b32encode(digest).decode()[:CHECK_CHARACTERS]


def is_check(digest: bytes, said: str) -> bool:
    """Say whether `said` is the printed check of `digest`."""
    return hmac.compare_digest(check_of(digest).encode(), said.strip().upper().encode())


def _access_person(session: Session, actor: Actor, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.state is not PersonState.ACTIVE:
        raise NotFound(kind="person", id=person_id)
    own = actor.person_id == person.id
    if not own and not actor.may(Permission.UNIT_HOURS_APPROVE, person.unit_code or ""):
        raise NotFound(kind="person", id=person_id)
    return person


def _number(keyring: Keyring, person_id: int, now: datetime) -> str:
    """Give a number that says the year and cannot be guessed from another."""
    text = b32encode(keyring.digest("cert_number", f"{person_id}/{now.isoformat()}")).decode()
    return f"LL{now.year}-{text[:4]}-{text[4:8]}-{text[8:12]}"


def _facts(session: Session, person: Person) -> dict[str, Any]:
    rows = session.execute(
        select(HourRecord.served_on, HourRecord.minutes, Need.title, Need.category, OrganisationUnit.name)
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .where(HourRecord.person_id == person.id, HourRecord.state == HourState.APPROVED, HourRecord.minutes > 0)
        .order_by(HourRecord.served_on, HourRecord.id)
    )
    services = [
        {"on": served_on.isoformat(), "minutes": minutes, "title": title, "category": category, "unit": unit}
        for served_on, minutes, title, category, unit in rows
    ]
    return {
        "minutes": sum(service["minutes"] for service in services),
        "reported_minutes": person.reported_minutes,
        "services": services,
    }
