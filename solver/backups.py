"""Ranked backups: for every role with somebody in it, who else could come beside everything else they do.

A backup is eligible, within limits, free of clashes, not bound by a *together* pair, not *apart* from anyone in the
shift, and holds the team tags that the shift has none to spare of: whoever drops out, the plan stays sound.
"""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Ints, ranges
from solver.candidates import Candidates
from solver.eligibility import Eligibility
from solver.plan import Plan
from solver.records import MINUTES_A_DAY
from solver.travel import gaps

MOST = 3
"""Backups named for each role."""
_AT_ONCE = 4_000_000


def rank_backups(plan: Plan, candidates: Candidates, most: int = MOST) -> dict[str, tuple[str, ...]]:
    """Ids of the best backups of each staffed role, best first; roles without any are left out."""
    volunteer, role, points = _open_pairs(plan, candidates)
    gain = points - plan.problem.weights.turn * plan.turns[volunteer]
    order = np.lexsort((volunteer, -gain, role))
    role, volunteer = role[order], volunteer[order]
    first = np.searchsorted(role, role)
    named = np.flatnonzero(np.arange(len(role)) - first < most)
    people, roles = plan.problem.volunteers.ids, plan.problem.roles.ids
    ranked: dict[str, list[str]] = {}
    for who, what in zip(volunteer[named].tolist(), role[named].tolist(), strict=True):
        ranked.setdefault(roles[what], []).append(people[who])
    return {name: tuple(listed) for name, listed in ranked.items()}


def _open_pairs(plan: Plan, candidates: Candidates) -> tuple[Ints, Ints, Ints]:
    """Candidates that could be added to the plan as it stands: volunteer, role, points."""
    found: list[tuple[Ints, Ints, Ints]] = []
    owner = candidates.volunteer()
    for first in range(0, max(1, len(candidates)), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        volunteer, role = owner[part].astype(np.int64), candidates.role[part].astype(np.int64)
        points = candidates.points[part].astype(np.int64)
        for keep in (_staffed, _within_limits, _unclashed, unbound, _teamed):
            chosen = keep(plan, volunteer, role)
            volunteer, role, points = volunteer[chosen], role[chosen], points[chosen]
        found.append((volunteer, role, points))
    volunteers, roles, worth = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return volunteers, roles, worth


def _staffed(plan: Plan, _volunteer: Ints, role: Ints) -> Bools:
    staffed: Bools = plan.people[role] > 0
    return staffed


def _within_limits(plan: Plan, volunteer: Ints, role: Ints) -> Bools:
    people, week = plan.problem.volunteers, plan.problem.shifts
    shift = plan.problem.roles.shift[role]
    fits = plan.turns[volunteer] < people.max_shifts[volunteer]
    fits &= plan.minutes[volunteer] + (week.end - week.start)[shift] <= people.max_minutes[volunteer]
    day = week.start // MINUTES_A_DAY
    width = int(day.max(initial=0)) + 1
    key, count = np.unique(plan.volunteer * width + day[plan.shift], return_counts=True)
    asked = volunteer * width + day[shift]
    at = np.minimum(np.searchsorted(key, asked), max(0, len(key) - 1))
    today = np.where(key[at] == asked, count[at], 0) if len(key) else np.zeros(len(asked), dtype=np.int64)
    within: Bools = fits & (today < people.max_shifts_per_day[volunteer])
    return within


def _unclashed(plan: Plan, volunteer: Ints, role: Ints) -> Bools:
    week = plan.problem.shifts
    counts = plan.turns[volunteer]
    pair = np.repeat(np.arange(len(volunteer), dtype=np.int64), counts)
    held = plan.shift[ranges(plan.start[volunteer], counts)]
    mine = plan.problem.roles.shift[role][pair]
    gap = gaps(plan.problem, held, mine)
    clash = (week.end[held] + gap > week.start[mine]) & (week.end[mine] + gap > week.start[held])
    fits = np.ones(len(volunteer), dtype=np.bool_)
    fits[pair[clash]] = False
    return fits


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


def _teamed(plan: Plan, volunteer: Ints, role: Ints) -> Bools:
    problem = plan.problem
    week, eligibility = problem.shifts, Eligibility(problem)
    fits = np.ones(len(volunteer), dtype=np.bool_)
    shift = problem.roles.shift[role]
    owner = week.team_tags.owners()
    ruled = owner[np.isin(owner, plan.shift)]
    if not len(ruled):
        return fits
    order = np.argsort(plan.shift, kind="stable")
    staff, staffed = plan.volunteer[order], plan.shift[order]
    asked = np.argsort(shift, kind="stable")
    in_order = shift[asked]
    for rule in np.flatnonzero(np.isin(owner, ruled)).tolist():
        here, tag, least = owner[rule], week.team_tags.items[rule], week.team_least.items[rule]
        team = staff[slice(*np.searchsorted(staffed, (here, here + 1)))]
        if (eligibility.until(team, np.full(len(team), tag)) >= week.end[here]).sum() <= least:
            mine = asked[slice(*np.searchsorted(in_order, (here, here + 1)))]
            fits[mine] &= eligibility.until(volunteer[mine], np.full(len(mine), tag)) >= week.end[here]
    return fits
