"""A proven bound from prices: wages that roles pay to volunteers, improved step by step.

Every role pays a wage to each of its people; where a shift's team rule asks for holders of a tag, those who hold it
and those who do not may be paid differently (a *slot* is a role and whether the tag is held). At any wages w

    Σ_v max over weeks of v of Σ (points + w)  +  Σ_s max over fills n of s of (fill points(n) − Σ w n)

is at least the points of every plan (Lagrangian relaxation of "the people who come are the people counted"; Geoffrion
1974). Weeks keep clashes, travel, hours and limits; fills keep min, max, all-or-nothing and the team rule, both in
whole numbers, over all eligible pairs: the bound is never worse than the linear relaxation's and often better.
*Together* and *apart* are left out, which only raises it. Values are whole numbers of 1/64 point, so the proof has no
rounding. Wages move against supply minus demand with AdaGrad steps (Duchi, Hazan, Singer 2011) and momentum.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from solver.arrays import Bools, Floats, Int32s, Ints, starts
from solver.candidates import Candidates
from solver.clock import Run
from solver.compiled import spread
from solver.dual_kernel import shifts_side, volunteers_side
from solver.eligibility import Eligibility
from solver.points import tier_points, tier_sizes
from solver.problem import Problem

SCALE: Final = 64
"""Parts of a point that wages are counted in."""
_STEP, _MOMENTUM = 0.3, 0.8
COLD: Final = ((np.inf, 0.35), (1000.0, 0.3), (300.0, 0.2), (100.0, 0.15))
"""From wages that say little: the largest step in points, and the part of all steps that is taken with it."""
WARM: Final = ((100.0, 0.5), (30.0, 0.5))
"""From wages that are nearly right."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """The best wages found, in 1/SCALE points a slot, and what they prove.

    Attributes
    ----------
    bound
        No plan has more points.
    values
        Worth of each volunteer's best week at the wages, in 1/SCALE points.
    profits
        Worth of each shift's best fill at the wages, in 1/SCALE points.
    picked
        Pair that each volunteer takes; −1 none, −2 several.
    """

    wage: Ints
    bound: int
    values: Ints
    profits: Ints
    picked: Int32s
    demand: Int32s


class Market:
    """The two sides of the bound for one problem; evaluates wages over all eligible pairs."""

    def __init__(self, problem: Problem, candidates: Candidates, workers: int) -> None:
        self.problem, self.candidates, self.workers = problem, candidates, workers
        self.scale = SCALE
        self.team, self.team_tag = _team_rules(problem)
        teamed = self.team[problem.roles.shift] > 0
        first = starts(1 + teamed.astype(np.int64))
        self.role_slot, self.slots = first[:-1].copy(), int(first[-1])
        self.slot_role = np.repeat(np.arange(len(problem.roles)), 1 + teamed)
        self.slot_shift = problem.roles.shift[self.slot_role].astype(np.int32)
        self.slot = self._slots_of_pairs()
        able = np.bincount(self.slot, minlength=self.slots)
        self.able = np.append(able, 0).astype(np.int32)
        self.fill, self.fill_start = fill_points(problem)
        people = problem.volunteers
        self.limits = (people.max_shifts, people.max_minutes, people.max_shifts_per_day)
        self._skip = np.zeros(len(people), dtype=np.bool_)

    def _slots_of_pairs(self) -> Int32s:
        problem, role = self.problem, self.candidates.role
        slot = self.role_slot.astype(np.int32)[role]
        asked = np.flatnonzero(self.team[problem.roles.shift[role]] > 0)
        shift = problem.roles.shift[role[asked]]
        owner = np.searchsorted(self.candidates.start, asked, side="right") - 1
        until = Eligibility(problem).until(owner, self.team_tag[shift])
        slot[asked] += (until >= problem.shifts.end[shift]).astype(np.int32)
        return slot

    def narrowed(self, kept: Bools) -> Market:
        """The market of these pairs only, to look for better wages fast: its bound holds for them only."""
        few = copy(self)
        numbers = np.flatnonzero(kept)
        begin = np.searchsorted(numbers, self.candidates.start)
        pairs = self.candidates
        few.candidates = Candidates(start=begin, role=pairs.role[numbers], points=pairs.points[numbers])
        few.slot = self.slot[numbers]
        return few

    def first_wages(self) -> Floats:
        """Wages at which hardly anybody comes: from there they rise only where somebody is missing."""
        weights = self.problem.weights
        return np.full(self.slots, -0.5 * (weights.near + weights.liked))

    def seat_worth(self) -> Floats:
        """Points of the best seat of each slot's role."""
        tiers = np.where(tier_sizes(self.problem) > 0, tier_points(self.problem), 0).max(axis=1)
        worth: Floats = np.maximum(1.0, tiers.astype(np.float64))[self.slot_role]
        return worth

    def evaluate(self, wages: Floats) -> tuple[Prices, Ints]:
        """What these wages prove, and supply minus demand of each slot."""
        wage = np.rint(wages * SCALE).astype(np.int64)
        problem, pairs, week = self.problem, self.candidates, self.problem.shifts
        values = np.zeros(len(problem.volunteers), dtype=np.int64)
        picked = np.empty(len(problem.volunteers), dtype=np.int32)
        demand = np.zeros(self.slots + 1, dtype=np.int32)
        profits = np.zeros(len(week), dtype=np.int64)

        def people(first: int, last: int) -> tuple[int, Int32s]:
            supply = np.zeros(self.slots, dtype=np.int32)
            total = volunteers_side(
                pairs.start, self.slot, pairs.points, self.slot_shift, wage, SCALE, week.start, week.end, week.at,
                problem.travel.metres_per_minute, problem.travel.buffer_minutes, problem.weights.turn, *self.limits,
                self._skip, supply, picked, values, first, last,
            )  # fmt: skip
            return total, supply

        def places(first: int, last: int) -> int:
            return shifts_side(
                week.roles, self.role_slot, problem.roles.min, problem.roles.max, self.fill, self.fill_start,
                week.all_or_nothing, self.team, self.able, wage, demand, profits, first, last,
            )  # fmt: skip

        sides = spread(people, len(problem.volunteers), self.workers)
        total = sum(side[0] for side in sides) + sum(spread(places, len(week), self.workers))
        supply = np.sum([side[1] for side in sides], axis=0, dtype=np.int64)
        prices = Prices(
            wage=wage,
            bound=int(total // SCALE),
            values=values,
            profits=profits,
            picked=picked,
            demand=demand[:-1],
        )
        return prices, supply - demand[:-1]


def ascend(
    market: Market,
    run: Run,
    *,
    steps: int,
    share: float,
    wages: Floats | None = None,
    phases: Iterable[tuple[float, float]] = COLD,
    within: Market | None = None,
) -> Prices:
    """The best prices after so many steps, or when `share` of the time is spent.

    Steps begin at the size of a seat's worth and are cut to ever smaller ones, each time from the best wages so far.

    Parameters
    ----------
    within
        A narrowed market on which the steps are taken; what they prove is evaluated over all pairs in the end.
    """
    whole, market = market, within or market
    start = whole.evaluate(market.first_wages() if wages is None else wages)[0]
    worth = market.seat_worth()
    best, off = market.evaluate(market.first_wages() if wages is None else wages)
    for most, part in phases:
        count = max(1, int(steps * part))
        seen, drift = np.ones(market.slots), np.zeros(market.slots)
        wages, scale = best.wage / SCALE, np.minimum(worth, most)
        best, off = market.evaluate(wages)
        for step in range(count):
            if not off.any() or run.over(share):
                break
            seen += off.astype(np.float64) ** 2
            drift = _MOMENTUM * drift + (1 - _MOMENTUM) * off
            wages = wages - _STEP / (1 + 3 * step / count) * scale * drift / np.sqrt(seen)
            prices, off = market.evaluate(wages)
            if prices.bound < best.bound:
                best = prices
            if step % 20 == 0:
                run.tell("prices", bound=best.bound if within is None else None)
    if within is not None:
        best = whole.evaluate(best.wage / SCALE)[0]
    found = _in_whole_points(whole, min(best, start, key=lambda prices: prices.bound))
    run.tell("prices", bound=found.bound)
    return found


def _in_whole_points(market: Market, best: Prices) -> Prices:
    """Those wages rounded to whole points, so that what is priced by them later is exact; the better bound is kept."""
    whole, _ = market.evaluate(np.rint(best.wage / SCALE))
    return replace(whole, bound=min(best.bound, whole.bound))


def fill_points(problem: Problem) -> tuple[Ints, Ints]:
    """Points (1/SCALE) of 0, 1, … max people of every role, flat, and where each role's begin."""
    worth, sizes = tier_points(problem), tier_sizes(problem)
    begin = starts(problem.roles.max + 1)
    role = np.repeat(np.arange(len(problem.roles)), problem.roles.max + 1)
    people = np.arange(begin[-1]) - begin[role]
    before = np.zeros(len(people), dtype=np.int64)
    points = np.zeros(len(people), dtype=np.int64)
    for tier in range(3):
        points += worth[role, tier] * np.clip(people - before, 0, sizes[role, tier])
        before += sizes[role, tier]
    return points * SCALE, begin


def _team_rules(problem: Problem) -> tuple[Ints, Ints]:
    """For each shift how many of which tag its first team rule asks for; further rules are left out of the bound."""
    week = problem.shifts
    least, tag = np.zeros(len(week), dtype=np.int64), np.full(len(week), -1, dtype=np.int64)
    owner = week.team_tags.owners()
    for rule in np.flatnonzero(week.team_least.items > 0)[::-1]:
        least[owner[rule]], tag[owner[rule]] = week.team_least.items[rule], week.team_tags.items[rule]
    return least, tag
