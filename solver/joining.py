"""Joins the plans of blocks to one plan of the whole that keeps every rule.

Where a volunteer was taken more often than they may, the assignments that the wages value least are dropped; then
every shift that this leaves short is emptied. What is lost here, `solver.improve` wins back.
"""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Ints, starts
from solver.eligibility import Eligibility
from solver.problem import Problem
from solver.records import MINUTES_A_DAY
from solver.travel import compatible


def keep_possible(problem: Problem, volunteer: Ints, role: Ints, worth: Ints) -> Bools:
    """Which of these pairs each volunteer can serve together, the most worth first; locked pairs come before all."""
    width = max(1, len(problem.roles))
    locked = np.isin(volunteer * width + role, problem.locked[:, 0] * width + problem.locked[:, 1])
    keep = np.ones(len(volunteer), dtype=np.bool_)
    counts = np.bincount(volunteer, minlength=len(problem.volunteers))
    people = problem.volunteers
    minutes = (problem.shifts.end - problem.shifts.start)[problem.roles.shift[role]]
    suspects = (counts[volunteer] > 1) | (people.max_shifts[volunteer] < 1)
    suspects |= minutes > people.max_minutes[volunteer]
    order = np.lexsort((role, -worth, ~locked, volunteer))
    order = order[suspects[order]]
    begins = starts(np.unique(volunteer[order], return_counts=True)[1])
    for first, last in zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True):
        keep[order[first:last]] = _fitting(problem, int(volunteer[order[first]]), role[order[first:last]])
    return keep


def _fitting(problem: Problem, person: int, roles: Ints) -> list[bool]:
    people, week = problem.volunteers, problem.shifts
    taken: list[int] = []
    fits = []
    for shift in problem.roles.shift[roles].tolist():
        held = np.asarray(taken, dtype=np.int64)
        minutes = int((week.end[held] - week.start[held]).sum() + week.end[shift] - week.start[shift])
        today = int((week.start[held] // MINUTES_A_DAY == week.start[shift] // MINUTES_A_DAY).sum())
        fine = (
            len(taken) < people.max_shifts[person]
            and minutes <= people.max_minutes[person]
            and today < people.max_shifts_per_day[person]
            and bool(compatible(problem, held, np.full(len(held), shift)).all())
        )
        fits.append(fine)
        if fine:
            taken.append(shift)
    return fits


def keep_sound_shifts(problem: Problem, volunteer: Ints, role: Ints) -> Bools:
    """Which pairs stand in shifts that keep their own rules; shifts that do not are emptied, again until all do."""
    keep = np.ones(len(volunteer), dtype=np.bool_)
    while True:
        standing = np.flatnonzero(keep)
        broken = broken_shifts(problem, volunteer[standing], role[standing])
        falling = standing[broken[problem.roles.shift[role[standing]]]]
        if not len(falling):
            return keep
        keep[falling] = False


def broken_shifts(problem: Problem, volunteer: Ints, role: Ints) -> Bools:
    """Shifts with somebody in them that break all-or-nothing, a team rule, *together*, *apart* or a maximum."""
    week, roles = problem.shifts, problem.roles
    shift = roles.shift[role]
    people = np.bincount(role, minlength=len(roles))
    staffed = np.bincount(shift, minlength=len(week)) > 0
    broken = np.zeros(len(week), dtype=np.bool_)
    broken[roles.shift[people > roles.max]] = True
    short = roles.shift[people < roles.min]
    broken[short[week.all_or_nothing[short]]] = True
    broken[_short_of_team(problem, volunteer, shift)] = True
    width = max(1, len(week))
    present = volunteer * width + shift
    for pairs, together in ((problem.together, True), (problem.apart, False)):
        for mine, other in ((0, 1), (1, 0)):
            broken[_against(volunteer, shift, present, pairs[:, mine], pairs[:, other], width, together=together)] = (
                True
            )
    fallen: Bools = broken & staffed
    return fallen


def _short_of_team(problem: Problem, volunteer: Ints, shift: Ints) -> Ints:
    week = problem.shifts
    owner, tag, least = week.team_tags.owners(), week.team_tags.items, week.team_least.items
    counts = week.team_tags.lengths()[shift]
    pair = np.repeat(np.arange(len(shift)), counts)
    rule = np.arange(len(pair)) - np.repeat(starts(counts)[:-1], counts) + week.team_tags.start[shift[pair]]
    holds = Eligibility(problem).until(volunteer[pair], tag[rule]) >= week.end[shift[pair]]
    return owner[np.bincount(rule[holds], minlength=len(owner)) < least]


def _against(  # noqa: PLR0917 arrays of one shape each
    volunteer: Ints, shift: Ints, present: Ints, mine: Ints, other: Ints, width: int, *, together: bool
) -> Ints:
    """Shifts in which somebody stands without the partner (`together`) or with the one to be kept apart from."""
    order = np.argsort(mine, kind="stable")
    first = np.searchsorted(mine[order], volunteer, side="left")
    count = np.searchsorted(mine[order], volunteer, side="right") - first
    pair = np.repeat(np.arange(len(volunteer)), count)
    partner = other[order][np.arange(len(pair)) - np.repeat(starts(count)[:-1], count) + first[pair]]
    there = np.isin(partner * width + shift[pair], present)
    return shift[pair[~there if together else there]]
