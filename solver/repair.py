"""Repair: a published roster, what has changed since, and the new plan with the fewest changes at the stated price.

Whoever can stay, stays: only shifts that lost somebody, that break a rule now, or that have never been staffed are
planned again, exactly, with every other assignment standing still. Beyond ``kept`` of the weights each change of
somebody's published seat costs `price` points.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from solver.arrays import Bools, Ints
from solver.blocks import cut_blocks
from solver.check import check
from solver.clock import Run
from solver.eligibility import Eligibility, Rule
from solver.faults import SolverError
from solver.improve import Neighbourhood, sweep
from solver.joining import broken_shifts, keep_possible, keep_sound_shifts
from solver.narrow import candidates_of
from solver.plan import Plan
from solver.problem import Pair, Problem

_BLOCK: Final = 4_000
_SECONDS: Final = 10.0


class ChangeReason(StrEnum):
    """Why somebody's place changed."""

    DECLINED = "declined"
    RULE = "rule"
    SHIFT_FELL = "shift_fell"
    FILLS = "fills"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Somebody leaves (``added`` false) or enters a role, and why; `rule` names the rule for ``rule``."""

    volunteer: str
    role: str
    added: bool
    reason: ChangeReason
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The new plan, its points (by the problem's weights, without the price of changes) and what changed."""

    assignments: tuple[Pair, ...]
    points: int
    changes: tuple[Change, ...]


def repair(
    problem: Problem,
    published: Iterable[Pair],
    *,
    declined: Iterable[Pair] = (),
    price: int = 0,
    workers: int = 1,
) -> Repair:
    """Plan again around declines, sickness and new needs.

    Parameters
    ----------
    problem
        The week as it is now: new shifts, changed hours and expired tags are facts of it.
    published
        The roster that stands, as pairs of volunteer id and role id; ids that are gone are left out.
    declined
        Pairs that are off; these volunteers are not put into the same shift again.
    price
        Points that each change of a published seat costs, beyond the ``kept`` of the weights.

    Raises
    ------
    SolverError
        When the locks cannot all be kept beside the standing roster.
    """
    people, roles = set(problem.volunteers.ids), set(problem.roles.ids)
    known = [(who, role) for who, role in published if who in people and role in roles]
    off = {pair for pair in declined if pair in set(known)}
    now = _priced(problem, known, off, price)
    before = Plan.from_pairs(now, known)
    stands, rules = _standing(now, before, off)
    standing = Plan.of(now, before.volunteer[stands], before.role[stands])
    plan = _replanned(now, standing, workers)
    verdict = check(problem, plan.pairs())
    if not verdict.feasible:
        raise SolverError("; ".join(map(str, verdict.violations[:3])))
    return Repair(assignments=plan.pairs(), points=verdict.points, changes=_changes(before, plan, off, rules))


def _priced(problem: Problem, known: list[Pair], off: set[Pair], price: int) -> Problem:
    """The problem in which the standing roster is published at its price and declined shifts are barred."""
    people = {name: index for index, name in enumerate(problem.volunteers.ids)}
    roles = {name: index for index, name in enumerate(problem.roles.ids)}
    kept = np.asarray([(people[who], roles[role]) for who, role in known if (who, role) not in off], dtype=np.int64)
    barred = np.asarray([(people[who], problem.roles.shift[roles[role]]) for who, role in off], dtype=np.int64)
    locked = [pair for pair in problem.locked.tolist() if _ids(problem, pair) not in off]
    return replace(
        problem,
        published=np.unique(kept.reshape(-1, 2), axis=0),
        barred=np.unique(np.concatenate([problem.barred, barred.reshape(-1, 2)]), axis=0),
        locked=np.asarray(locked, dtype=np.int64).reshape(-1, 2),
        weights=replace(problem.weights, kept=problem.weights.kept + price),
    )


def _ids(problem: Problem, pair: list[int]) -> Pair:
    return problem.volunteers.ids[pair[0]], problem.roles.ids[pair[1]]


def _standing(problem: Problem, before: Plan, off: set[Pair]) -> tuple[Bools, dict[Pair, str]]:
    """Which published assignments can stay, and the rule that each other one breaks now."""
    pairs = before.pairs()
    stands = np.asarray([pair not in off for pair in pairs], dtype=np.bool_)
    judged = Eligibility(problem).judge(before.volunteer, before.role)
    rules: dict[Pair, str] = {}
    for index in np.flatnonzero(stands & (judged.rule >= 0)).tolist():
        rules[pairs[index]] = judged.code(index, tuple(problem.tags)) or ""
    stands &= judged.rule < 0
    order = np.flatnonzero(stands)
    fits = keep_possible(problem, before.volunteer[order], before.role[order], np.zeros(len(order), dtype=np.int64))
    for index in order[~fits].tolist():
        rules[pairs[index]] = str(Rule.BUSY)
    stands[order[~fits]] = False
    return stands, rules


def _replanned(problem: Problem, standing: Plan, workers: int) -> Plan:
    staffed = np.bincount(standing.role, minlength=len(problem.roles))
    broken = broken_shifts(problem, standing.volunteer, standing.role)
    short = np.zeros(len(problem.shifts), dtype=np.bool_)
    short[problem.roles.shift[staffed < problem.roles.target]] = True
    short[problem.roles.shift[problem.locked[:, 1]]] = True
    again: Ints = np.flatnonzero(short | broken)
    sound = keep_sound_shifts(problem, standing.volunteer, standing.role)
    plan = Plan.of(problem, standing.volunteer[sound], standing.role[sound])
    if not len(again):
        return plan
    candidates = candidates_of(problem, again, workers)
    near = Neighbourhood.of(problem, candidates)
    blocks = [block[np.isin(block, again)] for block in cut_blocks(problem, candidates.role, _BLOCK)]
    blocks = [block for block in blocks if len(block)]
    return sweep(near, plan, blocks, Run(seconds=None), workers=workers, share=1.0, seconds=_SECONDS)


def _changes(before: Plan, after: Plan, off: set[Pair], rules: dict[Pair, str]) -> tuple[Change, ...]:
    old, new = set(before.pairs()), set(after.pairs())
    moved = {who for who, _ in old - new} & {who for who, _ in new - old}
    staffed = {role for _, role in new}
    changes = []
    for who, role in sorted(old - new):
        reason = ChangeReason.MOVED if who in moved else ChangeReason.SHIFT_FELL
        if (who, role) in rules:
            reason = ChangeReason.RULE
        elif (who, role) in off:
            reason = ChangeReason.DECLINED
        elif role in staffed and reason is ChangeReason.SHIFT_FELL:
            reason = ChangeReason.MOVED
        changes.append(Change(volunteer=who, role=role, added=False, reason=reason, rule=rules.get((who, role))))
    for who, role in sorted(new - old):
        reason = ChangeReason.MOVED if who in moved else ChangeReason.FILLS
        changes.append(Change(volunteer=who, role=role, added=True, reason=reason))
    return tuple(changes)
