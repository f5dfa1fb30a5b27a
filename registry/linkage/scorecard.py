"""The scorecard: a match weight in log2 for each level of each comparison; they add up to the odds of one person.

Fellegi and Sunter (1969) for the form; the weights come from logistic regression on pairs that carry two valid identity
numbers, which were hidden from the comparison (`training`), drawn towards the weights that ship.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from registry.linkage.comparisons import COMPARISONS, LEVELS, Levels
from registry.linkage.features import Features

F64 = npt.NDArray[np.float64]

#: Buckets of the table of name frequencies; two readings in one bucket make a name look commoner, never rarer.
BUCKETS: Final = 1 << 20
WIDTH: Final = max(len(levels) for levels in LEVELS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """Weights in force.

    Attributes
    ----------
    prior
        log2 odds before any comparison.
    weights
        Comparisons × levels, log2; unused places 0.
    link, review
        Probabilities from which a machine links, and from which a steward is asked.
    records
        How many records the frequencies were counted over.
    frequencies
        Records by bucket of the reading of their name.
    facts
        What the weights were trained on.
    """

    prior: float
    weights: F64
    link: float
    review: float
    records: int
    frequencies: npt.NDArray[np.int32]
    facts: Mapping[str, Any]

    def weight_of(self, levels: Levels) -> F64:
        """Give the match weights of pairs, log2 odds: prior and all comparisons."""
        total = np.full(len(levels), self.prior)
        for place in range(len(COMPARISONS)):
            total += self.weights[place][levels[:, place]]
        return total

    def counts_of(self, features: Features, records_now: int) -> npt.NDArray[np.int32]:
        """Estimate for each record how many records of a registry of `records_now` read the same name."""
        counts = self.frequencies[features["reading"] & np.uint64(BUCKETS - 1)]
        if self.records:
            counts = np.ceil(counts * max(1.0, records_now / self.records)).astype(np.int32)
        known: npt.NDArray[np.int32] = np.maximum(counts, 1).astype(np.int32)
        return known

    def as_data(self) -> dict[str, Any]:
        """Give the weights as data, without the frequencies."""
        return {
            "prior": round(self.prior, 4),
            "link": self.link,
            "review": self.review,
            "records": self.records,
            "weights": {
                name: {level: round(float(self.weights[place, k]), 4) for k, level in enumerate(LEVELS[name])}
                for place, name in enumerate(COMPARISONS)
            },
        }

    def with_frequencies(self, features: Features) -> "Scorecard":
        """Give the same weights with frequencies counted over `features`."""
        return scorecard_from(self.as_data() | {"records": len(features)}, frequencies_of(features), self.facts)


def frequencies_of(features: Features) -> npt.NDArray[np.int32]:
    """Count records by bucket of the reading of their name."""
    buckets = (features["reading"] & np.uint64(BUCKETS - 1)).astype(np.int64)
    return np.bincount(buckets, minlength=BUCKETS).astype(np.int32)


def packed_frequencies(frequencies: npt.NDArray[np.int32]) -> bytes:
    """Give a table of frequencies, deflated."""
    return zlib.compress(frequencies.astype("<i4").tobytes(), 1)


@lru_cache(maxsize=2)
def unpacked_frequencies(blob: bytes) -> npt.NDArray[np.int32]:
    """Open what :func:`packed_frequencies` gave."""
    frequencies = np.frombuffer(zlib.decompress(blob), "<i4").astype(np.int32)
    frequencies.flags.writeable = False
    return frequencies


def scorecard_from(
    data: Mapping[str, Any], frequencies: npt.NDArray[np.int32] | None = None, facts: Mapping[str, Any] | None = None
) -> Scorecard:
    """Make a scorecard of what :meth:`Scorecard.as_data` gave; a level it does not know weighs as the shipped one."""
    weights = np.zeros((len(COMPARISONS), WIDTH))
    shipped = _shipped_data()["weights"]
    for place, name in enumerate(COMPARISONS):
        known = shipped[name] | data["weights"].get(name, {})
        for k, level in enumerate(LEVELS[name]):
            weights[place, k] = known[level]
    return Scorecard(
        prior=data["prior"],
        weights=weights,
        link=data["link"],
        review=data["review"],
        records=data.get("records", 0),
        frequencies=np.zeros(BUCKETS, np.int32) if frequencies is None else frequencies,
        facts=facts or {},
    )


@lru_cache(maxsize=1)
def _shipped_data() -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(Path(__file__).with_name("weights.json").read_bytes())
    return data


@lru_cache(maxsize=1)
def shipped_scorecard() -> Scorecard:
    """Give the weights that ship: what training is drawn towards, and what stands in where there are too few pairs."""
    return scorecard_from(_shipped_data())


def probability(weight: F64) -> F64:
    """Turn log2 odds into probabilities."""
    return 1.0 / (1.0 + np.exp2(-np.clip(weight, -60, 60)))
