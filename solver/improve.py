"""Improves a plan of a large week: block after block is planned again exactly, everything else standing still.

Large neighbourhood search (Shaw 1998) with an exact model as the neighbourhood. Volunteers bring what they do outside
the block along as less room, later turns and clashes; a block's new plan is kept when it has more points.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from solver.arrays import Bools, Ints, ranges, starts
from solver.candidates import Candidates
from solver.clock import Run
from solver.engines import solve_part
from solver.joining import broken_shifts, keep_possible
from solver.model import Outside, Pairs, build_model
from solver.plan import Plan
from solver.problem import Problem
from solver.travel import compatible


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Candidates by role, so that the pairs of a block of shifts are found at once."""

    problem: Problem
    candidates: Candidates
    owner: Ints
    begins: Ints
    by_role: Ints

    @classmethod
    def of(cls, problem: Problem, candidates: Candidates, likely: Bools | None = None) -> Neighbourhood:
        """All candidates, or those that are likely to be worth their price."""
        chosen = np.arange(len(candidates)) if likely is None else np.flatnonzero(likely)
        role = candidates.role[chosen]
        order = np.argsort(role, kind="stable")
        begins = starts(np.bincount(role, minlength=len(problem.roles)))
        return cls(problem, candidates, candidates.volunteer().astype(np.int64), begins, chosen[order])

    def pairs(self, shifts: Ints) -> Ints:
        """Candidate numbers of the roles of these shifts, sorted."""
        week = self.problem.shifts
        roles = ranges(week.roles[shifts], np.diff(week.roles)[shifts])
        found = self.by_role[ranges(self.begins[roles], np.diff(self.begins)[roles])]
        return np.sort(found)


def replan(
    near: Neighbourhood, plan: Plan, shifts: Ints, *, seconds: float, nodes: int, gap: float
) -> tuple[Ints, Ints] | None:
    """A best plan of these shifts beside the rest of `plan`: volunteers and roles; ``None`` when none was found."""
    problem = near.problem
    inside = np.isin(plan.shift, shifts)
    outside = Outside(volunteer=plan.volunteer[~inside], shift=plan.shift[~inside])
    chosen = _with_current(near, plan, inside, near.pairs(shifts))
    volunteer, role = near.owner[chosen].astype(np.int64), near.candidates.role[chosen].astype(np.int64)
    fits = _beside(problem, volunteer, problem.roles.shift[role], outside)
    volunteer, role = volunteer[fits], role[fits]
    points = near.candidates.points[chosen[fits]].astype(np.int64)
    pairs = Pairs.from_arrays(problem, volunteer, role, points)
    program = build_model(problem, pairs, shifts, outside=outside)
    answer = solve_part(program, len(role), seconds=seconds, nodes=nodes, gap=gap)
    if answer.x is None:
        return None
    taken = np.flatnonzero(answer.x[: len(role)])
    return volunteer[taken], role[taken]


def _with_current(near: Neighbourhood, plan: Plan, inside: Bools, chosen: Ints) -> Ints:
    """The chosen candidates and those that the plan takes now."""
    start = near.candidates.start
    now = []
    for person, role in zip(plan.volunteer[inside].tolist(), plan.role[inside].tolist(), strict=True):
        row = near.candidates.role[start[person] : start[person + 1]]
        now.append(int(start[person]) + int(np.searchsorted(row, role)))
    return np.union1d(chosen, np.asarray(now, dtype=np.int64))


def _beside(problem: Problem, volunteer: Ints, shift: Ints, outside: Outside) -> Bools:
    """Whether each pair is compatible with everything its volunteer does outside."""
    order = np.argsort(outside.volunteer, kind="stable")
    first = np.searchsorted(outside.volunteer[order], volunteer, side="left")
    count = np.searchsorted(outside.volunteer[order], volunteer, side="right") - first
    pair = np.repeat(np.arange(len(volunteer)), count)
    other = outside.shift[order][ranges(first, count)]
    fits = np.ones(len(volunteer), dtype=np.bool_)
    fits[pair[~compatible(problem, other, shift[pair])]] = False
    return fits


def exchanged(plan: Plan, shifts: Ints, volunteer: Ints, role: Ints) -> Plan:
    """The plan with other people in these shifts."""
    outside = ~np.isin(plan.shift, shifts)
    return Plan.of(
        plan.problem,
        np.concatenate([plan.volunteer[outside], volunteer]),
        np.concatenate([plan.role[outside], role]),
    )


def sweep(
    near: Neighbourhood,
    plan: Plan,
    blocks: list[Ints],
    run: Run,
    *,
    workers: int,
    share: float,
    seconds: float,
    nodes: int = 30,
    gap: float = 1e-4,
) -> Plan:
    """Plan every block again, as many at a time as there are workers; the plan never gets worse.

    Blocks of a batch are planned from the same plan and taken over one after another; one that no longer fits beside
    what the others of its batch changed is left as it was.
    """
    batches = math.ceil(len(blocks) / workers)
    with ThreadPoolExecutor(workers) as pool:
        for number in range(batches):
            if run.over(share):
                break
            batch, now = blocks[number::batches], plan
            left = min(seconds, run.left(share) + 0.5)

            def again(shifts: Ints, now: Plan = now, left: float = left) -> tuple[Ints, Ints] | None:
                return replan(near, now, shifts, seconds=left, nodes=nodes, gap=gap)

            for shifts, found in zip(batch, pool.map(again, batch), strict=True):
                if found is not None:
                    plan = _better(plan, shifts, *found, alone=len(batch) == 1)
            run.tell("improving", points=plan.points if _whole(plan) else None)
    return plan


def _better(plan: Plan, shifts: Ints, volunteer: Ints, role: Ints, *, alone: bool) -> Plan:
    other = exchanged(plan, shifts, volunteer, role)
    if not alone:
        touched = np.isin(other.volunteer, volunteer)
        people, roles = other.volunteer[touched], other.role[touched]
        if not keep_possible(plan.problem, people, roles, np.zeros(len(people), dtype=np.int64)).all():
            return plan
    if other.points > plan.points or _mends(plan, shifts):
        return other
    return plan


def _mends(plan: Plan, shifts: Ints) -> bool:
    """Whether these shifts break a rule, or lack a locked volunteer, as the plan stands."""
    return bool(broken_shifts(plan.problem, plan.volunteer, plan.role)[shifts].any()) or bool(
        np.isin(plan.problem.roles.shift[missing_locks(plan)], shifts).any()
    )


def missing_locks(plan: Plan) -> Ints:
    """Roles whose locked volunteers are not in the plan."""
    width = max(1, len(plan.problem.roles))
    locks = plan.problem.locked
    there = np.isin(locks[:, 0] * width + locks[:, 1], plan.volunteer * width + plan.role)
    lacking: Ints = locks[~there, 1]
    return lacking


def _whole(plan: Plan) -> bool:
    return not len(plan.problem.locked) or not len(missing_locks(plan))
