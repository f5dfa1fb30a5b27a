"""Who lives together: households as arrays, their members' ages, sexes and ties. No names, no places."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from seed.streams import Days, Flags, Floats, Ints, draw


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdKind:
    """Share of all households, members, and the ages (years) between which the first adult's lies."""

    share: float
    adults: int
    children: int
    youngest: int
    oldest: int
    twins: bool = False


KINDS: Final = (
    HouseholdKind(share=0.300, adults=1, children=0, youngest=18, oldest=30),
    HouseholdKind(share=0.130, adults=1, children=0, youngest=31, oldest=59),
    HouseholdKind(share=0.100, adults=2, children=0, youngest=27, oldest=45),
    HouseholdKind(share=0.130, adults=2, children=1, youngest=36, oldest=50),
    HouseholdKind(share=0.055, adults=2, children=2, youngest=38, oldest=49),
    HouseholdKind(share=0.012, adults=2, children=2, youngest=38, oldest=50, twins=True),
    HouseholdKind(share=0.023, adults=1, children=1, youngest=36, oldest=48),
    HouseholdKind(share=0.100, adults=2, children=1, youngest=48, oldest=62),
    HouseholdKind(share=0.090, adults=2, children=0, youngest=60, oldest=78),
    HouseholdKind(share=0.060, adults=1, children=0, youngest=60, oldest=81),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Households:
    """Members of a block of households, household by household, adults before children.

    Attributes
    ----------
    household, rank : int64 (members,)
        Number of the household in the block; 0 and 1 for adults, 2 and up for children, eldest first.
    female : bool (members,)
    birth : datetime64[D] (members,)
    parent : int64 (members,)
        Row of the parent who answers for a child; -1 for an adult.
    twin : int64 (members,)
        Row of the elder twin for the younger one; else -1.
    """

    household: Ints
    rank: Ints
    female: Flags
    birth: Days
    parent: Ints
    twin: Ints


def households(rng: np.random.Generator, count: int, on: np.datetime64) -> Households:
    """A block of `count` households as they are on the day `on`."""
    kind = draw(rng, len(KINDS), count, np.array([k.share for k in KINDS]))
    adults = np.array([k.adults for k in KINDS])[kind]
    size = adults + np.array([k.children for k in KINDS])[kind]
    household = np.repeat(np.arange(count), size)
    start = np.repeat(np.cumsum(size) - size, size)
    place = np.arange(len(household)) - start
    is_adult = place < adults[household]
    rank = np.where(is_adult, place, 2 + place - adults[household])
    twins = np.array([k.twins for k in KINDS])[kind][household]
    twin = np.where(twins & (rank == 3), start + adults[household], -1)  # noqa: PLR2004 the second child
    parent = np.where(is_adult, -1, start + (adults[household] > 1) * rng.integers(0, 2, count)[household])
    age = _ages(rng, kind, household, rank)
    age = np.where(twin >= 0, age[twin], age)
    return Households(
        household=household,
        rank=rank,
        female=_sexes(rng, household, rank, start),
        birth=on - np.floor(age * 365.2425).astype("timedelta64[D]"),
        parent=parent,
        twin=twin,
    )


def _ages(rng: np.random.Generator, kind: Ints, household: Ints, rank: Ints) -> Floats:
    """Years, with a fraction that spreads birthdays over the year."""
    low = np.array([k.youngest for k in KINDS], dtype=np.float64)[kind]
    high = np.array([k.oldest + 1 for k in KINDS], dtype=np.float64)[kind]
    head = low + rng.random(len(kind)) * (high - low)
    spouse = np.clip(head + rng.normal(0, 2.4, len(kind)), 22, 82)
    eldest = np.maximum(head - rng.uniform(24, 33, len(kind)), 3)
    second = np.maximum(eldest - rng.uniform(1.6, 6, len(kind)), 1)
    return np.choose(np.minimum(rank, 3), [part[household] for part in (head, spouse, eldest, second)])


def _sexes(rng: np.random.Generator, household: Ints, rank: Ints, start: Ints) -> Flags:
    female = rng.random(len(household)) < 0.5  # noqa: PLR2004 a coin
    return np.where(rank == 1, ~female[start], female)
