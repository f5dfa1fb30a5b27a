"""Two plans of one problem side by side: what a coordinator or a leader asks before choosing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from solver.plan import Plan
from solver.points import tier_sizes
from solver.problem import Pair, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """One plan in figures.

    Attributes
    ----------
    seats
        Filled seats by tier: essential, wanted, extra.
    shifts_running
        Shifts with anybody in them.
    kilometres
        Straight-line way from home to each shift, there and back, summed.
    volunteers
        Distinct people with an assignment.
    busiest
        Assignments of the busiest volunteer.
    hours
        Hours served, summed over people.
    """

    points: int
    terms: Mapping[str, int]
    seats: Mapping[str, int]
    shifts_running: int
    kilometres: float
    volunteers: int
    busiest: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two plans measured, and who stands in one of them only."""

    first: Measures
    second: Measures
    only_first: tuple[Pair, ...]
    only_second: tuple[Pair, ...]


def compare(problem: Problem, first: Iterable[Pair], second: Iterable[Pair]) -> Comparison:
    """Measure two plans of one problem; raises `KeyError` for an unknown id."""
    one, other = Plan.from_pairs(problem, first), Plan.from_pairs(problem, second)
    here, there = set(one.pairs()), set(other.pairs())
    return Comparison(
        first=measure(one),
        second=measure(other),
        only_first=tuple(sorted(here - there)),
        only_second=tuple(sorted(there - here)),
    )


def measure(plan: Plan) -> Measures:
    """One plan in figures."""
    problem, sizes = plan.problem, tier_sizes(plan.problem)
    before = np.cumsum(sizes, axis=1) - sizes
    filled = np.clip(plan.people[:, None] - before, 0, sizes).sum(axis=0).tolist()
    return Measures(
        points=plan.points,
        terms=plan.terms,
        seats=dict(zip(("essential", "wanted", "extra"), filled, strict=True)),
        shifts_running=len(np.unique(plan.shift)),
        kilometres=float(2 * problem.distances(plan.volunteer, plan.shift).sum() / 1000),
        volunteers=len(np.unique(plan.volunteer)),
        busiest=int(plan.turns.max(initial=0)),
        hours=float(plan.minutes.sum() / 60),
    )
