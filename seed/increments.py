"""Next week's export of one agency: what changed, who is gone, who is new. Everyone else stands there as before."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from seed.blocks import CityBlock, city_blocks, newcomers
from seed.divisions import Size
from seed.exports import Account, Export, table, truth_rows
from seed.generate import DEFAULT_RATES, DEFAULT_WEEK, POPULATIONS, world_of
from seed.identity import telephones
from seed.mess import ErrorRates
from seed.people import World
from seed.records import Records, Source
from seed.streams import Flags, stream, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRates:
    """Shares of an agency's records; `new` is a share of them too."""

    gone: float = 0.012
    telephone: float = 0.02
    moved: float = 0.008
    served: float = 0.25
    new: float = 0.015


class NextExport(NamedTuple):
    """What was written, and how many records were gone, new, and changed in telephone, address or hours.

    `changes` is ``external_id, change`` with one line a change (gone, telephone, moved, served, new); `truth` names the
    records of the new export only.
    """

    path: Path
    truth: Path
    changes: Path
    unusable: Path
    counts: dict[str, int]


DEFAULT_CHANGES: Final = ChangeRates()
_KINDS: Final = ("gone", "telephone", "moved", "served", "new")


def write_next_export(
    folder: Path,
    source: Source,
    *,
    size: Size = "small",
    seed: int = 1,
    week: str = DEFAULT_WEEK,
    rates: ErrorRates = DEFAULT_RATES,
    changes: ChangeRates = DEFAULT_CHANGES,
    population: int | None = None,
) -> NextExport:
    """Write what `source` sends a week after the city that `write_city` made with the same arguments."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = POPULATIONS[size] if population is None else population
    world = world_of(size, seed, week, population=wanted)
    paths = {name: folder / f"{source}-{name}.csv" for name in ("truth", "changes", "unusable")}
    counts = dict.fromkeys(_KINDS, 0)
    truth_file, truth = table(paths["truth"], ("source", "external_id", "person"))
    changes_file, noted = table(paths["changes"], ("external_id", "change"))
    unusable_file, unusable = table(paths["unusable"], ("source", "sheet", "line", "fault"))
    with truth_file, changes_file, unusable_file:
        export = Export(source, folder, world, rates, account=Account(), unusable=unusable, edition=1)
        last: CityBlock | None = None
        for last in city_blocks(world, rates, population=wanted):
            later, marks = _week_later(world, last, source, changes)
            gone = frozenset(last.records[source].external_id[marks["gone"]].tolist())
            export.write(later, gone=gone)
            truth.writerows(row for row in truth_rows(later) if row[0] == source and row[1] not in gone)
            noted.writerows(_changed(last.records[source], marks, counts))
        if last is not None:
            new = newcomers(world, rates, last, source, round(changes.new * sum(_size(last, source))))
            export.write(new)
            truth.writerows(truth_rows(new))
            everyone = {"new": np.ones(len(new.records[source]), dtype=np.bool_)}
            noted.writerows(_changed(new.records[source], everyone, counts))
        export.close()
    return NextExport(export.path, paths["truth"], paths["changes"], paths["unusable"], counts)


def _size(last: CityBlock, source: Source) -> tuple[int, int]:
    """Records of the source before the last block and in it."""
    return last.before[source], len(last.records[source])


def _week_later(
    world: World, block: CityBlock, source: Source, changes: ChangeRates
) -> tuple[CityBlock, dict[str, Flags]]:
    """The block with the week's changes in the records of one agency, and which records changed how."""
    part, people = block.records[source], block.people
    rng = stream(world.seed, "next", source, block.index)
    marks = {kind: rng.random(len(part)) < getattr(changes, kind) for kind in _KINDS[:-1]}
    for kind in _KINDS[1:-1]:
        marks[kind] &= ~marks["gone"]
    fresh = telephones(world.seed, people.number[part.row], 2)
    telephone = np.where(marks["telephone"], fresh, part.telephone)
    owner = np.where(marks["telephone"], part.row, part.telephone_owner)
    marks["moved"] &= (part.line != "") & (np.roll(part.line, 7) != "")
    line = np.where(marks["moved"], np.roll(part.line, 7), part.line)
    where = np.where(marks["moved"], np.roll(part.where, 7), part.where)
    hours = people.hours.copy()
    hours[part.row[marks["served"]]] += 2.0 + 5.0 * (people.number[part.row[marks["served"]]] % 2)
    moved = replace(part, telephone=texts(telephone), telephone_owner=owner, line=texts(line), where=where)
    return replace(block, people=replace(people, hours=hours), records={**block.records, source: moved}), marks


def _changed(part: Records, marks: dict[str, Flags], counts: dict[str, int]) -> list[tuple[str, str]]:
    found = [(str(part.external_id[row]), kind) for kind, flags in marks.items() for row in np.flatnonzero(flags)]
    for _, kind in found:
        counts[kind] += 1
    return found
