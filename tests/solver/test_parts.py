"""A week solved in parts: whatever is cut, the joined plan keeps every rule and the bound holds."""

from dataclasses import replace

import pytest

from bench.solver.city import city
from solver import InvalidProblem, Problem, Status, check, cut_parts, join_parts, join_results, joint_bound, solve
from solver.result import Result
from tests.solver.worlds import best_by_force, problem_of, small_world


def solved(problem, count: int, **options) -> tuple[Result, object]:
    """Give the joined result of a week cut into so many parts, and the parts."""
    parts = cut_parts(problem, count)
    results = [solve(part, workers=1, seed=1, explain=False) for part in parts.problems]
    return join_results(problem, results, parts=parts, seed=1, **options), parts


def test_a_plan_joined_from_parts_keeps_every_rule_of_the_whole():
    cut = 0
    for seed in range(400, 520):
        world = small_world(seed, people=5, shifts=4)
        try:
            problem = problem_of(world)
            best, _ = best_by_force(world)
        except (InvalidProblem, OverflowError):
            continue
        if best is None:
            continue
        parts = cut_parts(problem, 3)
        results = [solve(part, workers=1, seed=1, explain=False) for part in parts.problems]
        if any(each.points is None for each in results):
            continue
        joined = join_results(problem, results, parts=parts)
        assert check(problem, joined.assignments).points == joined.points <= best <= joined.bound, seed
        assert {shift for part in parts.problems for shift in part.shifts.ids} == set(problem.shifts.ids)
        people = [person for part in parts.problems for person in part.volunteers.ids]
        assert len(people) == len(set(people))
        cut += len(parts.problems) > 1
    assert cut > 30


def test_towns_that_share_nobody_add_up():
    twice = _beside(city(120, 40, seed=3), metres=900_000.0)
    joined, parts = solved(twice, 2)
    assert (parts.independent, len(parts.problems)) == (True, 2)
    whole = solve(twice, workers=1, seed=1)
    assert (joined.status, joined.points, joined.bound) == (whole.status, whole.points, whole.bound)
    assert joined.status is Status.OPTIMAL
    assert {role.role: role.missing for role in joined.unfilled} == {role.role: role.missing for role in whole.unfilled}


def test_a_town_in_parts_is_nearly_as_good_as_whole():
    problem = city(1200, 500, seed=8)
    joined, parts = solved(problem, 4)
    assert len(parts.problems) > 2
    assert not parts.independent
    assert joined.bound == parts.bound
    assert joined.points >= 0.98 * joined.bound
    assert {unfilled.role for unfilled in joined.unfilled} <= set(problem.roles.ids)
    again, _ = solved(problem, 4)
    assert again.assignments == joined.assignments


def test_joining_without_polish_gives_the_parts_plans():
    problem = city(200, 80, seed=2)
    parts = cut_parts(problem, 2)
    plans = [solve(part, workers=1, seed=1, explain=False).assignments for part in parts.problems]
    assert sorted(join_parts(problem, plans, polish=False)) == sorted(pair for plan in plans for pair in plan)


@pytest.mark.parametrize(
    ("whole", "of_parts", "independent", "bound"),
    [(90, (40, 45), True, 85), (90, (40, 60), True, 90), (90, (40, 45), False, 90), (90, (40, None), True, 90)],
)
def test_the_bound_of_the_parts_counts_only_where_nobody_is_shared(whole, of_parts, independent, bound):
    assert joint_bound(whole, of_parts, independent=independent) == bound


def _beside(problem, metres):
    """Give the week twice: as it is, and once more so far away that nobody serves in both."""
    people = [problem.volunteer(index) for index in range(len(problem.volunteers))]
    shifts = [problem.shift(index) for index in range(len(problem.shifts))]

    def moved(at):
        return (at[0] + metres, at[1])

    return Problem.of(
        horizon=problem.horizon,
        travel=problem.travel,
        weights=problem.weights,
        volunteers=[*people, *(replace(one, id=f"x{one.id}", at=moved(one.at)) for one in people)],
        shifts=[
            *shifts,
            *(
                replace(
                    one,
                    id=f"x{one.id}",
                    at=moved(one.at),
                    roles=tuple(replace(role, id=f"x{role.id}") for role in one.roles),
                )
                for one in shifts
            ),
        ],
    )
