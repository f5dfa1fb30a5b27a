"""Can one person serve both of two shifts? Travel between places, for many pairs of shifts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.arrays import Bools, Ints

if TYPE_CHECKING:
    from solver.problem import Problem


def gaps(problem: Problem, first: Ints, second: Ints) -> Ints:
    """Minutes that must lie between two shifts: travel rounded up plus buffer, 0 when the places are the same."""
    at = problem.shifts.at
    away = at[first] - at[second]
    metres = np.sqrt(away[:, 0] * away[:, 0] + away[:, 1] * away[:, 1])
    minutes = np.ceil(metres / problem.travel.metres_per_minute).astype(np.int64) + problem.travel.buffer_minutes
    return np.where((away == 0).all(axis=1), 0, minutes)


def compatible(problem: Problem, first: Ints, second: Ints) -> Bools:
    """Whether one person can serve both shifts of each pair; a shift is never compatible with itself."""
    gap = gaps(problem, first, second)
    start, end = problem.shifts.start, problem.shifts.end
    apart: Bools = (end[first] + gap <= start[second]) | (end[second] + gap <= start[first])
    return apart
