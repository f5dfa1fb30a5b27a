"""The week as a model for Timefold, in the style of its employee scheduling: one seat, one person or nobody.

A seat may be given only to those who may take its role. Hard: shifts that one person cannot both serve, their limits,
*apart*. Medium: *together* and team rules, which moves of one seat have to break on the way. Soft: our points, exactly;
the seats of an all-or-nothing shift count once its last needed one is taken. Whoever calls empties the shifts that
still break a rule at the end. Imported only where the package `timefold` and Java are (`bench.solver.peers`).
"""

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    EnvironmentMode,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningPin,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardMediumSoftScore,
    Joiners,
    constraint_provider,
)

from solver import Problem
from solver.candidates import find_candidates
from solver.eligibility import Eligibility
from solver.points import seat_points
from solver.records import MINUTES_A_DAY
from solver.travel import compatible


@dataclass
class Person:
    """A volunteer and their limits."""

    id: Annotated[int, PlanningId]
    max_minutes: int
    max_shifts: int
    max_shifts_per_day: int
    avoided: list[int]


@dataclass
class Couple:
    """The first comes only with the second; each pair of *together* makes two of these."""

    first: int
    second: int


@dataclass
class TeamRule:
    """So many of those who hold a tag until the shift's end, if anybody comes."""

    shift: int
    at_least: int
    holders: dict[int, bool]


@planning_entity
@dataclass
class Seat:
    """One place of a role.

    `worth` holds the points of each person who may take it, `clashing` the shifts that nobody can serve beside it;
    `needed` is 1 for a place of the role's minimum, `needed_in_all` their number in an all-or-nothing shift, else 0.
    """

    id: Annotated[int, PlanningId]
    role: int
    shift: int
    day: int
    minutes: int
    points: int
    turn: int
    needed: int
    needed_in_all: int
    worth: dict[int, int]
    clashing: dict[int, bool]
    people: Annotated[list[Person], ValueRangeProvider]
    pinned: Annotated[bool, PlanningPin] = field(default=False)
    person: Annotated[Person | None, PlanningVariable(allows_unassigned=True)] = field(default=None)


@planning_solution
@dataclass
class Week:
    """What Timefold is given, and what it gives back."""

    people: Annotated[list[Person], ProblemFactCollectionProperty]
    couples: Annotated[list[Couple], ProblemFactCollectionProperty]
    team_rules: Annotated[list[TeamRule], ProblemFactCollectionProperty]
    seats: Annotated[list[Seat], PlanningEntityCollectionProperty]
    score: Annotated[HardMediumSoftScore | None, PlanningScore] = field(default=None)


@constraint_provider
def rules(factory: ConstraintFactory) -> list[Constraint]:
    """What must hold and what counts, one stream each."""
    return [*_hard(factory), *_medium(factory), *_soft(factory)]


def _hard(factory: ConstraintFactory) -> list[Constraint]:
    one = HardMediumSoftScore.ONE_HARD
    return [
        factory.for_each_unique_pair(Seat, Joiners.equal(lambda seat: seat.person))
        .filter(lambda seat, other: other.shift in seat.clashing)
        .penalize(one)
        .as_constraint("two shifts that one person cannot both serve"),
        factory.for_each(Seat)
        .group_by(lambda seat: seat.person, ConstraintCollectors.count())
        .filter(lambda person, turns: turns > person.max_shifts)
        .penalize(one, lambda person, turns: turns - person.max_shifts)
        .as_constraint("more shifts than somebody wants"),
        factory.for_each(Seat)
        .group_by(lambda seat: seat.person, lambda seat: seat.day, ConstraintCollectors.count())
        .filter(lambda person, _day, turns: turns > person.max_shifts_per_day)
        .penalize(one, lambda person, _day, turns: turns - person.max_shifts_per_day)
        .as_constraint("more shifts a day than somebody wants"),
        factory.for_each(Seat)
        .group_by(lambda seat: seat.person, ConstraintCollectors.sum(lambda seat: seat.minutes))
        .filter(lambda person, minutes: minutes > person.max_minutes)
        .penalize(one)
        .as_constraint("more minutes than somebody has"),
        factory.for_each_unique_pair(Seat, Joiners.equal(lambda seat: seat.shift))
        .filter(lambda seat, other: other.person.id in seat.person.avoided)
        .penalize(one)
        .as_constraint("two people to be kept apart"),
    ]


def _medium(factory: ConstraintFactory) -> list[Constraint]:
    one = HardMediumSoftScore.ONE_MEDIUM
    return [
        factory.for_each(Couple)
        .join(Seat, Joiners.equal(lambda couple: couple.first, lambda seat: seat.person.id))
        .if_not_exists(
            Seat,
            Joiners.equal(lambda couple, _seat: couple.second, lambda seat: seat.person.id),
            Joiners.equal(lambda _couple, seat: seat.shift, lambda seat: seat.shift),
        )
        .penalize(one)
        .as_constraint("one of two who come together"),
        factory.for_each(TeamRule)
        .join(Seat, Joiners.equal(lambda rule: rule.shift, lambda seat: seat.shift))
        .group_by(
            lambda rule, _seat: rule,
            ConstraintCollectors.sum(lambda rule, seat: 1 if seat.person.id in rule.holders else 0),
        )
        .filter(lambda rule, held: held < rule.at_least)
        .penalize(one, lambda rule, held: rule.at_least - held)
        .as_constraint("a team without those it needs"),
    ]


def _soft(factory: ConstraintFactory) -> list[Constraint]:
    one = HardMediumSoftScore.ONE_SOFT
    return [
        factory.for_each(Seat)
        .impact(one, lambda seat: seat.points + seat.worth[seat.person.id])
        .as_constraint("points of seats and people"),
        factory.for_each(Seat)
        .filter(lambda seat: seat.needed_in_all > 0)
        .group_by(
            lambda seat: seat.shift,
            lambda seat: seat.needed_in_all,
            ConstraintCollectors.sum(lambda seat: seat.needed),
            ConstraintCollectors.sum(lambda seat: seat.points),
        )
        .filter(lambda _shift, in_all, taken, _points: taken < in_all)
        .penalize(one, lambda _shift, _in_all, _taken, points: points)
        .as_constraint("seats of a shift that cannot run yet"),
        factory.for_each_unique_pair(Seat, Joiners.equal(lambda seat: seat.person))
        .penalize(one, lambda seat, _other: seat.turn)
        .as_constraint("further turns of one person"),
    ]


def plan(problem: Problem, seconds: float, seed: int) -> tuple[list[int], list[int]]:
    """Volunteer numbers and role numbers of the seats that somebody has after so many seconds."""
    config = SolverConfig(
        solution_class=Week,
        entity_class_list=[Seat],
        random_seed=seed,
        environment_mode=EnvironmentMode.NO_ASSERT,
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=rules),
        termination_config=TerminationConfig(spent_limit=Duration(milliseconds=int(1000 * seconds))),
    )
    best = SolverFactory.create(config).build_solver().solve(_week(problem))
    taken = [seat for seat in best.seats if seat.person is not None]
    return [seat.person.id for seat in taken], [seat.role for seat in taken]


def _week(problem: Problem) -> Week:
    people = _people(problem)
    return Week(people, _couples(problem), _team_rules(problem), _seats(problem, people))


def _people(problem: Problem) -> list[Person]:
    crew = problem.volunteers
    avoided: list[list[int]] = [[] for _ in range(len(crew))]
    for one, other in problem.apart.tolist():
        avoided[one].append(other)
        avoided[other].append(one)
    columns = (crew.max_minutes.tolist(), crew.max_shifts.tolist(), crew.max_shifts_per_day.tolist(), avoided)
    return [Person(number, *facts) for number, facts in enumerate(zip(*columns, strict=True))]


def _couples(problem: Problem) -> list[Couple]:
    return [Couple(*pair) for one, other in problem.together.tolist() for pair in ((one, other), (other, one))]


def _team_rules(problem: Problem) -> list[TeamRule]:
    week, eligibility = problem.shifts, Eligibility(problem)
    everybody = np.arange(len(problem.volunteers))
    rules = zip(week.team_tags.owners(), week.team_tags.items, week.team_least.items, strict=True)
    return [
        TeamRule(int(shift), int(least), dict.fromkeys(everybody[holds].tolist(), True))
        for shift, tag, least in rules
        if least > 0
        for holds in [eligibility.until(everybody, np.full(len(everybody), tag)) >= week.end[shift]]
    ]


def _seats(problem: Problem, people: list[Person]) -> list[Seat]:
    """Every place of every role, the needed ones first; a locked pair sits in its place from the start."""
    roles, week, candidates = problem.roles, problem.shifts, find_candidates(problem)
    order = np.argsort(candidates.role, kind="stable")
    begins = np.searchsorted(candidates.role[order], np.arange(len(roles) + 1))
    owner, worth_of = candidates.volunteer()[order], candidates.points[order]
    needed = np.bincount(roles.shift, weights=roles.min, minlength=len(week)).astype(np.int64)
    needed[~week.all_or_nothing] = 0
    clashing = _clashing(problem)
    locked: dict[int, list[int]] = {}
    for person, role in problem.locked.tolist():
        locked.setdefault(role, []).append(person)
    seats: list[Seat] = []
    for role, shift in enumerate(roles.shift.tolist()):
        mine = slice(begins[role], begins[role + 1])
        worth = dict(zip(owner[mine].tolist(), worth_of[mine].tolist(), strict=True))
        able = [people[number] for number in worth]
        held = locked.get(role, [])
        for place, points in enumerate(seat_points(problem, role).tolist()):
            seats.append(
                Seat(
                    id=len(seats),
                    role=role,
                    shift=shift,
                    day=int(week.start[shift]) // MINUTES_A_DAY,
                    minutes=int(week.end[shift] - week.start[shift]),
                    points=points,
                    turn=problem.weights.turn,
                    needed=int(place < roles.min[role]),
                    needed_in_all=int(needed[shift]),
                    worth=worth,
                    clashing=clashing[shift],
                    people=able,
                    pinned=place < len(held),
                    person=people[held[place]] if place < len(held) else None,
                )
            )
    return seats


def _clashing(problem: Problem) -> list[dict[int, bool]]:
    """For each shift the others, and itself, that nobody can serve beside it."""
    every = np.arange(len(problem.shifts))
    return [
        dict.fromkeys(every[~compatible(problem, every, np.full(len(every), shift))].tolist(), True)
        for shift in every.tolist()
    ]
