"""Weeks too large for one exact model: an auction and prices, blocks at prices, then improvement block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.arrays import Bools, Int32s, Ints
from solver.auction import Auction
from solver.blocks import cut_blocks
from solver.candidates import Candidates
from solver.clock import Run
from solver.dual import COLD, SCALE, WARM, Market, Prices, ascend
from solver.engine_flow import is_plain, tiers_fall
from solver.improve import Neighbourhood, missing_locks, sweep
from solver.joining import broken_shifts, keep_possible, keep_sound_shifts
from solver.outcome import Outcome
from solver.plan import Plan
from solver.priced import LEAST_REGRET, Opportunity, PricedBlocks, best_of_each, opportunity, regrets_within
from solver.problem import Problem
from solver.result import Status

_SOME, _MANY = 100_000, 1_500_000
_ENGINE: Final = "auction+prices+blocks"
_CLOSE: Final = 1e-4
"""Gap at which a large week is good enough."""
_NEAR: Final = 300.0
"""Points that a pair may lose at the wages and still count when they are bettered."""
_PRICED: Final = 60
"""Pairs a seat, at most, on which wages are bettered."""
_SLACK: Final = 100
"""The same where no rule stands across people: there the wages of the auction are nearly right."""
_FLOWING: Final = 20
"""Points that a pair may cost its volunteer at the wages and still be in the network that rearranges the plan."""
_WORTHWHILE: Final = 0.1
"""Part of the gap that another round must have closed."""
PAIRS_A_SEAT = 13
"""Likely pairs a seat that the improvement looks at, chosen by price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Deterministic limits of a large solve; the seconds are for a machine that is far slower than expected."""

    steps: int
    rounds: int
    block_pairs: int
    bound_gap: float
    nodes: int
    sweeps: int
    seconds: float


def usual_effort(pairs: int) -> Effort:
    """Effort by size: the more pairs, the less for each."""
    if pairs <= _SOME:
        return Effort(steps=200, rounds=6, block_pairs=8_000, bound_gap=1e-4, nodes=60, sweeps=4, seconds=30)
    if pairs <= _MANY:
        return Effort(steps=100, rounds=5, block_pairs=5_000, bound_gap=2e-4, nodes=20, sweeps=3, seconds=20)
    return Effort(steps=60, rounds=4, block_pairs=4_000, bound_gap=1e-3, nodes=5, sweeps=2, seconds=10)


def solve_large(problem: Problem, candidates: Candidates, run: Run, workers: int) -> Outcome:
    """A plan with a bound for any size, with every rule."""
    effort = usual_effort(len(candidates))
    market = Market(problem, candidates, workers)
    plan, prices = _by_auction(market, run, effort)
    bound = prices.bound
    close = _is_close(plan, bound, len(candidates))
    enough = len(candidates) > _MANY or close or run.over(0.6)
    if enough and _sound_points(plan) is not None:
        return _outcome(plan, bound)
    worth = opportunity(market, prices)
    found = _by_blocks(market, prices, worth, run, effort, plan)
    if found is None:
        return Outcome(status=Status.INFEASIBLE, engine=_ENGINE)
    plan, bound = found[0], min(bound, found[1])
    run.tell("blocks", points=_sound_points(plan), bound=bound)
    plan = _improved(plan, candidates, worth.regret, run, workers, effort, bound)
    return _outcome(plan, bound)


def _outcome(plan: Plan, bound: int) -> Outcome:
    if _sound_points(plan) is None:
        return Outcome(status=Status.NOT_FOUND, engine=_ENGINE, bound=bound)
    status = Status.OPTIMAL if plan.points == bound else Status.FEASIBLE
    return Outcome(status=status, engine=_ENGINE, plan=plan, bound=bound)


def _is_close(plan: Plan, bound: int, pairs: int) -> bool:
    """Whether more effort could change next to nothing; a small town's plan is to be proven."""
    points = _sound_points(plan)
    return points is not None and bound - points <= (_CLOSE * abs(bound) if pairs > _SOME else 0)


def _by_auction(market: Market, run: Run, effort: Effort) -> tuple[Plan, Prices]:
    """A plan and wages from an auction, then both bettered in turn while that helps."""
    problem = market.problem
    auction = Auction(market)
    auction.hold(run, 0.8)
    wages = auction.wages()
    plan, prices = _kept(problem, auction.plan), market.evaluate(wages)[0]
    run.tell("auction", points=_sound_points(plan), bound=prices.bound)
    plain = is_plain(problem)
    phases = WARM if plain else COLD
    for number in range(effort.rounds):
        if run.over(0.6) or _is_close(plan, prices.bound, len(market.candidates)):
            break
        before = prices.bound - plan.points
        prices = ascend(
            market, run, steps=effort.steps, share=0.6, wages=prices.wage / SCALE, phases=WARM if number else phases,
            within=market.narrowed(_near(auction, prices, plain=plain)),
        )  # fmt: skip
        if not plain:
            auction.better(prices, run, 0.6)
            run.tell("exchanges", points=_sound_points(_kept(problem, auction.plan)), bound=prices.bound)
        if tiers_fall(problem) and not run.over(0.6):
            auction.rearrange(prices, regrets_within(market, prices, _FLOWING) <= _FLOWING)
        if plain:
            auction.better(prices, run, 0.6)
        plan = _kept(problem, auction.plan)
        run.tell("flow", points=_sound_points(plan), bound=prices.bound)
        if number and before - (prices.bound - plan.points) < _WORTHWHILE * before:
            break
    return plan, prices


def _near(auction: Auction, prices: Prices, *, plain: bool) -> Bools:
    """The pairs on which wages are bettered: those that their volunteers lose little by."""
    market = auction.market
    if plain:
        return regrets_within(market, prices, _SLACK) <= _SLACK
    return auction.likely(prices, _NEAR, _PRICED) | best_of_each(
        market.problem, market.candidates.role, -market.candidates.points
    )


def _kept(problem: Problem, plan: Plan) -> Plan:
    """What of a plan keeps every rule, those that the auction does not know among them."""
    sound = keep_sound_shifts(problem, plan.volunteer, plan.role)
    return Plan.of(problem, plan.volunteer[sound], plan.role[sound])


def _sound_points(plan: Plan) -> int | None:
    """The plan's points when it keeps every rule; ``None`` while locks still stand against some."""
    if len(missing_locks(plan)) or broken_shifts(plan.problem, plan.volunteer, plan.role).any():
        return None
    return plan.points


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
