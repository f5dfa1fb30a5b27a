"""A few shifts of a large problem: their candidates without looking at the rest, and parts as problems of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from solver.arrays import Bools, Ints, Ragged, ranges, starts
from solver.candidates import Candidates, find_candidates
from solver.columns import Roles, Shifts, Volunteers
from solver.problem import Problem


def candidates_of(problem: Problem, shifts: Ints, workers: int = 1) -> Candidates:
    """Eligible pairs of these shifts only, with the role numbers of the whole problem."""
    few, roles = with_shifts_only(problem, np.sort(shifts))
    found = find_candidates(few, workers)
    return Candidates(start=found.start, role=roles[found.role].astype(np.int32), points=found.points)


def with_shifts_only(problem: Problem, shifts: Ints) -> tuple[Problem, Ints]:
    """The problem with these shifts (rising) only and everybody in it, and the old numbers of its roles."""
    week, needed = problem.shifts, problem.roles
    counts = np.diff(week.roles)[shifts]
    roles = ranges(week.roles[shifts], counts)
    few = Shifts(
        ids=[week.ids[index] for index in shifts.tolist()],
        at=week.at[shifts],
        start=week.start[shifts],
        end=week.end[shifts],
        category=week.category[shifts],
        priority=week.priority[shifts],
        all_or_nothing=week.all_or_nothing[shifts],
        team_tags=chosen_rows(week.team_tags, shifts),
        team_least=chosen_rows(week.team_least, shifts),
        roles=starts(counts),
    )
    few_roles = Roles(
        ids=[needed.ids[index] for index in roles.tolist()],
        shift=np.repeat(np.arange(len(shifts), dtype=np.int64), counts),
        min=needed.min[roles],
        target=needed.target[roles],
        max=needed.max[roles],
        needs=chosen_rows(needed.needs, roles),
        assured=needed.assured[roles],
    )
    changed: dict[str, Any] = {name: _renumbered(getattr(problem, name), 1, shifts) for name in ("familiar", "barred")}
    changed |= {name: _renumbered(getattr(problem, name), 1, roles) for name in ("locked", "published")}
    return replace(problem, shifts=few, roles=few_roles, **changed), roles


def with_volunteers_only(problem: Problem, people: Ints) -> Problem:
    """The problem with these volunteers (rising) only."""
    all_people = problem.volunteers
    few = Volunteers(
        ids=[all_people.ids[index] for index in people.tolist()],
        at=all_people.at[people],
        radius=all_people.radius[people],
        tags=chosen_rows(all_people.tags, people),
        until=all_people.until[ranges(all_people.tags.start[people], all_people.tags.lengths()[people])],
        free_from=chosen_rows(all_people.free_from, people),
        free_to=chosen_rows(all_people.free_to, people),
        max_minutes=all_people.max_minutes[people],
        max_shifts=all_people.max_shifts[people],
        max_shifts_per_day=all_people.max_shifts_per_day[people],
        likes=chosen_rows(all_people.likes, people),
        recent_hours=all_people.recent_hours[people],
        show_up=all_people.show_up[people],
    )
    changed: dict[str, Any] = {
        name: _renumbered(getattr(problem, name), 0, people) for name in ("familiar", "barred", "locked", "published")
    }
    for name in ("together", "apart"):
        changed[name] = _renumbered(_renumbered(getattr(problem, name), 0, people), 1, people)
    return replace(problem, volunteers=few, **changed)


def chosen_rows(rows: Ragged, chosen: Ints) -> Ragged:
    lengths = rows.lengths()[chosen]
    return Ragged(starts(lengths), rows.items[ranges(rows.start[chosen], lengths)])


def _renumbered(pairs: Ints, side: int, kept: Ints) -> Ints:
    """The pairs whose number on this side is kept (rising), counted anew there."""
    inside: Bools = np.isin(pairs[:, side], kept)
    few = pairs[inside].copy()
    few[:, side] = np.searchsorted(kept, few[:, side])
    return few
