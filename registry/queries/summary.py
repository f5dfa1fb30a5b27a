"""The registry in numbers: a summary for people to read, and what each agency's records are worth."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, Permission, Person, PersonLink, ReviewPair, RowIssue, SourceRecord
from models.linkage import ReviewState
from models.person import PersonState
from models.source import RecordState
from registry.access import require
from registry.bulk import parts
from registry.sealed_records import opened_records

_ATTRIBUTES = ("name", "gender", "born_on", "id_number", "telephone", "email", "unit_code", "address", "workplace")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySummary:
    """Counts of the whole registry."""

    records: int
    records_by_source: dict[str, int]
    gone: int
    persons: int
    persons_by_agencies: dict[int, int]
    links_by_rule: dict[str, int]
    held_back: int
    quarantined_by_code: dict[str, int]
    waiting_pairs: int
    waiting_by_reason: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyQuality:
    """What one feed's records are worth.

    Attributes
    ----------
    complete
        Attribute → share of records that have it.
    newest_on
        When a record of the feed last changed.
    duplicates_inside
        Records of a person of whom the feed has more than one.
    shared
        Records of a person whom another feed knows too.
    problems
        Code → cells and rows of the newest batch that the agency should mend.
    """

    source: str
    records: int
    complete: dict[str, float]
    newest_at: datetime | None
    duplicates_inside: int
    shared: int
    problems: dict[str, int]


def summary(session: Session, actor: Actor) -> RegistrySummary:
    """Count the registry."""
    require(actor, Permission.CITY_IMPORT_READ)
    in_use = SourceRecord.state != RecordState.WITHDRAWN
    by_source = _counted(session, select(SourceRecord.source, func.count()).where(in_use).group_by(SourceRecord.source))
    agencies = (
        select(PersonLink.person_id, func.count(func.distinct(SourceRecord.source)).label("agencies"))
        .join(SourceRecord, SourceRecord.id == PersonLink.source_record_id)
        .group_by(PersonLink.person_id)
        .subquery()
    )
    active = Person.state == PersonState.ACTIVE
    return RegistrySummary(
        records=sum(by_source.values()),
        records_by_source=by_source,
        gone=session.scalar(select(func.count()).where(SourceRecord.state == RecordState.GONE)) or 0,
        persons=session.scalar(select(func.count()).where(active)) or 0,
        persons_by_agencies={
            int(number): count
            for number, count in session.execute(
                select(agencies.c.agencies, func.count()).group_by(agencies.c.agencies).order_by(agencies.c.agencies)
            )
        },
        links_by_rule=_counted(session, select(PersonLink.rule, func.count()).group_by(PersonLink.rule)),
        held_back=session.scalar(select(func.count()).where(active, Person.held_back.is_(True))) or 0,
        **waiting(session),
    )


def waiting(session: Session) -> dict[str, Any]:
    """Count what waits for a steward: the summary's fields for pairs by reason, and for rows in quarantine by code."""
    pairs = select(ReviewPair.reason, func.count()).where(ReviewPair.state == ReviewState.WAITING)
    reasons = _counted(session, pairs.group_by(ReviewPair.reason))
    quarantined = select(RowIssue.code, func.count()).where(RowIssue.quarantined.is_(True)).group_by(RowIssue.code)
    return {
        "quarantined_by_code": _counted(session, quarantined),
        "waiting_pairs": sum(reasons.values()),
        "waiting_by_reason": reasons,
    }


def _counted(session: Session, statement: "object") -> dict[str, int]:
    rows = session.execute(statement).all()  # type: ignore[call-overload]
    return {str(key): int(count) for key, count in sorted(rows)}


def agency_quality(session: Session, actor: Actor, *, source: str, sample: int = 20_000) -> AgencyQuality:
    """Say what a feed's records are worth. Completeness is counted over the newest `sample` records."""
    require(actor, Permission.CITY_IMPORT_READ)
    in_use = (SourceRecord.source == source) & (SourceRecord.state == RecordState.CURRENT)
    ids = list(session.scalars(select(SourceRecord.id).where(in_use).order_by(SourceRecord.id.desc()).limit(sample)))
    present: Counter[str] = Counter()
    for part in parts(ids, 2_000):
        for record in opened_records(session, part).values():
            present.update(name for name in _ATTRIBUTES if getattr(record.standard, name) not in ("", "0"))
    inside, shared = _duplicates(session, source)
    return AgencyQuality(
        source=source,
        records=session.scalar(select(func.count()).where(in_use)) or 0,
        complete={name: present[name] / len(ids) if ids else 0.0 for name in _ATTRIBUTES},
        newest_at=session.scalar(select(func.max(SourceRecord.changed_at)).where(in_use)),
        duplicates_inside=inside,
        shared=shared,
        problems=_newest_problems(session, source),
    )


def _duplicates(session: Session, source: str) -> tuple[int, int]:
    own = func.sum((SourceRecord.source == source).cast(ImportBatch.rows.type))
    feeds = func.count(func.distinct(SourceRecord.source))
    persons = (
        select(own.label("own"), feeds.label("feeds"))
        .select_from(PersonLink)
        .join(SourceRecord, SourceRecord.id == PersonLink.source_record_id)
        .group_by(PersonLink.person_id)
        .subquery()
    )
    inside = session.scalar(select(func.sum(persons.c.own)).where(persons.c.own > 1)) or 0
    shared = session.scalar(select(func.sum(persons.c.own)).where(persons.c.own > 0, persons.c.feeds > 1)) or 0
    return int(inside), int(shared)


def _newest_problems(session: Session, source: str) -> dict[str, int]:
    newest = session.scalar(select(func.max(ImportBatch.id)).where(ImportBatch.source == source))
    return _counted(
        session, select(RowIssue.code, func.count()).where(RowIssue.batch_id == newest).group_by(RowIssue.code)
    )
