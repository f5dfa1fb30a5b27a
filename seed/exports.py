"""The five export files: opens them, writes a city block by block, and keeps account of every line."""

import csv
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import numpy as np

from seed.agencies import civil_affairs, civilisation, education, red_cross, youth_league
from seed.agencies.sheet import Block, Cell
from seed.blocks import CityBlock
from seed.files import AgencyFile, CsvFile, WorkbookFile
from seed.mess import ErrorRates
from seed.people import World
from seed.records import SOURCES, Source
from seed.streams import Ints, Texts, stream
from seed.traps import traps
from seed.unusable import total_row, with_unusable

Columns = Callable[[Block], list[list[Cell]]]


class Format(NamedTuple):
    """How one agency's file is made."""

    file: str
    headings: tuple[str, ...]
    columns: Columns
    external_ids: Callable[[Ints], Texts]


FORMATS: Final[dict[Source, Format]] = {
    "civilisation": Format("civilisation.csv", civilisation.HEADINGS, civilisation.columns, civilisation.external_ids),
    "youth_league": Format("youth_league.xlsx", youth_league.HEADINGS, youth_league.columns, youth_league.external_ids),
    "red_cross": Format("red_cross.csv", red_cross.HEADINGS, red_cross.columns, red_cross.external_ids),
    "civil_affairs": Format(
        "civil_affairs.csv", civil_affairs.HEADINGS, civil_affairs.columns, civil_affairs.external_ids
    ),
    "education": Format("education.xlsx", education.HEADINGS, education.columns, education.external_ids),
}
_ENCODINGS: Final[dict[Source, str]] = {
    "civilisation": "gb18030",
    "red_cross": "utf-8-sig",
    "civil_affairs": "utf-8",
}
#: External ids that unusable rows of one block may take.
_SPARE: Final = 100


@dataclass(slots=True, kw_only=True)
class Account:
    """What has been written: records and unusable rows of each source."""

    records: dict[Source, int] = field(default_factory=lambda: dict.fromkeys(SOURCES, 0))
    rows: dict[Source, int] = field(default_factory=lambda: dict.fromkeys(SOURCES, 0))
    unusable: dict[Source, dict[str, int]] = field(default_factory=lambda: {source: {} for source in SOURCES})


class Export:
    """One agency's file, open for writing.

    Parameters
    ----------
    unusable : csv.writer
        Takes ``source, sheet, line, fault`` of each unusable row.
    edition : int
        0 for the first export; later ones strew other unusable rows.
    """

    def __init__(
        self,
        source: Source,
        folder: Path,
        world: World,
        rates: ErrorRates,
        *,
        account: Account,
        unusable: Any,
        edition: int = 0,
    ) -> None:
        self.source, self.path, self._world, self._rates = source, folder / FORMATS[source].file, world, rates
        self._account, self._unusable, self._edition = account, unusable, edition
        self._file = _open(source, self.path, world.on + np.timedelta64(7 * edition, "D"))
        self._sheet = youth_league.SHEET if source == "youth_league" else ""

    def write(self, block: CityBlock, *, gone: frozenset[str] = frozenset()) -> None:
        """Write the agency's records of a block, but those whose external id is in `gone`."""
        part = Block(
            people=block.people,
            records=block.records[self.source],
            size=self._world.size,
            on=self._world.on,
            rng=stream(self._world.seed, "file", self.source, block.index),
            before=block.before[self.source],
        )
        rows = list(zip(*FORMATS[self.source].columns(part), strict=True))
        if self.source == "education":
            self._write_sheets(part, rows, block.index, gone)
        else:
            self._write_rows([row for row in rows if row[0] not in gone], f"{block.index}", block.index)
        self._account.records[self.source] += len(part) - sum(1 for one in part.records.external_id if one in gone)

    def close(self) -> None:
        """Add the total if there is to be one, and finish the file."""
        if self._rates.total_row and not (self.source == "education" and not self._sheet):
            row = total_row(FORMATS[self.source].headings, self._account.records[self.source])
            self._note(self._file.write([row], self._sheet), ["total"])
        self._file.close()

    def _write_sheets(self, part: Block, rows: list[tuple[Cell, ...]], index: int, gone: frozenset[str]) -> None:
        by_school: dict[str, list[tuple[Cell, ...]]] = {}
        for row, school in zip(rows, education.sheets(part), strict=True):
            by_school.setdefault(school, []).append(row)
        for school, pupils in by_school.items():
            self._sheet = school
            self._write_rows([row for row in pupils if row[0] not in gone], f"{index}/{school}", index)

    def _write_rows(self, rows: list[tuple[Cell, ...]], part: str, index: int) -> None:
        form, rng = FORMATS[self.source], stream(self._world.seed, "unusable", self._edition, self.source, part)
        span = 32_768 if self.source == "education" else 4_096
        start = -1 - (index * span + int(rng.integers(span - _SPARE)))
        spare = form.external_ids(np.arange(start, start - _SPARE, -1, dtype=np.int64))
        left = 3 if self.source in _ENCODINGS else 1
        mixed, faults = with_unusable(rows, form.headings, external_ids=spare, rates=self._rates, rng=rng, left=left)
        self._note(self._file.write(mixed, self._sheet), list(faults))

    def _note(self, lines: list[int], faults: list[Any]) -> None:
        self._account.rows[self.source] += len(lines)
        tally = self._account.unusable[self.source]
        for line, fault in zip(lines, faults, strict=True):
            if fault:
                tally[fault] = tally.get(fault, 0) + 1
                self._unusable.writerow((self.source, self._sheet, line, fault))


def _open(source: Source, path: Path, on: np.datetime64) -> AgencyFile:
    if source in _ENCODINGS:
        newline = "\r\n" if source != "civil_affairs" else "\n"
        return CsvFile(path, FORMATS[source].headings, encoding=_ENCODINGS[source], newline=newline)
    title = youth_league.title(on) if source == "youth_league" else ""
    return WorkbookFile(path, FORMATS[source].headings, title=title)


#: The account that goes with the files, and its columns.
_TABLES: Final = {
    "truth": ("source", "external_id", "person"),
    "traps": ("kind", "source_a", "external_id_a", "source_b", "external_id_b"),
    "unusable": ("source", "sheet", "line", "fault"),
}

Progress = Callable[[int, int], None]


class Written(NamedTuple):
    """What `write_exports` wrote: paths by source, people registered, trap pairs, rows."""

    agencies: dict[Source, Path]
    people: int
    trap_pairs: int
    account: Account


def write_exports(
    folder: Path,
    world: World,
    rates: ErrorRates,
    blocks: Iterable[CityBlock],
    *,
    wanted: int,
    progress: Progress | None = None,
) -> Written:
    """Write the five exports with truth, traps and unusable rows, one block at a time."""
    account, people, pairs = Account(), 0, 0
    with ExitStack() as stack:
        writers = {}
        for name, headings in _TABLES.items():
            file, writers[name] = table(folder / f"{name}.csv", headings)
            stack.enter_context(file)
        exports = [
            Export(source, folder, world, rates, account=account, unusable=writers["unusable"]) for source in SOURCES
        ]
        for export in exports:
            stack.enter_context(closing(export))
        for block in blocks:
            for export in exports:
                export.write(block)
            writers["truth"].writerows(truth_rows(block))
            found = list(traps(block))
            writers["traps"].writerows(found)
            people, pairs = people + int(block.registered.sum()), pairs + len(found)
            if progress:
                progress(min(people, wanted), wanted)
    return Written({export.source: export.path for export in exports}, people, pairs, account)


def truth_rows(block: CityBlock) -> list[tuple[str, str, str]]:
    """``source, external_id, person`` of every record of a block."""
    numbers = [f"P{number:07d}" for number in block.people.number.tolist()]
    return [
        (source, external_id, numbers[row])
        for source, part in block.records.items()
        for external_id, row in zip(part.external_id.tolist(), part.row.tolist(), strict=True)
    ]


def table(path: Path, headings: tuple[str, ...]) -> tuple[IO[str], Any]:
    """An open UTF-8 CSV of the account itself, and its writer."""
    file = path.open("w", encoding="utf-8", newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(headings)
    return file, writer
