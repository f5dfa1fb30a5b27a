"""Files for an agency to mend: its own rows in its own column order, with a column that says what to mend.

The newest file of each agency is kept sealed as it came, and is handed back whole; of an older one, or one too large to
keep, the rows that have a problem. Either imports again through the same mapping: the added column is left out.
"""

import csv
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, ImportOriginal, Permission, RowIssue, SourceRecord
from models.sealing import keyring_of
from registry.access import require
from registry.marking import Place, harmless, marked_file
from registry.refusals import NoSuchRecord
from registry.rows import MEND
from registry.sealed_records import open_record

Wording = Callable[[str, str | None], str]

#: Larger files are not kept: they are handed back as the rows that have a problem.
MOST_KEPT_BYTES: Final = 32 << 20
#: What stands in a file and is nobody: there is nothing to mend about it.
_NOBODY: Final = frozenset({"total_row", "repeated_header", "repeated_row"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToMend:
    """A file for an agency; `is_whole` when it is the file as it came, else the rows that have a problem."""

    file_name: str
    is_whole: bool
    pieces: Iterator[bytes]


def keep_original(session: Session, actor: Actor, *, batch_id: int, path: Path) -> bool:
    """Keep a file that was just imported, sealed, instead of the agency's file before; say whether it was kept.

    Raises
    ------
    NotPermitted, NoSuchRecord
    """
    require(actor, Permission.CITY_IMPORT_WRITE)
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NoSuchRecord(batch_id=batch_id)
    earlier = select(ImportBatch.id).where(ImportBatch.source == batch.source)
    session.execute(delete(ImportOriginal).where(ImportOriginal.batch_id.in_(earlier)))
    if path.stat().st_size > MOST_KEPT_BYTES:
        return False
    packed = zlib.compress(path.read_bytes(), 6)
    sealed = keyring_of(session).seal(packed, bound_to=f"import_original.sealed/{batch_id}")
    session.add(ImportOriginal(batch_id=batch_id, sealed=sealed))
    session.flush()
    return True


def batch_to_mend(session: Session, actor: Actor, *, batch_id: int, wording: Wording | None = None) -> FileToMend:
    """Give a batch's file with the column that says what to mend: whole when it was kept, else the rows to mend.

    Raises
    ------
    NotPermitted, NoSuchRecord
    """
    require(actor, Permission.CITY_IMPORT_READ)
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NoSuchRecord(batch_id=batch_id)
    kept = session.get(ImportOriginal, batch_id)
    if kept is None:
        pieces = file_to_mend(session, actor, batch_id=batch_id, wording=wording)
        return FileToMend(file_name=marked_name(f"{Path(batch.file_name).stem}.csv"), is_whole=False, pieces=pieces)
    content = zlib.decompress(keyring_of(session).open(kept.sealed, bound_to=f"import_original.sealed/{batch_id}"))
    headings = dict(batch.mapping.get("headings", []))
    sentences = _sentences(session, batch_id, wording)
    pieces = _marked(content, headings, sentences, _broken(session, batch_id))
    return FileToMend(file_name=marked_name(batch.file_name), is_whole=True, pieces=pieces)


def marked_name(file_name: str) -> str:
    """Give the name of a file that is handed back."""
    path = Path(file_name)
    return f"{path.stem}-{MEND}{path.suffix or '.csv'}"


def _marked(
    content: bytes, headings: Mapping[str | None, list[str]], sentences: Mapping[Place, str], broken: AbstractSet[Place]
) -> Iterator[bytes]:
    with TemporaryDirectory() as folder:  # readers of workbooks want a path
        path = Path(folder) / "original"
        path.write_bytes(content)
        yield from marked_file(path, headings, sentences, broken)


def _broken(session: Session, batch_id: int) -> frozenset[Place]:
    statement = select(RowIssue.sheet, RowIssue.line_number).where(
        RowIssue.batch_id == batch_id, RowIssue.code == "too_few_columns"
    )
    return frozenset((sheet, line) for sheet, line in session.execute(statement))


def _sentences(session: Session, batch_id: int, wording: Wording | None) -> dict[Place, str]:
    columns = (RowIssue.sheet, RowIssue.line_number, RowIssue.code, RowIssue.field)
    statement = select(*columns).where(RowIssue.batch_id == batch_id).order_by(RowIssue.id)
    return sentences_of(
        ((sheet, line, code, field) for sheet, line, code, field in session.execute(statement)), wording
    )


def sentences_of(
    problems: Iterable[tuple[str | None, int, str, str | None]], wording: Wording | None
) -> dict[Place, str]:
    """Give by place what is to be mended there, of problems as sheet, line, code and field."""
    say = wording or _codes
    found: dict[Place, list[str]] = {}
    for sheet, line, code, field in problems:
        if code not in _NOBODY:
            found.setdefault((sheet, line), []).append(say(code, field))
    return {place: "；".join(dict.fromkeys(sentences)) for place, sentences in found.items()}


def _codes(code: str, field: str | None) -> str:
    return f"{field}: {code}" if field else code


def file_to_mend(session: Session, actor: Actor, *, batch_id: int, wording: Wording | None = None) -> Iterator[bytes]:
    """Give, as CSV in UTF-8 with a byte order mark, every row of a batch that has a problem, quarantined or not.

    Parameters
    ----------
    wording
        (code, field) → a sentence in the reader's language; without it the codes are written.

    Raises
    ------
    NotPermitted, NoSuchRecord
    """
    require(actor, Permission.CITY_IMPORT_READ)
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NoSuchRecord(batch_id=batch_id)
    say = wording or _codes
    headings = batch.mapping.get("headings") or [[None, []]]
    yield b"\xef\xbb\xbf" + _line([*headings[0][1], MEND])
    for cells, issues in _rows(session, batch_id):
        sentence = "；".join(say(issue.code, issue.field) for issue in issues)
        wide = len(headings[0][1])
        yield _line([*(list(cells) + [""] * wide)[:wide], sentence])


def _rows(session: Session, batch_id: int) -> Iterator[tuple[list[str], list[RowIssue]]]:
    keyring = keyring_of(session)
    by_line: dict[tuple[str, int], list[RowIssue]] = {}
    for issue in session.scalars(select(RowIssue).where(RowIssue.batch_id == batch_id).order_by(RowIssue.id)):
        if issue.code not in _NOBODY:
            by_line.setdefault((issue.sheet or "", issue.line_number), []).append(issue)
    for (sheet, line), issues in sorted(by_line.items(), key=lambda item: item[0]):
        held = next((issue for issue in issues if issue.sealed is not None), None)
        if held is not None and held.sealed is not None:
            yield orjson.loads(keyring.open(held.sealed, bound_to=f"row_issue.sealed/{held.id}")), issues
            continue
        record = _record_at(session, batch_id, sheet or None, line)
        if record is not None:
            yield open_record(keyring, record.id, record.sealed)[0][0], issues


def _record_at(session: Session, batch_id: int, sheet: str | None, line: int) -> SourceRecord | None:
    statement = select(SourceRecord).where(SourceRecord.batch_id == batch_id, SourceRecord.line_number == line)
    statement = statement.where(SourceRecord.sheet == sheet if sheet else SourceRecord.sheet.is_(None))
    return session.scalars(statement.limit(1)).first()


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode()
