"""Pairs of records that a consolidation is tempted to merge and must not."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from seed.blocks import CityBlock
from seed.people import People
from seed.streams import Flags, Ints


class Trap(NamedTuple):
    """A line of ``traps.csv``."""

    kind: str
    source_a: str
    external_id_a: str
    source_b: str
    external_id_b: str


class _Seen(NamedTuple):
    source: str
    external_id: str
    telephone_owner: int
    id_owner: int
    where: int


def traps(block: CityBlock) -> Iterator[Trap]:
    """All trap pairs of a block.

    ``twins``; ``siblings_guardian_telephone`` (both in the Education Commission's file, with one guardian's telephone);
    ``parent_child_same_contact`` (one telephone, one committee); ``same_name_and_birthday`` (strangers);
    ``parent_id_on_child`` and ``id_of_spouse`` (another's number on the first record, and that person's own record).
    """
    seen = _seen(block)
    yield from _relation("twins", seen, block.people.twin)
    yield from _relation("same_name_and_birthday", seen, block.people.namesake)
    yield from _siblings(seen, block.people)
    for row, records in seen.items():
        for record in records:
            yield from _borrowed(row, record, seen, block.people)


def _seen(block: CityBlock) -> dict[int, list[_Seen]]:
    """The records of those people who have a part in a trap, by the person's row."""
    found: dict[int, list[_Seen]] = {}
    involved = _involved(block)
    for source, part in block.records.items():
        rows = np.flatnonzero(involved[part.row])
        columns = (part.row, part.external_id, part.telephone_owner, part.id_owner, part.where)
        for row, *facts in zip(*(column[rows].tolist() for column in columns), strict=True):
            found.setdefault(row, []).append(_Seen(source, *facts))
    return found


def _involved(block: CityBlock) -> Flags:
    people, involved = block.people, np.zeros(len(block.people), dtype=np.bool_)
    for other in (people.twin, people.namesake):
        rows = np.flatnonzero(other >= 0)
        involved[rows] = involved[other[rows]] = True
    involved[block.records["education"].row] = True
    for part in block.records.values():
        for owner, lent in (
            (part.telephone_owner, part.telephone_owner == people.parent[part.row]),
            (part.id_owner, part.id_owner != part.row),
        ):
            rows = np.flatnonzero(lent & (owner >= 0))
            involved[part.row[rows]] = involved[owner[rows]] = True
    return involved


def _pair(kind: str, a: _Seen, b: _Seen) -> Trap:
    return Trap(kind, a.source, a.external_id, b.source, b.external_id)


def _relation(kind: str, seen: dict[int, list[_Seen]], other: Ints) -> Iterator[Trap]:
    for row in np.flatnonzero(other >= 0).tolist():
        for a in seen.get(row, ()):
            for b in seen.get(int(other[row]), ()):
                yield _pair(kind, a, b)


def _siblings(seen: dict[int, list[_Seen]], people: People) -> Iterator[Trap]:
    """Rows of siblings are neighbours."""
    pupils = [row for row in sorted(seen) if any(record.source == "education" for record in seen[row])]
    for elder, younger in pairwise(pupils):
        if people.parent[elder] == people.parent[younger] >= 0 and people.twin[younger] < 0:
            for a in seen[elder]:
                for b in seen[younger]:
                    if a.source == b.source == "education":
                        yield _pair("siblings_guardian_telephone", a, b)


def _borrowed(row: int, record: _Seen, seen: dict[int, list[_Seen]], people: People) -> Iterator[Trap]:
    """Another's telephone or number on a record, against that person's own records."""
    parent = int(people.parent[row])
    for other in seen.get(record.telephone_owner, ()) if record.telephone_owner == parent else ():
        if other.telephone_owner == parent and other.where == record.where:
            yield _pair("parent_child_same_contact", record, other)
    if record.id_owner not in {row, -1}:
        kind = "parent_id_on_child" if record.id_owner == parent else "id_of_spouse"
        for other in seen.get(record.id_owner, ()):
            if other.id_owner == record.id_owner:
                yield _pair(kind, record, other)
