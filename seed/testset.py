"""Test sets for consolidation: the sample city's world with other seeds, names and error rates, and its truth.

Homophones, look-alikes and slips come from `seed.confusions`, written by hand: not from the pronunciation and
conversion libraries that a consolidation normalises with, so that its figures mean something.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from seed import words
from seed.agencies.schools import school_of
from seed.blocks import CityBlock, city_blocks
from seed.divisions import Size
from seed.exports import Progress, table, truth_rows, write_exports
from seed.generate import monday_of
from seed.identity import IssuedNumbers
from seed.mess import ErrorRates
from seed.people import People, World
from seed.places import places, whole_address
from seed.records import Records, Source
from seed.streams import Texts, stream, texts
from seed.traps import traps

#: Worse than life: about twice the defaults, more people without a number, fewer telephones.
HARD: Final = ErrorRates(
    homophone=0.016,
    look_alike=0.008,
    traditional=0.008,
    nickname=0.003,
    id_mistyped=0.014,
    id_swapped=0.008,
    id_missing=0.06,
    id_of_spouse=0.002,
    telephone_missing=0.05,
    telephone_mistyped=0.01,
    telephone_of_family=0.12,
    birth_wrong=0.012,
    gender_wrong=0.006,
    address_missing=0.08,
    duplicate=0.015,
    staleness=1.6,
)
PLAIN_HEADINGS: Final = (
    "source", "external_id", "name", "gender", "id_number", "birth", "telephone", "guardian_telephone", "address",
    "neighbourhood", "workplace", "person",
)  # fmt: skip

_GROUND: Final[tuple[tuple[int, Size], ...]] = ((20_000, "small"), (250_000, "district"))
_WEEK: Final = "2026-W48"
_ADULT: Final = 18
_GRADUATE: Final = 23


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageSet:
    """What was written. `agencies` is empty in the plain form, `plain` is None in the other."""

    folder: Path
    agencies: dict[Source, Path]
    plain: Path | None
    truth: Path
    traps: Path
    records: int
    people: int


def write_testset(
    folder: Path,
    *,
    records: int,
    seed: int,
    rates: ErrorRates,
    flavour: int | None = None,
    strangers: float = 0.003,
    form: Literal["agencies", "plain"] = "agencies",
    progress: Progress | None = None,
) -> LinkageSet:
    """Write a test set of exactly `records` source records, as the five agencies' files or as one plain table.

    Parameters
    ----------
    flavour : int, optional
        Which dealing of name frequencies (`seed.names.tables`); by default the seed's own. 0 is the sample city's.
    strangers : float
        Share of people living alone who have a stranger's name, sex and birthday.
    form : str
        ``plain`` writes ``records.csv`` with `PLAIN_HEADINGS`: the text as the agency has it, in common columns, for
        trials of linkage without intake, and several times faster.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = World(
        seed=seed,
        size=next((size for most, size in _GROUND if records <= most), "city"),
        on=np.datetime64(monday_of(_WEEK)),
        issued=IssuedNumbers(seed, records),
        strangers=strangers,
        flavour=seed if flavour is None else flavour,
    )
    blocks = city_blocks(world, rates, records=records)
    if form == "plain":
        return _write_plain(folder, world, blocks, records, progress)
    counted = _Counted(blocks, records, progress)
    written = write_exports(folder, world, rates, counted, wanted=records)
    return LinkageSet(
        folder=folder,
        agencies=written.agencies,
        plain=None,
        truth=folder / "truth.csv",
        traps=folder / "traps.csv",
        records=counted.records,
        people=written.people,
    )


class _Counted:
    """Blocks that tell how many records have gone by."""

    def __init__(self, blocks: Iterator[CityBlock], wanted: int, progress: Progress | None) -> None:
        self._blocks, self._wanted, self._progress = blocks, wanted, progress
        self.records = self.people = 0

    def __iter__(self) -> Iterator[CityBlock]:
        for block in self._blocks:
            yield block
            self.records += len(block)
            self.people += int(block.registered.sum())
            if self._progress:
                self._progress(self.records, self._wanted)


def _write_plain(
    folder: Path, world: World, blocks: Iterator[CityBlock], wanted: int, progress: Progress | None
) -> LinkageSet:
    counted = _Counted(blocks, wanted, progress)
    truth_file, truth = table(folder / "truth.csv", ("source", "external_id", "person"))
    traps_file, trapped = table(
        folder / "traps.csv", ("kind", "source_a", "external_id_a", "source_b", "external_id_b")
    )
    with truth_file, traps_file, (folder / "records.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(PLAIN_HEADINGS)
        for block in counted:
            told = truth_rows(block)
            persons = iter([person for _, _, person in told])
            for part in block.records.values():
                writer.writerows(_plain_rows(world, block, part, [next(persons) for _ in range(len(part))]))
            truth.writerows(told)
            trapped.writerows(traps(block))
    return LinkageSet(
        folder=folder,
        agencies={},
        plain=folder / "records.csv",
        truth=folder / "truth.csv",
        traps=folder / "traps.csv",
        records=counted.records,
        people=counted.people,
    )


def _plain_rows(world: World, block: CityBlock, part: Records, persons: list[str]) -> Iterator[tuple[str, ...]]:
    """Common columns, with what the agency does not hold left empty: the birth's day, the number, the workplace."""
    ground, people, pupils = places(world.size), block.people, part.source == "education"
    nothing = texts([""] * len(part))
    birth = {"red_cross": nothing, "youth_league": texts([text[:7] for text in part.birth.tolist()])}
    guardian = people.telephone[np.maximum(people.parent[part.row], 0)]
    return zip(
        [part.source] * len(part),
        part.external_id.tolist(),
        part.name.tolist(),
        np.where(part.female, "女", "男").tolist(),
        part.identity.tolist(),
        birth.get(part.source, part.birth).tolist(),
        part.telephone.tolist(),
        (guardian if pupils else nothing).tolist(),
        (whole_address(ground, part.where, part.line) if part.source != "youth_league" else nothing).tolist(),
        ground.code[part.where].tolist(),
        _workplaces(world, people, part).tolist(),
        persons,
        strict=True,
    )


def _workplaces(world: World, people: People, part: Records) -> Texts:
    if part.source not in {"education", "youth_league"}:
        return texts([""] * len(part))
    age, rng = people.age[part.row], stream(world.seed, "workplace", part.source, int(people.number[0]))
    study = words.UNIVERSITIES[rng.integers(0, len(words.UNIVERSITIES), len(part))]
    work = words.WORKPLACES[rng.integers(0, len(words.WORKPLACES), len(part))]
    school = school_of(people, world.size)[part.row]
    return np.where(age < _ADULT, school, np.where(age < _GRADUATE, study, work))
