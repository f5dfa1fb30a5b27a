"""What the agencies' modules have in common: the block they write, dates, labels, and the cells of a file."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from models.taxonomy import SKILLS
from seed.divisions import Size
from seed.people import People
from seed.places import Places, places
from seed.records import Records
from seed.streams import Days, Floats, Ints, Texts, draw, padded, texts
from seed.words import PATTERNS, SKILL_LABELS

#: A cell as a file can hold it.
Cell = str | int | float | date | None

_DAYS_A_YEAR: Final = 365.2425
#: Codes of skills in the taxonomy's order, and an empty last one for "none".
_LABELS: Final = tuple(SKILL_LABELS[code][0] for code in SKILLS)
_VARIANTS: Final = max(len(labels) for labels in _LABELS)
_LABEL_TABLE: Final = texts(
    [[labels[min(variant, len(labels) - 1)] for variant in range(_VARIANTS)] for labels in (*_LABELS, ("",))]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Everything an agency needs to write its part of a block: who they are, what it holds of them, and the day."""

    people: People
    records: Records
    size: Size
    on: np.datetime64
    rng: np.random.Generator
    #: Records of this agency in the blocks before.
    before: int

    @property
    def ground(self) -> Places:
        """The committees that `records.where` points into."""
        return places(self.size)

    def __len__(self) -> int:
        return len(self.records)


def serials(index: Ints, width: int, factor: int = 7_368_787) -> Texts:
    """External numbers that never repeat and do not betray the order: a linear congruence over 10**width places.

    Records count up from 0; rows that are no records take negative indexes.
    """
    return padded((index + 17) * factor % 10**width, width)


def skill_labels(block: Block, joints: tuple[str, ...] = ("、",)) -> Texts:
    """Labels of each person's skills, joined by one of the signs; four fifths are the usual label."""
    skills, size = block.people.skills[block.records.row], len(block)
    variant = np.where(block.rng.random((size, 3)) < 0.8, 0, draw(block.rng, _VARIANTS, 3 * size).reshape(size, 3))  # noqa: PLR2004
    labels = _LABEL_TABLE[skills, variant].tolist()
    signs = draw(block.rng, len(joints), size).tolist()
    return texts([joints[sign].join(filter(None, row)) for row, sign in zip(labels, signs, strict=True)])


def availability(block: Block) -> Texts:
    """Conventional notations of when people are free; some leave it empty."""
    notations, variant = [words for words, _, _ in PATTERNS], block.rng.random(len(block)).tolist()
    said = [
        notations[pattern][int(at * at * len(notations[pattern]))]
        for pattern, at in zip(block.people.pattern[block.records.row].tolist(), variant, strict=True)
    ]
    return np.where(block.rng.random(len(block)) < 0.06, "", texts(said))  # noqa: PLR2004


def joined_on(block: Block, longest: float) -> Texts:
    """ISO dates of registration, some years back and never before the age of twelve."""
    years = block.records.years + block.rng.random(len(block)) * longest
    years = np.minimum(years, np.maximum(block.people.age[block.records.row] - 12.0, 0.1))
    return iso(block.on - (years * _DAYS_A_YEAR).astype("timedelta64[D]"))


def iso(days: Days) -> Texts:
    """``2026-11-23`` for each day."""
    return texts(days.astype("datetime64[D]").astype("U10"))


def decimals(hours: Floats) -> Texts:
    """Hours with at most one decimal, as people's spreadsheets show them."""
    return texts([f"{value:g}" for value in np.round(hours, 1).tolist()])


def choose(block: Block, options: tuple[str, ...], weights: tuple[float, ...] | None = None) -> Texts:
    """One of a few words for each record."""
    index: Ints = draw(block.rng, len(options), len(block), None if weights is None else np.array(weights))
    return texts(list(options))[index]
