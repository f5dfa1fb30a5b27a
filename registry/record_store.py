"""Source records as they are stored: sorted into new, changed, unchanged, gone; row problems beside them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

import orjson
from sqlalchemy import select, update
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


@dataclass(slots=True)
class FeedWork:
    """One import under way. `is_first`: nothing of this feed was there before, so nothing need be looked up."""

    session: Session
    keyring: Keyring
    mapping: FeedMapping
    now: datetime
    batch_id: int | None
    is_first: bool = False
    seen: dict[str, bytes] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    first: list[RowProblem] = field(default_factory=list)
    waiting_issues: list[tuple[RowProblem, list[str] | None]] = field(default_factory=list)


def has_records(session: Session, source: str) -> bool:
    """Say whether anything of a feed is stored."""
    statement = select(SourceRecord.id).where(SourceRecord.source == source).limit(1)
    return session.scalar(statement) is not None


def _known(work: FeedWork, source: str, chunk: Sequence[Ready]) -> dict[str, KnownRecord]:
    """Give the records that are stored of those in a chunk, by external id."""
    if work.is_first:
        return {}
    columns, wanted = ("external_id", "id", "digest", "state"), [row.external_id for row in chunk]
    rows = rows_named(work.session, table_of(SourceRecord), columns, {"source": source}, ("external_id", wanted))
    return {external_id: KnownRecord(number, bytes(digest), state) for external_id, number, digest, state in rows}


def gathered(work: FeedWork, source: str, rows: Iterable[Ready | Unusable]) -> Iterator[Ready]:
    """Give each record once: repeated rows are set aside, or gathered where the mapping says so."""
    held: dict[str, Ready] = {}
    for row in rows:
        if isinstance(row, Unusable):
            _quarantine(work, row.problem, row.cells)
        elif work.mapping.gathers:
            _gather(work, source, held, row)
        elif row.external_id in work.seen:
            code = "repeated_row" if work.seen[row.external_id] == row.digest else "repeated_external_id"
            _quarantine(work, _as_problem(row, code), row.opened()[0][0])
        else:
            work.seen[row.external_id] = row.digest
            yield row
    work.seen.update(dict.fromkeys(held, b""))
    yield from held.values()


def _gather(work: FeedWork, source: str, held: dict[str, Ready], row: Ready) -> None:
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
        held[row.external_id] = ready(work.keyring, joined, source)
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


def take(work: FeedWork, source: str, chunk: list[Ready]) -> None:
    """Sort a chunk into new, changed and unchanged, and write the first two."""
    new: list[Ready] = []
    changed: list[tuple[KnownRecord, Ready]] = []
    stored = _known(work, source, chunk)
    for row in chunk:
        for problem in row.problems:
            _note(work, problem, None)
        known = stored.get(row.external_id)
        if known is None:
            new.append(row)
        elif known.digest != row.digest or known.state != RecordState.CURRENT:
            changed.append((known, row))
        else:
            work.counts["unchanged"] += 1
    work.counts["new"] += len(new)
    work.counts["changed"] += len(changed)
    if work.batch_id is not None:
        _insert(work, source, new)
        _update(work, changed)
        write_issues(work)


_RECORD_COLUMNS: Final = (
    "id", "source", "external_id", "batch_id", "line_number", "sheet", "digest", "state", "first_seen_at", "changed_at",
    "sealed",
)  # fmt: skip


def _insert(work: FeedWork, source: str, new: list[Ready]) -> None:
    numbers = reserve_ids(work.session, table_of(SourceRecord), len(new))
    sealed, features = _sealed(work.keyring, numbers, new)
    state, batch_id, now = RecordState.CURRENT, work.batch_id, work.now
    records = (
        (number, source, row.external_id, batch_id, row.line_number, row.sheet, row.digest, state, now, now, content)
        for number, row, content in zip(numbers, new, sealed, strict=True)
    )
    insert_rows(work.session, table_of(SourceRecord), _RECORD_COLUMNS, records)
    pairs = zip(numbers, features, strict=True)
    insert_rows(work.session, table_of(RecordFeature), ("source_record_id", "sealed"), pairs)
    insert_rows(work.session, table_of(LinkQueue), ("source_record_id",), ((number,) for number in numbers))


def _sealed(keyring: Keyring, numbers: Sequence[int], rows: Sequence[Ready]) -> tuple[list[bytes], list[bytes]]:
    """Seal contents and features of rows for the records of these numbers."""
    pairs = list(zip(numbers, rows, strict=True))
    contents = keyring.seal_all((row.content, place_of_record(number)) for number, row in pairs)
    return contents, keyring.seal_all((row.features, place_of_feature(number)) for number, row in pairs)


def _update(work: FeedWork, changed: list[tuple[KnownRecord, Ready]]) -> None:
    """Write what changed: by hand, one statement for many rows."""
    if not changed:
        return
    session, numbers = work.session, [known.id for known, _ in changed]
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


def unseen(work: FeedWork, source: str) -> list[int]:
    """Give the records that were in the feed and are not in this file."""
    if work.is_first:
        return []
    current = {"source": source, "state": RecordState.CURRENT.value}
    rows = rows_with(work.session, table_of(SourceRecord), ("id", "external_id"), current)
    return [number for number, external_id in rows if external_id not in work.seen]


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
