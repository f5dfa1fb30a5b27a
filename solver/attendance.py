"""Expected attendance: how likely it is that enough people come, exactly.

People come independently, each with their own probability; how many come is Poisson binomial, and its distribution
is found by adding one person after another (Chen, Liu 1997, direct convolution): exact up to rounding of doubles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from solver.arrays import Floats
from solver.backups import unbound
from solver.plan import Plan
from solver.points import pair_points
from solver.problem import Pair, Problem
from solver.reasons_near import Neighbours


def chances(show_up: Sequence[float]) -> Floats:
    """Probabilities that exactly 0, 1, …, n of n people come, shape (n + 1,)."""
    come = np.ones(1)
    for chance in show_up:
        come = np.append(come * (1 - chance), 0.0) + np.append(0.0, come * chance)
    return come


def chance_of(least: int, show_up: Sequence[float]) -> float:
    """Probability that at least so many of these people come."""
    return float(chances(show_up)[max(0, least) :].sum()) if least <= len(show_up) else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """What is to be expected of one role: people assigned, their expected number, and the chance that min come."""

    role: str
    people: int
    expected: float
    chance: float
    assured: float | None

    @property
    def enough(self) -> bool:
        """Whether the role has what it asked for."""
        return self.assured is None or self.chance >= self.assured


def attendance(problem: Problem, assignments: Iterable[Pair]) -> tuple[Attendance, ...]:
    """Expected attendance of every role with somebody in it, in the order of the problem's roles.

    People whose probability is not known are expected to come.
    """
    plan = Plan.from_pairs(problem, assignments)
    order = np.argsort(plan.role, kind="stable")
    edges = np.searchsorted(plan.role[order], np.arange(len(problem.roles) + 1))
    return tuple(
        _of_role(problem, role, plan.volunteer[order[edges[role] : edges[role + 1]]])
        for role in np.unique(plan.role).tolist()
    )


def _of_role(problem: Problem, role: int, people: Sequence[int] | np.ndarray) -> Attendance:
    show_up = np.nan_to_num(problem.volunteers.show_up[people], nan=1.0).tolist()
    asked = float(problem.roles.assured[role])
    return Attendance(
        role=problem.roles.ids[role],
        people=len(show_up),
        expected=float(sum(show_up)),
        chance=chance_of(int(problem.roles.min[role]), show_up),
        assured=None if np.isnan(asked) else asked,
    )


def with_enough_people(problem: Problem, assignments: Iterable[Pair]) -> tuple[Pair, ...]:
    """The plan with people added, best first, to every staffed role that asks to be assured, until it is or is full.

    Only people whom no rule keeps from the seat are added, so a sound plan stays sound.
    """
    plan = Plan.from_pairs(problem, assignments)
    for role in np.flatnonzero(~np.isnan(problem.roles.assured)).tolist():
        while 0 < plan.people[role] < problem.roles.max[role]:
            staff = plan.volunteer[plan.role == role]
            if _of_role(problem, role, staff).enough:
                break
            added = _best_addition(plan, role)
            if added is None:
                break
            plan = Plan.of(problem, np.append(plan.volunteer, added), np.append(plan.role, role))
    return plan.pairs()


def _best_addition(plan: Plan, role: int) -> int | None:
    open_now = Neighbours(plan).open_to(np.asarray([role]))[0]
    open_now = open_now[unbound(plan, open_now, np.full(len(open_now), role))]
    if not len(open_now):
        return None
    worth = pair_points(plan.problem, open_now, np.full(len(open_now), role))
    worth -= plan.problem.weights.turn * plan.turns[open_now]
    return int(open_now[np.argmax(worth)])
