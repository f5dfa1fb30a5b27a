"""Certificates as their holder reads them, and as anybody may verify them: no more than is needed."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import within
from matching.certificates import certificate_digest, check_of, is_check
from matching.refusals import NotFound
from models.authority import Actor, Permission
from models.certificate import Certificate
from models.person import Person
from models.sealing import SealBroken, keyring_of


class Genuineness(StrEnum):
    """What a certificate proves to be."""

    GENUINE = "genuine"
    REVOKED = "revoked"
    FORGED = "forged"  # no such number, another check, or facts that were changed


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    on: date
    minutes: int
    title: str
    category: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """A certificate whole, for its holder and for paper."""

    certificate_id: int
    number: str
    check: str
    name: str
    issued_at: datetime
    minutes: int
    reported_minutes: int
    services: tuple[ServiceLine, ...]
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What anybody learns who holds number and check; everything but `result` is None for a forged one."""

    result: Genuineness
    number: str | None = None
    name_masked: str | None = None
    issued_at: datetime | None = None
    minutes: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    revoked_at: datetime | None = None


def certificate_view(session: Session, actor: Actor, *, certificate_id: int) -> CertificateView:
    """Give one's own certificate, or one of a person of the actor's units."""
    certificate = session.get(Certificate, certificate_id)
    if certificate is None:
        raise NotFound(kind="certificate", id=certificate_id)
    unit = session.get_one(Person, certificate.person_id).unit_code or ""
    if actor.person_id != certificate.person_id and not actor.may(Permission.UNIT_HOURS_APPROVE, unit):
        raise NotFound(kind="certificate", id=certificate_id)
    return _view(session, certificate)


def certificates_of(session: Session, actor: Actor) -> tuple[CertificateView, ...]:
    """Give one's own certificates, the newest first."""
    query = select(Certificate).where(Certificate.person_id == actor.person_id).order_by(Certificate.id.desc())
    return tuple(_view(session, one) for one in session.scalars(query))


def certificates_issued(session: Session, actor: Actor, *, limit: int = 50) -> tuple[CertificateView, ...]:
    """Give the newest certificates of the people of the actor's units."""
    query = (
        select(Certificate)
        .join(Person, Person.id == Certificate.person_id)
        .where(within(Person.unit_code, actor, Permission.UNIT_HOURS_APPROVE))  # type: ignore[arg-type]
        .order_by(Certificate.id.desc())
        .limit(limit)
    )
    return tuple(_view(session, one) for one in session.scalars(query))


def verification(session: Session, *, number: str, check: str) -> Verification:
    """Verify a certificate by what is printed on it: number and check."""
    certificate = session.scalar(select(Certificate).where(Certificate.number == number.strip().upper()))
    if certificate is None or not is_check(certificate.digest, check) or not _is_whole(session, certificate):
        return Verification(result=Genuineness.FORGED)
    days = [service["on"] for service in certificate.facts["services"]]
    return Verification(
        result=Genuineness.GENUINE if certificate.revoked_at is None else Genuineness.REVOKED,
        number=certificate.number,
        name_masked=masked(_name(session, certificate)),
        issued_at=certificate.issued_at,
        minutes=certificate.facts["minutes"],
        from_on=date.fromisoformat(days[0]),
        until_on=date.fromisoformat(days[-1]),
        revoked_at=certificate.revoked_at,
    )


def masked(name: str) -> str:
    """Give the first character of a name and a star for each of the rest."""
    return name[:1] + "*" * max(1, len(name) - 1)


def _is_whole(session: Session, certificate: Certificate) -> bool:
    """Say whether what is stored is what was issued."""
    try:
        name = _name(session, certificate)
    except SealBroken:
        return False
    keyring = keyring_of(session)
    facts = dict(certificate.facts)
    return certificate_digest(keyring, number=certificate.number, name=name, facts=facts) == certificate.digest


def _name(session: Session, certificate: Certificate) -> str:
    bound_to = f"certificate.name/{certificate.number}"
    return keyring_of(session).open(certificate.name_sealed, bound_to=bound_to).decode()


def _view(session: Session, certificate: Certificate) -> CertificateView:
    return CertificateView(
        certificate_id=certificate.id,
        number=certificate.number,
        check=check_of(certificate.digest),
        name=_name(session, certificate),
        issued_at=certificate.issued_at,
        minutes=certificate.facts["minutes"],
        reported_minutes=certificate.facts["reported_minutes"],
        services=tuple(
            ServiceLine(**{**service, "on": date.fromisoformat(service["on"])})
            for service in certificate.facts["services"]
        ),
        revoked_at=certificate.revoked_at,
    )
