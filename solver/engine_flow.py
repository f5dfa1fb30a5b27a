"""Min-cost flow (OR-Tools) rearranges a whole plan at once: a very large neighbourhood (Ahuja, Ergun, Orlin 2002).

Source → volunteer (arcs of rising cost for the second, third … turn) → volunteer's day → role → sink (arcs of falling
points: essential, wanted, extra), as in Ahuja, Magnanti, Orlin 1993. What a network cannot say is held fast instead:
shifts that run keep their least and their tag holders, those that do not run stay closed; volunteers whose likely
shifts could clash or go over their minutes are offered their best week at the wages and of the others only what goes
with it (`solver.flow_kernel`). So every flow is a plan that keeps every rule; the better of it and the plan so far
stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from solver.arrays import Bools, Int32s, Ints, starts
from solver.flow_kernel import safe_weeks
from solver.plan import Plan
from solver.points import tier_points, tier_sizes
from solver.problem import Problem
from solver.records import MINUTES_A_DAY

_LOCK: Final = 2**32
_KEEP: Final = 2**24
"""Points for what must stay as it is: more than any rearrangement of a few people is worth."""
_STAY: Final = 50
"""Points by which what somebody does now counts more, where shifts that run must keep their people."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likely:
    """The pairs that may be used, sorted by volunteer, those of the plan among them.

    Attributes
    ----------
    worth
        Points of the pair and its wage, in parts of a point of which there are `scale`.
    holds
        Whether the volunteer holds the tag of the shift's team rule.
    """

    volunteer: Ints
    role: Ints
    points: Ints
    worth: Ints
    holds: Bools
    scale: int


def rearranged(problem: Problem, plan: Plan, likely: Likely, need: Ints) -> Plan:
    """The best plan that the network can say; `plan` itself when it finds nothing better.

    Parameters
    ----------
    need
        How many holders of a tag each shift needs.
    """
    other = _Network(problem, plan, likely, need).solve()
    return other if other is not None and other.points > plan.points else plan


class _Network:
    def __init__(self, problem: Problem, plan: Plan, likely: Likely, need: Ints) -> None:
        self.problem, self.plan, self.need = problem, plan, need
        self.flow = SimpleMinCostFlow()
        width = max(1, len(problem.roles))
        now = np.isin(likely.volunteer * width + likely.role, plan.volunteer * width + plan.role)
        week, roles = problem.shifts, problem.roles
        staffed = np.bincount(plan.shift, minlength=len(week)) > 0
        ready = staffed | ~(week.all_or_nothing | (need > 0))
        group = self._groups(likely, now)
        kept = np.flatnonzero((group >= 0) & (ready[roles.shift[likely.role]] | now))
        self.volunteer, self.role, self.holds = likely.volunteer[kept], likely.role[kept], likely.holds[kept]
        self.now, self.points, self.group = now[kept], likely.points[kept], group[kept]

    def _groups(self, likely: Likely, now: Bools) -> Int32s:
        """The exclusive group of each pair in its volunteer's week (−1: left out); sets the turns of each volunteer."""
        problem, people, week = self.problem, self.problem.volunteers, self.problem.shifts
        offsets = starts(np.bincount(likely.volunteer, minlength=len(people)))
        group, self.most = np.empty(len(likely.role), dtype=np.int32), np.empty(len(people), dtype=np.int64)
        stay = 0 if is_plain(problem) else _STAY * likely.scale
        bound = np.zeros(len(people), dtype=np.bool_)
        bound[problem.together.ravel()] = True
        bound[problem.apart.ravel()] = True
        safe_weeks(
            offsets, problem.roles.shift[likely.role], likely.worth + stay * now, now, week.start, week.end, week.at,
            float(problem.travel.metres_per_minute), problem.travel.buffer_minutes, problem.weights.turn * likely.scale,
            people.max_shifts, people.max_minutes, people.max_shifts_per_day, bound, group, self.most,
        )  # fmt: skip
        return group

    def solve(self) -> Plan | None:
        self.people, person = np.unique(self.volunteer, return_inverse=True)
        tail = 2 + person
        head = 2 + len(self.people)
        tail, head = self._days(tail, head)
        self.first_role = head
        arcs = self._pairs(tail, head + len(self.problem.roles))
        self._turns()
        self._seats()
        total = int(self.problem.roles.max.sum())
        self._add(np.zeros(1, np.int64), np.ones(1, np.int64), np.full(1, total), np.zeros(1, np.int64))
        self.flow.set_nodes_supplies(np.array([0, 1]), np.array([total, -total]))
        if self.flow.solve() != self.flow.OPTIMAL:
            return None
        taken: Ints = np.flatnonzero(self.flow.flows(arcs))
        return Plan.of(self.problem, self.volunteer[taken], self.role[taken])

    def _add(self, tail: Ints, head: Ints, most: Ints, cost: Ints) -> Ints:
        arcs: Ints = self.flow.add_arcs_with_capacity_and_unit_cost(tail, head, most, cost)
        return arcs

    def _days(self, tail: Ints, head: int) -> tuple[Ints, int]:
        """Nodes for groups that exclude one another, and for days with more of them than the volunteer may serve."""
        some = self.most[self.volunteer] > 1
        day = self.problem.shifts.start[self.problem.roles.shift[self.role]] // MINUTES_A_DAY
        owner, width = self.volunteer[some], int(self.group.max(initial=0)) + 1
        key, first, index, count = np.unique(
            owner * width + self.group[some], return_index=True, return_inverse=True, return_counts=True
        )
        days = int(day.max(initial=0)) + 1
        own, which, groups = np.unique(key // width * days + day[some][first], return_inverse=True, return_counts=True)
        a_day = self.problem.volunteers.max_shifts_per_day[own // days]
        crowded = groups > a_day
        above = 2 + np.searchsorted(self.people, own // days)
        nodes = head + np.cumsum(crowded) - 1
        self._add(above[crowded], nodes[crowded], a_day[crowded], np.zeros(int(crowded.sum()), np.int64))
        above = np.where(crowded, nodes, above)[which]
        head += int(crowded.sum())
        several = count > 1
        nodes = head + np.cumsum(several) - 1
        ones = np.ones(int(several.sum()), np.int64)
        self._add(above[several], nodes[several], ones, np.zeros(len(ones), np.int64))
        tail = tail.copy()
        tail[some] = np.where(several, nodes, above)[index]
        return tail, head + len(ones)

    def _pairs(self, tail: Ints, head: int) -> Ints:
        """Arcs of the pairs; holders of a tag that a role must keep go through a node of their own."""
        width = max(1, len(self.problem.roles))
        locks = self.problem.locked[:, 0] * width + self.problem.locked[:, 1]
        gain = self.points + _LOCK * np.isin(self.volunteer * width + self.role, locks)
        kept = self._holders()
        some = np.flatnonzero(kept)
        node = np.full(len(kept), -1, dtype=np.int64)
        node[some] = head + np.arange(len(some))
        into = self.first_role + some
        self._add(node[some], into, kept[some], np.full(len(some), -_KEEP))
        self._add(node[some], into, self.problem.roles.max[some], np.zeros(len(some), np.int64))
        target = np.where(self.holds & (kept[self.role] > 0), node[self.role], self.first_role + self.role)
        return self._add(tail, target, np.ones(len(tail), np.int64), -gain)

    def _holders(self) -> Ints:
        """Tag holders that each role keeps, as many as its shift needs."""
        shift = self.problem.roles.shift
        now = np.bincount(self.role[self.now & self.holds], minlength=len(shift))
        before = np.cumsum(now) - now
        first = before[self.problem.shifts.roles[:-1]][shift] if len(shift) else before
        left: Ints = np.clip(self.need[shift] - (before - first), 0, now)
        return left

    def _turns(self) -> None:
        most = self.most[self.people]
        owner = np.repeat(np.arange(len(self.people)), most)
        turn = np.arange(len(owner)) - np.repeat(starts(most)[:-1], most)
        cost = self.problem.weights.turn * turn
        self._add(np.zeros(len(owner), np.int64), 2 + owner, np.ones(len(owner), np.int64), cost)

    def _seats(self) -> None:
        worth, sizes = tier_points(self.problem).copy(), tier_sizes(self.problem)
        week, shift = self.problem.shifts, self.problem.roles.shift
        worth[week.all_or_nothing[shift], 0] += _KEEP
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
