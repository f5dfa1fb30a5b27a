"""Who lives near a shift: everyone within their own radius and a margin, with the distance."""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.arrays import Floats, Ints
from solver.problem import Problem

_FEW = 5_000
"""Up to this many volunteers everyone is measured; above, a KD-tree a class of radius is asked."""


class Nearby:
    """Answers who is near; classes of similar radius keep short radii from being searched with the longest one."""

    def __init__(self, problem: Problem, margin: float) -> None:
        self.problem, self.margin = problem, margin
        people = problem.volunteers
        self._everyone = np.arange(len(people), dtype=np.int64)
        self._classes: list[tuple[Any, Ints, float]] = [] if len(people) <= _FEW else _trees(people.at, people.radius)

    def of_shift(self, shift: int) -> tuple[Ints, Floats]:
        """Numbers (rising) and distances in metres of those within radius + margin."""
        who = self._around(shift) if self._classes else self._everyone
        metres = self.problem.distances(who, np.full(len(who), shift))
        near = metres <= self.problem.volunteers.radius[who] + self.margin
        return who[near], metres[near]

    def _around(self, shift: int) -> Ints:
        here = self.problem.shifts.at[shift]
        found = [
            members[np.asarray(tree.query_ball_point(here, reach + self.margin + 1), dtype=np.int64)]
            for tree, members, reach in self._classes
        ]
        return np.sort(np.concatenate(found))


def _trees(at: Floats, radius: Floats) -> list[tuple[Any, Ints, float]]:
    from scipy.spatial import cKDTree  # noqa: PLC0415 small problems do without

    edges = np.unique(np.quantile(radius, (0.25, 0.5, 0.75, 1.0)))
    level = np.searchsorted(edges, radius)
    classes: list[tuple[Any, Ints, float]] = []
    for index, reach in enumerate(edges.tolist()):
        members = np.flatnonzero(level == index)
        if len(members):
            classes.append((cKDTree(at[members]), members, reach))
    return classes
