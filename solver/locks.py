"""A lock that breaks a rule is an error that names it: judged before anything is solved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from solver.eligibility import Eligibility
from solver.faults import Fault
from solver.records import MINUTES_A_DAY
from solver.travel import compatible

if TYPE_CHECKING:
    from solver.problem import Problem


def lock_faults(problem: Problem) -> Iterator[Fault]:
    """Faults of the locked pairs: each by itself, each volunteer's locks together, each role's, and apart pairs."""
    if len(problem.locked):
        yield from _by_itself(problem)
        yield from _by_volunteer(problem)
        yield from _by_role(problem)
        yield from _apart(problem)


def _name(problem: Problem, index: int) -> str:
    volunteer, role = problem.locked[index]
    return f"locked {problem.volunteers.ids[volunteer]} in {problem.roles.ids[role]}"


def _by_itself(problem: Problem) -> Iterator[Fault]:
    judged = Eligibility(problem).judge(problem.locked[:, 0], problem.locked[:, 1])
    for index in np.flatnonzero(judged.rule >= 0).tolist():
        yield Fault(_name(problem, index), f"breaks the rule {judged.code(index, tuple(problem.tags))}")


def _by_volunteer(problem: Problem) -> Iterator[Fault]:
    locks: dict[int, list[int]] = defaultdict(list)
    for index, volunteer in enumerate(problem.locked[:, 0].tolist()):
        locks[volunteer].append(index)
    for volunteer, held in locks.items():
        yield from _limits(problem, volunteer, held)
        if len(held) > 1:
            yield from _clashes(problem, held)


def _limits(problem: Problem, volunteer: int, held: list[int]) -> Iterator[Fault]:
    people, week = problem.volunteers, problem.shifts
    shifts = problem.roles.shift[problem.locked[held, 1]]
    days = Counter((week.start[shifts] // MINUTES_A_DAY).tolist())
    amounts = {
        "max_shifts": (len(held), people.max_shifts),
        "max_minutes": (int((week.end[shifts] - week.start[shifts]).sum()), people.max_minutes),
        "max_shifts_per_day": (max(days.values()), people.max_shifts_per_day),
    }
    for rule, (amount, limits) in amounts.items():
        if amount > limits[volunteer]:
            text = f"breaks the rule limit: {amount} is above {rule} {limits[volunteer]}"
            yield Fault(_name(problem, held[-1]), text)


def _clashes(problem: Problem, held: list[int]) -> Iterator[Fault]:
    for position, second in enumerate(held):
        for first in held[:position]:
            shifts = problem.roles.shift[problem.locked[[first, second], 1]]
            if not compatible(problem, shifts[:1], shifts[1:])[0]:
                yield Fault(_name(problem, second), f"breaks the rule busy: with {_name(problem, first)}")


def _by_role(problem: Problem) -> Iterator[Fault]:
    for role, count in Counter(problem.locked[:, 1].tolist()).items():
        if count > problem.roles.max[role]:
            index = int(np.flatnonzero(problem.locked[:, 1] == role)[-1])
            yield Fault(_name(problem, index), f"breaks the rule max: {count} locked, max {problem.roles.max[role]}")


def _apart(problem: Problem) -> Iterator[Fault]:
    shifts: dict[int, set[int]] = defaultdict(set)
    for volunteer, role in problem.locked.tolist():
        shifts[volunteer].add(int(problem.roles.shift[role]))
    for first, second in problem.apart.tolist():
        for shift in shifts[first] & shifts[second] if first in shifts and second in shifts else ():
            ids = problem.volunteers.ids
            text = (
                f"breaks the rule apart: {ids[first]} and {ids[second]} are both locked in {problem.shifts.ids[shift]}"
            )
            yield Fault("locked", text)
