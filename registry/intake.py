"""Intake: one agency's file becomes source records and row problems. Idempotent; nothing is dropped in silence.

A row that cannot be used is quarantined, sealed, with its line and the reason. A newer file updates what changed and
marks what is gone from it; nobody is deleted. What is new or changed waits in the queue for consolidation.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import (
    Actor,
    AuditEvent,
    ImportBatch,
    LinkQueue,
    OrganisationUnit,
    Permission,
    RecordFeature,
    RowIssue,
    SourceRecord,
)
from models.sealing import Keyring, keyring_of
from models.source import BatchState, RecordState
from registry.access import require
from registry.bulk import insert_rows, parts, reserve_ids, table_of
from registry.keystore import remove_keys
from registry.linkage.features import packed
from registry.mappings import FeedMapping, mapping_for
from registry.reading import open_table
from registry.rows import Entry, RowProblem, RowReader, Unusable, same_name
from registry.sealed_records import place_of_feature, seal_record
from registry.standardise.places import Gazetteer
from registry.standardise.record import Standardiser

Progress = Callable[[int, int | None], None]

_CHUNK: Final = 5_000
#: How many problems an import reports in full; all of them are kept with the batch.
FIRST_PROBLEMS: Final = 200
_SHANGHAI: Final = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or with `dry_run` would do.

    Attributes
    ----------
    batch_id
        None for a dry run.
    rows
        Rows with anything in them, header rows not counted; new + changed + unchanged + gathered + quarantined.
    gathered
        Rows that went into the record of another row of the same external id.
    gone
        Records that were in the feed before and are not in this file.
    repeated
        The very file that was imported last: nothing was done.
    issue_counts
        Code → rows or cells, most frequent first.
    issues
        The first ones, in the order of the file.
    """

    batch_id: int | None
    source: str
    rows: int
    new: int
    changed: int
    unchanged: int
    gathered: int
    gone: int
    quarantined: int
    repeated: bool
    issue_counts: tuple[tuple[str, int], ...]
    issues: tuple[RowProblem, ...]
    encoding: str | None
    delimiter: str | None
    sheets: tuple[str, ...]


@dataclass(slots=True)
class _Known:
    """A record that the feed had before."""

    id: int
    digest: bytes
    state: RecordState


@dataclass(slots=True)
class _Import:
    """One import under way: what is known, what was counted."""

    session: Session
    keyring: Keyring
    mapping: FeedMapping
    now: datetime
    batch_id: int | None
    known: dict[str, _Known]
    seen: dict[str, bytes] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    first: list[RowProblem] = field(default_factory=list)
    waiting_issues: list[tuple[RowProblem, list[str] | None]] = field(default_factory=list)


def import_file(
    session: Session,
    actor: Actor,
    *,
    source: str,
    path: Path,
    now: datetime,
    dry_run: bool = False,
    mapping: FeedMapping | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import one agency's export.

    Parameters
    ----------
    source
        The feed's code.
    mapping
        Instead of the one that ships under `source`.
    progress
        Called with rows read, and None: how many there are is not known before the end.

    Raises
    ------
    NotPermitted, NoSuchMapping, FileUnreadable, FileTooLarge, HeadingsNotFound
        Then nothing was written, if the caller rolls back.
    """
    require(actor, Permission.CITY_IMPORT_WRITE)
    chosen = mapping or mapping_for(source)
    digest = file_digest(path)
    last = _last_batch(session, source)
    if last is not None and last.digest == digest and last.mapping.get("mapping") == chosen.as_data():
        return _repeated(session, actor, last, now, dry_run=dry_run)
    batch = None if dry_run else _open_batch(session, actor, source, path, digest, now)
    table = open_table(path, sheets=chosen.sheets)
    work = _Import(
        session, keyring_of(session), chosen, now, batch.id if batch else None, _known_records(session, source)
    )
    reader = RowReader(chosen, standardiser_for(session, chosen, now))
    for chunk in _chunks(_gathered(work, reader.entries(table))):
        _take(work, source, chunk)
        if progress:
            progress(reader.rows, None)
    gone = (
        []
        if chosen.partial
        else [k.id for e, k in work.known.items() if e not in work.seen and k.state is RecordState.CURRENT]
    )
    if batch is not None:
        _mark_gone(session, gone, now)
        _write_issues(work)
    counts = work.counts
    report = ImportReport(
        batch_id=work.batch_id,
        source=source,
        rows=reader.rows,
        new=counts["new"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        gathered=counts["gathered"],
        gone=len(gone),
        quarantined=counts["quarantined"],
        repeated=False,
        issue_counts=tuple(work.codes.most_common()),
        issues=tuple(work.first),
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheets=table.sheets,
    )
    if batch is not None:
        _close_batch(session, actor, batch, report, reader, now)
    return report


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file, hexadecimal."""
    total = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            total.update(piece)
    return total.hexdigest()


def gazetteer_of(session: Session) -> Gazetteer:
    """Give the city's units as a gazetteer."""
    rows = session.execute(select(OrganisationUnit.code, OrganisationUnit.name).order_by(OrganisationUnit.code))
    return Gazetteer({code: name for code, name in rows})


def standardiser_for(session: Session, mapping: FeedMapping, now: datetime) -> Standardiser:
    """Give a standardiser for a feed, with the city's gazetteer and the local day of `now`."""
    return Standardiser(gazetteer_of(session), (now + _SHANGHAI).date(), mapping.area_code)


def _last_batch(session: Session, source: str) -> ImportBatch | None:
    statement = select(ImportBatch).where(ImportBatch.source == source, ImportBatch.state == BatchState.STORED)
    return session.scalars(statement.order_by(ImportBatch.id.desc()).limit(1)).first()


def _repeated(session: Session, actor: Actor, batch: ImportBatch, now: datetime, *, dry_run: bool) -> ImportReport:
    if not dry_run:
        _audit(session, actor, "import.repeated", batch.id, {"source": batch.source}, now)
    return ImportReport(
        batch_id=batch.id,
        source=batch.source,
        rows=batch.rows,
        new=0,
        changed=0,
        unchanged=batch.new + batch.changed + batch.unchanged,
        gathered=batch.rows - batch.new - batch.changed - batch.unchanged - batch.quarantined,
        gone=0,
        quarantined=batch.quarantined,
        repeated=True,
        issue_counts=tuple((code, count) for code, count in batch.mapping.get("issue_counts", [])),
        issues=(),
        encoding=batch.encoding,
        delimiter=batch.delimiter,
        sheets=tuple(batch.mapping.get("sheets", ())),
    )


def _open_batch(session: Session, actor: Actor, source: str, path: Path, digest: str, now: datetime) -> ImportBatch:
    batch = ImportBatch(
        source=source,
        file_name=path.name[:200],
        digest=digest,
        state=BatchState.READING,
        started_at=now,
        account_id=actor.account_id,
    )
    session.add(batch)
    session.flush()
    return batch


def _known_records(session: Session, source: str) -> dict[str, _Known]:
    columns = (SourceRecord.external_id, SourceRecord.id, SourceRecord.digest, SourceRecord.state)
    rows = session.execute(select(*columns).where(SourceRecord.source == source))
    return {external_id: _Known(record_id, digest, state) for external_id, record_id, digest, state in rows}


def _gathered(work: _Import, entries: Iterator[Entry | Unusable]) -> Iterator[Entry]:
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


def _gather(work: _Import, held: dict[str, Entry], entry: Entry) -> None:
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


def _quarantine(work: _Import, problem: RowProblem, cells: list[str]) -> None:
    work.counts["quarantined"] += 1
    _note(work, problem, cells)


def _note(work: _Import, problem: RowProblem, cells: list[str] | None) -> None:
    work.codes[problem.code] += 1
    if len(work.first) < FIRST_PROBLEMS:
        work.first.append(problem)
    if work.batch_id is not None:
        work.waiting_issues.append((problem, cells))


def _digest(work: _Import, raw: list[list[str]]) -> bytes:
    return work.keyring.digest("source_record", "\x1e".join("\x1f".join(cells) for cells in raw))


def _chunks(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    return parts(entries, _CHUNK)


def _take(work: _Import, source: str, chunk: list[Entry]) -> None:
    """Sort a chunk into new, changed and unchanged, and write the first two."""
    new: list[tuple[Entry, bytes]] = []
    changed: list[tuple[_Known, Entry, bytes]] = []
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
        _write_issues(work)


_RECORD_COLUMNS: Final = (
    "id", "source", "external_id", "batch_id", "line_number", "sheet", "digest", "state", "first_seen_at", "changed_at",
    "sealed",
)  # fmt: skip


def _insert(work: _Import, source: str, new: list[tuple[Entry, bytes]]) -> None:
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


def _update(work: _Import, source: str, changed: list[tuple[_Known, Entry, bytes]]) -> None:
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


def _mark_gone(session: Session, gone: list[int], now: datetime) -> None:
    for part in parts(gone):
        session.execute(
            update(SourceRecord)
            .where(SourceRecord.id.in_(part))
            .values(state=RecordState.GONE, changed_at=now)
            .execution_options(synchronize_session=False)
        )


def _write_issues(work: _Import) -> None:
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


def _close_batch(
    session: Session, actor: Actor, batch: ImportBatch, report: ImportReport, reader: RowReader, now: datetime
) -> None:
    batch.encoding, batch.delimiter = report.encoding, report.delimiter
    batch.rows, batch.new, batch.changed, batch.unchanged = report.rows, report.new, report.changed, report.unchanged
    batch.gone, batch.quarantined = report.gone, report.quarantined
    batch.mapping = {
        "mapping": reader.mapping.as_data(),
        "headings": [[sheet, cells] for sheet, cells in reader.headings.items()],
        "sheets": list(report.sheets),
        "issue_counts": [list(pair) for pair in report.issue_counts],
    }
    batch.state = BatchState.STORED
    batch.finished_at = now
    facts = {name: getattr(report, name) for name in ("source", "rows", "new", "changed", "gone", "quarantined")}
    _audit(session, actor, "import.stored", batch.id, facts, now)


def _audit(session: Session, actor: Actor, action: str, batch_id: int, facts: dict[str, Any], now: datetime) -> None:
    session.add(
        AuditEvent(
            at=now,
            account_id=actor.account_id,
            action=action,
            subject_kind="import_batch",
            subject_id=batch_id,
            facts=facts,
        )
    )
    session.flush()


def forget_queue(session: Session, record_ids: list[int]) -> None:
    """Take records out of the queue of consolidation."""
    for part in parts(record_ids):
        session.execute(delete(LinkQueue).where(LinkQueue.source_record_id.in_(part)))
