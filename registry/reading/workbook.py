"""Workbooks (XLSX). The packed file is looked at before it is unpacked: sizes, ratios, the farthest cell of a sheet."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from registry.reading import Limits, Line, Table
from registry.refusals import FileTooLarge, FileUnreadable

_CELL: Final = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,7})(\d{1,9})"')
_PIECE: Final = 1 << 20
_SMALL: Final = 50 << 20


def open_workbook(path: Path, wanted: tuple[str, ...], limits: Limits) -> Table:
    """Open a workbook after looking at what it would unpack to. `wanted` sheets, or all when none of them is there."""
    _inspect(path, limits)
    try:
        book = CalamineWorkbook.from_path(path)
        names = tuple(book.sheet_names)
    except (CalamineError, OSError) as error:
        raise FileUnreadable(reason="damaged_workbook") from error
    chosen = tuple(name for name in names if name.strip() in wanted) or names
    return Table(lines=_lines(book, chosen, limits), sheets=chosen, limits=limits)


def _inspect(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > limits.unpacked_bytes:
                raise FileTooLarge(what="unpacked", limit=limits.unpacked_bytes)
            if unpacked > _SMALL and unpacked > limits.unpacked_ratio * path.stat().st_size:
                raise FileTooLarge(what="unpacked_ratio", limit=limits.unpacked_ratio)
            sheets = [
                part for part in parts if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
            ]
            if not sheets:
                raise FileUnreadable(reason="not_a_workbook")
            if len(sheets) > limits.sheets:
                raise FileTooLarge(what="sheets", limit=limits.sheets)
            for part in sheets:
                _inspect_sheet(packed, part, limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise FileUnreadable(reason="damaged_workbook") from error


def _inspect_sheet(packed: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> None:
    """Find the farthest column and row in a stream: a reader would make a rectangle of that size."""
    columns, rows, seen, rest = 0, 0, 0, b""
    with packed.open(part) as stream:
        while piece := stream.read(_PIECE):
            seen += len(piece)
            if seen > part.file_size:
                raise FileTooLarge(what="unpacked", limit=part.file_size)
            window = rest + piece
            for letters, digits in _CELL.findall(window):
                columns, rows = max(columns, _column(letters)), max(rows, int(digits))
            if columns > limits.columns:
                raise FileTooLarge(what="columns", limit=limits.columns)
            if columns * rows > limits.workbook_cells:
                raise FileTooLarge(what="cells", limit=limits.workbook_cells)
            rest = window[-64:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _lines(book: CalamineWorkbook, names: tuple[str, ...], limits: Limits) -> Iterator[Line]:
    for name in names:
        sheet = book.get_sheet_by_name(name)
        first = (sheet.start or (0, 0))[0]
        if sheet.width > limits.columns:
            raise FileTooLarge(what="columns", limit=limits.columns)
        for offset, row in enumerate(sheet.to_python(skip_empty_area=True)):
            cells = [_text(cell, limits) for cell in row]
            if any(cells):
                yield Line(sheet=name, number=first + offset + 1, cells=cells)


def _text(cell: object, limits: Limits) -> str:  # noqa: PLR0911  one line a type
    """Give a cell as one would read it. Whole numbers lose their ".0"; those past fifteen digits keep the exponent."""
    if isinstance(cell, str):
        return cell[: limits.cell_characters]
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004
    if isinstance(cell, int):
        return str(cell) if abs(cell) < 10**15 else repr(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return "" if cell is None else str(cell)
