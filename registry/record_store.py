"""Source records as they are stored: sorted into new, changed, unchanged, gone; row problems beside them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import LinkQueue, RecordFeature, RowIssue, SourceRecord
from models.sealing import Keyring
from models.source import RecordState
from registry.bulk import insert_rows, parts, reserve_ids, rows_named, rows_with, table_of, update_rows
from registry.keystore import remove_keys
from registry.mappings import FeedMapping
from registry.preparing import Ready, ready
from registry.rows import Entry, RowProblem, Unusable, same_name
from registry.sealed_records import place_of_feature, place_of_record

_CHUNK: Final = 5_000
#: How many problems an import reports in full; all of them are kept with the batch.
FIRST_PROBLEMS: Final = 200


class KnownRecord(NamedTuple):
    """A record that the feed had before."""

    id: int
    digest: bytes
    state: str
    batch_id: int


@dataclass(slots=True)
class FeedWork:
    """One import under way: what it is about, what was counted.

    Attributes
    ----------
    is_first
        Nothing of this feed was there before, so nothing need be looked up.
    run, above
        Whose turn it is; and the highest number of a record before this batch.
    issues_there
        How many problems a process that was killed has stored of this batch: so many are not stored again.
    """

    keyring: Keyring
    source: str
    mapping: FeedMapping
    now: datetime
    batch_id: int | None = None
    is_first: bool = False
    run: str = ""
    above: int = 0
    issues_there: int = 0
    seen: dict[str, bytes] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    first: list[RowProblem] = field(default_factory=list)
    waiting_issues: list[tuple[RowProblem, list[str] | None]] = field(default_factory=list)


def has_records(session: Session, source: str) -> bool:
    """Say whether anything of a feed is stored."""
    statement = select(SourceRecord.id).where(SourceRecord.source == source).limit(1)
    return session.scalar(statement) is not None


def _known(session: Session, work: FeedWork, chunk: Sequence[Ready]) -> dict[str, KnownRecord]:
    """Give the records that are stored of those in a chunk, by external id."""
    if work.is_first:
        return {}
    columns, wanted = ("external_id", "id", "digest", "state", "batch_id"), [row.external_id for row in chunk]
    rows = rows_named(session, table_of(SourceRecord), columns, {"source": work.source}, ("external_id", wanted))
    return {name: KnownRecord(number, bytes(digest), state, batch) for name, number, digest, state, batch in rows}


def gathered(work: FeedWork, rows: Iterable[Ready | Unusable]) -> Iterator[Ready]:
    """Give each record once: repeated rows are set aside, or gathered where the mapping says so."""
    held: dict[str, Ready] = {}
    for row in rows:
        if isinstance(row, Unusable):
            _quarantine(work, row.problem, row.cells)
        elif work.mapping.gathers:
            _gather(work, held, row)
        elif row.external_id in work.seen:
            code = "repeated_row" if work.seen[row.external_id] == row.digest else "repeated_external_id"
            _quarantine(work, _as_problem(row, code), row.opened()[0][0])
        else:
            work.seen[row.external_id] = row.digest
            yield row
    work.seen.update(dict.fromkeys(held, b""))
    yield from held.values()


def _gather(work: FeedWork, held: dict[str, Ready], row: Ready) -> None:
    first = held.get(row.external_id)
    if first is None:
        held[row.external_id] = row
        return
    (raw, standard), ((cells,), more) = first.opened(), row.opened()
    if not same_name(standard, more):
        _quarantine(work, _as_problem(row, "repeated_external_id"), cells)
    elif cells in raw:
        _quarantine(work, _as_problem(row, "repeated_row"), cells)
    else:
        standard.certificates += [c for c in more.certificates if c not in standard.certificates]
        standard.skills = sorted({*standard.skills, *more.skills})
        joined = Entry(
            external_id=first.external_id,
            sheet=first.sheet,
            line_number=first.line_number,
            raw=[*raw, cells],
            standard=standard,
            problems=[*first.problems, *row.problems],
        )
        held[row.external_id] = ready(work.keyring, joined, work.source)
        work.counts["gathered"] += 1


def _as_problem(row: Ready, code: str) -> RowProblem:
    return RowProblem(
        line_number=row.line_number,
        sheet=row.sheet,
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


def chunks(rows: Iterator[Ready]) -> Iterator[list[Ready]]:
    return parts(rows, _CHUNK)


def take(session: Session, work: FeedWork, chunk: list[Ready]) -> None:
    """Sort a chunk into new, changed and unchanged, and write the first two, unless this batch has done so already."""
    new: list[Ready] = []
    changed: list[tuple[KnownRecord, Ready]] = []
    stored = _known(session, work, chunk)
    for row in chunk:
        for problem in row.problems:
            _note(work, problem, None)
        known = stored.get(row.external_id)
        if known is None:
            new.append(row)
        elif known.digest != row.digest or known.state != RecordState.CURRENT:
            changed.append((known, row))
        elif known.batch_id == work.batch_id:
            work.counts["new" if known.id > work.above else "changed"] += 1
        else:
            work.counts["unchanged"] += 1
    work.counts["new"] += len(new)
    work.counts["changed"] += len(changed)
    if work.batch_id is not None:
        _insert(session, work, new)
        _update(session, work, changed)
        write_issues(session, work)


_RECORD_COLUMNS: Final = (
    "id", "source", "external_id", "batch_id", "line_number", "sheet", "digest", "state", "first_seen_at", "changed_at",
    "sealed",
)  # fmt: skip


def _insert(session: Session, work: FeedWork, new: list[Ready]) -> None:
    numbers = reserve_ids(session, table_of(SourceRecord), len(new))
    sealed, features = _sealed(work.keyring, numbers, new)
    state, batch_id, now = RecordState.CURRENT, work.batch_id, work.now
    records = (
        (
            number,
            work.source,
            row.external_id,
            batch_id,
            row.line_number,
            row.sheet,
            row.digest,
            state,
            now,
            now,
            content,
        )
        for number, row, content in zip(numbers, new, sealed, strict=True)
    )
    insert_rows(session, table_of(SourceRecord), _RECORD_COLUMNS, records)
    pairs = zip(numbers, features, strict=True)
    insert_rows(session, table_of(RecordFeature), ("source_record_id", "sealed"), pairs)
    insert_rows(session, table_of(LinkQueue), ("source_record_id",), ((number,) for number in numbers))


def _sealed(keyring: Keyring, numbers: Sequence[int], rows: Sequence[Ready]) -> tuple[list[bytes], list[bytes]]:
    """Seal contents and features of rows for the records of these numbers."""
    pairs = list(zip(numbers, rows, strict=True))
    contents = keyring.seal_all((row.content, place_of_record(number)) for number, row in pairs)
    return contents, keyring.seal_all((row.features, place_of_feature(number)) for number, row in pairs)


def _update(session: Session, work: FeedWork, changed: list[tuple[KnownRecord, Ready]]) -> None:
    """Write what changed: by hand, one statement for many rows."""
    if not changed:
        return
    numbers = [known.id for known, _ in changed]
    sealed, features = _sealed(work.keyring, numbers, [row for _, row in changed])
    columns = ("batch_id", "line_number", "sheet", "digest", "sealed", "state", "changed_at")
    state, batch_id, now = RecordState.CURRENT, work.batch_id, work.now
    rows = [
        (batch_id, row.line_number, row.sheet, row.digest, content, state, now, known.id)
        for (known, row), content in zip(changed, sealed, strict=True)
    ]
    update_rows(session, table_of(SourceRecord), columns, "id", rows)
    remove_keys(session, numbers)
    queue_records(session, numbers)
    pairs = list(zip(features, numbers, strict=True))
    update_rows(session, table_of(RecordFeature), ("sealed",), "source_record_id", pairs)


def queue_records(session: Session, record_ids: list[int]) -> None:
    """Put records into the queue of consolidation, each once."""
    for part in parts(sorted(set(record_ids))):
        there = set(session.scalars(select(LinkQueue.source_record_id).where(LinkQueue.source_record_id.in_(part))))
        rows = ((number,) for number in part if number not in there)
        insert_rows(session, table_of(LinkQueue), ("source_record_id",), rows)


def unseen(session: Session, work: FeedWork) -> list[int]:
    """Give the records that were in the feed and are not in this file."""
    if work.is_first:
        return []
    current = {"source": work.source, "state": RecordState.CURRENT.value}
    rows = rows_with(session, table_of(SourceRecord), ("id", "external_id"), current)
    return [number for number, external_id in rows if external_id not in work.seen]


def mark_gone(session: Session, gone: list[int], now: datetime) -> None:
    for part in parts(gone):
        session.execute(
            update(SourceRecord)
            .where(SourceRecord.id.in_(part))
            .values(state=RecordState.GONE, changed_at=now)
            .execution_options(synchronize_session=False)
        )


def count_issues(session: Session, batch_id: int) -> int:
    """Count the problems that are stored of a batch."""
    return session.scalar(select(func.count()).where(RowIssue.batch_id == batch_id)) or 0


def write_issues(session: Session, work: FeedWork) -> None:
    """Store the problems that wait, but for those that are there: a file has the same ones in the same order."""
    there = min(work.issues_there, len(work.waiting_issues))
    work.issues_there -= there
    waiting = work.waiting_issues[there:]
    work.waiting_issues.clear()
    table = table_of(RowIssue)
    numbers = reserve_ids(session, table, len(waiting))
    rows = []
    for issue_id, (problem, cells) in zip(numbers, waiting, strict=True):
        sealed = None
        if cells is not None:
            sealed = work.keyring.seal(orjson.dumps(cells), bound_to=f"row_issue.sealed/{issue_id}")
        rows.append(
            (issue_id, work.batch_id, problem.line_number, problem.sheet, problem.field, problem.code,
             dict(problem.parameters), problem.quarantined, sealed)
        )  # fmt: skip
    columns = ("id", "batch_id", "line_number", "sheet", "field", "code", "parameters", "quarantined", "sealed")
    insert_rows(session, table, columns, rows)
