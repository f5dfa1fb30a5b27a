"""Counts those near a shift who could take one of its roles, by what stands against them; and if it were changed.

Small weeks are counted with arrays, shift by shift; large ones by one compiled pass over the people around each shift.
Both give the same numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from solver.arrays import Bools, Floats, Ints
from solver.eligibility import Eligibility
from solver.nearby import Nearby
from solver.plan import Plan

DELAYS: Final = (-30, -60, -90, -120, -180, 30, 60, 90, 120, 180)
"""Minutes by which a start is moved, earlier and later, in search of more people."""
WIDER: Final = (500, 1000, 2000)
"""Metres by which everybody's radius is widened in search of more people."""
COMPILED: Final = 200_000
"""Pairs of unfilled role and volunteer from which the compiled pass is quicker, its loading included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """One role. Of those within reach with every tag, who is open or the first rule that fails.

    Attributes
    ----------
    moved
        Who would be open at each of `DELAYS`; `tags`: who lacks that need alone; `wider`: who would be open with
        a radius so much wider.
    """

    reached: int
    open_now: int
    time: int
    barred: int
    limit: int
    busy: int
    moved: Sequence[int]
    tags: Sequence[int]
    wider: Sequence[int]


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

    def able(self) -> Bools:
        return self.free & ~self.barred & ~self.limit & ~self.busy

    def open_now(self) -> Bools:
        return self.tags.all(axis=1) & self.within & self.able()


class Neighbours:
    """Who could take the roles of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.problem = plan, plan.problem

    @cached_property
    def _eligibility(self) -> Eligibility:
        return Eligibility(self.problem)

    @cached_property
    def _nearby(self) -> Nearby:
        return Nearby(self.problem, margin=max(WIDER))

    @cached_property
    def in_role(self) -> dict[int, list[int]]:
        """Who is in each staffed role."""
        held: dict[int, list[int]] = defaultdict(list)
        for volunteer, role in zip(self.plan.volunteer.tolist(), self.plan.role.tolist(), strict=True):
            held[role].append(volunteer)
        return held

    def count(self, roles: Ints, workers: int) -> list[Counts]:
        """Counts of these roles."""
        if len(roles) * len(self.problem.volunteers) <= COMPILED:
            return [self._counts(role) for role in roles.tolist()]
        from solver.reasons_grid import count_by_grid  # noqa: PLC0415 small weeks need no compiled code

        return count_by_grid(self.plan, roles, workers)

    def open_to(self, roles: Ints, workers: int = 1) -> list[Ints]:
        """Volunteers whom no rule keeps from each role as the plan stands, rising."""
        if len(roles) * len(self.problem.volunteers) > COMPILED:
            from solver.reasons_grid import open_by_grid  # noqa: PLC0415

            return open_by_grid(self.plan, roles, workers)
        near = map(self._near, roles.tolist())
        return [each.who[each.open_now()] for each in near]

    def _near(self, role: int) -> _Near:
        shift = int(self.problem.roles.shift[role])
        who, metres = self._nearby.of_shift(shift)
        away = ~np.isin(who, self.in_role.get(role, []))
        who, metres = who[away], metres[away]
        same = np.full(len(who), shift)
        week = self.problem.shifts
        return _Near(
            who=who,
            tags=self._tags_held(role, who, int(week.end[shift])),
            metres=metres,
            within=metres <= self.problem.volunteers.radius[who],
            free=self._eligibility.is_free(who, week.start[same], week.end[same]),
            barred=self._eligibility.is_barred(who, same),
            limit=self.plan.at_limit(who, shift),
            busy=self.plan.is_busy(who, shift),
        )

    def _tags_held(self, role: int, who: Ints, end: int) -> Bools:
        held = [
            self._eligibility.until(who, np.full(len(who), tag)) >= end for tag in self.problem.roles.needs.row(role)
        ]
        return np.stack(held, axis=1) if held else np.ones((len(who), 0), dtype=np.bool_)

    def _counts(self, role: int) -> Counts:
        near = self._near(role)
        reached = near.tags.all(axis=1) & near.within
        total, first = int(reached.sum()), []
        for fails in (~near.free, near.barred, near.limit, near.busy):
            first.append(int((reached & fails).sum()))
            reached &= ~fails
        time, barred, limit, busy = first
        return Counts(
            reached=total,
            open_now=int(reached.sum()),
            time=time,
            barred=barred,
            limit=limit,
            busy=busy,
            moved=[self._moved(role, near, later) for later in DELAYS],
            tags=self._lacking_one(near),
            wider=self._wider(near),
        )

    def _moved(self, role: int, near: _Near, later: int) -> int:
        week, shift = self.problem.shifts, int(self.problem.roles.shift[role])
        start, end = int(week.start[shift]) + later, int(week.end[shift]) + later
        if start < 0 or start >= self.problem.horizon.minutes:
            return 0
        likely = near.within & ~near.barred
        who = near.who[likely]
        fits = self._eligibility.is_free(who, np.full(len(who), start), np.full(len(who), end))
        who = who[fits]
        held = self._tags_held(role, who, end).all(axis=1)
        open_then = held & ~self.plan.at_limit(who, shift, later) & ~self.plan.is_busy(who, shift, later)
        return int(open_then.sum())

    def _lacking_one(self, near: _Near) -> list[int]:
        """For each need, those whom it alone keeps away."""
        alone = near.within & near.able() & ((~near.tags).sum(axis=1) == 1)
        return [int((alone & ~near.tags[:, column]).sum()) for column in range(near.tags.shape[1])]

    def _wider(self, near: _Near) -> list[int]:
        rest = near.tags.all(axis=1) & near.able()
        slack = near.metres - self.problem.volunteers.radius[near.who]
        return [int((rest & (slack <= metres)).sum()) for metres in WIDER]
