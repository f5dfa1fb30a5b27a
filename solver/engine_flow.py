"""Min-cost flow (OR-Tools) as the constructive engine for weeks without rules across people.

Source → volunteer (arcs of rising cost for the second, third … turn) → volunteer's day → role → sink (arcs of falling
points: essential, wanted, extra), as in Ahuja, Magnanti, Orlin 1993. What a network cannot say (two clashing shifts of
a day, minutes) is left to be mended. Pairs are chosen by price first, so the network stays small.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from solver.arrays import Ints, starts
from solver.points import tier_points, tier_sizes
from solver.problem import Problem
from solver.records import MINUTES_A_DAY

_MOST_TURNS: Final = 4
_LOCK: Final = 2**32


def best_flow(problem: Problem, volunteer: Ints, role: Ints, points: Ints) -> Ints:
    """Positions of the pairs that an optimal flow takes.

    Parameters
    ----------
    volunteer, role, points
        The pairs, sorted by volunteer.
    """
    return _Network(problem, volunteer, role, points).solve()


class _Network:
    def __init__(self, problem: Problem, volunteer: Ints, role: Ints, points: Ints) -> None:
        self.problem, self.role = problem, role
        self.flow = SimpleMinCostFlow()
        self.people, self.person = np.unique(volunteer, return_inverse=True)
        day = problem.shifts.start[problem.roles.shift[role]] // MINUTES_A_DAY
        width = int(day.max(initial=0)) + 1
        days, self.day = np.unique(self.person * width + day, return_inverse=True)
        self.day_owner = days // width
        self.first_day = 2 + len(self.people)
        self.first_role = self.first_day + len(days)
        locked = np.isin(
            volunteer * len(problem.roles) + role,
            problem.locked[:, 0] * len(problem.roles) + problem.locked[:, 1],
        )
        self.gain = points + _LOCK * locked

    def solve(self) -> Ints:
        arcs = self._pairs()
        self._turns()
        self._days()
        self._seats()
        total = int(self.problem.roles.max.sum())
        self._add(np.zeros(1, np.int64), np.ones(1, np.int64), np.full(1, total), np.zeros(1, np.int64))
        self.flow.set_nodes_supplies(np.array([0, 1]), np.array([total, -total]))
        if self.flow.solve() != self.flow.OPTIMAL:
            return np.empty(0, dtype=np.int64)
        taken: Ints = np.flatnonzero(self.flow.flows(arcs))
        return taken

    def _add(self, tail: Ints, head: Ints, most: Ints, cost: Ints) -> Ints:
        arcs: Ints = self.flow.add_arcs_with_capacity_and_unit_cost(tail, head, most, cost)
        return arcs

    def _pairs(self) -> Ints:
        ones = np.ones(len(self.role), dtype=np.int64)
        return self._add(self.first_day + self.day, self.first_role + self.role, ones, -self.gain)

    def _turns(self) -> None:
        most = np.minimum(self.problem.volunteers.max_shifts[self.people], _MOST_TURNS)
        owner = np.repeat(np.arange(len(self.people)), most)
        turn = np.arange(len(owner)) - np.repeat(starts(most)[:-1], most)
        cost = self.problem.weights.turn * turn
        self._add(np.zeros(len(owner), np.int64), 2 + owner, np.ones(len(owner), np.int64), cost)

    def _days(self) -> None:
        most = np.minimum(self.problem.volunteers.max_shifts_per_day[self.people][self.day_owner], _MOST_TURNS)
        tails = 2 + self.day_owner
        heads = self.first_day + np.arange(len(self.day_owner))
        self._add(tails, heads, most, np.zeros(len(tails), np.int64))

    def _seats(self) -> None:
        worth, sizes = tier_points(self.problem), tier_sizes(self.problem)
        tails = self.first_role + np.arange(len(sizes))
        for tier in range(3):
            some = np.flatnonzero(sizes[:, tier] > 0)
            self._add(tails[some], np.ones(len(some), np.int64), sizes[some, tier], -worth[some, tier])


def tiers_fall(problem: Problem) -> bool:
    """Whether a role's later seats are never worth more than its earlier ones: then a flow fills them in order."""
    weights = problem.weights
    return bool(weights.essential >= weights.wanted >= weights.extra)


def is_plain(problem: Problem) -> bool:
    """Whether no rule stands across people: the week is a flow but for clashes and minutes."""
    week = problem.shifts
    needed = np.bincount(problem.roles.shift, weights=problem.roles.min, minlength=len(week))
    bound = (week.all_or_nothing & (needed > 0)).any() or (week.team_least.items > 0).any()
    return bool(not bound and tiers_fall(problem) and not len(problem.together) and not len(problem.apart))
