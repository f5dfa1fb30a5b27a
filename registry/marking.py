"""An agency's file given back as it came, with one more column that says what to mend.

Text keeps its encoding, delimiter, order and rows; a workbook keeps its sheets, title rows and formats. A cell that a
spreadsheet would take for a formula is made text: files of strangers are opened by people.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook

from registry.reading import Line, Table, open_table
from registry.rows import MEND

Place = tuple[str | None, int]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def marked_file(
    path: Path, headings: Mapping[str | None, list[str]], sentences: Mapping[Place, str], broken: AbstractSet[Place]
) -> Iterator[bytes]:
    """Give the file at `path` in pieces, with the column that says what to mend.

    Parameters
    ----------
    headings
        By sheet (None for text), the header row as it was found.
    sentences
        (sheet, line) → what to mend there.
    broken
        Rows of text with too few cells: the sentence stands where the row breaks off, for filled up with blanks it
        would come in unmended.

    Raises
    ------
    FileUnreadable, FileTooLarge
    """
    table = open_table(path)
    if table.encoding is None:
        yield _marked_workbook(path, table, headings, sentences)
    else:
        yield from _marked_text(table, headings.get(None, []), sentences, broken)


def _marked_text(
    table: Table, heading: list[str], sentences: Mapping[Place, str], broken: AbstractSet[Place]
) -> Iterator[bytes]:
    encoding = (table.encoding or "utf-8").removesuffix("-sig")
    if table.encoding == "utf-8-sig":
        yield b"\xef\xbb\xbf"
    elif encoding == "utf-16":
        encoding = "utf-16-le"
        yield b"\xff\xfe"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=table.delimiter or ",", lineterminator="\r\n")
    wide, found = len(heading), False
    for line in table.lines:
        cells = [harmless(cell) for cell in line.cells]
        if not found and line.cells == heading:
            found = True
            cells = [*cells, MEND]
        elif found and (sentence := sentences.get((None, line.number))):
            place = len(cells) if (None, line.number) in broken else wide
            cells = [*(cells + [""] * wide)[:place], sentence, *cells[place:]]
        writer.writerow(cells)
        yield out.getvalue().encode(encoding, errors="replace")
        out.seek(0)
        out.truncate()


def _marked_workbook(
    path: Path, table: Table, headings: Mapping[str | None, list[str]], sentences: Mapping[Place, str]
) -> bytes:
    book = load_workbook(io.BytesIO(path.read_bytes()))  # by its content: the name may lack its ending
    begun: set[str | None] = set()
    for line in table.lines:
        sheet = book[line.sheet or ""]
        heading = headings.get(line.sheet, [])
        wide = len(heading)
        _calm_formulas(sheet, line)
        if heading and line.sheet not in begun and line.cells == heading:
            begun.add(line.sheet)
            _insert(sheet, line.number, _first_column(sheet) + wide, MEND)
        elif line.sheet in begun and (sentence := sentences.get((line.sheet, line.number))):
            _insert(sheet, line.number, _first_column(sheet) + wide, sentence)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _first_column(sheet: Any) -> int:
    return int(sheet.min_column or 1)


def _insert(sheet: Any, row: int, column: int, text: str) -> None:
    """Write into a cell; what stands there and to its right moves along."""
    for number in range(sheet.max_column, column - 1, -1):
        value = sheet.cell(row, number).value
        if value is not None:
            sheet.cell(row, number + 1).value = value
    sheet.cell(row, column).value = text


def _calm_formulas(sheet: Any, line: Line) -> None:
    """Put what a formula came to in the place of the formula."""
    first = _first_column(sheet)
    for number, text in enumerate(line.cells):
        cell = sheet.cell(line.number, first + number)
        if cell.data_type == "f":
            cell.value = harmless(text)


def harmless(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula; numbers and telephones (+86…) stay as they are."""
    if cell.startswith(_FORMULA) and not cell[1:].replace(" ", "").replace("-", "").isdigit():
        return "'" + cell
    return cell
