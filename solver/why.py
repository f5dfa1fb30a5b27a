"""Why a volunteer has a seat, has none, or may not have this one; and what it would cost to give it to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from solver.eligibility import NO_RULE, Eligibility, Rule
from solver.improve import Neighbourhood, exchanged, replan
from solver.narrow import candidates_of
from solver.plan import Plan
from solver.points import pair_points
from solver.problem import Pair, Problem

_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The answer for one pair.

    Attributes
    ----------
    rule
        The first rule that forbids the pair: ``tag:…``, ``expired:…``, ``distance``, ``time``, ``barred``, and beside a
        plan ``limit`` or ``busy``; ``None`` when none does.
    assigned
        Whether the plan has the pair.
    points
        What the pair brings by itself (nearness, liking, familiarity, kept, less recent hours).
    cost
        Points that the plan would lose, at most, if the pair were fixed: the shift and what the volunteer does now are
        planned again for it. 0 or less: it could be had for nothing. ``None`` when a rule of the pair forbids it, no
        plan was given, or the shift could not be planned with it.
    """

    volunteer: str
    role: str
    rule: str | None
    assigned: bool
    points: int
    cost: int | None = None


def why(problem: Problem, volunteer: str, role: str, assignments: Iterable[Pair] | None = None) -> Why:
    """Why this volunteer has, has not, or cannot have this role.

    Raises
    ------
    KeyError
        When the problem does not know one of the ids.
    """
    person = _number(problem.volunteers.ids, volunteer)
    number = _number(problem.roles.ids, role)
    who, what = np.asarray([person]), np.asarray([number])
    judged = Eligibility(problem).judge(who, what)
    rule = judged.code(0, tuple(problem.tags))
    points = int(pair_points(problem, who, what)[0])
    answer = Why(volunteer=volunteer, role=role, rule=rule, assigned=False, points=points)
    if assignments is None:
        return answer
    plan = Plan.from_pairs(problem, assignments)
    if ((plan.volunteer == person) & (plan.role == number)).any():
        return replace(answer, assigned=True, cost=0)
    if judged.rule[0] != NO_RULE:
        return answer
    return replace(answer, rule=_beside_plan(plan, person, number), cost=_cost(plan, person, number))


def _number(ids: Iterable[str], name: str) -> int:
    for index, known in enumerate(ids):
        if known == name:
            return index
    raise KeyError(name)


def _beside_plan(plan: Plan, person: int, role: int) -> str | None:
    shift, who = int(plan.problem.roles.shift[role]), np.asarray([person])
    if plan.at_limit(who, shift)[0]:
        return str(Rule.LIMIT)
    return str(Rule.BUSY) if plan.is_busy(who, shift)[0] else None


def _cost(plan: Plan, person: int, role: int) -> int | None:
    fixed = replace(plan.problem, locked=np.concatenate([plan.problem.locked, [[person, role]]]))
    held = plan.shift[plan.start[person] : plan.start[person + 1]]
    shifts = np.union1d(held, plan.problem.roles.shift[role])
    near = Neighbourhood.of(fixed, candidates_of(fixed, shifts))
    found = replan(near, Plan(fixed, plan.volunteer, plan.role), shifts, seconds=_SECONDS, nodes=50, gap=0.0)
    return None if found is None else plan.points - exchanged(plan, shifts, *found).points


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One role that a volunteer could take: what it brings, whether they have it, and which rule stands against it."""

    role: str
    points: int
    assigned: bool
    rule: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyVolunteer:
    """Everything a volunteer is eligible for, best first, and how many roles each rule keeps them from.

    ``blocked`` counts each role once, under the first rule that fails. A choice without a rule that is not assigned was
    worth more with somebody else, or its shift does not run.
    """

    volunteer: str
    choices: tuple[Choice, ...]
    blocked: dict[str, int]


def why_volunteer(problem: Problem, volunteer: str, assignments: Iterable[Pair]) -> WhyVolunteer:
    """Why this volunteer has these seats, or none; raises `KeyError` for an unknown id."""
    person = _number(problem.volunteers.ids, volunteer)
    plan = Plan.from_pairs(problem, assignments)
    roles = np.arange(len(problem.roles))
    who = np.full(len(roles), person)
    judged = Eligibility(problem).judge(who, roles)
    blocked: dict[str, int] = {}
    for index in np.flatnonzero(judged.rule != NO_RULE).tolist():
        code = judged.code(index, tuple(problem.tags)) or ""
        blocked[code] = blocked.get(code, 0) + 1
    mine = set(plan.role[plan.start[person] : plan.start[person + 1]].tolist())
    able = np.flatnonzero(judged.rule == NO_RULE)
    points = pair_points(problem, who[able], able)
    choices = [
        Choice(
            role=problem.roles.ids[role],
            points=int(brings),
            assigned=role in mine,
            rule=None if role in mine else _beside_plan(plan, person, role),
        )
        for role, brings in zip(able.tolist(), points.tolist(), strict=True)
    ]
    choices.sort(key=lambda choice: (not choice.assigned, -choice.points, choice.role))
    return WhyVolunteer(volunteer=volunteer, choices=tuple(choices), blocked=blocked)
