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


@dataclass(slots=True)
class RowReader:
    """Reads a table through a mapping.

    Attributes
    ----------
    headings
        By sheet (None: the file itself), the header row as it was found.
    rows
        Rows read, headers and blank lines not counted.
    is_mended
        The file carries the column that says what to mend: it is read without it, and nothing is gone from it.
    """

    mapping: FeedMapping
    standardiser: Standardiser
    headings: dict[str | None, list[str]] = field(default_factory=dict)
    rows: int = 0
    is_mended: bool = False
    _mend: int | None = None
    _columns: list[tuple[int, str, str]] = field(default_factory=list)
    _header_keys: list[str] = field(default_factory=list)
    _id_place: int = 0

    def entries(self, table: Table) -> Iterator[Entry | Unusable]:
        """Give what each row is. Several rows of one id are several entries; who gathers them is `intake`.

        Raises
        ------
        HeadingsNotFound
            When a sheet that was asked for, or every sheet of the file, has no header row of this mapping.
        """
        sheet: object = self
        skipped = 0
        for line in table.lines:
            if line.sheet != sheet:
                sheet, skipped = line.sheet, 0
                self._columns, self._mend = [], None
            if not self._columns:
                if not self._find_header(line):
                    skipped += 1
                    if skipped >= _HEADER_WITHIN and not self.headings:
                        raise HeadingsNotFound(sheet=line.sheet, missing=self._missing(line))
                continue
            self.rows += 1
            if self._mend is not None:
                del line.cells[self._mend : self._mend + 1]
            yield self._entry(line)
        if not self.headings:
            raise HeadingsNotFound(sheet=None, missing=sorted(self.mapping.columns))

    def _find_header(self, line: Line) -> bool:
        fields = [self.mapping.field_of(cell) for cell in line.cells]
        found = {f for f in fields if f and f != "ignored"}
        needed = {"external_id"} | ({"name"} if "name" in self.mapping.columns.values() else {"surname"})
        wanted = {f for f in self.mapping.columns.values() if f != "ignored"}
        if not needed <= found or len(found) * 2 < len(wanted):
            return False
        self._mend = next((k for k, cell in enumerate(line.cells) if heading_key(cell) == heading_key(MEND)), None)
        if self._mend is not None:
            self.is_mended = True
            del line.cells[self._mend], fields[self._mend]
        self._columns = [(k, f, line.cells[k]) for k, f in enumerate(fields) if f and f != "ignored"]
        self._id_place = next(k for k, f, _ in self._columns if f == "external_id")
        self._header_keys = [heading_key(cell) for cell in line.cells]
        self.headings[line.sheet] = line.cells
        return True

    def _missing(self, line: Line) -> list[str]:
        keys = {heading_key(cell) for cell in line.cells}
        return [heading for heading in self.mapping.columns if heading_key(heading) not in keys]

    def _entry(self, line: Line) -> Entry | Unusable:
        cells = line.cells
        code = self._unusable(cells)
        if code:
            return Unusable(problem=self._problem(line, None, code, {}, quarantined=True), cells=cells)
        width = len(cells)
        row = {f: text for k, f, _ in self._columns if k < width and (text := cells[k].strip())}
        external_id = visible(row.get("external_id", ""))
        if self.mapping.sheet_is and line.sheet:
            row[self.mapping.sheet_is] = line.sheet
        standard = self.standardiser.record(row, self.mapping.constants)
        if not standard.name:
            code = "name_missing" if not row.get("name") and not row.get("surname") else "name_unreadable"
            return Unusable(problem=self._problem(line, "name", code, {}, quarantined=True), cells=cells)
        if "born_on" in row and not identifies(standard):
            code = next((p.code for p in self.standardiser.problems if p.cell == "born_on"), "date_empty")
            return Unusable(problem=self._problem(line, "born_on", code, {}, quarantined=True), cells=cells)
        problems = [
            self._problem(line, p.cell, p.code, p.parameters, quarantined=False) for p in self.standardiser.problems
        ]
        return Entry(
            external_id=external_id,
            sheet=line.sheet,
            line_number=line.number,
            raw=[cells],
            standard=standard,
            problems=problems,
        )

    def _unusable(self, cells: list[str]) -> str | None:  # noqa: PLR0911  one line a reason
        """Say what is wrong with a row as a whole, or None."""
        first = cells[0].strip() or next((cell.strip() for cell in cells if cell.strip()), "")
        wide = len(self._header_keys)
        if first.lower().startswith(_TOTALS) and sum(bool(c.strip()) for c in cells) <= max(4, wide // 3):
            return "total_row"
        if self._is_header(cells):
            return "repeated_header"
        if len(cells) < wide and len(cells) <= self._columns[-1][0]:
            return "too_few_columns"
        if len(cells) > wide and any(cell.strip() for cell in cells[wide:]):
            return "too_many_columns"
        identifier = visible(cells[self._id_place]) if self._id_place < len(cells) else ""
        if not identifier:
            return "external_id_missing"
        if len(identifier) > _MAX_ID:
            return "external_id_unreadable"
        return "undecodable" if "�" in "".join(cells) else None

    def _is_header(self, cells: list[str]) -> bool:
        """Say whether the header stands here again; the first of our columns decides whether to look closer."""
        k, _, heading = self._columns[0]
        if k >= len(cells) or (cells[k] != heading and heading_key(cells[k]) != self._header_keys[k]):
            return False
        same = sum(heading_key(a) == b for a, b in zip(cells, self._header_keys, strict=False) if b)
        return same * 2 > len(self._header_keys)

    def _problem(
        self, line: Line, field_name: str | None, code: str, parameters: Mapping[str, Any], *, quarantined: bool
    ) -> RowProblem:
        heading = next((h for _, f, h in self._columns if f == field_name), None)
        return RowProblem(
            line_number=line.number,
            sheet=line.sheet,
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
