"""Points of pairs and of filled roles, as arrays.

The points of a plan are Σ over roles of `fill_points` at the number of people, plus Σ over assignments of
`pair_points`, minus ``turn × k(k − 1)/2`` for each volunteer with *k* assignments.
"""

from __future__ import annotations

import numpy as np

from solver.arrays import Int32s, Ints
from solver.problem import Problem


def pair_points(problem: Problem, volunteers: Ints, roles: Ints) -> Ints:
    """Points of each assignment by itself: nearness, liking, familiarity, kept, less recent hours.

    Nearness is ``floor(near × (1 − distance ÷ radius))`` in IEEE doubles, in that order, as the checker has it.
    """
    people, weights = problem.volunteers, problem.weights
    shifts = problem.roles.shift[roles]
    radius = people.radius[volunteers]
    share = np.divide(problem.distances(volunteers, shifts), radius, out=np.zeros(len(radius)), where=radius > 0)
    points: Ints = np.maximum(0, np.floor(weights.near * (1 - share))).astype(np.int64)
    category = problem.shifts.category[shifts]
    points += weights.liked * _listed(people.likes.owners(), people.likes.items, volunteers, category)
    points += weights.familiar * _listed(problem.familiar[:, 0], problem.familiar[:, 1], volunteers, shifts)
    points += weights.kept * _listed(problem.published[:, 0], problem.published[:, 1], volunteers, roles)
    points -= recent_points(problem)[volunteers]
    return points


def recent_points(problem: Problem) -> Ints:
    """Points taken from every assignment of a volunteer for hours served lately."""
    weights = problem.weights
    lately: Ints = np.minimum(weights.recent_cap, weights.recent_hour * problem.volunteers.recent_hours)
    return lately


def _listed(first: Ints, second: Ints, asked_first: Ints, asked_second: Ints) -> Ints:
    """1 where the asked pair is among the listed ones, else 0."""
    if not len(first) or not len(asked_first):
        return np.zeros(len(asked_first), dtype=np.int64)
    width = int(max(second.max(), asked_second.max())) + 1
    hit = np.isin(asked_first * width + asked_second, first * width + second) & (asked_second >= 0)
    return hit.astype(np.int64)


def seat_points(problem: Problem, role: int) -> Ints:
    """Points of the first, second, … person of a role, shape (max,)."""
    roles, weights = problem.roles, problem.weights
    times = weights.priority[int(problem.shifts.priority[roles.shift[role]])]
    seats = np.arange(roles.max[role])
    tiers = np.where(
        seats < roles.min[role],
        weights.essential,
        np.where(seats < roles.target[role], weights.wanted, weights.extra),
    )
    return tiers.astype(np.int64) * times


def tier_points(problem: Problem) -> Ints:
    """Points of one person in each tier of each role, shape (roles, 3): essential, wanted, extra."""
    weights = problem.weights
    times = np.asarray([weights.priority[key] for key in problem.shifts.priority.tolist()], dtype=np.int64)
    tiers = np.asarray([weights.essential, weights.wanted, weights.extra], dtype=np.int64)
    return times[problem.roles.shift][:, None] * tiers[None, :]


def tier_sizes(problem: Problem) -> Ints:
    """Seats in each tier of each role, shape (roles, 3)."""
    roles = problem.roles
    return np.stack([roles.min, roles.target - roles.min, roles.max - roles.target], axis=1)


def plan_terms(problem: Problem, volunteers: Int32s | Ints, roles: Int32s | Ints) -> dict[str, int]:
    """Points of a plan by term, zero terms left out; their sum is the plan's points."""
    weights, people = problem.weights, problem.volunteers
    volunteers, roles = volunteers.astype(np.int64), roles.astype(np.int64)
    counts = np.bincount(roles, minlength=len(problem.roles))
    sizes, worth = tier_sizes(problem), tier_points(problem)
    before = np.concatenate([np.zeros((len(sizes), 1), np.int64), np.cumsum(sizes, axis=1)[:, :2]], axis=1)
    filled = np.clip(counts[:, None] - before, 0, sizes) * worth
    shifts = problem.roles.shift[roles]
    liked = _listed(people.likes.owners(), people.likes.items, volunteers, problem.shifts.category[shifts])
    familiar = _listed(problem.familiar[:, 0], problem.familiar[:, 1], volunteers, shifts)
    kept = _listed(problem.published[:, 0], problem.published[:, 1], volunteers, roles)
    recent = recent_points(problem)[volunteers]
    terms = dict(zip(("essential", "wanted", "extra"), filled.sum(axis=0).tolist(), strict=True))
    terms["liked"] = int(liked.sum()) * weights.liked
    terms["familiar"] = int(familiar.sum()) * weights.familiar
    terms["kept"] = int(kept.sum()) * weights.kept
    terms["recent"] = -int(recent.sum())
    terms["near"] = int(pair_points(problem, volunteers, roles).sum()) - sum(
        terms[name] for name in ("liked", "familiar", "kept", "recent")
    )
    turns = np.bincount(volunteers, minlength=len(people))
    terms["turn"] = -weights.turn * int((turns * (turns - 1) // 2).sum())
    return {name: total for name, total in terms.items() if total}
