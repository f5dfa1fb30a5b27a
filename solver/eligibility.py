"""May this volunteer take this role? The rules that a pair can be judged by alone, for many pairs at once.

The order of the rules is the order in which a refusal is named: tag, expired, distance, time, barred.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from solver.arrays import Bools, Int32s, Ints, ranges

if TYPE_CHECKING:
    from solver.problem import Problem


class Rule(StrEnum):
    """The rules that keep a volunteer from a role, in the order in which they are named."""

    TAG = "tag"
    EXPIRED = "expired"
    DISTANCE = "distance"
    TIME = "time"
    BARRED = "barred"
    LIMIT = "limit"
    BUSY = "busy"


NO_RULE: Final = -1
RULES: Final = tuple(Rule)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """For each pair the number of the first failing rule in `RULES` (−1: none) and the tag it names (−1: none)."""

    rule: Int32s
    tag: Int32s

    def code(self, index: int, tags: tuple[str, ...]) -> str | None:
        """``"tag:first_aid"``, ``"time"``, … or ``None`` when nothing forbids the pair."""
        number = int(self.rule[index])
        if number == NO_RULE:
            return None
        rule = RULES[number]
        return f"{rule}:{tags[self.tag[index]]}" if rule in {Rule.TAG, Rule.EXPIRED} else str(rule)


class Eligibility:
    """Answers for pairs of one problem; holds the sorted look-ups that the answers need."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        people = problem.volunteers
        self._width = max(1, len(problem.tags))
        keys = people.tags.owners() * self._width + people.tags.items
        order = np.argsort(keys, kind="stable")
        self._held, self._until = keys[order], people.until[order]
        self._barred = np.sort(problem.barred[:, 0] * max(1, len(problem.shifts)) + problem.barred[:, 1])

    def until(self, volunteers: Ints, tags: Ints) -> Ints:
        """Minute at which each volunteer's tag ceases to hold; −2³¹ when it is not held at all."""
        keys = volunteers * self._width + tags
        found = np.searchsorted(self._held, keys)
        found[found == len(self._held)] = 0
        absent = np.full(len(keys), -(2**31), dtype=np.int64)
        return np.where(self._held[found] == keys, self._until[found], absent) if len(self._held) else absent

    def judge(self, volunteers: Ints, roles: Ints) -> Judged:
        """First failing rule of each pair of volunteer number and role number."""
        rule = np.full(len(volunteers), NO_RULE, dtype=np.int32)
        tag = np.full(len(volunteers), -1, dtype=np.int32)
        shifts = self.problem.roles.shift[roles]
        self._judge_tags(volunteers, roles, rule, tag)
        for number, fails in ((2, self._too_far), (3, self._not_free), (4, self.is_barred)):
            open_pairs = np.flatnonzero(rule == NO_RULE)
            rule[open_pairs[fails(volunteers[open_pairs], shifts[open_pairs])]] = number
        return Judged(rule, tag)

    def _judge_tags(self, volunteers: Ints, roles: Ints, rule: Int32s, tag: Int32s) -> None:
        needs = self.problem.roles.needs
        counts = needs.lengths()[roles]
        pair = np.repeat(np.arange(len(roles), dtype=np.int64), counts)
        wanted = needs.items[ranges(needs.start[roles], counts)]
        until = self.until(volunteers[pair], wanted)
        ends = self.problem.shifts.end[self.problem.roles.shift[roles]][pair]
        for number, fails in ((1, until < ends), (0, until == -(2**31))):  # a missing tag outranks an expired one
            failing = np.flatnonzero(fails)[::-1]  # the first need in the role's order is written last and stands
            rule[pair[failing]] = number
            tag[pair[failing]] = wanted[failing]

    def _too_far(self, volunteers: Ints, shifts: Ints) -> Bools:
        return self.problem.distances(volunteers, shifts) > self.problem.volunteers.radius[volunteers]

    def _not_free(self, volunteers: Ints, shifts: Ints) -> Bools:
        week = self.problem.shifts
        return ~self.is_free(volunteers, week.start[shifts], week.end[shifts])

    def is_free(self, volunteers: Ints, start: Ints, end: Ints) -> Bools:
        """Whether each half-open span lies inside one free span of its volunteer."""
        people = self.problem.volunteers
        counts = people.free_from.lengths()[volunteers]
        pair = np.repeat(np.arange(len(volunteers), dtype=np.int64), counts)
        span = ranges(people.free_from.start[volunteers], counts)
        inside = (people.free_from.items[span] <= start[pair]) & (people.free_to.items[span] >= end[pair])
        free = np.zeros(len(volunteers), dtype=np.bool_)
        free[pair[inside]] = True
        return free

    def is_barred(self, volunteers: Ints, shifts: Ints) -> Bools:
        """Whether each pair of volunteer and shift is barred."""
        keys = volunteers * max(1, len(self.problem.shifts)) + shifts
        return np.isin(keys, self._barred)
