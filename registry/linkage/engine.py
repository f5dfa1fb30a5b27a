# ruff: noqa: PLR0917  compiled code: levels are numbers, loops are loops
"""Records in, clusters and pairs for review out: the whole of linkage over arrays, in named steps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt

from registry.linkage.candidates import CAP, candidate_pairs
from registry.linkage.clusters import clustered
from registry.linkage.comparisons import COMPARISONS, LEVELS, NUMBER, Levels, compared, sharing
from registry.linkage.decisions import Outcome, Rule, decided
from registry.linkage.features import Features
from registry.linkage.link_keys import keys_of
from registry.linkage.scorecard import F64, Scorecard

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

#: Pairs compared at a time: bounds the memory of levels and weights.
_CHUNK: Final = 4_000_000
_NAME: Final = COMPARISONS.index("name")
#: From this level on names say that two records are two persons, unless nearly a whole number says otherwise.
_OTHER_NAME: Final = LEVELS["name"].index("same_given")
_MASK_ONE_EDIT: Final = LEVELS["number"].index("mask_one_edit")
_NO_PAIRS: Final = np.empty((0, 2), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Compared pairs of rows that matter: rows, levels, weight, probability, rule."""

    left: I32
    right: I32
    levels: Levels
    weight: F64
    probability: F64
    rule: U8

    def chosen(self, mask: npt.NDArray[np.bool_] | I64) -> "Pairs":
        """Give the pairs that `mask` chooses."""
        return Pairs(
            left=self.left[mask],
            right=self.right[mask],
            levels=self.levels[mask],
            weight=self.weight[mask],
            probability=self.probability[mask],
            rule=self.rule[mask],
        )

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkage:
    """What linkage found.

    Attributes
    ----------
    root
        By record, the lowest row of its cluster.
    links
        The edges that were taken.
    reviews
        Pairs for a steward: not in one cluster, each once.
    candidates, capped
        Pairs compared, and blocks too large to look at, by kind of key.
    seconds
        By step.
    """

    root: I64
    links: Pairs
    reviews: Pairs
    candidates: int
    capped: dict[str, int]
    seconds: dict[str, float] = field(default_factory=dict)


def linked(
    features: Features,
    scorecard: Scorecard,
    *,
    records_now: int | None = None,
    same: I64 = _NO_PAIRS,
    different: I64 = _NO_PAIRS,
    busy: I64 = _NO_PAIRS,
    cap: int = CAP,
    progress: Callable[[int, int | None], None] | None = None,
) -> Linkage:
    """Link records.

    Parameters
    ----------
    features
        One structure a record, in the order of record ids.
    records_now
        The size of the whole registry, when `features` is a part of it.
    same, different
        Verdicts of stewards, n × 2 rows.
    busy
        Pairs of rows whose persons hold seats at one time: kept apart, and shown to a steward.
    """
    clock = _Clock()
    found = candidate_pairs(keys_of(features), cap=cap)
    clock.step("candidates")
    links, reviews = _scored(features, scorecard, found.left, found.right, records_now or len(features), progress)
    clock.step("compare")
    edges = _with_verdicts(links, same)
    firm = np.zeros(len(edges), np.uint8)
    firm[edges.levels[:, NUMBER] == _MASK_ONE_EDIT] = 3
    firm[edges.rule == Rule.EXACT_ID] = 1
    firm[(edges.rule == Rule.MASKED_ID) & (edges.levels[:, _NAME] >= _OTHER_NAME)] = 1
    firm[edges.rule == Rule.VERDICT] = 2
    apart = np.concatenate([different, busy])
    clusters = clustered(features, edges.left, edges.right, edges.weight, firm, apart)
    clock.step("cluster")
    refused = edges.chosen(clusters.refused)
    waiting = _waiting(reviews, refused, clusters.root, same, different, busy)
    clock.step("review")
    return Linkage(
        root=clusters.root,
        links=edges.chosen(~clusters.refused),
        reviews=waiting,
        candidates=len(found.left),
        capped=found.capped,
        seconds=clock.seconds,
    )


def edges(features: Features, scorecard: Scorecard, records_now: int) -> Pairs:
    """Give the pairs that a machine would link or ask about, before clusters are made."""
    found = candidate_pairs(keys_of(features))
    return joined(list(_scored(features, scorecard, found.left, found.right, records_now, None)))


def all_weights(features: Features, scorecard: Scorecard, records_now: int) -> tuple[I32, I32, F64]:
    """Give every candidate pair and its match weight."""
    found = candidate_pairs(keys_of(features))
    counts, shared = scorecard.counts_of(features, records_now), sharing(features)
    weights = scorecard.weight_of(compared(features, found.left, found.right, counts, shared))
    return found.left, found.right, weights


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def step(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] = round(now - self._last, 3)
        self._last = now


def _scored(
    features: Features,
    scorecard: Scorecard,
    left: I32,
    right: I32,
    records_now: int,
    progress: Callable[[int, int | None], None] | None,
) -> tuple[Pairs, Pairs]:
    """Compare and decide in chunks; keep what is linked and what needs review."""
    shared = sharing(features)
    counts = scorecard.counts_of(features, records_now)
    links, reviews = [], []
    for start in range(0, max(1, len(left)), _CHUNK):
        i, j = left[start : start + _CHUNK], right[start : start + _CHUNK]
        levels = compared(features, i, j, counts, shared)
        what = decided(levels, np.minimum(counts[i], counts[j]), scorecard)
        pairs = Pairs(left=i, right=j, levels=levels, weight=what.weight, probability=what.probability, rule=what.rule)
        links.append(pairs.chosen(what.outcome == Outcome.LINK))
        reviews.append(pairs.chosen(what.outcome == Outcome.REVIEW))
        if progress:
            progress(min(start + _CHUNK, len(left)), len(left))
    return joined(links), joined(reviews)


def joined(parts: list[Pairs]) -> Pairs:
    """Give several sets of pairs as one."""
    return Pairs(
        left=np.concatenate([p.left for p in parts]),
        right=np.concatenate([p.right for p in parts]),
        levels=np.concatenate([p.levels for p in parts]),
        weight=np.concatenate([p.weight for p in parts]),
        probability=np.concatenate([p.probability for p in parts]),
        rule=np.concatenate([p.rule for p in parts]),
    )


def _with_verdicts(links: Pairs, same: I64) -> Pairs:
    if not len(same):
        return links
    ordered = np.sort(same, axis=1).astype(np.int32)
    verdicts = Pairs(
        left=ordered[:, 0],
        right=ordered[:, 1],
        levels=np.zeros((len(same), links.levels.shape[1]), np.uint8),
        weight=np.full(len(same), 99.0),
        probability=np.ones(len(same)),
        rule=np.full(len(same), int(Rule.VERDICT), np.uint8),
    )
    return joined([verdicts, links])


def _waiting(reviews: Pairs, refused: Pairs, root: I64, same: I64, different: I64, busy: I64) -> Pairs:
    """Choose what a steward must see: one pair for each two clusters, the likeliest, and no pair with a verdict."""
    turned = Pairs(
        left=refused.left,
        right=refused.right,
        levels=refused.levels,
        weight=refused.weight,
        probability=refused.probability,
        rule=_why_refused(refused, root, busy),
    )
    every = joined([reviews, turned])
    a, b = root[every.left], root[every.right]
    low, high = np.minimum(a, b), np.maximum(a, b)
    decided_already = np.isin(
        _packed(every.left, every.right), np.concatenate([_sorted_packed(same), _sorted_packed(different)])
    )
    open_pair = (low != high) & ~decided_already & ~np.isin(_packed(low, high), _between(root, different))
    every, low, high = every.chosen(open_pair), low[open_pair], high[open_pair]
    order = np.lexsort((every.right, every.left, -np.round(every.weight, 6), high, low))
    packed = _packed(low, high)[order]
    first = np.concatenate([[True], packed[1:] != packed[:-1]]) if len(packed) else np.empty(0, bool)
    return every.chosen(np.sort(order[first]))


def _why_refused(refused: Pairs, root: I64, busy: I64) -> U8:
    both = np.sort(np.stack([root[refused.left], root[refused.right]], axis=1), axis=1)
    booked = np.isin(_packed(both[:, 0], both[:, 1]), _between(root, busy))
    return np.where(booked, int(Rule.DOUBLE_BOOKING), int(Rule.CLUSTER_CONFLICT)).astype(np.uint8)


def _between(root: I64, pairs: I64) -> npt.NDArray[np.uint64]:
    """Give the pairs of clusters that pairs of rows lie in."""
    return _sorted_packed(root[pairs])


def _packed(low: npt.NDArray[np.integer], high: npt.NDArray[np.integer]) -> npt.NDArray[np.uint64]:
    packed: npt.NDArray[np.uint64] = (low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64)
    return packed


def _sorted_packed(pairs: I64) -> npt.NDArray[np.uint64]:
    return _packed(pairs.min(axis=1), pairs.max(axis=1)) if len(pairs) else np.empty(0, np.uint64)
