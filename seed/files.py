"""Files as offices save them: CSV in an encoding of their own, workbooks with sheets; rows go out as they come."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from seed.agencies.sheet import Cell


class AgencyFile(Protocol):
    """Takes rows and says on which line of which sheet they landed."""

    def write(self, rows: Iterable[Sequence[Cell]], sheet: str = "") -> list[int]:
        """Write the rows; the line of each, counted from 1 with the headings."""

    def close(self) -> None:
        """Finish the file."""


class CsvFile:
    """A CSV with one header row."""

    def __init__(self, path: Path, headings: Sequence[str], *, encoding: str = "utf-8", newline: str = "\r\n") -> None:
        self._file: IO[str] = path.open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._file, lineterminator=newline)
        self._writer.writerow(headings)
        self._line = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def write(self, rows: Iterable[Sequence[Cell]], sheet: str = "") -> list[int]:  # noqa: ARG002 a CSV has one sheet
        """Write the rows; the line of each, counted from 1 with the headings."""
        start, many = self._line + 1, list(rows)
        self._writer.writerows(many)
        self._line += len(many)
        return list(range(start, self._line + 1))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class WorkbookFile:
    """An XLSX written row by row; each sheet opens with an optional merged title and the headings."""

    def __init__(self, path: Path, headings: Sequence[str], *, title: str = "") -> None:
        self._path, self._headings, self._title = path, headings, title
        self._book = Workbook(write_only=True)
        self._sheets: dict[str, WriteOnlyWorksheet] = {}
        self._lines: dict[str, int] = {}

    def write(self, rows: Iterable[Sequence[Cell]], sheet: str = "") -> list[int]:
        """Write the rows to a sheet; the line of each, counted from 1 with title and headings."""
        target = self._sheets.get(sheet) or self._open(sheet)
        lines = []
        for row in rows:
            target.append(row)
            self._lines[sheet] += 1
            lines.append(self._lines[sheet])
        return lines

    def close(self) -> None:
        """Finish the file."""
        self._book.save(self._path)

    def _open(self, name: str) -> WriteOnlyWorksheet:
        sheet: WriteOnlyWorksheet = self._book.create_sheet(name)
        self._lines[name] = 0
        if self._title:
            sheet.merged_cells.add(  # type: ignore[attr-defined]
                f"A1:{chr(ord('A') + len(self._headings) - 1)}1"
            )
            sheet.append([WriteOnlyCell(sheet, self._title)])
            self._lines[name] += 1
        sheet.append(list(self._headings))
        self._lines[name] += 1
        self._sheets[name] = sheet
        return sheet
