"""The audit log as auditors read it: who did what to what, when and why; all that concerns one person together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models import Account, Actor, Assignment, AuditEvent, HourRecord, Offer, Permission, PersonLink, ReviewPair
from registry.access import require


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """One act; `by` is None for the program itself or somebody without an account."""

    id: int
    at: datetime
    by: str | None
    account_id: int | None
    action: str
    subject_kind: str
    subject_id: int | None
    reason: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """What to look for; None and "" look for anything. `action` may be the beginning of one, as in ``number.``."""

    account_id: int | None = None
    action: str = ""
    person_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def trail(
    session: Session, actor: Actor, *, wanted: TrailFilter, limit: int = 50, before_id: int | None = None
) -> tuple[TrailLine, ...]:
    """Give acts, newest first; one statement.

    Raises
    ------
    NotPermitted
    """
    require(actor, Permission.CITY_AUDIT_READ)
    conditions = list(_conditions(wanted))
    if before_id is not None:
        conditions.append(AuditEvent.id < before_id)
    statement = select(AuditEvent, Account.display_name).outerjoin(Account, Account.id == AuditEvent.account_id)
    rows = session.execute(statement.where(*conditions).order_by(AuditEvent.id.desc()).limit(limit))
    return tuple(
        TrailLine(
            id=event.id,
            at=event.at,
            by=name,
            account_id=event.account_id,
            action=event.action,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            reason=event.reason,
            facts=dict(event.facts),
        )
        for event, name in rows
    )


def _conditions(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.account_id is not None:
        found.append(AuditEvent.account_id == wanted.account_id)
    if wanted.action:
        found.append(AuditEvent.action.startswith(wanted.action, autoescape=True))
    if wanted.since is not None:
        found.append(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        found.append(AuditEvent.at < wanted.until)
    if wanted.person_id is not None:
        found.append(_about(wanted.person_id))
    return found


def _about(person_id: int) -> ColumnElement[bool]:
    """Whatever was done to a person, to what they were asked and served, and to the pairs of their records."""
    records = select(PersonLink.source_record_id).where(PersonLink.person_id == person_id)
    pairs = select(ReviewPair.id).where(or_(ReviewPair.left_id.in_(records), ReviewPair.right_id.in_(records)))
    kinds = {
        "assignment": select(Assignment.id).where(Assignment.person_id == person_id),
        "offer": select(Offer.id).where(Offer.person_id == person_id),
        "hour_record": select(HourRecord.id).where(HourRecord.person_id == person_id),
        "review_pair": pairs,
    }
    return or_(
        (AuditEvent.subject_kind == "person") & (AuditEvent.subject_id == person_id),
        *((AuditEvent.subject_kind == kind) & AuditEvent.subject_id.in_(ids) for kind, ids in kinds.items()),
    )


def staff(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Give the accounts of people who work with the service, for a filter: id and name."""
    require(actor, Permission.CITY_AUDIT_READ)
    rows = session.execute(
        select(Account.id, Account.display_name).where(Account.grants.any()).order_by(Account.display_name, Account.id)
    )
    return tuple((number, name) for number, name in rows)
