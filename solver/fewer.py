"""How many seats fewer would let a shift run that is all or nothing: found by filling it, not guessed.

A shift that stands empty is filled from those whom no rule keeps from its roles as the plan stands, each person once:
a matching by augmenting paths (Kuhn 1955), holders of the team's tags first. Taking the dearest first gives a matching
that is largest and has most of them, because who can be matched together is a matroid (Edmonds, Fulkerson 1965).
"""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Ints
from solver.eligibility import Eligibility
from solver.plan import Plan
from solver.reasons_near import Neighbours
from solver.result import ChangeKind, WouldFill


def fewest_to_drop(plan: Plan, neighbours: Neighbours, roles: Ints, workers: int = 1) -> dict[int, WouldFill]:
    """For each of these roles in an empty all-or-nothing shift: the least its minimum must fall by to let it run.

    A role is left out when its shift could run as it is (then its people are worth more elsewhere), or could not
    however much of this role's minimum is dropped.
    """
    problem, week = plan.problem, plan.problem.shifts
    staffed = np.bincount(plan.shift, minlength=len(week)) > 0
    shift = problem.roles.shift[roles]
    asked = roles[week.all_or_nothing[shift] & ~staffed[shift] & (problem.roles.min[roles] > 0)]
    shifts = np.unique(problem.roles.shift[asked])
    if not len(shifts):
        return {}
    all_roles = np.concatenate([np.arange(week.roles[each], week.roles[each + 1]) for each in shifts.tolist()])
    listed = neighbours.open_to(all_roles, workers)
    able = dict(zip(all_roles.tolist(), listed, strict=True))
    bound = np.zeros(len(problem.volunteers), dtype=np.bool_)
    bound[problem.together.ravel()] = True
    bound[problem.apart.ravel()] = True
    eligibility, found = Eligibility(problem), dict[int, WouldFill]()
    for role in asked.tolist():
        team = _Team(plan, eligibility, int(problem.roles.shift[role]), able, bound)
        if team.stands({}):
            continue
        least = int(problem.roles.min[role])
        fewer = next((drop for drop in range(1, least + 1) if team.stands({role: drop})), None)
        seats = team.seats - (fewer or 0)
        if fewer is not None and seats > 0:
            found[role] = WouldFill(change=ChangeKind.MIN, people=fewer, gains=seats)
    return found


class _Team:
    """Whether one shift can be filled from those who are open to its roles."""

    def __init__(self, plan: Plan, eligibility: Eligibility, shift: int, able: dict[int, Ints], bound: Bools) -> None:
        problem, week = plan.problem, plan.problem.shifts
        self.least = {role: int(problem.roles.min[role]) for role in range(week.roles[shift], week.roles[shift + 1])}
        self.seats = sum(self.least.values())
        self.able = {role: able[role][~bound[able[role]]] for role in self.least}
        everyone = np.unique(np.concatenate(list(self.able.values())))
        tags, self.needed = week.team_tags.row(shift).tolist(), week.team_least.row(shift).tolist()
        until = [eligibility.until(everyone, np.full(len(everyone), tag)) for tag in tags]
        self.holds = [set(everyone[each >= week.end[shift]].tolist()) for each in until]
        rank = sum((np.isin(everyone, list(each)).astype(np.int64) for each in self.holds), np.zeros(len(everyone)))
        self.order: list[int] = everyone[np.argsort(-rank, kind="stable")].tolist()

    def stands(self, drop: dict[int, int]) -> bool:
        """Whether everybody needed can be found, and the team's tags among them, with so many seats less."""
        places = [role for role, least in self.least.items() for _ in range(least - drop.get(role, 0))]
        can: dict[int, list[int]] = {person: [] for person in self.order}
        for place, role in enumerate(places):
            for person in self.able[role].tolist():
                can[person].append(place)
        taken: dict[int, int] = {}

        def placed(person: int, tried: set[int]) -> bool:
            for place in can[person]:
                if place not in tried:
                    tried.add(place)
                    if place not in taken or placed(taken[place], tried):
                        taken[place] = person
                        return True
            return False

        for person in self.order:
            if len(taken) == len(places):
                break
            placed(person, set())
        team = set(taken.values())
        enough = all(len(team & holds) >= least for holds, least in zip(self.holds, self.needed, strict=True))
        return bool(places) and len(taken) == len(places) and enough
