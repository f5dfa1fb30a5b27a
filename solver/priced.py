"""A tighter bound from blocks solved exactly, with a price on the time of those who could serve in several.

Volunteers with candidates in one block belong to it: nothing is relaxed for them. For the others, the border, each
shift s costs the block a price q[v,s]. At any prices q ≥ 0

    Σ over border volunteers of max over their weeks of (Σ q − turns)
    + Σ over blocks of the best plan of the block at points − q

is at least the points of every plan (Lagrangian decomposition: Guignard, Kim 1987). Prices come from the wages of
`solver.dual`: what a week's shift brings, or what must be dropped for another one. The blocks' plans, joined and
mended, are also where a good plan of the whole comes from.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.arrays import Bools, Int32s, Ints, starts
from solver.border_kernel import border_prices, regrets
from solver.clock import Run
from solver.compiled import spread
from solver.dual import SCALE, Market, Prices
from solver.model import Pairs, build_model
from solver.patience import Abandoned, patiently
from solver.problem import Problem
from solver.program import Answer, Found

LEAST_REGRET: Final = 60
"""Points of regret up to which pairs are always in a block's model."""
_A_SEAT: Final = 3
_TOWN: Final = 30_000
_MOST: Final = 9_000
"""Pairs of one model at most: beyond, a block's bound is left a little wider."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opportunity:
    """What volunteers' time is worth at the wages, in whole points.

    Attributes
    ----------
    price
        For each pair, what its shift must bring its volunteer to be worth taking.
    regret
        What each pair costs its volunteer, at least.
    sides
        Worth of each volunteer's best week at the prices.
    """

    price: Int32s
    regret: Int32s
    sides: Ints


def opportunity(market: Market, prices: Prices) -> Opportunity:
    """Price the time of everybody at the wages."""
    problem, pairs, week = market.problem, market.candidates, market.problem.shifts
    price, regret = np.zeros(len(pairs), dtype=np.int32), np.zeros(len(pairs), dtype=np.int32)
    sides = np.zeros(len(problem.volunteers), dtype=np.int64)

    def part(first: int, last: int) -> None:
        border_prices(
            pairs.start, market.slot, pairs.points, market.slot_shift, prices.wage, SCALE, week.start, week.end,
            week.at, problem.travel.metres_per_minute, problem.travel.buffer_minutes, problem.weights.turn,
            *market.limits, sides, price, regret, first, last,
        )  # fmt: skip

    spread(part, len(problem.volunteers), market.workers)
    return Opportunity(price=price, regret=regret, sides=sides)


def regrets_within(market: Market, prices: Prices, most: int) -> Int32s:
    """What each pair costs its volunteer at the wages, in whole points; `FAR_OFF` where that is above `most`."""
    problem, pairs, week = market.problem, market.candidates, market.problem.shifts
    regret = np.empty(len(pairs), dtype=np.int32)

    def part(first: int, last: int) -> None:
        regrets(
            pairs.start, market.slot, pairs.points, market.slot_shift, prices.wage, SCALE, week.start, week.end,
            week.at, problem.travel.metres_per_minute, problem.travel.buffer_minutes, problem.weights.turn,
            *market.limits, most, regret, first, last,
        )  # fmt: skip

    spread(part, len(problem.volunteers), market.workers)
    return regret


def best_of_each(problem: Problem, role: Int32s, regret: Int32s) -> Bools:
    """The pairs of least regret of each role, a few for each of its seats."""
    order = np.lexsort((regret, role))
    rank = np.arange(len(role)) - np.searchsorted(role[order], role[order])
    best = np.zeros(len(role), dtype=np.bool_)
    best[order[rank < _A_SEAT * problem.roles.max[role[order]]]] = True
    return best


class PricedBlocks:
    """Blocks of one problem at prices."""

    def __init__(self, market: Market, prices: Prices, worth: Opportunity, blocks: list[Ints]) -> None:
        self.market, self.blocks, self.prices = market, blocks, prices
        self.problem, self.candidates = market.problem, market.candidates
        block = np.full(len(self.problem.shifts), -1, dtype=np.int32)
        for number, shifts in enumerate(blocks):
            block[shifts] = number
        of_pair = block[self.problem.roles.shift[self.candidates.role]]
        self.owner = self.candidates.volunteer()
        self.border = np.zeros(len(self.problem.volunteers), dtype=np.bool_)
        self.border[self.owner[of_pair != of_pair[self.candidates.start[self.owner]]]] = True
        self.price = np.where(self.border[self.owner], worth.price, 0)
        self.regret = worth.regret
        self.side = int(worth.sides[self.border].sum())
        self.pairs_of = np.argsort(of_pair, kind="stable")
        self.begins = starts(np.bincount(of_pair, minlength=len(blocks)))

    def pairs(self, number: int) -> Ints:
        """Candidate numbers of a block's pairs, sorted."""
        return np.sort(self.pairs_of[self.begins[number] : self.begins[number + 1]])

    def solve_all(
        self, run: Run, *, share: float, seconds: float, gap: float, nodes: int
    ) -> tuple[int, list[Ints | None]] | None:
        """The bound that all blocks prove together, and the pairs that each block's plan takes.

        A block that there is no time for is counted at the wages and has no plan. ``None`` when a block, and with it
        the whole, is infeasible.
        """
        total, plans = self.side, list[Ints | None]()

        def one(number: int) -> tuple[int | None, Ints | None]:
            left = min(seconds, run.left(share))
            if left <= 0 or run.over(share):
                return self._at_wages(number), None
            try:
                return patiently(
                    lambda: self.solve(number, seconds=left, gap=gap, nodes=nodes), cancelled=run.cancelled
                )
            except Abandoned:
                return self._at_wages(number), None

        with ThreadPoolExecutor(self.market.workers) as pool:
            for worth, pairs in pool.map(one, range(len(self.blocks))):
                if worth is None:
                    return None
                total += worth
                plans.append(pairs)
        return total, plans

    def _at_wages(self, number: int) -> int:
        """Worth of a block by the wages: its shifts' profits and what its own volunteers earn, border at its price."""
        shifts, pairs = self.blocks[number], self.pairs(number)
        profit = int(self.prices.profits[shifts].sum())
        own = np.unique(self.owner[pairs[~self.border[self.owner[pairs]]]])
        earned = int(self.prices.values[own].sum())
        return -(-(profit + earned) // SCALE)

    def solve(self, number: int, *, seconds: float, gap: float, nodes: int) -> tuple[int | None, Ints | None]:
        """Proven worth of a block's best plan at the prices (``None``: infeasible), and the pairs that it takes.

        A plan that takes a pair of regret ρ is worth at most the block at the wages less ρ. So pairs of regret above
        some t may be left out of the model: the block is worth no more than the model's bound or the block at the wages
        less t. A small t is tried first; the plan that it finds says how large t must be.
        """
        wages, chosen = self._at_wages(number), self.pairs(number)
        regret = self.regret[chosen]
        room = _MOST if len(self.candidates) > _TOWN else _TOWN
        most = int(np.partition(regret, room)[room]) if len(chosen) > room else 2**30
        always = best_of_each(self.problem, self.candidates.role[chosen], regret)
        taken: Ints | None = None
        worth, keep = wages, min(most, LEAST_REGRET)
        for last in (False, True):
            kept = (regret <= keep) | always
            answer = self._model(number, chosen[kept], seconds=seconds, gap=gap, nodes=nodes)
            if answer.found is Found.INFEASIBLE and kept.all():
                return None, taken
            if answer.bound is not None:
                left_out = 0 if kept.all() else wages - int(regret[~kept].min())
                worth = min(worth, answer.bound if kept.all() else max(answer.bound, left_out))
            needed = 2**30 if answer.found is Found.INFEASIBLE else 0
            if answer.x is not None and answer.points is not None:
                taken = chosen[kept][np.flatnonzero(answer.x[: int(kept.sum())])]
                needed = wages - answer.points
            if last or needed <= max(keep, wages * 2 * gap) or keep >= most:
                break
            keep = min(most, needed)
        return worth, taken

    def _model(self, number: int, chosen: Ints, *, seconds: float, gap: float, nodes: int) -> Answer:
        pairs = Pairs.from_arrays(
            self.problem,
            self.owner[chosen].astype(np.int64),
            self.candidates.role[chosen].astype(np.int64),
            (self.candidates.points[chosen] - self.price[chosen]).astype(np.int64),
        )
        from solver import engine_highs  # noqa: PLC0415 it takes half a second to load; many weeks need none

        program = build_model(self.problem, pairs, self.blocks[number], priced=self.border)
        return engine_highs.solve_program(program, seconds=seconds, gap=gap, nodes=nodes)
