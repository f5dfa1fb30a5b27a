"""Rows of a file → entries: which row is the header, which rows are usable, and why the others are not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from registry.mappings import FeedMapping, heading_key
from registry.reading import Line, Table
from registry.refusals import HeadingsNotFound
from registry.standardise.names import simplified, visible
from registry.standardise.record import Standardiser, StandardRecord

#: Within how many rows of a sheet the header must stand.
_HEADER_WITHIN: Final = 20
_TOTALS: Final = ("合计", "总计", "共计", "小计", "汇总", "total", "总人数", "制表", "备注:", "备注：", "填表", "说明")
_MAX_ID: Final = 64
#: The heading of the column that :mod:`registry.mended` adds.
MEND: Final = "需修改"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """What is wrong with a row or a cell. `quarantined`: the row was not used; else the cell was left out.

    `heading` is the column as the agency calls it; `parameters` hold codes and counts, never a personal value.
    """

    line_number: int
    sheet: str | None
    field: str | None
    heading: str | None
    code: str
    parameters: Mapping[str, Any]
    quarantined: bool


@dataclass(slots=True, kw_only=True)
class Entry:
    """A usable row, or several of one external id that a mapping gathers."""

    external_id: str
    sheet: str | None
    line_number: int
    raw: list[list[str]]
    standard: StandardRecord
    problems: list[RowProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A row that is quarantined, as it came."""

    problem: RowProblem
    cells: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a sheet's columns are used, as its header row says.

    Attributes
    ----------
    columns
        Place, field and heading of each column that is used.
    keys
        The headings as they are compared.
    id_place
        Where the external id stands.
    mend
        Where the column stands that says what to mend, if there is one: rows are read without it.
    """

    sheet: str | None
    columns: tuple[tuple[int, str, str], ...]
    keys: tuple[str, ...]
    id_place: int
    mend: int | None


@dataclass(slots=True)
class RowReader:
    """Finds the header rows of a table, and gives the rows below them.

    Attributes
    ----------
    headings
        By sheet (None: the file itself), the header row as it was found.
    rows
        Rows read, headers and blank lines not counted.
    is_mended
        The file carries the column that says what to mend: nothing is gone from it.
    """

    mapping: FeedMapping
    headings: dict[str | None, list[str]] = field(default_factory=dict)
    rows: int = 0
    is_mended: bool = False

    def lines(self, table: Table) -> Iterator[tuple[Layout, Line]]:
        """Give each row with the layout of its sheet.

        Raises
        ------
        HeadingsNotFound
            When a sheet that was asked for, or every sheet of the file, has no header row of this mapping.
        """
        sheet: object = self
        layout: Layout | None = None
        skipped = 0
        for line in table.lines:
            if line.sheet != sheet:
                sheet, skipped, layout = line.sheet, 0, None
            if layout is None:
                layout = self._layout(line)
                skipped += layout is None
                if skipped >= _HEADER_WITHIN and not self.headings:
                    raise HeadingsNotFound(sheet=line.sheet, missing=self._missing(line))
                continue
            self.rows += 1
            if layout.mend is not None:
                del line.cells[layout.mend : layout.mend + 1]
            yield layout, line
        if not self.headings:
            raise HeadingsNotFound(sheet=None, missing=sorted(self.mapping.columns))

    def _layout(self, line: Line) -> Layout | None:
        """Read a row as the header row; None when it is none."""
        fields = [self.mapping.field_of(cell) for cell in line.cells]
        found = {f for f in fields if f and f != "ignored"}
        needed = {"external_id"} | ({"name"} if "name" in self.mapping.columns.values() else {"surname"})
        wanted = {f for f in self.mapping.columns.values() if f != "ignored"}
        if not needed <= found or len(found) * 2 < len(wanted):
            return None
        mend = next((k for k, cell in enumerate(line.cells) if heading_key(cell) == heading_key(MEND)), None)
        if mend is not None:
            self.is_mended = True
            del line.cells[mend], fields[mend]
        columns = tuple((k, f, line.cells[k]) for k, f in enumerate(fields) if f and f != "ignored")
        self.headings[line.sheet] = line.cells
        return Layout(
            sheet=line.sheet,
            columns=columns,
            keys=tuple(heading_key(cell) for cell in line.cells),
            id_place=next(k for k, f, _ in columns if f == "external_id"),
            mend=mend,
        )

    def _missing(self, line: Line) -> list[str]:
        keys = {heading_key(cell) for cell in line.cells}
        return [heading for heading in self.mapping.columns if heading_key(heading) not in keys]


@dataclass(frozen=True, slots=True)
class RowJudge:
    """Says what each row is: an entry in standard form, or unusable and why."""

    mapping: FeedMapping
    standardiser: Standardiser

    def entry(self, layout: Layout, number: int, cells: list[str]) -> Entry | Unusable:
        """Judge one row. Several rows of one id are several entries; who gathers them is `intake`."""
        code = _unusable(layout, cells)
        if code:
            return Unusable(problem=_problem(layout, number, None, code, {}, quarantined=True), cells=cells)
        width = len(cells)
        row = {f: text for k, f, _ in layout.columns if k < width and (text := cells[k].strip())}
        external_id = visible(row.get("external_id", ""))
        if self.mapping.sheet_is and layout.sheet:
            row[self.mapping.sheet_is] = layout.sheet
        standard = self.standardiser.record(row, self.mapping.constants)
        problems = self.standardiser.problems
        if not standard.name:
            code = "name_missing" if not row.get("name") and not row.get("surname") else "name_unreadable"
            return Unusable(problem=_problem(layout, number, "name", code, {}, quarantined=True), cells=cells)
        if "born_on" in row and not identifies(standard):
            code = next((p.code for p in problems if p.cell == "born_on"), "date_empty")
            return Unusable(problem=_problem(layout, number, "born_on", code, {}, quarantined=True), cells=cells)
        return Entry(
            external_id=external_id,
            sheet=layout.sheet,
            line_number=number,
            raw=[cells],
            standard=standard,
            problems=[_problem(layout, number, p.cell, p.code, p.parameters, quarantined=False) for p in problems],
        )


def _unusable(layout: Layout, cells: list[str]) -> str | None:  # noqa: PLR0911  one line a reason
    """Say what is wrong with a row as a whole, or None."""
    first = cells[0].strip() or next((cell.strip() for cell in cells if cell.strip()), "")
    wide = len(layout.keys)
    if first.lower().startswith(_TOTALS) and sum(bool(c.strip()) for c in cells) <= max(4, wide // 3):
        return "total_row"
    if _is_header(layout, cells):
        return "repeated_header"
    if len(cells) < wide and len(cells) <= layout.columns[-1][0]:
        return "too_few_columns"
    if len(cells) > wide and any(cell.strip() for cell in cells[wide:]):
        return "too_many_columns"
    identifier = visible(cells[layout.id_place]) if layout.id_place < len(cells) else ""
    if not identifier:
        return "external_id_missing"
    if len(identifier) > _MAX_ID:
        return "external_id_unreadable"
    return "undecodable" if "�" in "".join(cells) else None


def _is_header(layout: Layout, cells: list[str]) -> bool:
    """Say whether the header stands here again; the first of our columns decides whether to look closer."""
    k, _, heading = layout.columns[0]
    if k >= len(cells) or (cells[k].isascii() and not layout.keys[k].isascii()):
        return False
    if cells[k] != heading and heading_key(cells[k]) != layout.keys[k]:
        return False
    same = sum(heading_key(a) == b for a, b in zip(cells, layout.keys, strict=False) if b)
    return same * 2 > len(layout.keys)


def _problem(
    layout: Layout, number: int, field_name: str | None, code: str, parameters: Mapping[str, Any], *, quarantined: bool
) -> RowProblem:
    heading = next((h for _, f, h in layout.columns if f == field_name), None)
    return RowProblem(
        line_number=number,
        sheet=layout.sheet,
        field=field_name,
        heading=heading,
        code=code,
        parameters=parameters,
        quarantined=quarantined,
    )


def identifies(standard: StandardRecord) -> bool:
    """Say whether a record holds anything besides a name and a home by which somebody can be told from a namesake."""
    return bool(
        standard.id_number
        or standard.id_masked
        or standard.id_faulty
        or standard.born_on
        or standard.telephone
        or standard.guardian_telephone
        or standard.email
    )


def same_name(a: StandardRecord, b: StandardRecord) -> bool:
    """Say whether two rows of one external id name one person."""
    return simplified(a.name) == simplified(b.name)
