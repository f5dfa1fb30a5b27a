"""Names by birth year and sex, as arrays. Characters come from `seed.name_tables`; nothing here knows a household."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from seed.name_tables import COHORTS, DOTTED, FOREIGN, POLYPHONIC, RARE, SINGLE, SURNAMES, UNDIVIDED
from seed.streams import Flags, Floats, Ints, Texts, draw, pick, stream, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTables:
    """Surnames and given-name characters with weights; `given` is indexed cohort × 2 + (1 for women)."""

    surnames: Texts
    surname_weights: Floats
    given: tuple[Texts, ...]
    given_weights: tuple[Floats, ...]


@cache
def tables(flavour: int = 0) -> NameTables:
    """The tables as written, or for another `flavour` the same characters with their frequencies dealt out anew.

    A linkage that was tuned on one flavour meets other common names in the next.
    """
    rng = stream(flavour, "names", "flavour")
    surnames = dict(re.findall(r"(\D+?)(\d+)\s?", SURNAMES))
    weights = np.array([float(value) * (2.0 if name in POLYPHONIC else 1.0) for name, value in surnames.items()])
    given = tuple(texts(list(dict.fromkeys(part))) for _, *both in COHORTS for part in both)
    ranks = tuple(1.0 / (np.arange(len(part), dtype=np.float64) + 9.0) for part in given)
    if flavour:
        weights, ranks = rng.permutation(weights), tuple(rng.permutation(rank) for rank in ranks)
    return NameTables(
        surnames=texts([name.strip() for name in surnames]),
        surname_weights=weights,
        given=given,
        given_weights=ranks,
    )


def cohort_of(birth_year: Ints) -> Ints:
    """The cohort's index for each birth year."""
    return np.searchsorted([last for last, _, _ in COHORTS[:-1]], birth_year).astype(np.int64)


def surnames(rng: np.random.Generator, size: int, table: NameTables) -> Texts:
    """Family names by frequency."""
    return pick(rng, table.surnames, size, table.surname_weights)


def given_names(
    rng: np.random.Generator, birth_year: Ints, female: Flags, table: NameTables, *, rare: float
) -> tuple[Texts, Texts]:
    """First and second character; the second is empty in a one-character name.

    Parameters
    ----------
    rare : float
        Share of names whose last character is a rare one.
    """
    cohort, first = cohort_of(birth_year), texts([""] * len(female))
    second = first.copy()
    for column in range(2 * len(COHORTS)):
        rows = np.flatnonzero(2 * cohort + female == column)
        for part in (first, second):
            part[rows] = pick(rng, table.given[column], len(rows), table.given_weights[column])
    second[first == second] = ""
    second[rng.random(len(first)) < np.array(SINGLE)[cohort]] = ""
    odd = np.flatnonzero(rng.random(len(first)) < rare)
    second[odd] = pick(rng, texts(list(RARE)), len(odd))
    return first, second


def unusual_names(rng: np.random.Generator, female: Flags, kind: Ints) -> Texts:
    """Whole names for kind 1 (with a dot), 2 (undivided) and 3 (foreign); empty for kind 0."""
    made = texts([""] * len(kind))
    for row in np.flatnonzero(kind):
        sex = int(female[row])
        if kind[row] == 1:
            made[row] = f"{_one(rng, DOTTED[sex])}·{_one(rng, DOTTED[2])}"
        else:
            made[row] = _one(rng, UNDIVIDED[sex] if kind[row] == 2 else FOREIGN[sex])  # noqa: PLR2004 the third kind
    return made


def _one(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(draw(rng, len(options), 1)[0])]
