"""Reasons counted in two ways, and the change that lets a shift run with fewer seats, each tried by planning."""

from dataclasses import replace

import numpy as np
import pytest

from bench.solver.city import Shape, city
from solver import ChangeKind, Horizon, Problem, Role, Shift, TeamRule, Volunteer, reasons_near, solve
from solver.plan import Plan
from solver.reasons_near import Neighbours
from solver.solve import explain_unfilled

SCARCE = Shape(all_or_nothing=0.7, team=0.4, radius=2500, free_spans=1.2, people_a_role=3, couples=0.02)


@pytest.fixture(scope="module")
def short():
    problem = city(400, 260, seed=21, shape=SCARCE)
    return problem, Plan.from_pairs(problem, solve(problem, seconds=5, explain=False).assignments)


def test_compiled_counts_are_those_of_the_arrays(short, monkeypatch):
    problem, plan = short
    roles = np.arange(len(problem.roles))
    counted, listed = Neighbours(plan).count(roles, 1), Neighbours(plan).open_to(roles)
    monkeypatch.setattr(reasons_near, "COMPILED", 0)
    assert Neighbours(plan).count(roles, 2) == counted
    for one, other in zip(Neighbours(plan).open_to(roles, 2), listed, strict=True):
        assert one.tolist() == other.tolist()
    assert sum(each.open_now for each in counted) > 0 < sum(map(len, listed))


def _with_fewer(problem, role, people):
    week = [problem.shift(index) for index in range(len(problem.shifts))]
    eased = [
        replace(
            shift, roles=tuple(replace(r, min=r.min - people) if r.id == role else r for r in shift.roles)
        )
        for shift in week
    ]  # fmt: skip
    return Problem.of(
        horizon=problem.horizon,
        volunteers=[problem.volunteer(index) for index in range(len(problem.volunteers))],
        shifts=eased,
        **{name: problem.pairs(name) for name in ("familiar", "barred", "together", "apart")},
    )


def test_a_shift_runs_with_as_many_seats_fewer_as_is_said(short):
    """The plan as it stands is locked, and points for a seat outweigh all else: with the change the shift runs."""
    problem, plan = short
    tried = 0
    for role in explain_unfilled(plan):
        change = next((each for each in role.would_fill if each.change is ChangeKind.MIN), None)
        if change is None or tried == 4:
            continue
        tried += 1
        shift = problem.roles.shift[problem.roles.ids.index(role.role)]
        inside = {problem.roles.ids[r] for r in range(problem.shifts.roles[shift], problem.shifts.roles[shift + 1])}
        for fewer, runs in ((change.people, True), (change.people - 1, False)):
            eased = _with_fewer(problem, role.role, fewer)
            weights = replace(eased.weights, essential=100_000)
            locked = replace(eased, weights=weights, locked=np.stack([plan.volunteer, plan.role], axis=1))
            elsewhere = np.setdiff1d(np.arange(len(eased.shifts)), [shift])
            barred = [(who, other) for who in range(len(eased.volunteers)) for other in elsewhere.tolist()]
            there = set(zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True))
            barred = np.asarray([pair for pair in barred if pair not in there], dtype=np.int64)
            result = solve(replace(locked, barred=barred), explain=False)
            came = [pair for pair in result.assignments if pair[1] in inside]
            assert bool(came) == runs, (role.role, fewer)
            assert not runs or len(came) >= change.gains
    assert tried > 1


def test_the_least_is_named_that_lets_a_shift_run():
    """Two of three can come and one of them holds the tag: one seat fewer, and none where the tag is missing."""
    people = [
        Volunteer(id=f"v{n}", at=(n, 0), radius=100, free=((0, 600),), tags={"lead": None} if n == 1 else {})
        for n in range(2)
    ]
    role = Role(id="s/a", min=3, target=3, max=3)
    for tag, expected in (("lead", [(1, 2)]), ("nurse", [])):
        shift = Shift(
            id="s", at=(0, 0), start=60, end=120, priority=1, roles=(role,), all_or_nothing=True,
            team=(TeamRule(tag=tag, at_least=1),),
        )  # fmt: skip
        problem = Problem.of(
            horizon=Horizon(start="2026-11-23T00:00:00+08:00", minutes=1440), volunteers=people, shifts=[shift]
        )
        (unfilled,) = solve(problem).unfilled
        assert [(c.people, c.gains) for c in unfilled.would_fill if c.change is ChangeKind.MIN] == expected
