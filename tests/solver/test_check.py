"""The independent checker accepts what is allowed and names every rule that a plan breaks."""

import random

from solver import Code, Horizon, InvalidProblem, Problem, Role, Shift, TeamRule, Volunteer, check, solve
from tests.solver.worlds import allowed, own_sets, points_of, problem_of, small_world


def test_random_plans_are_judged_as_the_text_of_the_rules_says():
    judged = {True: 0, False: 0}
    for seed in range(400):
        world = small_world(seed)
        try:
            problem = problem_of(world)
        except InvalidProblem:
            continue
        rng = random.Random(seed)
        for _ in range(6):
            plan = _random_plan(world, rng)
            verdict = check(problem, [(v, r) for v, _, r in plan])
            right = allowed(world, plan) and _each_keeps_the_rules(world, plan)
            assert verdict.feasible == right, (seed, plan, verdict.violations)
            assert verdict.points == sum(verdict.terms.values())
            if right:
                assert verdict.points == points_of(world, plan)
            judged[right] += 1
    assert min(judged.values()) > 200


def _random_plan(world, rng):
    pairs = [(v.id, s.id, r.id) for v in world["volunteers"] for s in world["shifts"] for r in s.roles]
    return rng.sample(pairs, min(len(pairs), rng.randint(0, 3)))


def _each_keeps_the_rules(world, plan):
    for person in world["volunteers"]:
        taken = {(s, r) for v, s, r in plan if v == person.id}
        if taken not in [{(s.id, r.id) for s, r in each} for each in own_sets(world, person)]:
            return False
    return True


def test_mutations_of_an_optimal_plan_are_never_better_and_allowed():
    tried = 0
    for seed in range(250):
        try:
            problem = problem_of(small_world(seed))
        except InvalidProblem:
            continue
        result = solve(problem, explain=False)
        if result.points is None:
            continue
        rng = random.Random(seed)
        for _ in range(8):
            verdict = check(problem, _mutated(problem, list(result.assignments), rng))
            assert not verdict.feasible or verdict.points <= result.points
            tried += 1
    assert tried > 1000


def _mutated(problem, plan, rng):
    if plan and rng.random() < 0.5:
        plan.remove(rng.choice(plan))
    extra = (rng.choice(list(problem.volunteers.ids)), rng.choice(list(problem.roles.ids)))
    return [*plan, extra] if extra not in plan else plan


def _one_shift(**changes):
    role = Role(id="s/a", needs=("adult",), min=1, target=2, max=2)
    shift = {"id": "s", "at": (0, 0), "start": 600, "end": 720, "priority": 1, "roles": (role,)}
    person = {"at": (300, 400), "radius": 500, "tags": {"adult": 720}, "free": ((600, 720),)}
    people = [Volunteer(**{"id": name, **person, **changes.get(name, {})}) for name in ("a", "b", "c")]
    lists = {name: changes[name] for name in ("barred", "together", "apart") if name in changes}
    return Problem.of(
        horizon=Horizon(start="2026-11-23T00:00:00+08:00", minutes=1440),
        volunteers=people,
        shifts=[Shift(**{**shift, **changes.get("shift", {})})],
        **lists,
    )


def _codes(problem, *people):
    return [violation.code for violation in check(problem, [(name, "s/a") for name in people]).violations]


def test_everything_at_its_edge_is_allowed():
    assert _codes(_one_shift(), "a", "b") == []


def test_each_rule_is_named():
    assert _codes(_one_shift(a={"tags": {}}), "a") == [Code.TAG]
    assert _codes(_one_shift(a={"tags": {"adult": 719}}), "a") == [Code.EXPIRED]
    assert _codes(_one_shift(a={"radius": 499.9}), "a") == [Code.DISTANCE]
    assert _codes(_one_shift(a={"free": ((600, 660), (660, 720))}), "a") == [Code.TIME]
    assert _codes(_one_shift(barred=[("a", "s")]), "a") == [Code.BARRED]
    assert _codes(_one_shift(a={"max_minutes": 119}), "a") == [Code.MAX_MINUTES]
    assert _codes(_one_shift(a={"max_shifts": 0}), "a") == [Code.MAX_SHIFTS]
    assert _codes(_one_shift(a={"max_shifts_per_day": 0}), "a") == [Code.MAX_SHIFTS_PER_DAY]
    assert _codes(_one_shift(), "a", "b", "c") == [Code.ROLE_MAX]
    assert _codes(_one_shift(together=[("a", "b")]), "a") == [Code.TOGETHER]
    assert _codes(_one_shift(apart=[("a", "b")]), "a", "b") == [Code.APART]
    team = {"team": (TeamRule(tag="lead", at_least=1),)}
    assert _codes(_one_shift(shift=team), "a") == [Code.TEAM]
    two = Role(id="s/a", min=2, target=2, max=2)
    assert _codes(_one_shift(shift={"all_or_nothing": True, "roles": (two,)}), "a") == [Code.ALL_OR_NOTHING]
    assert _codes(_one_shift(), "nobody") == [Code.UNKNOWN_VOLUNTEER]
