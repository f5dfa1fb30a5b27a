"""Rows of a needs file → :class:`~matching.need_import.NeedRow`, with a problem for each row that is not used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from matching.need_import import NeedProblem, NeedRow
from registry.reading import Line, open_table
from web.need_files import NeedMapping
from web.need_files.cells import RowUnusable, command_of

HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFile:
    """What a file holds."""

    rows: tuple[NeedRow, ...]
    problems: tuple[NeedProblem, ...]
    lines: int


class HeadingsMissing(ValueError):
    """No row within the first twenty carries the headings that must be there; `missing` lists them."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    line_number: int
    rows: list[Mapping[str, str]]


def read_needs(path: Path, mapping: NeedMapping, *, units: Mapping[str, str]) -> NeedFile:
    """Read a needs file.

    Parameters
    ----------
    units
        Name → code of the organisation units, for files that name a street.

    Raises
    ------
    HeadingsMissing
        When the file has other columns.
    """
    groups: dict[str, _Group] = {}
    problems: list[NeedProblem] = []
    lines = 0
    for number, row in _rows(path, mapping):
        lines += 1
        key = row.get("external_id", "")
        if not key:
            problems.append(NeedProblem(line_number=number, field="external_id", problem="missing"))
        elif mapping.draft and key in groups:
            problems.append(NeedProblem(line_number=number, field="external_id", problem="repeated", external_id=key))
        else:
            groups.setdefault(key, _Group(line_number=number, rows=[])).rows.append(row)
    found: list[NeedRow] = []
    for key, group in groups.items():
        try:
            found.append(NeedRow(line_number=group.line_number, command=command_of(group.rows, mapping, units)))
        except RowUnusable as error:
            problems.append(
                NeedProblem(line_number=group.line_number, field=error.field, problem=error.problem, external_id=key)
            )
    return NeedFile(rows=tuple(found), problems=tuple(problems), lines=lines)


def _rows(path: Path, mapping: NeedMapping) -> Iterator[tuple[int, dict[str, str]]]:
    """Give line number and field → text of every row below the headings."""
    table = open_table(path)
    headings: list[str | None] | None = None
    seen = 0
    for line in table.lines:
        if headings is None:
            headings = _headings(line, mapping)
            seen += 1
            if headings is None and seen >= HEADER_WITHIN:
                break
            continue
        cells = zip(headings, line.cells, strict=False)
        yield line.number, {name: cell.strip() for name, cell in cells if name is not None}
    if headings is None:
        raise HeadingsMissing(_needed_headings(mapping))


def _headings(line: Line, mapping: NeedMapping) -> list[str | None] | None:
    fields = [mapping.columns.get(cell.strip().lstrip("\ufeff")) for cell in line.cells]
    return fields if set(mapping.required) <= set(fields) else None


def _needed_headings(mapping: NeedMapping) -> tuple[str, ...]:
    return tuple(heading for heading, name in mapping.columns.items() if name in mapping.required)
