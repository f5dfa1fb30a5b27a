"""Min-cost flow (OR-Tools) rearranges a whole plan at once: a very large neighbourhood (Ahuja, Ergun, Orlin 2002).

Source → volunteer (arcs of rising cost for the second, third … turn) → volunteer's day → role → sink (arcs of falling
points: essential, wanted, extra), as in Ahuja, Magnanti, Orlin 1993. What a network cannot say is held fast instead:
shifts that run keep their least and their tag holders, those that do not run stay closed; volunteers whose likely
shifts could clash or go over their minutes do at most one of them, or of what they do now. So every flow is a plan that
keeps every rule, the plan so far is one of them, and the best flow is never worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from solver.arrays import Bools, Ints, starts
from solver.flow_kernel import hard_weeks
from solver.plan import Plan
from solver.points import tier_points, tier_sizes
from solver.problem import Problem
from solver.records import MINUTES_A_DAY

_MOST_TURNS: Final = 8
_LOCK: Final = 2**32
_KEEP: Final = 2**24
"""Points for what must stay as it is: more than any rearrangement of a few people is worth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likely:
    """The pairs that may be used, sorted by volunteer, those of the plan among them.

    Attributes
    ----------
    holds
        Whether the volunteer holds the tag of the shift's team rule.
    """

    volunteer: Ints
    role: Ints
    points: Ints
    holds: Bools


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
        self.most = self._most(likely)
        free = ready[roles.shift[likely.role]] & (self.most[likely.volunteer] > 0)
        kept = np.flatnonzero(free | now)
        self.volunteer, self.role, self.holds = likely.volunteer[kept], likely.role[kept], likely.holds[kept]
        self.now, self.points = now[kept], likely.points[kept]
        self.most = np.maximum(self.most, plan.turns)

    def _most(self, likely: Likely) -> Ints:
        """Turns that each volunteer may have in the network; 0 for those who only keep what they do now."""
        problem, people, week = self.problem, self.problem.volunteers, self.problem.shifts
        offsets = starts(np.bincount(likely.volunteer, minlength=len(people)))
        hard = hard_weeks(
            offsets, problem.roles.shift[likely.role], week.start, week.end, week.at,
            float(problem.travel.metres_per_minute), problem.travel.buffer_minutes,
            people.max_shifts, people.max_minutes, people.max_shifts_per_day,
        )  # fmt: skip
        most = np.minimum(people.max_shifts, _MOST_TURNS)
        most[hard] = np.where(self.plan.turns[hard] > 1, 0, np.minimum(most[hard], 1))
        most[problem.together.ravel()] = 0
        most[problem.apart.ravel()] = 0
        return most

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
        """A node for each day of those who could serve more often in a day than they may."""
        day = self.problem.shifts.start[self.problem.roles.shift[self.role]] // MINUTES_A_DAY
        width = int(day.max(initial=0)) + 1
        key, index, count = np.unique(self.volunteer * width + day, return_inverse=True, return_counts=True)
        a_day = self.problem.volunteers.max_shifts_per_day[key // width]
        split = (count > a_day) & (self.most[key // width] > a_day)
        nodes = head + np.cumsum(split) - 1
        own = np.flatnonzero(split)
        persons = np.searchsorted(self.people, key[own] // width)
        self._add(2 + persons, nodes[own], a_day[own], np.zeros(len(own), np.int64))
        return np.where(split[index], nodes[index], tail), head + len(own)

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
