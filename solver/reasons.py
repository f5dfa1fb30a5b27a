"""Why a seat stays empty, counted over everybody, and the smallest changes that would fill it, each one counted too.

Every volunteer who is not in the role stands once in ``blocked``, under the first rule that fails in the order tag,
expired, distance, time, barred, limit, busy, or is one of the ``eligible``. Tags are counted from their holders and
distance by subtraction, so that only those near a shift are looked at one by one: a city's empty seats take seconds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from solver.arrays import Bools, Floats, Ints
from solver.eligibility import Eligibility, Rule
from solver.nearby import Nearby
from solver.plan import Plan
from solver.points import tier_points
from solver.result import ChangeKind, Tier, Unfilled, WouldFill

DELAYS: Final = (30, 60, 90, 120, 180)
"""Minutes by which a start is moved, earlier and later, in search of more people."""
WIDER: Final = (500, 1000, 2000)
"""Metres by which everybody's radius is widened in search of more people."""


@dataclass(frozen=True, eq=False)
class _Near:
    """Those near one shift who are not in the role, and what each rule says of them."""

    who: Ints
    tags: Bools  # one column a need: held until the end
    metres: Floats
    within: Bools
    free: Bools
    barred: Bools
    limit: Bools
    busy: Bools

    def open_now(self) -> Bools:
        return self.tags.all(axis=1) & self.within & self.free & ~self.barred & ~self.limit & ~self.busy


class Reasons:
    """Explains the unfilled roles of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.problem = plan, plan.problem
        self.eligibility = Eligibility(self.problem)
        self.nearby = Nearby(self.problem, margin=max(WIDER))
        self._holders: dict[tuple[int, ...], tuple[Counter[int], Ints]] = {}

    def unfilled_roles(self) -> Ints:
        """Numbers of the roles below target, those with most points to gain first."""
        roles, people = self.problem.roles, self.plan.people
        lacking = np.flatnonzero(people < roles.target)
        worth = tier_points(self.problem)[lacking]
        below = np.maximum(roles.min[lacking] - people[lacking], 0)
        gain = below * worth[:, 0] + (roles.target[lacking] - people[lacking] - below) * worth[:, 1]
        return lacking[np.lexsort((lacking, -gain))]

    def explain(self, role: int, *, changes: bool = True) -> Unfilled:
        """The counts for one role and, unless told otherwise, the changes that would fill it."""
        people, roles = int(self.plan.people[role]), self.problem.roles
        missing = int(roles.target[role]) - people
        blocked, near = self._blocked(role)
        open_now = int(near.open_now().sum())
        listed = [
            *self._moves(role, near, open_now, missing),
            *self._tags(role, near),
            *self._wider(near, open_now, missing),
        ]
        return Unfilled(
            role=roles.ids[role],
            missing=missing,
            tier=Tier.ESSENTIAL if people < roles.min[role] else Tier.WANTED,
            eligible=open_now,
            blocked={name: count for name, count in blocked.items() if count},
            would_fill=tuple(listed) if changes else (),
        )

    def open_to(self, role: int) -> Ints:
        """Volunteers whom no rule keeps from the role as the plan stands."""
        near = self._near(role)
        return near.who[near.open_now()]

    @cached_property
    def _in_role(self) -> dict[int, list[int]]:
        held: dict[int, list[int]] = {}
        for volunteer, role in zip(self.plan.volunteer.tolist(), self.plan.role.tolist(), strict=True):
            held.setdefault(role, []).append(volunteer)
        return held

    def _near(self, role: int) -> _Near:
        shift = int(self.problem.roles.shift[role])
        who, metres = self.nearby.of_shift(shift)
        away = ~np.isin(who, self._in_role.get(role, []))
        who, metres = who[away], metres[away]
        same = np.full(len(who), shift)
        week = self.problem.shifts
        return _Near(
            who=who,
            tags=self._tags_held(role, who, int(week.end[shift])),
            metres=metres,
            within=metres <= self.problem.volunteers.radius[who],
            free=self.eligibility.is_free(who, week.start[same], week.end[same]),
            barred=self.eligibility.is_barred(who, same),
            limit=self.plan.at_limit(who, shift),
            busy=self.plan.is_busy(who, shift),
        )

    def _tags_held(self, role: int, who: Ints, end: int) -> Bools:
        held = [
            self.eligibility.until(who, np.full(len(who), tag)) >= end for tag in self.problem.roles.needs.row(role)
        ]
        return np.stack(held, axis=1) if held else np.ones((len(who), 0), dtype=np.bool_)

    def _blocked(self, role: int) -> tuple[Counter[str], _Near]:
        near = self._near(role)
        missing, holders = self._holders_of(tuple(self.problem.roles.needs.row(role).tolist()))
        words = self.problem.tags
        counts = Counter({f"{Rule.TAG}:{words[tag]}": count for tag, count in missing.items()})
        end = int(self.problem.shifts.end[self.problem.roles.shift[role]])
        left = len(holders) - len(self._in_role.get(role, []))
        standing: Bools = np.ones(len(holders), dtype=np.bool_)
        for tag in self.problem.roles.needs.row(role).tolist():
            expired = standing & (self.eligibility.until(holders, np.full(len(holders), tag)) < end)
            counts[f"{Rule.EXPIRED}:{words[tag]}"] = int(expired.sum())
            standing &= ~expired
            left -= int(expired.sum())
        reached = near.tags.all(axis=1) & near.within
        counts[Rule.DISTANCE] = left - int(reached.sum())
        for rule, fails in (
            (Rule.TIME, ~near.free),
            (Rule.BARRED, near.barred),
            (Rule.LIMIT, near.limit),
            (Rule.BUSY, near.busy),
        ):
            counts[rule] = int((reached & fails).sum())
            reached &= ~fails
        return counts, near

    def _holders_of(self, needs: tuple[int, ...]) -> tuple[Counter[int], Ints]:
        """How many lack each need first, and who holds them all (whether or not they expire)."""
        if needs not in self._holders:
            who = np.arange(len(self.problem.volunteers), dtype=np.int64)
            lacking: Counter[int] = Counter()
            for tag in needs:
                held = self.eligibility.until(who, np.full(len(who), tag)) > -(2**31)
                lacking[tag] += int(len(who) - held.sum())
                who = who[held]
            self._holders[needs] = (lacking, who)
        return self._holders[needs]

    def _moves(self, role: int, near: _Near, open_now: int, missing: int) -> list[WouldFill]:
        """For each direction the smallest move that brings enough people, or else the one that brings most."""
        shift = int(self.problem.roles.shift[role])
        changes = []
        for sign in (-1, 1):
            tried = [(self._moved(role, shift, near, sign * delay) - open_now, sign * delay) for delay in DELAYS]
            best = _smallest(tried, missing)
            if best is not None:
                changes.append(WouldFill(change=ChangeKind.START, minutes=best[1], gains=best[0]))
        return changes

    def _moved(self, role: int, shift: int, near: _Near, later: int) -> int:
        week = self.problem.shifts
        start, end = int(week.start[shift]) + later, int(week.end[shift]) + later
        if start < 0 or start >= self.problem.horizon.minutes:
            return 0
        likely = near.within & ~near.barred
        who = near.who[likely]
        fits = self.eligibility.is_free(who, np.full(len(who), start), np.full(len(who), end))
        who = who[fits]
        held = self._tags_held(role, who, end).all(axis=1)
        open_then = held & ~self.plan.at_limit(who, shift, later) & ~self.plan.is_busy(who, shift, later)
        return int(open_then.sum())

    def _tags(self, role: int, near: _Near) -> list[WouldFill]:
        """For each need, those whom it alone keeps away."""
        rest = near.within & near.free & ~near.barred & ~near.limit & ~near.busy
        lacking = (~near.tags).sum(axis=1)
        changes = []
        for column, tag in enumerate(self.problem.roles.needs.row(role).tolist()):
            gains = int((rest & (lacking == 1) & ~near.tags[:, column]).sum())
            if gains:
                changes.append(WouldFill(change=ChangeKind.TAG, tag=self.problem.tags[tag], gains=gains))
        return changes

    def _wider(self, near: _Near, open_now: int, missing: int) -> list[WouldFill]:
        rest = near.tags.all(axis=1) & near.free & ~near.barred & ~near.limit & ~near.busy
        slack = near.metres - self.problem.volunteers.radius[near.who]
        best = _smallest([(int((rest & (slack <= metres)).sum()) - open_now, metres) for metres in WIDER], missing)
        return [] if best is None else [WouldFill(change=ChangeKind.RADIUS, metres=best[1], gains=best[0])]


def _smallest(tried: list[tuple[int, int]], missing: int) -> tuple[int, int] | None:
    """The first (gain, size) that gains enough, else the first of the largest gain; ``None`` when none gains."""
    enough = [each for each in tried if each[0] >= missing]
    best = enough[0] if enough else max(tried, key=lambda each: each[0])
    return best if best[0] > 0 else None
