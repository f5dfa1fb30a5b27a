"""Why a seat stays empty, counted over everybody, and the smallest changes that would fill it, each one counted too.

Every volunteer who is not in the role stands once in ``blocked``, under the first rule that fails in the order tag,
expired, distance, time, barred, limit, busy, or is one of the ``eligible``. Tags are counted from their holders and
distance by subtraction, so that only those near a shift are looked at one by one (`solver.reasons_near`).
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np

from solver.arrays import Ints
from solver.eligibility import Eligibility, Rule
from solver.fewer import fewest_to_drop
from solver.plan import Plan
from solver.points import tier_points
from solver.reasons_near import DELAYS, WIDER, Counts, Neighbours
from solver.result import ChangeKind, Tier, Unfilled, WouldFill

_HALF: Final = len(DELAYS) // 2


class Reasons:
    """Explains the unfilled roles of one plan."""

    def __init__(self, plan: Plan, workers: int = 1) -> None:
        self.plan, self.problem, self.workers = plan, plan.problem, workers
        self.neighbours = Neighbours(plan)
        self._eligibility = Eligibility(self.problem)
        self._holders: dict[tuple[int, ...], tuple[Counter[int], Ints]] = {}
        self._standing: dict[tuple[tuple[int, ...], int], tuple[Counter[str], int]] = {}

    def unfilled_roles(self) -> Ints:
        """Numbers of the roles below target, those with most points to gain first."""
        roles, people = self.problem.roles, self.plan.people
        lacking = np.flatnonzero(people < roles.target)
        worth = tier_points(self.problem)[lacking]
        below = np.maximum(roles.min[lacking] - people[lacking], 0)
        gain = below * worth[:, 0] + (roles.target[lacking] - people[lacking] - below) * worth[:, 1]
        return lacking[np.lexsort((lacking, -gain))]

    def explain(self, roles: Ints) -> tuple[Unfilled, ...]:
        """The counts for these roles, and the changes that would fill them."""
        counted = self.neighbours.count(roles, self.workers)
        fewer = fewest_to_drop(self.plan, self.neighbours, roles, self.workers)
        return tuple(
            self._unfilled(role, counts, fewer.get(role)) for role, counts in zip(roles.tolist(), counted, strict=True)
        )

    def _unfilled(self, role: int, counts: Counts, fewer: WouldFill | None) -> Unfilled:
        people, roles = int(self.plan.people[role]), self.problem.roles
        missing = int(roles.target[role]) - people
        return Unfilled(
            role=roles.ids[role],
            missing=missing,
            tier=Tier.ESSENTIAL if people < roles.min[role] else Tier.WANTED,
            eligible=counts.open_now,
            blocked={name: count for name, count in self._blocked(role, counts).items() if count},
            would_fill=self._changes(role, counts, missing, fewer),
        )

    def _blocked(self, role: int, counts: Counts) -> Counter[str]:
        end = int(self.problem.shifts.end[self.problem.roles.shift[role]])
        by_tag, standing = self._by_tags(tuple(self.problem.roles.needs.row(role).tolist()), end)
        blocked = by_tag.copy()
        blocked[Rule.DISTANCE] = standing - int(self.plan.people[role]) - counts.reached
        blocked.update({Rule.TIME: counts.time, Rule.BARRED: counts.barred})
        blocked.update({Rule.LIMIT: counts.limit, Rule.BUSY: counts.busy})
        return blocked

    def _by_tags(self, needs: tuple[int, ...], end: int) -> tuple[Counter[str], int]:
        """Who lacks a need or holds it no longer at the end, by the first such need; and how many pass them all."""
        if (needs, end) not in self._standing:
            missing, holders = self._holders_of(needs)
            words = self.problem.tags
            counts = Counter({f"{Rule.TAG}:{words[tag]}": count for tag, count in missing.items()})
            for tag in needs:
                held = self._eligibility.until(holders, np.full(len(holders), tag)) >= end
                counts[f"{Rule.EXPIRED}:{words[tag]}"] = int(len(holders) - held.sum())
                holders = holders[held]
            self._standing[needs, end] = counts, len(holders)
        return self._standing[needs, end]

    def _holders_of(self, needs: tuple[int, ...]) -> tuple[Counter[int], Ints]:
        """How many lack each need first, and who holds them all (whether or not they expire)."""
        if needs not in self._holders:
            who = np.arange(len(self.problem.volunteers), dtype=np.int64)
            lacking: Counter[int] = Counter()
            for tag in needs:
                held = self._eligibility.until(who, np.full(len(who), tag)) > -(2**31)
                lacking[tag] += int(len(who) - held.sum())
                who = who[held]
            self._holders[needs] = (lacking, who)
        return self._holders[needs]

    def _changes(self, role: int, counts: Counts, missing: int, fewer: WouldFill | None) -> tuple[WouldFill, ...]:
        """Earlier and later starts, a need less, a wider radius, a smaller minimum: those that would help."""
        listed = []
        for side in (slice(0, _HALF), slice(_HALF, None)):
            moved = [(count - counts.open_now, later) for count, later in zip(counts.moved, DELAYS, strict=True)]
            best = _smallest(moved[side], missing)
            if best is not None:
                listed.append(WouldFill(change=ChangeKind.START, minutes=best[1], gains=best[0]))
        for tag, gains in zip(self.problem.roles.needs.row(role).tolist(), counts.tags, strict=True):
            if gains:
                listed.append(WouldFill(change=ChangeKind.TAG, tag=self.problem.tags[tag], gains=gains))
        wider = [(count - counts.open_now, metres) for count, metres in zip(counts.wider, WIDER, strict=True)]
        best = _smallest(wider, missing)
        if best is not None:
            listed.append(WouldFill(change=ChangeKind.RADIUS, metres=best[1], gains=best[0]))
        return (*listed, *([] if fewer is None else [fewer]))


def _smallest(tried: list[tuple[int, int]], missing: int) -> tuple[int, int] | None:
    """The first (gain, size) that gains enough, else the first of the largest gain; ``None`` when none gains."""
    enough = [each for each in tried if each[0] >= missing]
    best = enough[0] if enough else max(tried, key=lambda each: each[0])
    return best if best[0] > 0 else None
