"""Repair, reasons, what a pair would cost, attendance: each held against counting or planning again."""

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from bench.solver.city import Shape, city
from solver import (
    ChangeReason,
    Horizon,
    Problem,
    Role,
    Shift,
    Volunteer,
    attendance,
    check,
    repair,
    solve,
    why,
    why_volunteer,
    with_enough_people,
)
from solver.attendance import chances
from solver.eligibility import Eligibility
from solver.plan import Plan
from solver.solve import explain_unfilled

TOWN = Shape(all_or_nothing=0.4, team=0.3, radius=2500, free_spans=1.5)


@pytest.fixture(scope="module")
def town():
    problem = city(400, 150, seed=11, shape=TOWN)
    return problem, solve(problem)


def test_every_unfilled_role_counts_everybody_once(town):
    problem, result = town
    people = len(problem.volunteers)
    assert result.unfilled
    staffed = Plan.from_pairs(problem, result.assignments).people
    for role in result.unfilled:
        inside = staffed[problem.roles.ids.index(role.role)]
        assert sum(role.blocked.values()) + role.eligible + inside == people


def test_blocked_names_the_first_failing_rule(town):
    problem, result = town
    everyone = np.arange(len(problem.volunteers))
    for role in result.unfilled[:10]:
        number = problem.roles.ids.index(role.role)
        judged = Eligibility(problem).judge(everyone, np.full(len(everyone), number))
        codes = [judged.code(index, tuple(problem.tags)) for index in range(len(everyone))]
        for rule in ("distance", "time", "barred", *(f"tag:{tag}" for tag in problem.tags)):
            assert role.blocked.get(rule, 0) == codes.count(rule)


def test_a_change_of_tag_gains_what_it_says(town):
    problem, result = town
    role, change = next(
        (role, change) for role in result.unfilled for change in role.would_fill if change.change == "tag"
    )
    week = [problem.shift(index) for index in range(len(problem.shifts))]
    eased = [replace(shift, roles=tuple(_eased(each, role.role, change.tag) for each in shift.roles)) for shift in week]
    changed = Problem.of(
        horizon=problem.horizon,
        volunteers=[problem.volunteer(index) for index in range(len(problem.volunteers))],
        shifts=eased,
        **{name: problem.pairs(name) for name in ("familiar", "barred", "together", "apart")},
    )
    from_now = solve_reasons(changed, result.assignments, role.role)
    assert from_now.eligible - role.eligible == change.gains


def _eased(role, wanted, tag):
    return replace(role, needs=tuple(need for need in role.needs if need != tag)) if role.id == wanted else role


def solve_reasons(problem, assignments, role):
    return next(each for each in explain_unfilled(Plan.from_pairs(problem, assignments)) if each.role == role)


def test_backups_can_step_in_beside_everything_else(town):
    problem, result = town
    assert result.backups
    for role, names in result.backups.items():
        staff = [pair for pair in result.assignments if pair[1] == role]
        for name in names:
            for leaving in staff[:1]:
                plan = [pair for pair in result.assignments if pair != leaving] + [(name, role)]
                partners = {who for pair in problem.pairs("together") for who in pair}
                if leaving[0] not in partners:
                    assert check(problem, plan).violations == ()


def test_a_repair_keeps_everybody_it_can(town):
    problem, result = town
    declined = list(result.assignments[::9])
    fixed = repair(problem, result.assignments, declined=declined)
    assert check(problem, fixed.assignments).feasible
    assert not set(declined) & set(fixed.assignments)
    left = [change for change in fixed.changes if not change.added]
    assert {(change.volunteer, change.role) for change in left} == set(result.assignments) - set(fixed.assignments)
    assert {change.reason for change in left if (change.volunteer, change.role) in declined} == {ChangeReason.DECLINED}
    assert len(left) <= 2 * len(declined)


def test_a_repair_without_news_changes_nothing_that_costs(town):
    problem, result = town
    fixed = repair(problem, result.assignments, price=10_000)
    assert set(result.assignments) <= set(fixed.assignments)


def test_why_names_the_rule_or_the_cost(town):
    problem, result = town
    who, role = result.assignments[0]
    assert why(problem, who, role, result.assignments).assigned
    asked = why_volunteer(problem, who, result.assignments)
    assert asked.choices[0].assigned
    assert len(asked.choices) + sum(asked.blocked.values()) == len(problem.roles)
    for choice in asked.choices[1:4]:
        answer = why(problem, who, choice.role, result.assignments)
        assert answer.rule == choice.rule
        if answer.cost is not None and result.status == "optimal":
            assert answer.cost >= 0
    with pytest.raises(KeyError):
        why(problem, "nobody", role)


def test_attendance_is_the_sum_over_who_comes():
    show_up = [0.9, 0.5, 0.7, 1.0, 0.2]
    for people in range(6):
        by_hand = sum(
            math.prod(p if index in who else 1 - p for index, p in enumerate(show_up))
            for who in combinations(range(5), people)
        )
        assert chances(show_up)[people] == pytest.approx(by_hand, abs=1e-12)


def test_people_are_added_until_the_role_is_assured():
    people = [Volunteer(id=f"v{n}", at=(n, 0), radius=100, free=((0, 600),), show_up=0.6) for n in range(8)]
    role = Role(id="s/a", min=1, target=1, max=6, assured=0.9)
    shift = Shift(id="s", at=(0, 0), start=60, end=120, priority=1, roles=(role,))
    problem = Problem.of(
        horizon=Horizon(start="2026-11-23T00:00:00+08:00", minutes=1440), volunteers=people, shifts=[shift]
    )
    plan = with_enough_people(problem, [("v0", "s/a")])
    assert [pair[0] for pair in plan] == ["v0", "v1", "v2"]
    assert attendance(problem, plan)[0].chance == pytest.approx(1 - 0.4**3)
    assert attendance(problem, plan)[0].enough
