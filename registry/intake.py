"""Intake: one agency's file becomes source records and row problems. Idempotent; nothing is dropped in silence.

A row that cannot be used is quarantined, sealed, with its line and the reason. A newer file updates what changed and
marks what is gone from it; nobody is deleted. What is new or changed waits in the queue for consolidation.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, OrganisationUnit, Permission, SourceRecord
from models.sealing import keyring_of
from models.source import BatchState
from registry.access import require
from registry.audit import note
from registry.bulk import collector_paused
from registry.hands import spread
from registry.mappings import FeedMapping, mapping_for
from registry.preparing import Preparation, Ready, as_ready, in_batches
from registry.reading import Table, open_table
from registry.record_store import (
    FeedWork,
    chunks,
    count_issues,
    gathered,
    has_records,
    mark_gone,
    take,
    unseen,
    write_issues,
)
from registry.refusals import ImportOvertaken
from registry.rows import RowProblem, RowReader

Progress = Callable[[int, int | None], None]

_SHANGHAI: Final = timedelta(hours=8)
#: Files of more bytes are worth the second or two that other processes take to begin.
_LARGE_TEXT: Final = 4 << 20
_LARGE_WORKBOOK: Final = 1 << 20


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


def import_file(
    session: Session,
    actor: Actor,
    *,
    source: str,
    path: Path,
    now: datetime,
    dry_run: bool = False,
    mapping: FeedMapping | None = None,
    partial: bool = False,
    progress: Progress | None = None,
    hands: int = 1,
) -> ImportReport:
    """Import one agency's export.

    Parameters
    ----------
    source
        The feed's code.
    mapping
        Instead of the one that ships under `source`.
    partial
        The file is a part of the feed, such as rows that were mended: nothing is gone from it. A file with the column
        that :mod:`registry.mended` adds is one, without being told.
    progress
        Called with rows read, and None: how many there are is not known before the end.
    hands
        Processes that make rows ready (:func:`registry.hands.cores`), if the file is large; the result is the same.

    Raises
    ------
    NotPermitted, NoSuchMapping, FileUnreadable, FileTooLarge, HeadingsNotFound
        Then nothing was written, if the caller rolls back.
    """
    begun = begin(session, actor, source=source, path=path, now=now, dry_run=dry_run, mapping=mapping)
    if isinstance(begun, ImportReport):
        return begun
    with collector_paused(), closing(begun.chunks(hands=hands, progress=progress)) as chunks_of_file:
        for chunk in chunks_of_file:
            begun.take(session, chunk)
    return begun.finish(session, partial=partial)


def begin(
    session: Session,
    actor: Actor,
    *,
    source: str,
    path: Path,
    now: datetime,
    dry_run: bool = False,
    mapping: FeedMapping | None = None,
) -> "Intake | ImportReport":
    """Begin to import a file, or go on with it where a process that was killed left it.

    A file that was imported last is not begun again: then what it did is given.

    Raises
    ------
    NotPermitted, NoSuchMapping, FileUnreadable, FileTooLarge
    """
    require(actor, Permission.CITY_IMPORT_WRITE)
    chosen = mapping or mapping_for(source)
    digest = file_digest(path)
    last = _last_batch(session, source, BatchState.STORED)
    if last is not None and last.digest == digest and last.mapping.get("mapping") == chosen.as_data():
        return _repeated(session, actor, last, now, dry_run=dry_run)
    table = open_table(path, sheets=chosen.sheets)
    batch = None if dry_run else _opened_batch(session, actor, chosen, source, path.name, digest=digest, now=now)
    return Intake(
        actor=actor,
        path=path,
        table=table,
        reader=RowReader(chosen),
        units=units_of(session),
        batch=batch,
        work=feed_work(session, source, chosen, batch, now),
    )


def feed_work(
    session: Session, source: str, mapping: FeedMapping, batch: ImportBatch | None, now: datetime
) -> FeedWork:
    """Give what an import knows at its beginning; one that goes on keeps the instant at which it was begun."""
    work = FeedWork(keyring_of(session), source, mapping, now)
    work.is_first = not has_records(session, source)
    if batch is not None:
        work.now, work.batch_id = batch.started_at, batch.id
        work.run, work.above = batch.mapping["run"], batch.mapping["above"]
        work.issues_there = count_issues(session, batch.id)
    return work


@dataclass(slots=True, kw_only=True)
class Intake:
    """One import under way: its chunks are made without a database and taken in units of work, one or many."""

    actor: Actor
    path: Path
    table: Table
    reader: RowReader
    units: dict[str, str]
    batch: ImportBatch | None
    work: FeedWork

    def chunks(self, *, hands: int = 1, progress: Progress | None = None) -> Generator[list[Ready]]:
        """Give the rows of the file, made ready, some thousands at a time; close it, for processes may be at work."""
        work, reader = self.work, self.reader
        prepare = Preparation(
            mapping=work.mapping,
            source=work.source,
            units=self.units,
            today=(work.now + _SHANGHAI).date(),
            keyring=work.keyring,
        )
        rows = spread(prepare, in_batches(reader.lines(self.table)), hands=hands if _is_large(self.path) else 1)
        for chunk in chunks(gathered(work, as_ready(rows))):
            yield chunk
            if progress:
                progress(reader.rows, None)

    def take(self, session: Session, chunk: list[Ready]) -> None:
        """Store a chunk.

        Raises
        ------
        ImportOvertaken
            When another import of the same feed began meanwhile.
        """
        self._still_ours(session)
        take(session, self.work, chunk)

    def finish(self, session: Session, *, partial: bool = False) -> ImportReport:
        """Mark what is gone, close the batch, and give the report."""
        self._still_ours(session)
        work, reader = self.work, self.reader
        gone = [] if partial or work.mapping.partial or reader.is_mended else unseen(session, work)
        report = _report(work, reader, self.table, len(gone))
        if self.batch is not None:
            mark_gone(session, gone, work.now)
            write_issues(session, work)
            batch = session.get_one(ImportBatch, self.batch.id)
            _close_batch(session, self.actor, batch, report, reader, now=work.now)
        return report

    def _still_ours(self, session: Session) -> None:
        if self.batch is None:
            return
        kept = session.execute(select(ImportBatch.mapping, ImportBatch.state).where(ImportBatch.id == self.batch.id))
        mapping, state = kept.one()
        if state is not BatchState.READING or mapping.get("run") != self.work.run:
            raise ImportOvertaken(source=self.work.source)


def _report(work: FeedWork, reader: RowReader, table: Table, gone: int) -> ImportReport:
    counts = work.counts
    return ImportReport(
        batch_id=work.batch_id,
        source=work.source,
        rows=reader.rows,
        new=counts["new"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        gathered=counts["gathered"],
        gone=gone,
        quarantined=counts["quarantined"],
        repeated=False,
        issue_counts=tuple(work.codes.most_common()),
        issues=tuple(work.first),
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheets=table.sheets,
    )


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file, hexadecimal."""
    total = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            total.update(piece)
    return total.hexdigest()


def units_of(session: Session) -> dict[str, str]:
    """Give the city's units, code → name."""
    rows = session.execute(select(OrganisationUnit.code, OrganisationUnit.name).order_by(OrganisationUnit.code))
    return dict(rows.all())


def _is_large(path: Path) -> bool:
    return path.stat().st_size > (_LARGE_WORKBOOK if path.suffix == ".xlsx" else _LARGE_TEXT)


def _last_batch(session: Session, source: str, state: BatchState) -> ImportBatch | None:
    statement = select(ImportBatch).where(ImportBatch.source == source, ImportBatch.state == state)
    return session.scalars(statement.order_by(ImportBatch.id.desc()).limit(1)).first()


def _repeated(session: Session, actor: Actor, batch: ImportBatch, now: datetime, *, dry_run: bool) -> ImportReport:
    if not dry_run:
        note(
            session,
            actor,
            "import.repeated",
            about="import_batch",
            about_id=batch.id,
            facts={"source": batch.source},
            now=now,
        )
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


def _opened_batch(
    session: Session, actor: Actor, mapping: FeedMapping, source: str, file_name: str, *, digest: str, now: datetime
) -> ImportBatch:
    """Give the batch of a file: the one that was left half read, if it is the same file, or a new one.

    `run` tells whose turn it is; records with a number above `above` are new in this batch.
    """
    left, run = _last_batch(session, source, BatchState.READING), token_hex(8)
    if left is not None and left.digest == digest and left.mapping["mapping"] == mapping.as_data():
        left.mapping = left.mapping | {"run": run}
        session.flush()
        return left
    if left is not None:
        left.state, left.finished_at = BatchState.REFUSED, now
    above = session.scalar(select(func.max(SourceRecord.id))) or 0
    batch = ImportBatch(
        source=source,
        file_name=file_name[:200],
        digest=digest,
        state=BatchState.READING,
        started_at=now,
        account_id=actor.account_id,
        mapping={"mapping": mapping.as_data(), "run": run, "above": above},
    )
    session.add(batch)
    session.flush()
    return batch


def _close_batch(
    session: Session, actor: Actor, batch: ImportBatch, report: ImportReport, reader: RowReader, *, now: datetime
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
    note(session, actor, "import.stored", about="import_batch", about_id=batch.id, facts=facts, now=now)
