"""Source records as they are stored: sorted into new, changed, unchanged, gone; row problems beside them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import LinkQueue, RecordFeature, RowIssue, SourceRecord
from models.sealing import Keyring
from models.source import RecordState
from registry.bulk import insert_rows, parts, reserve_ids, table_of
from registry.keystore import remove_keys
from registry.linkage.features import packed
from registry.mappings import FeedMapping
from registry.rows import Entry, RowProblem, Unusable, same_name
from registry.sealed_records import place_of_feature, seal_record

_CHUNK: Final = 5_000
#: How many problems an import reports in full; all of them are kept with the batch.
FIRST_PROBLEMS: Final = 200


@dataclass(slots=True)
class KnownRecord:
    """A record that the feed had before."""

    id: int
    digest: bytes
    state: RecordState


@dataclass(slots=True)
class FeedWork:
    """One import under way: what is known, what was counted."""

    session: Session
    keyring: Keyring
    mapping: FeedMapping
    now: datetime
    batch_id: int | None
    known: dict[str, KnownRecord]
    seen: dict[str, bytes] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    first: list[RowProblem] = field(default_factory=list)
    waiting_issues: list[tuple[RowProblem, list[str] | None]] = field(default_factory=list)


def known_records(session: Session, source: str) -> dict[str, KnownRecord]:
    columns = (SourceRecord.external_id, SourceRecord.id, SourceRecord.digest, SourceRecord.state)
    rows = session.execute(select(*columns).where(SourceRecord.source == source))
    return {external_id: KnownRecord(record_id, digest, state) for external_id, record_id, digest, state in rows}


def gathered(work: FeedWork, entries: Iterator[Entry | Unusable]) -> Iterator[Entry]:
    """Give each record once: repeated rows are set aside, or gathered where the mapping says so."""
    held: dict[str, Entry] = {}
    for entry in entries:
        if isinstance(entry, Unusable):
            _quarantine(work, entry.problem, entry.cells)
            continue
        if work.mapping.gathers:
            _gather(work, held, entry)
            continue
        digest = _digest(work, entry.raw)
        earlier = work.seen.get(entry.external_id)
        if earlier is None:
            work.seen[entry.external_id] = digest
            yield entry
        else:
            code = "repeated_row" if earlier == digest else "repeated_external_id"
            _quarantine(work, _as_problem(entry, code), entry.raw[0])
    for external_id, entry in held.items():
        work.seen[external_id] = b""
        yield entry


def _gather(work: FeedWork, held: dict[str, Entry], entry: Entry) -> None:
    first = held.get(entry.external_id)
    if first is None:
        held[entry.external_id] = entry
    elif not same_name(first.standard, entry.standard):
        _quarantine(work, _as_problem(entry, "repeated_external_id"), entry.raw[0])
    elif entry.raw[0] in first.raw:
        _quarantine(work, _as_problem(entry, "repeated_row"), entry.raw[0])
    else:
        first.raw += entry.raw
        first.problems += entry.problems
        first.standard.certificates += [c for c in entry.standard.certificates if c not in first.standard.certificates]
        first.standard.skills = sorted({*first.standard.skills, *entry.standard.skills})
        work.counts["gathered"] += 1


def _as_problem(entry: Entry, code: str) -> RowProblem:
    return RowProblem(
        line_number=entry.line_number,
        sheet=entry.sheet,
        field="external_id",
        heading=None,
        code=code,
        parameters={},
        quarantined=True,
    )


def _quarantine(work: FeedWork, problem: RowProblem, cells: list[str]) -> None:
    work.counts["quarantined"] += 1
    _note(work, problem, cells)


def _note(work: FeedWork, problem: RowProblem, cells: list[str] | None) -> None:
    work.codes[problem.code] += 1
    if len(work.first) < FIRST_PROBLEMS:
        work.first.append(problem)
    if work.batch_id is not None:
        work.waiting_issues.append((problem, cells))


def _digest(work: FeedWork, raw: list[list[str]]) -> bytes:
    return work.keyring.digest("source_record", "\x1e".join("\x1f".join(cells) for cells in raw))


def chunks(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    return parts(entries, _CHUNK)


def take(work: FeedWork, source: str, chunk: list[Entry]) -> None:
    """Sort a chunk into new, changed and unchanged, and write the first two."""
    new: list[tuple[Entry, bytes]] = []
    changed: list[tuple[KnownRecord, Entry, bytes]] = []
    for entry in chunk:
        for problem in entry.problems:
            _note(work, problem, None)
        digest = _digest(work, entry.raw) if work.mapping.gathers else work.seen[entry.external_id]
        known = work.known.get(entry.external_id)
        if known is None:
            new.append((entry, digest))
        elif known.digest != digest or known.state is not RecordState.CURRENT:
            changed.append((known, entry, digest))
        else:
            work.counts["unchanged"] += 1
    work.counts["new"] += len(new)
    work.counts["changed"] += len(changed)
    if work.batch_id is not None:
        _insert(work, source, new)
        _update(work, source, changed)
        write_issues(work)


_RECORD_COLUMNS: Final = (
    "id", "source", "external_id", "batch_id", "line_number", "sheet", "digest", "state", "first_seen_at", "changed_at",
    "sealed",
)  # fmt: skip


def _insert(work: FeedWork, source: str, new: list[tuple[Entry, bytes]]) -> None:
    numbers = reserve_ids(work.session, table_of(SourceRecord), len(new))
    records, features = [], []
    for record_id, (entry, digest) in zip(numbers, new, strict=True):
        sealed = seal_record(work.keyring, record_id, entry.raw, entry.standard)
        records.append(
            (record_id, source, entry.external_id, work.batch_id, entry.line_number, entry.sheet, digest,
             RecordState.CURRENT, work.now, work.now, sealed)
        )  # fmt: skip
        features.append((record_id, seal_feature(work.keyring, record_id, entry, source)))
    insert_rows(work.session, table_of(SourceRecord), _RECORD_COLUMNS, records)
    insert_rows(work.session, table_of(RecordFeature), ("source_record_id", "sealed"), features)
    insert_rows(work.session, table_of(LinkQueue), ("source_record_id",), ((number,) for number in numbers))


def seal_feature(keyring: Keyring, record_id: int, entry: Entry, source: str) -> bytes:
    """Seal the features of an entry for its record."""
    return keyring.seal(packed(entry.standard, source), bound_to=place_of_feature(record_id))


def _update(work: FeedWork, source: str, changed: list[tuple[KnownRecord, Entry, bytes]]) -> None:
    """Write what changed: by hand, one statement for many rows."""
    if not changed:
        return
    session, keyring = work.session, work.keyring
    session.execute(
        update(SourceRecord),
        [
            {
                "id": known.id,
                "batch_id": work.batch_id,
                "line_number": entry.line_number,
                "sheet": entry.sheet,
                "digest": digest,
                "sealed": seal_record(keyring, known.id, entry.raw, entry.standard),
                "state": RecordState.CURRENT,
                "changed_at": work.now,
            }
            for known, entry, digest in changed
        ],
    )
    remove_keys(session, [known.id for known, _, _ in changed])
    queue_records(session, [known.id for known, _, _ in changed])
    session.execute(
        update(RecordFeature),
        [
            {"source_record_id": known.id, "sealed": seal_feature(keyring, known.id, entry, source)}
            for known, entry, _ in changed
        ],
    )


def queue_records(session: Session, record_ids: list[int]) -> None:
    """Put records into the queue of consolidation, each once."""
    for part in parts(sorted(set(record_ids))):
        there = set(session.scalars(select(LinkQueue.source_record_id).where(LinkQueue.source_record_id.in_(part))))
        rows = ((number,) for number in part if number not in there)
        insert_rows(session, table_of(LinkQueue), ("source_record_id",), rows)


def unseen(work: FeedWork) -> list[int]:
    """Give the records that were in the feed and are not in this file."""
    return [
        known.id
        for external_id, known in work.known.items()
        if external_id not in work.seen and known.state is RecordState.CURRENT
    ]


def mark_gone(session: Session, gone: list[int], now: datetime) -> None:
    for part in parts(gone):
        session.execute(
            update(SourceRecord)
            .where(SourceRecord.id.in_(part))
            .values(state=RecordState.GONE, changed_at=now)
            .execution_options(synchronize_session=False)
        )


def write_issues(work: FeedWork) -> None:
    if not work.waiting_issues:
        return
    table = table_of(RowIssue)
    numbers = reserve_ids(work.session, table, len(work.waiting_issues))
    rows = []
    for issue_id, (problem, cells) in zip(numbers, work.waiting_issues, strict=True):
        sealed = None
        if cells is not None:
            sealed = work.keyring.seal(orjson.dumps(cells), bound_to=f"row_issue.sealed/{issue_id}")
        rows.append(
            (issue_id, work.batch_id, problem.line_number, problem.sheet, problem.field, problem.code,
             dict(problem.parameters), problem.quarantined, sealed)
        )  # fmt: skip
    columns = ("id", "batch_id", "line_number", "sheet", "field", "code", "parameters", "quarantined", "sealed")
    insert_rows(work.session, table, columns, rows)
    work.waiting_issues.clear()
