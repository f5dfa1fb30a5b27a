"""Weights without a clerk: pairs that both carry a valid identity number are labelled by it, and the number is hidden.

On one side of each pair the number and what comes from it (birth date, sex) are taken away; only pairs that the other
keys would still find are kept. Choosing training pairs by keys that use what is hidden ruins the calibration. The
logistic regression is drawn towards the weights that ship: with few pairs it stays near them.
"""

from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from registry.linkage.candidates import candidate_pairs
from registry.linkage.comparisons import COMPARISONS, NUMBER, Levels, compared, sharing
from registry.linkage.features import HIDDEN, ID_NONE, ID_WHOLE, Features
from registry.linkage.link_keys import keys_of
from registry.linkage.scorecard import F64, WIDTH, Scorecard, probability

#: Records that training looks at: weights settle long before.
_MOST_RECORDS: Final = 1_500_000
#: Pairs of each label under which the shipped weights stay as they are.
FEWEST_PAIRS: Final = 200
#: Pull towards the shipped weights, as the precision of a normal distribution (per log2 unit).
_PULL: Final = 0.5
_STEPS: Final = 50
_SETTLED: Final = 1e-6
_LN2: Final = float(np.log(2))


def trained(features: Features, shipped: Scorecard) -> Scorecard:
    """Give weights trained on `features`, with their frequencies; the shipped ones where too few pairs are labelled."""
    base = shipped.with_frequencies(features)
    levels, same = labelled_pairs(features, base)
    matches = int(same.sum())
    facts = {"records": len(features), "pairs": len(same), "matches": matches, "trained": False}
    if min(matches, len(same) - matches) < FEWEST_PAIRS:
        return _with(base, base.prior, base.weights, facts)
    prior, weights = fitted(levels, same, base)
    return _with(
        base, prior, weights, facts | {"trained": True, "calibration": calibration(levels, same, prior, weights)}
    )


def _with(base: Scorecard, prior: float, weights: F64, facts: dict[str, Any]) -> Scorecard:
    return Scorecard(
        prior=prior,
        weights=weights,
        link=base.link,
        review=base.review,
        records=base.records,
        frequencies=base.frequencies,
        facts=facts,
    )


def hidden(features: Features) -> Features:
    """Give a view of records without their numbers and what comes from them; every other birth date loses its day.

    Some agencies give only the month: half of the pairs are compared as if one of them did.
    """
    view = features.copy()
    view["number"] = 0
    view["id_state"] = ID_NONE
    view["digits"] = HIDDEN
    view["born"] = view["born_typed"]
    view["sex"] = view["sex_typed"]
    month_only = view["name"] % np.uint64(2) == 0
    view["born"][month_only] = view["born"][month_only] // 100 * 100
    return view


def labelled_pairs(features: Features, scorecard: Scorecard) -> tuple[Levels, npt.NDArray[np.bool_]]:
    """Give the levels of pairs that two valid numbers label, one side's number hidden, and the labels."""
    shared, counts = sharing(features), scorecard.counts_of(features, len(features))
    whole = np.flatnonzero(features["id_state"] == ID_WHOLE)[:_MOST_RECORDS]
    known = features[whole]
    view = hidden(known)
    found = candidate_pairs(keys_of(view))
    turned = (known["name"][found.left] ^ known["telephone"][found.right]) % np.uint64(2) == 0
    left = np.where(turned, found.right, found.left).astype(np.int32)
    right = np.where(turned, found.left, found.right).astype(np.int32)
    levels = compared(known, left, right, counts[whole], shared[whole], other=view)
    same: npt.NDArray[np.bool_] = known["number"][left] == known["number"][right]
    return levels, same


def fitted(levels: Levels, same: npt.NDArray[np.bool_], base: Scorecard) -> tuple[float, F64]:
    """Fit prior and weights by Newton's method on the distinct patterns of levels; the number's weights are kept."""
    patterns, inverse = np.unique(levels[:, :NUMBER], axis=0, return_inverse=True)
    total = np.bincount(inverse.ravel(), minlength=len(patterns)).astype(float)
    hits = np.bincount(inverse.ravel(), weights=same, minlength=len(patterns))
    design = _design(patterns)
    start = np.concatenate([[base.prior], base.weights[:NUMBER].ravel()]) * _LN2
    beta, pull = start.copy(), np.full(len(start), _PULL / _LN2**2)
    pull[0] *= 0.01
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -40, 40)))
        gradient = design.T @ (hits - total * p) - pull * (beta - start)
        curvature = (design.T * (total * p * (1 - p))) @ design + np.diag(pull)
        step = np.linalg.solve(curvature, gradient)
        beta += np.clip(step, -2, 2)
        if np.abs(step).max() < _SETTLED:
            break
    weights = base.weights.copy()
    weights[:NUMBER] = beta[1:].reshape(NUMBER, WIDTH) / _LN2
    return float(beta[0] / _LN2), weights


def _design(patterns: Levels) -> F64:
    """Give one column for the prior and one for each level of each comparison."""
    design = np.zeros((len(patterns), 1 + NUMBER * WIDTH))
    design[:, 0] = 1
    for place in range(NUMBER):
        design[np.arange(len(patterns)), 1 + place * WIDTH + patterns[:, place]] = 1
    return design


def calibration(levels: Levels, same: npt.NDArray[np.bool_], prior: float, weights: F64) -> list[list[float]]:
    """Give [probability from, pairs, share that is one person] by band, on the training pairs."""
    total = np.full(len(levels), prior)
    for place in range(NUMBER):
        total += weights[place][levels[:, place]]
    likely = probability(total)
    bands = []
    edges = [0, 0.01, 0.1, 0.5, 0.9, 0.98, 0.99, 0.999, 1.0001]
    for low, high in pairwise(edges):
        inside = (likely >= low) & (likely < high)
        if inside.any():
            bands.append([low, int(inside.sum()), round(float(same[inside].mean()), 5)])
    return bands


assert COMPARISONS[NUMBER:] == ("number",)  # the number is the last comparison
