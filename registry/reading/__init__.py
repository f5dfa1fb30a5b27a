"""Files of agencies → rows of text. What a file is (encoding, delimiter, sheets, header row) is found, not told.

Everything here is bounded: a file may be hostile. Limits are in :class:`Limits`; beyond one, the file is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from registry.refusals import FileUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is still a file of an agency. Sizes in bytes."""

    line_bytes: int = 1 << 20
    columns: int = 1_000
    cell_characters: int = 32_767
    unpacked_bytes: int = 4 << 30
    unpacked_ratio: int = 200
    sheets: int = 5_000
    workbook_cells: int = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row as it stands in the file; `number` counts from 1 in its sheet or file, headers and blank lines too."""

    sheet: str | None
    number: int
    cells: list[str]


@dataclass(slots=True, kw_only=True)
class Table:
    """An opened file. `lines` can be gone through once; blank lines are left out of it."""

    lines: Iterator[Line]
    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


LIMITS: Final = Limits()


def check_whole(path: Path, table: Table) -> None:
    """Read a text to its end, so that it is refused before anything of it is stored; workbooks were looked at.

    Raises
    ------
    FileUnreadable, FileTooLarge
    """
    from registry.reading.text import surely_sound  # noqa: PLC0415  the reader imports this module

    if table.delimiter is None or surely_sound(path, table):
        return
    for _ in open_table(path, limits=table.limits).lines:
        pass


def open_table(path: Path, *, sheets: tuple[str, ...] = (), limits: Limits = LIMITS) -> Table:
    """Open an agency's file.

    Raises
    ------
    FileUnreadable
        When it is neither text nor a workbook that we read.
    FileTooLarge
        At once or while reading, when a limit is passed.
    """
    from registry.reading.text import open_text  # noqa: PLC0415  the two readers import this module
    from registry.reading.workbook import open_workbook  # noqa: PLC0415

    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise FileUnreadable(reason="empty")
    if start.startswith(b"PK\x03\x04"):
        return open_workbook(path, sheets, limits)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileUnreadable(reason="old_workbook")
    return open_text(path, limits)
