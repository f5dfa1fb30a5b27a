"""Files for an agency to mend: its own rows in its own column order, with a column that says what to mend.

The file imports again through the same mapping: the added column is unknown to it and is left out. A cell that a
spreadsheet would take for a formula is written with an apostrophe before it.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, Permission, RowIssue, SourceRecord
from models.sealing import keyring_of
from registry.access import require
from registry.refusals import NoSuchRecord
from registry.rows import MEND
from registry.sealed_records import open_record

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Wording = Callable[[str, str | None, Mapping[str, Any]], str]


def file_to_mend(session: Session, actor: Actor, *, batch_id: int, wording: Wording | None = None) -> Iterator[bytes]:
    """Give, as CSV in UTF-8 with a byte order mark, every row of a batch that has a problem, quarantined or not.

    Parameters
    ----------
    wording
        (code, field, parameters) → a sentence in the reader's language; without it the codes are written.

    Raises
    ------
    NotPermitted, NoSuchRecord
    """
    require(actor, Permission.CITY_IMPORT_READ)
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NoSuchRecord(batch_id=batch_id)
    say = wording or (lambda code, field, _: f"{field}: {code}" if field else code)
    headings = batch.mapping.get("headings") or [[None, []]]
    yield b"\xef\xbb\xbf" + _line([*headings[0][1], MEND])
    for cells, issues in _rows(session, batch_id):
        sentence = "；".join(say(issue.code, issue.field, issue.parameters) for issue in issues)
        wide = len(headings[0][1])
        yield _line([*(list(cells) + [""] * wide)[:wide], sentence])


def _rows(session: Session, batch_id: int) -> Iterator[tuple[list[str], list[RowIssue]]]:
    keyring = keyring_of(session)
    by_line: dict[tuple[str, int], list[RowIssue]] = {}
    for issue in session.scalars(select(RowIssue).where(RowIssue.batch_id == batch_id).order_by(RowIssue.id)):
        if issue.code not in ("total_row", "repeated_header", "repeated_row"):
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


def harmless(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula; numbers and telephones (+86…) stay as they are."""
    if cell.startswith(_FORMULA) and not cell[1:].replace(" ", "").replace("-", "").isdigit():
        return "'" + cell
    return cell
