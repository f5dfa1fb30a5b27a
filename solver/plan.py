"""A plan in numbers: pairs of volunteer and role, with the look-ups that reasons, backups and repair need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from solver.arrays import Bools, Ints, ranges, starts
from solver.points import plan_terms
from solver.problem import Pair, Problem
from solver.records import MINUTES_A_DAY
from solver.travel import gaps


@dataclass(frozen=True, eq=False)
class Plan:
    """Assignments sorted by volunteer, then role.

    Attributes
    ----------
    volunteer, role
        Numbers of each assignment.
    """

    problem: Problem
    volunteer: Ints
    role: Ints

    @classmethod
    def of(cls, problem: Problem, volunteer: Ints, role: Ints) -> Plan:
        order = np.lexsort((role, volunteer))
        return cls(problem, volunteer[order].astype(np.int64), role[order].astype(np.int64))

    @classmethod
    def from_pairs(cls, problem: Problem, pairs: Iterable[Pair]) -> Plan:
        """From ids; raises `KeyError` for an id that the problem does not know."""
        listed = list(pairs)
        people = {name: index for index, name in enumerate(problem.volunteers.ids)}
        roles = {name: index for index, name in enumerate(problem.roles.ids)}
        volunteer = np.asarray([people[name] for name, _ in listed], dtype=np.int64)
        return cls.of(problem, volunteer, np.asarray([roles[name] for _, name in listed], dtype=np.int64))

    def pairs(self) -> tuple[Pair, ...]:
        people, roles = self.problem.volunteers.ids, self.problem.roles.ids
        return tuple((people[v], roles[r]) for v, r in zip(self.volunteer.tolist(), self.role.tolist(), strict=True))

    @cached_property
    def shift(self) -> Ints:
        return self.problem.roles.shift[self.role]

    @cached_property
    def start(self) -> Ints:
        """Shape (volunteers + 1,): where each volunteer's assignments begin."""
        return starts(np.bincount(self.volunteer, minlength=len(self.problem.volunteers)))

    @cached_property
    def people(self) -> Ints:
        """People in each role."""
        return np.bincount(self.role, minlength=len(self.problem.roles))

    @cached_property
    def turns(self) -> Ints:
        """Assignments of each volunteer."""
        return np.diff(self.start)

    @cached_property
    def minutes(self) -> Ints:
        """Minutes assigned to each volunteer."""
        week = self.problem.shifts
        spent = np.zeros(len(self.problem.volunteers), dtype=np.int64)
        np.add.at(spent, self.volunteer, (week.end - week.start)[self.shift])
        return spent

    @cached_property
    def terms(self) -> dict[str, int]:
        return plan_terms(self.problem, self.volunteer, self.role)

    @property
    def points(self) -> int:
        return sum(self.terms.values())

    def at_limit(self, volunteers: Ints, shift: int, later: int = 0) -> Bools:
        """Whether one more shift, this one (moved by `later` minutes), would take each volunteer over a limit."""
        people, week = self.problem.volunteers, self.problem.shifts
        more = self.minutes[volunteers] + (week.end[shift] - week.start[shift]) > people.max_minutes[volunteers]
        full = self.turns[volunteers] + 1 > people.max_shifts[volunteers]
        owner, other = self.held(volunteers)
        same_day = week.start[other] // MINUTES_A_DAY == (week.start[shift] + later) // MINUTES_A_DAY
        today = np.bincount(owner[same_day], minlength=len(volunteers))
        crowded: Bools = more | full | (today + 1 > people.max_shifts_per_day[volunteers])
        return crowded

    def is_busy(self, volunteers: Ints, shift: int, later: int = 0) -> Bools:
        """Whether each volunteer is in the shift (moved by `later` minutes) or does something that excludes it."""
        week = self.problem.shifts
        owner, other = self.held(volunteers)
        gap = gaps(self.problem, other, np.full(len(other), shift))
        start, end = week.start[shift] + later, week.end[shift] + later
        clash = (other == shift) | ((week.end[other] + gap > start) & (end + gap > week.start[other]))
        busy = np.zeros(len(volunteers), dtype=np.bool_)
        busy[owner[clash]] = True
        return busy

    def held(self, volunteers: Ints) -> tuple[Ints, Ints]:
        """For every assignment of these volunteers: position in `volunteers`, and shift."""
        counts = self.turns[volunteers]
        owner = np.repeat(np.arange(len(volunteers), dtype=np.int64), counts)
        return owner, self.shift[ranges(self.start[volunteers], counts)]
