"""Everything that is compiled, compiled: ``python -m solver.warm`` at installation.

Planning a few made-up people calls each kernel once with the very types that real work has; a test holds it to that.
Compiling takes a while, once for a machine and version; after it, kernels are read from numba's cache.
"""

import sys
from time import perf_counter

import numpy as np

from solver.auction import Auction
from solver.backups import rank_backups
from solver.candidates import find_candidates
from solver.clique_kernel import cover
from solver.clock import Run
from solver.compiled import kernel
from solver.cutting_kernel import top_level
from solver.dual import COLD, Market, ascend
from solver.grid import find_by_grid
from solver.priced import opportunity, regrets_within
from solver.problem import Problem
from solver.reasons_grid import count_by_grid
from solver.records import Horizon, Role, Shift, TeamRule, Volunteer

_PEOPLE, _SHIFTS = 24, 4


def warm() -> None:
    """Load what is compiled, compiling what is not yet."""
    problem, run = _made_up(), Run(seconds=None)
    find_by_grid(problem, 1)
    market = Market(problem, find_candidates(problem), 1)
    auction = Auction(market)
    auction.hold(run, 1.0)
    prices = market.evaluate(auction.wages())[0]
    near = auction.likely(prices, 1000.0, 100)
    prices = ascend(market, run, steps=4, share=1.0, phases=COLD, within=market.narrowed(near))
    auction.better(prices, run, 1.0)
    auction.rearrange(prices, near)
    auction.adopt(auction.plan)
    opportunity(market, prices)
    regrets_within(market, prices, 20)
    rank_backups(auction.plan, market.candidates, compile_from=0)
    count_by_grid(auction.plan, np.arange(len(problem.roles)), 1)
    week = problem.shifts
    kernel(cover)(
        np.zeros(1, np.int64), np.zeros(0, np.int64), week.start, week.end, week.at,
        problem.travel.metres_per_minute, problem.travel.buffer_minutes,
    )  # fmt: skip
    top_level(np.frombuffer(b"{}", dtype=np.uint8), np.empty(16, dtype=np.int64))


def _made_up() -> Problem:
    """Two dozen people and four shifts with every rule, one of them locked."""
    people = [
        Volunteer(id=f"v{n}", at=(float(n), 0.0), radius=100.0, tags={"lead": None}, free=((0, 1440),), max_shifts=2)
        for n in range(_PEOPLE)
    ]
    week = [
        Shift(
            id=f"s{n}", at=(float(n), 0.0), start=60 + 90 * n, end=120 + 90 * n, priority=1, all_or_nothing=n > 1,
            team=(TeamRule(tag="lead", at_least=1),) if n % 2 else (),
            roles=(
                Role(id=f"s{n}/a", min=1, target=2, max=3),
                Role(id=f"s{n}/b", needs=("lead",), min=1, target=1, max=1),
            ),
        )
        for n in range(_SHIFTS)
    ]  # fmt: skip
    return Problem.of(
        horizon=Horizon(start="2026-11-23T00:00:00+08:00", minutes=1440),
        volunteers=people,
        shifts=week,
        locked=[("v0", "s0/a")],
        apart=[("v1", "v2")],
        together=[("v3", "v4")],
        barred=[("v5", "s0")],
        familiar=[("v6", "s1")],
    )


if __name__ == "__main__":
    started = perf_counter()
    warm()
    sys.stdout.write(f"  done in {perf_counter() - started:.0f} s\n")
