"""Ranked backups: for every role with somebody in it, who else could come beside everything else they do.

A backup is eligible, within limits, free of clashes, not bound by a *together* pair, not *apart* from anyone in the
shift, and holds the team tags that the shift has none to spare of: whoever drops out, the plan stays sound.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.arrays import Bools, Ints, by_first, ranges
from solver.backup_kernel import best_open
from solver.candidates import Candidates
from solver.eligibility import Eligibility
from solver.plan import Plan

MOST = 3
"""Backups named for each role."""
_COMPILE_FROM = 12_001
"""Pairs from which the compiled form pays for itself."""


def rank_backups(
    plan: Plan, candidates: Candidates, most: int = MOST, compile_from: int = _COMPILE_FROM
) -> dict[str, tuple[str, ...]]:
    """Ids of the best backups of each staffed role, best first; roles without any are left out."""
    problem, people, week = plan.problem, plan.problem.volunteers, plan.problem.shifts
    loop: Any = best_open
    if len(candidates) >= compile_from:
        from solver.compiled import kernel  # noqa: PLC0415 small weeks need no compiled code

        loop = kernel(best_open)
    together = np.zeros(len(people), dtype=np.bool_)
    together[problem.together.ravel()] = True
    apart = by_first(np.concatenate([problem.apart, problem.apart[:, ::-1]]), len(people))
    scarce = by_first(_none_to_spare(plan), len(week))
    best = np.full((len(problem.roles), most), -1, dtype=np.int64)
    loop(
        candidates.start, candidates.role, candidates.points, plan.start, plan.shift, plan.people > 0,
        problem.roles.shift, week.start, week.end, week.at, float(problem.travel.metres_per_minute),
        problem.travel.buffer_minutes, problem.weights.turn, people.max_shifts, people.max_minutes,
        people.max_shifts_per_day, together, apart.start, apart.items, scarce.start, scarce.items,
        people.tags.start, people.tags.items, people.until, best, np.zeros_like(best),
    )  # fmt: skip
    named = np.flatnonzero(best[:, 0] >= 0)
    return {
        problem.roles.ids[role]: tuple(people.ids[who] for who in row if who >= 0)
        for role, row in zip(named.tolist(), best[named].tolist(), strict=True)
    }


def _none_to_spare(plan: Plan) -> Ints:
    """Shift and tag, shape (k, 2), where a team rule has no more holders than it asks for."""
    problem, week = plan.problem, plan.problem.shifts
    owner, tag, least = week.team_tags.owners(), week.team_tags.items, week.team_least.items
    counts = week.team_tags.lengths()[plan.shift]
    pair = np.repeat(np.arange(len(plan.shift)), counts)
    rule = ranges(week.team_tags.start[plan.shift], counts)
    holds = Eligibility(problem).until(plan.volunteer[pair], tag[rule]) >= week.end[plan.shift[pair]]
    staffed = np.bincount(plan.shift, minlength=len(week)) > 0
    tight = staffed[owner] & (np.bincount(rule[holds], minlength=len(owner)) <= least)
    return np.stack([owner[tight], tag[tight]], axis=1)


def unbound(plan: Plan, volunteer: Ints, role: Ints) -> Bools:
    """Whether each volunteer is free of *together* pairs and of anyone in the shift to be kept apart from."""
    problem, width = plan.problem, len(plan.problem.shifts)
    fits = ~np.isin(volunteer, problem.together)
    present = plan.volunteer * width + plan.shift
    shift = problem.roles.shift[role]
    for mine, other in ((0, 1), (1, 0)):
        partners = problem.apart[np.isin(problem.apart[:, other], plan.volunteer)]
        for one, another in zip(partners[:, mine].tolist(), partners[:, other].tolist(), strict=True):
            asked = np.flatnonzero(volunteer == one)
            fits[asked[np.isin(another * width + shift[asked], present)]] = False
    return fits
