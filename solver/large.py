"""Weeks too large for one exact model: prices, then blocks at prices, then the joined plan improved block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.arrays import Int32s, Ints
from solver.blocks import cut_blocks
from solver.candidates import Candidates
from solver.clock import Run
from solver.dual import SCALE, Market, Prices, ascend
from solver.improve import Neighbourhood, missing_locks, sweep
from solver.joining import broken_shifts, keep_possible, keep_sound_shifts
from solver.outcome import Outcome
from solver.plan import Plan
from solver.priced import LEAST_REGRET, PricedBlocks, best_of_each, regrets
from solver.problem import Problem
from solver.result import Status

_SOME, _MANY = 100_000, 1_500_000
PAIRS_A_SEAT = 13
"""Likely pairs a seat that the improvement looks at, chosen by price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Deterministic limits of a large solve; the seconds are for a machine that is far slower than expected."""

    steps: int
    block_pairs: int
    bound_gap: float
    nodes: int
    sweeps: int
    block_seconds: float


def usual_effort(pairs: int) -> Effort:
    """Effort by size: the more pairs, the less for each."""
    if pairs <= _SOME:
        return Effort(steps=400, block_pairs=8_000, bound_gap=1e-4, nodes=60, sweeps=4, block_seconds=30)
    if pairs <= _MANY:
        return Effort(steps=400, block_pairs=5_000, bound_gap=2e-4, nodes=20, sweeps=3, block_seconds=20)
    return Effort(steps=300, block_pairs=4_000, bound_gap=5e-4, nodes=5, sweeps=2, block_seconds=10)


def solve_large(problem: Problem, candidates: Candidates, run: Run, workers: int) -> Outcome:
    """A plan with a bound for any size, with every rule."""
    effort = usual_effort(len(candidates))
    market = Market(problem, candidates, workers)
    prices = ascend(market, run, steps=effort.steps, share=0.25)
    regret = regrets(market, prices)
    blocks = cut_blocks(problem, candidates.role[regret <= LEAST_REGRET], effort.block_pairs)
    priced = PricedBlocks(market, prices, blocks)
    solved = priced.solve_all(run, share=0.6, seconds=effort.block_seconds, gap=effort.bound_gap, nodes=effort.nodes)
    if solved is None:
        return Outcome(status=Status.INFEASIBLE, engine="blocks")
    bound = min(prices.bound, solved[0])
    plan = _joined(problem, candidates, prices, market, solved[1])
    run.tell("joined", points=plan.points, bound=bound)
    plan = _improved(plan, candidates, regret, run, workers, effort, bound)
    if len(missing_locks(plan)) or broken_shifts(problem, plan.volunteer, plan.role).any():
        return Outcome(status=Status.NOT_FOUND, engine="blocks", bound=bound)
    status = Status.OPTIMAL if plan.points == bound else Status.FEASIBLE
    return Outcome(status=status, engine="prices+blocks", plan=plan, bound=bound)


def _improved(  # noqa: PLR0917
    plan: Plan, candidates: Candidates, regret: Int32s, run: Run, workers: int, effort: Effort, bound: int
) -> Plan:
    """The plan after so many sweeps over blocks of likely pairs, cut by days and by streets in turn."""
    problem = plan.problem
    seats = max(1, int(problem.roles.target.sum()))
    share = min(1.0, PAIRS_A_SEAT * seats / max(1, len(candidates)))
    most = max(LEAST_REGRET, int(np.quantile(regret, share))) if len(regret) else 0
    likely = (regret <= most) | best_of_each(problem, candidates.role, regret)
    near = Neighbourhood.of(problem, candidates, likely)
    for number in range(effort.sweeps):
        before = plan.points
        size = effort.block_pairs * (1 + number) // 2
        blocks = cut_blocks(problem, candidates.role[likely], size, turned=number % 2 == 0)
        plan = sweep(
            near, plan, blocks, run, workers=workers, share=0.95, seconds=effort.block_seconds, nodes=effort.nodes
        )
        if plan.points == bound or run.over(0.95) or (number > 0 and plan.points - before < bound * 2e-6):
            break
    return plan


def _joined(problem: Problem, candidates: Candidates, prices: Prices, market: Market, taken: Ints) -> Plan:
    """One plan from the blocks' plans: every rule is kept, except in shifts whose locks stand against it for now."""
    volunteer = (np.searchsorted(candidates.start, taken, side="right") - 1).astype(np.int64)
    role = candidates.role[taken].astype(np.int64)
    worth = candidates.points[taken] * SCALE + prices.wage[market.slot[taken]]
    kept = keep_possible(problem, volunteer, role, worth)
    volunteer, role = volunteer[kept], role[kept]
    sound = keep_sound_shifts(problem, volunteer, role)
    return Plan.of(problem, volunteer[sound], role[sound])
