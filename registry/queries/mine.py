"""What the registry knows of its reader: each agency's record as it was given, and who looked, when and why.

Numbers are masked, as for everybody; the whole ones are in the copy that a person may take along.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Account, Actor, AuditEvent, Grant, PersonLink, SourceRecord
from models.authority import Permission, Role
from models.source import RecordState
from registry.access import access_person
from registry.queries.pairs import record_view
from registry.sealed_records import opened_records
from registry.served_here import contained_minutes, handed_of

MOST_LOOKS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRecord:
    """One agency's record of the reader; `values` by field in the order of a review, numbers masked.

    Of `minutes`, `contained_minutes` were served here and told to the agency.
    """

    id: int
    source: str
    external_id: str
    state: RecordState
    first_seen_at: datetime
    changed_at: datetime
    values: dict[str, str]
    skills: tuple[str, ...]
    certificates: tuple[tuple[str, date | None], ...]
    minutes: int | None
    contained_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody read or changed the reader's data; `role` is None for the program and for somebody without a role."""

    at: datetime
    action: str
    role: Role | None
    by_me: bool
    reason: str | None


def own_records(session: Session, actor: Actor) -> tuple[OwnRecord, ...]:
    """Give the records of the actor's person, by agency.

    Raises
    ------
    NoSuchPerson
    """
    person = access_person(session, actor, actor.person_id or 0, Permission.SELF_PROFILE_WRITE)
    rows = session.execute(
        select(SourceRecord.id, SourceRecord.state, SourceRecord.first_seen_at)
        .join(PersonLink, PersonLink.source_record_id == SourceRecord.id)
        .where(PersonLink.person_id == person.id)
        .order_by(SourceRecord.source, SourceRecord.id)
    ).all()
    opened = opened_records(session, [row.id for row in rows])
    handed = handed_of(session, [row.id for row in rows])
    records = []
    for row in rows:
        record = opened[row.id]
        view = record_view(record, person.id)
        certificates = ((code, until) for code, until, *_ in record.standard.certificates)
        records.append(
            OwnRecord(
                id=row.id,
                source=view.source,
                external_id=view.external_id,
                state=row.state,
                first_seen_at=row.first_seen_at,
                changed_at=view.changed_at,
                values={name: value for name, value in view.values.items() if value},
                skills=view.skills,
                certificates=tuple(
                    (code, date.fromisoformat(until) if until else None) for code, until in certificates
                ),
                minutes=view.minutes,
                contained_minutes=contained_minutes(handed, row.id, view.minutes),
            )
        )
    return tuple(records)


def looks(session: Session, actor: Actor) -> tuple[Look, ...]:
    """Give who read or changed the data of the actor's person, the newest first; what they did themselves is in it.

    Raises
    ------
    NoSuchPerson
    """
    person = access_person(session, actor, actor.person_id or 0, Permission.SELF_PROFILE_WRITE)
    about = (AuditEvent.subject_kind == "person") & (AuditEvent.subject_id == person.id)
    shown = or_(AuditEvent.action.startswith("person."), AuditEvent.action.in_(("number.revealed", "wishes.kept")))
    rows = session.execute(
        select(AuditEvent.at, AuditEvent.action, AuditEvent.account_id, AuditEvent.reason, Account.person_id)
        .outerjoin(Account, Account.id == AuditEvent.account_id)
        .where(about, shown)
        .order_by(AuditEvent.id.desc())
        .limit(MOST_LOOKS)
    ).all()
    roles = _roles(session, {row.account_id for row in rows if row.account_id is not None})
    return tuple(
        Look(
            at=row.at,
            action=row.action,
            role=roles.get(row.account_id),
            by_me=row.person_id == person.id,
            reason=row.reason,
        )
        for row in rows
    )


def _roles(session: Session, account_ids: set[int]) -> dict[int | None, Role]:
    """Give the first role of each account: a reader learns the office, not the clerk's name."""
    query = select(Grant.account_id, Grant.role).where(Grant.account_id.in_(account_ids)).order_by(Grant.id.desc())
    return dict(session.execute(query).all())
