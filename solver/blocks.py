"""Cuts a week into blocks of shifts: days first, then streets, until each is small enough to be solved exactly.

Shifts of different days share only volunteers who are free on both; neighbours share more. Cutting along the longer
side of a block's area at the middle of its pairs keeps borders short.
"""

from __future__ import annotations

import numpy as np

from solver.arrays import Floats, Int32s, Ints
from solver.problem import Problem
from solver.records import MINUTES_A_DAY

_RADII = 3.0


def cut_blocks(problem: Problem, role: Int32s, most_pairs: int, *, turned: bool = False) -> list[Ints]:
    """Blocks of shift numbers, each with at most about so many pairs (or one shift).

    Parameters
    ----------
    role
        Role numbers of the pairs that count.
    turned
        Cut streets before days, so that the borders lie elsewhere.
    """
    weight = np.bincount(problem.roles.shift[role], minlength=len(problem.shifts))
    day = problem.shifts.start // MINUTES_A_DAY
    blocks: list[Ints] = []
    waiting = [np.arange(len(problem.shifts))]
    while waiting:
        shifts = waiting.pop()
        if not len(shifts):
            continue
        if weight[shifts].sum() <= most_pairs or len(shifts) == 1:
            blocks.append(shifts)
        elif day[shifts].min() < day[shifts].max() and not (turned and _wide(problem, shifts)):
            waiting.extend(_in_two(shifts, day[shifts].astype(np.float64), weight[shifts]))
        else:
            at = problem.shifts.at[shifts]
            axis = int(np.argmax(np.ptp(at, axis=0)))
            waiting.extend(_in_two(shifts, at[:, axis], weight[shifts]))
    return blocks[::-1]


def _wide(problem: Problem, shifts: Ints) -> bool:
    """Whether the shifts lie further apart than a volunteer usually goes."""
    return bool(np.ptp(problem.shifts.at[shifts], axis=0).max() > _RADII * np.median(problem.volunteers.radius))


def _in_two(shifts: Ints, along: Floats, weight: Ints) -> list[Ints]:
    """Two parts of about the same weight; shifts with the same place along the cut stay on one side if they can."""
    order = np.lexsort((shifts, along))
    sums = np.cumsum(weight[order])
    cut = int(np.searchsorted(sums, sums[-1] / 2)) + 1
    places = along[order]
    edges = np.flatnonzero(np.diff(places) > 0) + 1
    if len(edges):
        cut = int(edges[np.argmin(np.abs(edges - cut))])
    cut = min(max(1, cut), len(shifts) - 1)
    return [shifts[order[cut:]], shifts[order[:cut]]]
