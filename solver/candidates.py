"""The eligible pairs of a problem: who may take which role, and what each pair is worth.

Small problems are judged by comparing everyone with everything; large ones
by `solver.grid`, which gives the same pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.arrays import Int32s, Ints, starts
from solver.eligibility import NO_RULE, Eligibility
from solver.points import pair_points
from solver.problem import Problem

DENSE: Final = 1_500_000
"""Up to this many pairs of volunteer and role everyone is compared with everything."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Eligible pairs, sorted by volunteer, then role.

    Attributes
    ----------
    start
        Shape (volunteers + 1,): volunteer *v* has the pairs ``start[v]`` up to, not including, ``start[v + 1]``.
    role, points
        Role number and points of each pair.
    """

    start: Ints
    role: Int32s
    points: Int32s

    def __len__(self) -> int:
        return len(self.role)

    def volunteer(self) -> Int32s:
        """Volunteer number of each pair."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))


def find_candidates(problem: Problem, workers: int = 1) -> Candidates:
    """All pairs that no rule of `solver.eligibility` forbids."""
    if len(problem.volunteers) * len(problem.roles) <= DENSE:
        return _by_comparing(problem)
    from solver.grid import find_by_grid  # noqa: PLC0415 small problems need no compiled code

    return find_by_grid(problem, workers)


def _by_comparing(problem: Problem) -> Candidates:
    people, roles = len(problem.volunteers), len(problem.roles)
    volunteer = np.repeat(np.arange(people, dtype=np.int64), roles)
    role = np.tile(np.arange(roles, dtype=np.int64), people)
    kept = np.flatnonzero(Eligibility(problem).judge(volunteer, role).rule == NO_RULE)
    volunteer, role = volunteer[kept], role[kept]
    return Candidates(
        start=starts(np.bincount(volunteer, minlength=people)),
        role=role.astype(np.int32),
        points=pair_points(problem, volunteer, role).astype(np.int32),
    )
