"""What if: the same week with other weights, one more day of everybody's time, more people; and whom to look for.

Every question is answered by planning: `solver.solve` on the changed problem, or, for a drive in one place, by planning
the shifts there again beside the standing roster, which takes a moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from solver.arrays import Ints
from solver.improve import Neighbourhood, exchanged, replan
from solver.narrow import candidates_of
from solver.plan import Plan
from solver.points import tier_points
from solver.problem import Pair, Problem
from solver.records import MINUTES_A_DAY, Shift, Volunteer, Weights

_SIDE: Final = 2_000.0
_SECONDS: Final = 5.0


def with_weights(problem: Problem, weights: Weights) -> Problem:
    """The same week judged by other weights."""
    return replace(problem, weights=weights)


def with_people(problem: Problem, volunteers: Iterable[Volunteer]) -> Problem:
    """The same week with more volunteers (a drive in one street); raises `InvalidProblem` for repeated ids."""
    return _with(problem, volunteers=[*_people(problem), *volunteers])


def with_shifts(problem: Problem, shifts: Iterable[Shift]) -> Problem:
    """The same week with more shifts; raises `InvalidProblem` for repeated ids."""
    return _with(problem, shifts=[*_week(problem), *shifts])


def with_free_day(problem: Problem, day: int) -> Problem:
    """The same week if everybody were free on one more day (counted from the horizon's start, 0 the first)."""
    span = (day * MINUTES_A_DAY, (day + 1) * MINUTES_A_DAY)
    return _with(problem, volunteers=[replace(person, free=(*person.free, span)) for person in _people(problem)])


def _people(problem: Problem) -> list[Volunteer]:
    return [problem.volunteer(index) for index in range(len(problem.volunteers))]


def _week(problem: Problem) -> list[Shift]:
    return [problem.shift(index) for index in range(len(problem.shifts))]


def _with(problem: Problem, *, volunteers: list[Volunteer] | None = None, shifts: list[Shift] | None = None) -> Problem:
    return Problem.of(
        horizon=problem.horizon,
        travel=problem.travel,
        weights=problem.weights,
        volunteers=_people(problem) if volunteers is None else volunteers,
        shifts=_week(problem) if shifts is None else shifts,
        familiar=problem.pairs("familiar"),
        locked=problem.pairs("locked"),
        barred=problem.pairs("barred"),
        together=problem.pairs("together"),
        apart=problem.pairs("apart"),
        published=problem.pairs("published"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruiting:
    """People to look for: with these tags, about here, free from then on; and what they would bring, by planning.

    Attributes
    ----------
    at
        Middle of the square of two kilometres' side, metres.
    start
        Earliest start of the shifts that lack them, minutes from the horizon's start.
    people
        How many were tried.
    seats, points
        Seats filled and points gained with them.
    """

    tags: tuple[str, ...]
    at: tuple[float, float]
    start: int
    people: int
    seats: int
    points: int


def whom_to_recruit(problem: Problem, assignments: Iterable[Pair], *, most: int = 5) -> tuple[Recruiting, ...]:
    """Which tags × area × hour, if recruited, fill most: the worst gaps, each tried by planning with the new people.

    Gaps are the unfilled seats grouped by what they need, where and when, valued by their points; the best few groups
    are staffed with invented people on the spot and their shifts planned again beside the standing roster.
    """
    plan = Plan.from_pairs(problem, assignments)
    groups = sorted(_gaps(plan).items(), key=lambda item: (-item[1][0], item[0]))
    tried = [_tried(plan, np.asarray(roles, dtype=np.int64)) for _, (_, roles) in groups[: 2 * most]]
    return tuple(sorted(tried, key=lambda each: (-each.points, each.start))[:most])


def _gaps(plan: Plan) -> dict[tuple[tuple[int, ...], int, int, int], tuple[int, list[int]]]:
    problem, people = plan.problem, plan.people
    roles, worth = problem.roles, tier_points(plan.problem)
    groups: dict[tuple[tuple[int, ...], int, int, int], tuple[int, list[int]]] = defaultdict(lambda: (0, []))
    for role in np.flatnonzero(people < roles.target).tolist():
        shift = int(roles.shift[role])
        below = max(0, int(roles.min[role] - people[role]))
        value = below * int(worth[role, 0]) + int(roles.target[role] - people[role] - below) * int(worth[role, 1])
        place = (problem.shifts.at[shift] // _SIDE).astype(int).tolist()
        needs = tuple(sorted(roles.needs.row(role).tolist()))
        key = (needs, place[0], place[1], int(problem.shifts.start[shift] // 360))
        total, listed = groups[key]
        groups[key] = (total + value, [*listed, role])
    return groups


def _tried(plan: Plan, roles: Ints) -> Recruiting:
    problem, needed = plan.problem, plan.problem.roles
    shifts = np.unique(needed.shift[roles])
    week, middle = problem.shifts, problem.shifts.at[shifts].mean(axis=0)
    missing = int(min(10, (needed.target - plan.people)[roles].sum()))
    tags = tuple(problem.tags[tag] for tag in np.unique(needed.needs.row(int(roles[0]))).tolist())
    begin, end = int(week.start[shifts].min()), int(week.end[shifts].max())
    newcomers = [
        Volunteer(
            id=f"\x00new{index}", at=_point(middle), radius=2 * _SIDE, tags=dict.fromkeys(tags), free=((begin, end),)
        )
        for index in range(missing)
    ]
    larger = with_people(problem, newcomers)
    now = Plan(larger, plan.volunteer, plan.role)
    near = Neighbourhood.of(larger, candidates_of(larger, shifts))
    found = replan(near, now, shifts, seconds=_SECONDS, nodes=50, gap=0.0)
    then = now if found is None else exchanged(now, shifts, *found)
    return Recruiting(
        tags=tags,
        at=_point(middle),
        start=begin,
        people=missing,
        seats=len(then.role) - len(now.role),
        points=then.points - now.points,
    )


def _point(place: np.ndarray) -> tuple[float, float]:
    return float(place[0]), float(place[1])
