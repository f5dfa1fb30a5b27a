"""Weeks too large for one exact model: prices, then blocks at prices, then the joined plan improved block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.arrays import Int32s, Ints
from solver.blocks import cut_blocks
from solver.candidates import Candidates
from solver.clock import Run
from solver.dual import SCALE, Market, Prices, ascend
from solver.engine_flow import best_flow, is_plain, tiers_fall
from solver.improve import Neighbourhood, missing_locks, sweep
from solver.joining import broken_shifts, keep_possible, keep_sound_shifts
from solver.outcome import Outcome
from solver.plan import Plan
from solver.priced import LEAST_REGRET, Opportunity, PricedBlocks, best_of_each, opportunity
from solver.problem import Problem
from solver.result import Status

_SOME, _MANY = 100_000, 1_500_000
PAIRS_A_SEAT = 13
"""Likely pairs a seat that the improvement looks at, chosen by price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Deterministic limits of a large solve; the seconds are for a machine that is far slower than expected."""

    steps: int
    plain_steps: int
    block_pairs: int
    bound_gap: float
    nodes: int
    sweeps: int
    seconds: float


def usual_effort(pairs: int) -> Effort:
    """Effort by size: the more pairs, the less for each."""
    if pairs <= _SOME:
        steps, block, gap, nodes = 400, 8_000, 1e-4, 60
        return Effort(steps=steps, plain_steps=400, block_pairs=block, bound_gap=gap, nodes=nodes, sweeps=4, seconds=30)
    if pairs <= _MANY:
        steps, block, gap, nodes = 400, 5_000, 2e-4, 20
        return Effort(steps=steps, plain_steps=150, block_pairs=block, bound_gap=gap, nodes=nodes, sweeps=3, seconds=20)
    steps, block, gap, nodes = 250, 4_000, 1e-3, 5
    return Effort(steps=steps, plain_steps=100, block_pairs=block, bound_gap=gap, nodes=nodes, sweeps=2, seconds=10)


def solve_large(problem: Problem, candidates: Candidates, run: Run, workers: int) -> Outcome:
    """A plan with a bound for any size, with every rule."""
    effort = usual_effort(len(candidates))
    market = Market(problem, candidates, workers)
    steps = effort.plain_steps if is_plain(problem) else effort.steps
    prices = ascend(market, run, steps=steps, share=0.25)
    worth = opportunity(market, prices)
    regret = worth.regret
    nobody = np.empty(0, dtype=np.int64)
    plan = _by_flow(market, prices, regret) if tiers_fall(problem) else Plan.of(problem, nobody, nobody)
    bound = prices.bound
    run.tell("flow", points=_sound_points(plan), bound=bound)
    found = _by_blocks(market, prices, worth, run, effort, plan)
    if found is None:
        return Outcome(status=Status.INFEASIBLE, engine="blocks")
    plan, bound = found[0], min(bound, found[1])
    run.tell("blocks", points=_sound_points(plan), bound=bound)
    plan = _improved(plan, candidates, regret, run, workers, effort, bound)
    if _sound_points(plan) is None:
        return Outcome(status=Status.NOT_FOUND, engine="prices+flow+blocks", bound=bound)
    status = Status.OPTIMAL if plan.points == bound else Status.FEASIBLE
    return Outcome(status=status, engine="prices+flow+blocks", plan=plan, bound=bound)


def _sound_points(plan: Plan) -> int | None:
    """The plan's points when it keeps every rule; ``None`` while locks still stand against some."""
    if len(missing_locks(plan)) or broken_shifts(plan.problem, plan.volunteer, plan.role).any():
        return None
    return plan.points


def _by_flow(market: Market, prices: Prices, regret: Int32s) -> Plan:
    """A plan from the optimal flow on the likely pairs, mended where the network knows too little."""
    problem, pairs = market.problem, market.candidates
    likely = regret <= LEAST_REGRET
    likely |= best_of_each(problem, pairs.role, regret)
    chosen = np.flatnonzero(likely)
    owner = (np.searchsorted(pairs.start, chosen, side="right") - 1).astype(np.int64)
    role, points = pairs.role[chosen].astype(np.int64), pairs.points[chosen].astype(np.int64)
    taken = best_flow(problem, owner, role, points)
    return _joined(problem, pairs, prices, market, chosen[taken])


def _by_blocks(  # noqa: PLR0917
    market: Market, prices: Prices, worth: Opportunity, run: Run, effort: Effort, start: Plan
) -> tuple[Plan, int] | None:
    """A plan and a bound from the blocks at prices; where there was no time the plan from the flow stands."""
    problem, candidates = market.problem, market.candidates
    blocks = cut_blocks(problem, candidates.role[worth.regret <= LEAST_REGRET], effort.block_pairs)
    priced = PricedBlocks(market, prices, worth, blocks)
    solved = priced.solve_all(run, share=0.65, seconds=effort.seconds, gap=effort.bound_gap, nodes=effort.nodes)
    if solved is None:
        return None
    bound, plans = solved
    waiting = np.zeros(len(problem.shifts), dtype=np.bool_)
    for shifts, pairs in zip(blocks, plans, strict=True):
        waiting[shifts] = pairs is None
    stands = waiting[start.shift]
    standing = _positions(candidates, start.volunteer[stands], start.role[stands])
    taken = np.concatenate([standing, *(pairs for pairs in plans if pairs is not None)])
    plan = _joined(problem, candidates, prices, market, taken)
    return (plan if plan.points > start.points or _sound_points(start) is None else start), bound


def _positions(candidates: Candidates, volunteer: Ints, role: Ints) -> Ints:
    """Candidate numbers of these pairs."""
    begin, end = candidates.start[volunteer], candidates.start[volunteer + 1]
    found = [
        first + int(np.searchsorted(candidates.role[first:last], wanted))
        for first, last, wanted in zip(begin.tolist(), end.tolist(), role.tolist(), strict=True)
    ]
    return np.asarray(found, dtype=np.int64)


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
        plan = sweep(near, plan, blocks, run, workers=workers, share=0.95, seconds=effort.seconds, nodes=effort.nodes)
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
