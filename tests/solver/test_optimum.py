"""The optimum and its proof, held against a brute force on small random problems with every rule."""

import pytest

from solver import InvalidProblem, Status, check, engines, solve
from tests.solver.worlds import allowed, best_by_force, points_of, problem_of, small_world


def _cases(first, last):
    """Sound problems small enough to try every plan, with their optimum."""
    for seed in range(first, last):
        world = small_world(seed)
        try:
            problem = problem_of(world)
            best, _ = best_by_force(world)
        except (InvalidProblem, OverflowError):
            continue
        yield seed, world, problem, best


def _agrees(seed, world, problem, best):
    result = solve(problem)
    if best is None:
        assert (seed, result.status, result.assignments) == (seed, Status.INFEASIBLE, ())
        return
    assert (seed, result.status, result.points, result.bound) == (seed, Status.OPTIMAL, best, best)
    shift_of = {role.id: shift.id for shift in world["shifts"] for role in shift.roles}
    plan = [(volunteer, shift_of[role], role) for volunteer, role in result.assignments]
    assert allowed(world, plan)
    assert points_of(world, plan) == best == sum(result.terms.values())
    assert check(problem, result.assignments).feasible


@pytest.mark.parametrize("first", range(0, 1000, 250))
def test_light_engine_finds_the_optimum(first):
    cases = list(_cases(first, first + 250))
    for case in cases:
        _agrees(*case)
    assert len(cases) > 200


def test_heavy_engine_finds_the_optimum(monkeypatch):
    monkeypatch.setattr(engines, "LIGHT", -1)
    for case in _cases(5000, 5150):
        _agrees(*case)


def test_the_heavy_engine_answers_a_program_without_columns():
    world = {**small_world(1), "volunteers": []}
    for name in ("familiar", "barred", "published", "locked", "together", "apart"):
        world[name] = []
    problem = problem_of(world)
    assert solve(problem).points == 0


def test_a_search_cut_short_still_has_a_plan_and_a_valid_bound():
    world = small_world(7)
    world["locked"] = []
    problem = problem_of(world)
    best, _ = best_by_force(world)
    result = solve(problem, seconds=0.0)
    assert result.points is not None
    assert result.points <= best <= result.bound


def test_a_cancel_ends_the_solve_with_what_there_is():
    world = small_world(8)
    world["locked"] = []
    asked = []
    result = solve(problem_of(world), cancelled=lambda: asked.append(1) or True)
    assert result.points is not None
    assert result.bound is None or result.points <= result.bound


def test_progress_is_told_from_the_first_stage_to_the_last():
    stages = []
    solve(problem_of({**small_world(9), "locked": []}), progress=lambda step: stages.append(step.stage))
    assert stages[0] == "candidates"
    assert stages[-1] == "reasons"


def test_the_same_call_gives_the_same_plan():
    problem = problem_of({**small_world(10), "locked": []})
    first, second = solve(problem, seed=3), solve(problem, seed=3)
    assert (first.assignments, first.unfilled, first.backups) == (second.assignments, second.unfilled, second.backups)
