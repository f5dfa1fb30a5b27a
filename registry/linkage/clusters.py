# ruff: noqa: PLR2004, PLR0917, PLR1714, SIM109  compiled code: levels are numbers, loops are loops
"""Clusters: edges taken by confidence, each joining two clusters unless something inside them speaks against it.

Refused: two different valid identity numbers, two different visible last four characters, a verdict *different*
between any two members, and, for what the scorecard alone decided, members that contradict each other in name or birth
date. Refused edges go to review. The result depends on the set of edges only, not on the order in which they came.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.linkage.comparisons import _birth, _name
from registry.linkage.compiled import kernel, part
from registry.linkage.features import (
    H_BORN,
    HIDDEN,
    ID_MASKED,
    ID_WHOLE,
    O_DIGITS,
    O_STATE,
    W_NUMBER,
    Features,
    columns,
)

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """For each record the lowest row of its cluster, and for each edge whether it was refused."""

    root: I64
    refused: npt.NDArray[np.bool_]


def clustered(
    features: Features,
    left: I32,
    right: I32,
    weight: npt.NDArray[np.float64],
    firm: npt.NDArray[np.uint8],
    apart: npt.NDArray[np.int64],
) -> Clusters:
    """Make clusters.

    Parameters
    ----------
    left, right, weight
        The edges.
    firm
        By edge: 2 a verdict *same*, which only a verdict *different* stops; 1 an equal number; 3 a masked number that
        differs by one mistyped character; 0 anything else.
    apart
        Pairs (n × 2) of rows that a verdict keeps apart.
    """
    order = np.lexsort((right, left, -np.round(weight, 6), -firm.astype(np.int64)))
    words, halves, octets = columns(features)
    held: npt.NDArray[np.bool_] = np.zeros(len(features), np.bool_)
    held[apart.ravel()] = True
    kept = np.unique(_ordered(apart)) if len(apart) else np.empty(0, np.uint64)
    number, last4 = np.zeros(len(features), np.uint64), np.zeros(len(features), np.int64)
    _numbers(words, octets, number, last4)
    parent, following = np.arange(len(features)), np.arange(len(features))
    refused = np.zeros(len(left), np.bool_)
    _cluster(words, halves, octets, left, right, firm, order, held, kept, number, last4, parent, following, refused)
    return Clusters(root=parent, refused=refused)


def _ordered(pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    low, high = pairs.min(axis=1).astype(np.uint64), pairs.max(axis=1).astype(np.uint64)
    packed: npt.NDArray[np.uint64] = (low << np.uint64(32)) | high
    return packed


@part
def _find(parent: Any, row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row


@kernel
def _cluster(
    words: Any,
    halves: Any,
    octets: Any,
    left: Any,
    right: Any,
    firm: Any,
    order: Any,
    held: Any,
    kept: Any,
    number: Any,
    last4: Any,
    parent: Any,
    following: Any,
    refused: Any,
) -> None:
    """Fill in `parent` and `refused`; `following` holds the members of each cluster, in a ring."""
    for place in order:
        a, b = _find(parent, left[place]), _find(parent, right[place])
        if a == b:
            continue
        if a > b:
            a, b = b, a
        if not _may_join(following, number, last4, held, kept, a, b, firm[place]) or (
            firm[place] in (0, 3) and _contradict(words, halves, octets, following, a, b)
        ):
            refused[place] = True
            continue
        parent[b] = a
        following[a], following[b] = following[b], following[a]
        held[a] = held[a] or held[b]
        if number[a] == 0:
            number[a] = number[b]
        if last4[a] == 0:
            last4[a] = last4[b]
    for row in range(parent.shape[0]):
        parent[row] = _find(parent, row)


@kernel
def _numbers(words: Any, octets: Any, number: Any, last4: Any) -> None:
    """Fill in each record's valid citizen number and its visible last four characters plus one; 0 without."""
    for row in range(words.shape[0]):
        state = octets[row, O_STATE]
        if state == ID_WHOLE:
            number[row] = words[row, W_NUMBER]
        if state == ID_WHOLE or state == ID_MASKED:
            value = np.int64(0)
            for k in range(O_DIGITS + 14, O_DIGITS + 18):
                if octets[row, k] == HIDDEN:
                    value = np.int64(-1)
                    break
                value = value * 11 + octets[row, k]
            last4[row] = value + 1


@part
def _may_join(following: Any, number: Any, last4: Any, held: Any, kept: Any, a: int, b: int, firm: int) -> Any:
    if held[a] and held[b] and _kept_apart(following, kept, a, b):
        return False
    if firm == 2:
        return True
    if number[a] != 0 and number[b] != 0 and number[a] != number[b]:
        return False
    return firm == 3 or last4[a] == 0 or last4[b] == 0 or last4[a] == last4[b]


@part
def _kept_apart(following: Any, kept: Any, a: int, b: int) -> bool:
    i = a
    while True:
        j = b
        while True:
            low, high = (i, j) if i < j else (j, i)
            if _stands_in(kept, (np.uint64(low) << np.uint64(32)) | np.uint64(high)):
                return True
            j = following[j]
            if j == b:
                break
        i = following[i]
        if i == a:
            return False


@part
def _stands_in(ordered: Any, value: Any) -> Any:
    low, high = 0, ordered.shape[0]
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low < ordered.shape[0] and ordered[low] == value


@part
def _contradict(words: Any, halves: Any, octets: Any, following: Any, a: int, b: int) -> Any:
    """Say whether any member of one cluster contradicts any of the other: names that do not fit, two birth dates."""
    i = a
    while True:
        j = b
        while True:
            name = _name(words[i], halves[i], octets[i], words[j], halves[j], octets[j])
            birth = _birth(halves[i, H_BORN], halves[j, H_BORN])
            if name >= 6 or (birth in (3, 4) and name >= 3):
                return True
            j = following[j]
            if j == b:
                break
        i = following[i]
        if i == a:
            return False
