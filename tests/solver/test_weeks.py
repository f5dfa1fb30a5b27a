"""One volunteer's best week, what each pair costs, and what a network may offer: held against trying everything."""

import itertools
from dataclasses import replace

import numpy as np

from solver import InvalidProblem, Role, Shift, check
from solver.border_kernel import FAR_OFF
from solver.candidates import find_candidates
from solver.clock import Run
from solver.dual import SCALE, Market
from solver.flow_kernel import safe_weeks
from solver.large import _by_auction, _sound_points, usual_effort
from solver.priced import regrets_within
from solver.week_kernel import best_week, clash
from tests.solver.worlds import best_by_force, problem_of, small_world

SPEED, BUFFER = 100.0, 15


class Person:
    """Shifts of two days at random places, and limits that are sometimes absent."""

    def __init__(self, seed, count):
        rng = np.random.default_rng(seed)
        self.begin = rng.integers(16, 80, count) * 30
        self.end = self.begin + rng.choice([60, 90, 240], count)
        self.at = rng.integers(0, 4, (count, 2)).astype(np.float64) * 1500
        self.worth = rng.integers(-200, 1500, count)
        self.turn = int(rng.choice([0, 80, 400]))
        self.most = int(rng.choice([2, 3, 2**31 - 1]))
        self.minutes = int(rng.choice([240, 420, 2**31 - 1]))
        self.a_day = int(rng.choice([1, 2, 2**31 - 1]))
        self.held = int(rng.integers(0, 2))
        self.held_day = int(rng.integers(0, 2)) if self.held else -1

    def serves(self, taken, held=0, held_day=-1):
        days = [*(self.begin[list(taken)] // 1440), *([held_day] if held else [])]
        return (
            len(taken) <= self.most
            and (self.end - self.begin)[list(taken)].sum() <= self.minutes
            and all(days.count(day) <= self.a_day for day in {*self.begin[list(taken)] // 1440})
            and not any(
                clash(a, b, self.begin, self.end, self.at, SPEED, BUFFER) for a, b in itertools.combinations(taken, 2)
            )
        )

    def best(self):
        def value(taken):
            return self.worth[list(taken)].sum() - self.turn * sum(range(self.held, self.held + len(taken)))

        every = range(len(self.begin))
        weeks = (taken for size in range(len(self.begin) + 1) for taken in itertools.combinations(every, size))
        return max(int(value(taken)) for taken in weeks if self.serves(taken, self.held, self.held_day))

    def found(self):
        count = len(self.begin)
        shift, worth, taken = np.arange(count), self.worth.copy(), np.zeros(count, np.bool_)
        value = best_week(
            count, shift, worth, self.begin, self.end, self.at, SPEED, BUFFER, self.turn, self.most, self.minutes,
            self.a_day, self.held, self.held_day, taken,
        )  # fmt: skip
        return value, tuple(shift[taken].tolist())


def test_the_best_week_is_the_best_of_all_weeks():
    for seed in range(300):
        person = Person(seed, 3 + seed % 8)
        value, taken = person.found()
        assert (seed, value) == (seed, person.best())
        assert person.serves(taken, person.held, person.held_day)
        turns = person.turn * sum(range(person.held, person.held + len(taken)))
        assert person.worth[list(taken)].sum() - turns == value


def test_a_week_of_many_shifts_is_still_exact():
    """Beyond what can be tried one by one: days are independent when only clashes count, so they are tried apart."""
    person = Person(4, 26)
    person.most = person.minutes = person.a_day = 2**31 - 1
    person.turn = person.held = 0
    person.held_day = -1
    person.begin = np.where(person.begin < 1440, person.begin % 900, 2000 + person.begin % 900)
    person.end = person.begin + 90
    value, taken = person.found()
    parts = 0
    for day in (person.begin < 1440, person.begin >= 1440):
        part = Person(4, 1)
        part.__dict__.update({**person.__dict__, "worth": person.worth[day], "begin": person.begin[day]})
        part.end, part.at = person.end[day], person.at[day]
        parts += part.best()
    assert value == parts > 0
    assert person.serves(taken)


def test_a_network_can_choose_no_week_that_cannot_be_served():
    several = 0
    for seed in range(200):
        person = Person(seed, 7)
        group, most = np.empty(7, np.int32), np.empty(1, np.int64)
        one = np.ones(1, np.int64)
        safe_weeks(
            np.array([0, 7]), np.arange(7), person.worth, np.zeros(7, np.bool_), person.begin, person.end, person.at,
            SPEED, BUFFER, person.turn, one * person.most, one * person.minutes, one * person.a_day,
            np.zeros(1, np.bool_), group, most,
        )  # fmt: skip
        offered = np.flatnonzero(group >= 0)
        days = person.begin // 1440
        for size in range(int(most[0]) + 1):
            for taken in itertools.combinations(offered.tolist(), size):
                groups, on = group[list(taken)].tolist(), days[list(taken)].tolist()
                exclusive = most[0] == 1 or len({*groups}) == size
                if exclusive and all(on.count(day) <= person.a_day for day in {*on}):
                    assert person.serves(taken), (seed, taken)
                    several += size > 1
        person.held, person.held_day = 0, -1
        assert set(person.found()[1]) <= {*offered.tolist()}, seed
    assert several > 300


def _plain_world(seed):
    world = small_world(seed)
    world["shifts"] = [replace(shift, all_or_nothing=False, team=()) for shift in world["shifts"]]
    world.update(together=[], apart=[])
    weights = world["weights"]
    tiers = sorted((weights.essential, weights.wanted, weights.extra), reverse=True)
    world["weights"] = replace(weights, essential=tiers[0], wanted=tiers[1], extra=tiers[2])
    return world


def test_plain_weeks_end_near_the_optimum_with_a_bound_above_it():
    reached = most = proven = 0
    for seed in range(30_000, 30_600):
        world = _plain_world(seed)
        try:
            problem = problem_of(world)
            best, _ = best_by_force(world)
        except (InvalidProblem, OverflowError):
            continue
        if best is None:
            continue
        market = Market(problem, find_candidates(problem), 1)
        plan, prices = _by_auction(market, Run(seconds=None), usual_effort(1))
        assert best <= prices.bound, seed
        if _sound_points(plan) is not None:
            assert check(problem, plan.pairs()).violations == (), seed
            assert plan.points <= best, seed
            reached, most, proven = reached + plan.points, most + best, proven + (plan.points == best)
    assert reached > 0.98 * most > 0
    assert proven > 450


def test_a_pair_costs_what_the_best_week_with_it_lacks():
    """Regret is the best week less the best week that holds the pair, rounded down; beyond the limit it is not told."""
    told = 0
    for seed in range(40_000, 40_060):
        world = {**_plain_world(seed), "locked": []}
        world["shifts"] = [
            *world["shifts"],
            *(
                Shift(id=f"t{n}", at=(300.0 * n, 0.0), start=400 + 200 * n, end=520 + 200 * n, priority=2,
                      roles=(Role(id=f"t{n}/0", min=0, target=1, max=1),))
                for n in range(4)
            ),
        ]  # fmt: skip
        problem = problem_of(world)
        market = Market(problem, find_candidates(problem), 1)
        prices, _ = market.evaluate(np.random.default_rng(seed).uniform(-300, 300, market.slots))
        regret = regrets_within(market, prices, 150)
        alone = market.evaluate(prices.wage / SCALE)[0].values
        for pair, person in enumerate(market.candidates.volunteer().tolist()):
            wage = prices.wage.copy() / SCALE
            wage[market.slot[pair]] += 10_000
            forced, _ = market.evaluate(wage)
            cost = (alone[person] - (forced.values[person] - 10_000 * SCALE)) // SCALE
            if cost > 5_000:
                continue  # the volunteer cannot have it at all
            assert regret[pair] == (cost if cost <= 150 else FAR_OFF), (seed, pair)
            told += regret[pair] < FAR_OFF
    assert told > 100
