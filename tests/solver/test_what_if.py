"""Comparison, what-if and parts, on towns small enough to be planned whole."""

import pytest

from bench.solver.city import Shape, city
from solver import (
    Volunteer,
    Weights,
    check,
    compare,
    cut_parts,
    join_parts,
    solve,
    whom_to_recruit,
    with_free_day,
    with_people,
    with_weights,
)

TOWN = Shape(all_or_nothing=0.4, team=0.3, radius=2500, free_spans=1.5)


@pytest.fixture(scope="module")
def town():
    problem = city(300, 120, seed=21, shape=TOWN)
    return problem, solve(problem, explain=False)


def test_a_plan_compared_with_itself_less_one_differs_by_that_one(town):
    problem, result = town
    shorter = result.assignments[1:]
    compared = compare(problem, result.assignments, shorter)
    assert compared.only_first == result.assignments[:1]
    assert compared.only_second == ()
    assert compared.first.points == result.points
    assert sum(compared.first.seats.values()) == len(result.assignments)
    assert sum(compared.second.seats.values()) == len(shorter)


def test_more_people_and_more_time_never_cost_points(town):
    problem, result = town
    helper = Volunteer(id="helper", at=(500, 500), radius=9000, tags={"adult": None}, free=((0, 10_080),))
    assert solve(with_people(problem, [helper]), explain=False).points >= result.points
    assert solve(with_free_day(problem, 5), explain=False).points >= result.points


def test_other_weights_are_other_points(town):
    problem, result = town
    weights = Weights(near=0, liked=0, familiar=0)
    other = solve(with_weights(problem, weights), explain=False)
    assert "near" not in other.terms
    assert other.points <= result.points


def test_recruits_fill_the_seats_that_were_promised(town):
    problem, result = town
    asked = whom_to_recruit(problem, result.assignments, most=2)
    assert len(asked) == 2
    assert all(each.points > 0 for each in asked)
    best = asked[0]
    people = [
        Volunteer(
            id=f"new{n}", at=best.at, radius=4000, tags=dict.fromkeys(best.tags), free=((best.start, best.start + 360),)
        )
        for n in range(best.people)
    ]
    assert solve(with_people(problem, people), explain=False).points > result.points


@pytest.mark.parametrize("count", [2, 4])
def test_parts_solved_apart_are_nearly_as_good_as_the_whole(town, count):
    problem, result = town
    parts = cut_parts(problem, count)
    ids = [name for part in parts.problems for name in part.volunteers.ids]
    assert len(ids) == len(set(ids))
    assert sum(len(part.shifts) for part in parts.problems) == len(problem.shifts)
    plans = [solve(part, explain=False).assignments for part in parts.problems]
    joined = join_parts(problem, plans)
    verdict = check(problem, joined)
    assert verdict.feasible
    assert result.points <= parts.bound
    assert verdict.points >= 0.99 * result.points
