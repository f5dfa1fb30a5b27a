"""The city as a stream of blocks: people and what the five agencies hold of them, cut to the size asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from seed.agencies import civil_affairs, civilisation, education, red_cross, youth_league
from seed.mess import ErrorRates
from seed.people import People, World, people
from seed.records import PROFILES, SOURCES, Records, Source, observe
from seed.streams import Flags, Ints, stream

_NUMBERING = {
    "civilisation": civilisation.external_ids,
    "youth_league": youth_league.external_ids,
    "red_cross": red_cross.external_ids,
    "civil_affairs": civil_affairs.external_ids,
    "education": education.external_ids,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CityBlock:
    """A block of households: everyone in them, and the records that the agencies hold of those who are registered.

    Attributes
    ----------
    registered : bool (people,)
        Who has a record with any agency: only they are people of the sample city.
    before : dict
        Records of each source in the blocks before.
    """

    index: int
    people: People
    registered: Flags
    records: dict[Source, Records]
    before: dict[Source, int]

    def __len__(self) -> int:
        return sum(len(records) for records in self.records.values())


def city_blocks(
    world: World, rates: ErrorRates, *, population: int | None = None, records: int | None = None
) -> Iterator[CityBlock]:
    """Blocks until `population` registered people or `records` source records are reached; one is alive at a time.

    The last block is cut, between households for people and exactly for records.
    """
    index = number = so_far = 0
    before = dict.fromkeys(SOURCES, 0)
    while so_far < (population or records or 0):
        block = _block(world, rates, index, number, before)
        number += len(block.people)
        if population is not None:
            block = _cut_people(block, population - so_far)
            so_far += int(block.registered.sum())
        elif records is not None:
            block = _cut_records(block, records - so_far)
            so_far += len(block)
        before = {source: before[source] + len(part) for source, part in block.records.items()}
        index += 1
        yield block


def newcomers(world: World, rates: ErrorRates, last: CityBlock, source: Source, wanted: int) -> CityBlock:
    """People who came after the city of which `last` is the last block: at most `wanted` records of one agency."""
    before = {name: last.before[name] + len(part) for name, part in last.records.items()}
    block = _block(world, rates, last.index + 1, int(last.people.number[-1]) + 1, before)
    kept = _some(block.records[source], np.arange(min(wanted, len(block.records[source]))))
    return _with(block, {name: kept if name == source else _some(block.records[name], _NOBODY) for name in SOURCES})


_NOBODY: Ints = np.zeros(0, dtype=np.int64)


def _block(world: World, rates: ErrorRates, index: int, number: int, before: dict[Source, int]) -> CityBlock:
    everyone = people(world, index, number)
    records: dict[Source, Records] = {}
    for source, profile in PROFILES.items():
        who, mess = (stream(world.seed, part, source, index) for part in ("members", "mess"))
        records[source] = observe(everyone, profile, rates, rng=who, mess=mess)
    block = CityBlock(index=index, people=everyone, registered=np.zeros(0, np.bool_), records={}, before=before)
    return _with(block, records)


def _with(block: CityBlock, records: dict[Source, Records]) -> CityBlock:
    """The block with these records, numbered anew, and who is registered by them."""
    registered = np.zeros(len(block.people), dtype=np.bool_)
    for part in records.values():
        registered[part.row] = True
    numbered = {
        source: part.numbered(_NUMBERING[source](block.before[source] + np.arange(len(part), dtype=np.int64)))
        for source, part in records.items()
    }
    return replace(block, records=numbered, registered=registered)


def _cut_people(block: CityBlock, wanted: int) -> CityBlock:
    if int(block.registered.sum()) <= wanted:
        return block
    last = int(np.searchsorted(np.cumsum(block.registered), wanted))
    end = int(np.searchsorted(block.people.household, block.people.household[last], side="right"))
    return _with(block, {source: _some(part, np.flatnonzero(part.row < end)) for source, part in block.records.items()})


def _cut_records(block: CityBlock, wanted: int) -> CityBlock:
    """Keep the records of the first people, as many as are wanted, in the order of people and sources."""
    if len(block) <= wanted:
        return block
    rows = np.concatenate([part.row for part in block.records.values()])
    order = np.argsort(rows, kind="stable")
    keep = np.zeros(len(rows), dtype=np.bool_)
    keep[order[:wanted]] = True
    edges = np.cumsum([len(part) for part in block.records.values()])[:-1]
    parts = np.split(keep, edges)
    return _with(
        block,
        {
            source: _some(part, np.flatnonzero(flags))
            for (source, part), flags in zip(block.records.items(), parts, strict=True)
        },
    )


def _some(records: Records, index: Ints) -> Records:
    """The records at `index`."""
    fields = (
        "row",
        "name",
        "female",
        "identity",
        "id_owner",
        "birth",
        "telephone",
        "telephone_owner",
        "where",
        "line",
        "years",
    )
    return replace(records, **{name: getattr(records, name)[index] for name in fields})
