"""What each agency's records are worth, agency by agency, for the page that agencies are shown.

Completeness opens sealed records, so it is counted over the newest of each feed; the rest is counted by the database.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, Permission, PersonLink, RowIssue, SourceRecord
from models.source import BatchState, RecordState
from registry.access import require
from registry.sealed_records import opened_records

#: What a record should have, in the order of the page.
ATTRIBUTES: Final = (
    "gender",
    "born_on",
    "id_number",
    "telephone",
    "email",
    "unit_code",
    "address",
    "workplace",
    "free",
)
#: Completeness is counted over so many of the newest records of each feed.
SAMPLE: Final = 120
_NOTHING: Final[tuple[object, ...]] = ("", "0", (), [])


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedQuality:
    """One feed.

    Attributes
    ----------
    records, gone
        Records in use, and those that the agency's newest file no longer had.
    batch_id, newest_at
        The newest file, and when it came.
    complete
        Attribute → share of the `sampled` newest records that have it; a masked or faulty number counts as one.
    inside
        Records of a person of whom the feed has more than one: duplicates inside.
    shared
        Records of a person whom another feed knows, too.
    to_mend
        Code → cells and rows of the newest file.
    """

    source: str
    records: int
    gone: int
    batch_id: int | None
    newest_at: datetime | None
    sampled: int
    complete: dict[str, float]
    inside: int
    shared: int
    to_mend: dict[str, int]


def feed_qualities(session: Session, actor: Actor) -> tuple[FeedQuality, ...]:
    """Give every feed of an agency, most records first."""
    require(actor, Permission.CITY_IMPORT_READ)
    counts = _counts(session)
    newest = _newest(session)
    inside, shared = _duplicates(session)
    problems = _problems(session, [batch_id for batch_id, _ in newest.values()])
    found = []
    for source, (records, gone) in sorted(counts.items(), key=lambda item: (-item[1][0], item[0])):
        batch_id, came_at = newest.get(source, (None, None))
        sampled, complete = _complete(session, source)
        found.append(
            FeedQuality(
                source=source,
                records=records,
                gone=gone,
                batch_id=batch_id,
                newest_at=came_at,
                sampled=sampled,
                complete=complete,
                inside=inside.get(source, 0),
                shared=shared.get(source, 0),
                to_mend=problems.get(batch_id or 0, {}),
            )
        )
    return tuple(found)


def _counts(session: Session) -> dict[str, tuple[int, int]]:
    gone = func.count().filter(SourceRecord.state == RecordState.GONE)
    current = func.count().filter(SourceRecord.state == RecordState.CURRENT)
    rows = session.execute(
        select(SourceRecord.source, current, gone)
        .where(SourceRecord.source != "self_service")
        .group_by(SourceRecord.source)
    )
    return {source: (records, left) for source, records, left in rows}


def _newest(session: Session) -> dict[str, tuple[int, datetime]]:
    stored = ImportBatch.state == BatchState.STORED
    last = select(func.max(ImportBatch.id)).where(stored).group_by(ImportBatch.source)
    rows = session.execute(
        select(ImportBatch.source, ImportBatch.id, ImportBatch.started_at).where(ImportBatch.id.in_(last))
    )
    return {source: (batch_id, at) for source, batch_id, at in rows}


def _duplicates(session: Session) -> tuple[Counter[str], Counter[str]]:
    """Count, by feed, records of persons whom the feed has twice, and of persons whom another feed has too."""
    per = (
        select(PersonLink.person_id, SourceRecord.source, func.count().label("records"))
        .join(SourceRecord, SourceRecord.id == PersonLink.source_record_id)
        .group_by(PersonLink.person_id, SourceRecord.source)
        .subquery()
    )
    feeds = func.count().over(partition_by=per.c.person_id).label("feeds")
    known = select(per.c.source, per.c.records, feeds).subquery()
    rows = session.execute(
        select(
            known.c.source,
            func.sum(known.c.records).filter(known.c.records > 1),
            func.sum(known.c.records).filter(known.c.feeds > 1),
        ).group_by(known.c.source)
    )
    inside: Counter[str] = Counter()
    shared: Counter[str] = Counter()
    for source, twice, elsewhere in rows:
        inside[source], shared[source] = int(twice or 0), int(elsewhere or 0)
    return inside, shared


def _problems(session: Session, batch_ids: list[int]) -> dict[int, dict[str, int]]:
    rows = session.execute(
        select(RowIssue.batch_id, RowIssue.code, func.count())
        .where(RowIssue.batch_id.in_(batch_ids))
        .group_by(RowIssue.batch_id, RowIssue.code)
        .order_by(func.count().desc(), RowIssue.code)
    )
    found: dict[int, dict[str, int]] = {}
    for batch_id, code, count in rows:
        found.setdefault(batch_id, {})[code] = count
    return found


def _complete(session: Session, source: str) -> tuple[int, dict[str, float]]:
    in_use = (SourceRecord.source == source) & (SourceRecord.state == RecordState.CURRENT)
    ids = list(session.scalars(select(SourceRecord.id).where(in_use).order_by(SourceRecord.id.desc()).limit(SAMPLE)))
    present: Counter[str] = Counter()
    for record in opened_records(session, ids).values():
        standard = record.standard
        present.update(name for name in ATTRIBUTES if getattr(standard, name) not in _NOTHING)
        present["id_number"] += bool(not standard.id_number and (standard.id_masked or standard.id_faulty))
    return len(ids), {name: present[name] / len(ids) if ids else 0.0 for name in ATTRIBUTES}
