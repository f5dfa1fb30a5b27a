"""What the compiled auction works on: a week as packed arrays, who is hired where at what pay, and a journal.

Pay is what a volunteer earns in a role, their own points for it included, in 1/SCALE points; it is also what another
role must offer to hire them away. The columns are named in `solver.hiring_kernel`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from solver.arrays import Floats, Int32s, Ints
from solver.hiring_kernel import by_role
from solver.plan import Plan
from solver.problem import Problem

if TYPE_CHECKING:
    from solver.dual import Market

_WIDE: Final = 8
"""Shifts of one volunteer in the auction at most (twice as many in small weeks)."""
_SMALL: Final = 100_000
_JOURNAL: Final = 2048


class Facts(NamedTuple):
    """One week: `people`, `week`, `roles` by their columns, `fill` points, `offers` by role, `mine` by volunteer.

    ``week``, ``roles`` and ``terms`` also carry what changes: which shifts run, how many are in, what was gained.
    """

    people: Ints
    week: Ints
    at: Floats
    speed: float
    terms: Ints
    roles: Ints
    fill: Ints
    offers: Int32s
    start: Ints
    mine: Int32s


class Hired(NamedTuple):
    """What everybody holds, shape (volunteers, width, 4), how many that is, and the members of every role."""

    hired: Ints
    held: Int32s
    member: Ints


class Journal(NamedTuple):
    """How an attempt found things.

    When each volunteer was written down and how they stood, the shifts that wait, lists of those let go and of shifts
    switched, and the marks of `solver.auction_kernel`.
    """

    stamp: Ints
    journal: Ints
    waits: Ints
    lists: Ints
    marks: Ints


def facts_of(market: Market) -> Facts:
    """The facts of a market's problem over all its pairs."""
    problem, pairs = market.problem, market.candidates
    mine = np.empty((len(pairs), 3), dtype=np.int32)
    mine[:, 0], mine[:, 1] = pairs.role, pairs.points
    mine[:, 2] = market.slot - market.role_slot.astype(np.int32)[pairs.role]
    first, offers = by_role(pairs.start, mine, len(problem.roles))
    terms = [market.scale, problem.weights.turn * market.scale, problem.travel.buffer_minutes, 0]
    return Facts(
        people=_people(problem),
        week=_week(problem, market.team),
        at=problem.shifts.at,
        speed=float(problem.travel.metres_per_minute),
        terms=np.asarray(terms, dtype=np.int64),
        roles=_roles(problem, market.fill_start, first),
        fill=market.fill,
        offers=offers,
        start=pairs.start,
        mine=mine,
    )


def _people(problem: Problem) -> Ints:
    people = problem.volunteers
    banned, apart = np.zeros(len(people), dtype=np.int64), np.full(len(people), -1, dtype=np.int64)
    banned[problem.together.ravel()] = 1  # only whole models place pairs who come together
    for mine, other in ((0, 1), (1, 0)):
        banned[problem.apart[apart[problem.apart[:, mine]] >= 0, mine]] = 1
        apart[problem.apart[:, mine]] = problem.apart[:, other]
    names, counts = np.unique(problem.apart, return_counts=True)
    banned[names[counts > 1]] = 1
    return np.stack([people.max_shifts, people.max_minutes, people.max_shifts_per_day, banned, apart], axis=1)


def _week(problem: Problem, team: Ints) -> Ints:
    week = problem.shifts
    open_now, holders = np.ones(len(week), dtype=np.int64), np.zeros(len(week), dtype=np.int64)
    whole = week.all_or_nothing.astype(np.int64)
    return np.stack([week.start, week.end, team, week.roles[:-1], week.roles[1:], whole, open_now, holders], axis=1)


def _roles(problem: Problem, fill_start: Ints, first: Ints) -> Ints:
    roles = problem.roles
    least = np.where(problem.shifts.all_or_nothing[roles.shift], roles.min, 0)
    member = fill_start[:-1] - np.arange(len(roles))
    count = np.zeros(len(roles), dtype=np.int64)
    return np.stack([roles.shift, roles.max, least, fill_start[:-1], member, first[:-1], first[1:], count], axis=1)


def nobody_hired(problem: Problem) -> Hired:
    """Nobody in any role."""
    people = len(problem.volunteers)
    wide = _WIDE if people > _SMALL else 2 * _WIDE
    wide = max(1, min(wide, int(problem.volunteers.max_shifts.max(initial=0))))
    return Hired(
        hired=np.zeros((people, wide, 4), dtype=np.int64),
        held=np.zeros(people, dtype=np.int32),
        member=np.zeros(int(problem.roles.max.sum()) + 1, dtype=np.int64),
    )


def new_journal(problem: Problem, wide: int) -> Journal:
    """An empty journal, with room for everybody of the largest shift several times."""
    seats = np.bincount(problem.roles.shift, weights=problem.roles.max, minlength=1)
    room = _JOURNAL + 4 * int(seats.max())
    return Journal(
        stamp=np.zeros(len(problem.volunteers), dtype=np.int64),
        journal=np.zeros((room, wide + 1, 4), dtype=np.int64),
        waits=np.zeros((2, len(problem.shifts) + 1), dtype=np.int64),
        lists=np.zeros((2, room), dtype=np.int64),
        marks=np.zeros(8, dtype=np.int64),
    )


def plan_of(problem: Problem, hired: Hired) -> Plan:
    """Those who are hired, as a plan."""
    volunteer = np.repeat(np.arange(len(hired.held), dtype=np.int64), hired.held)
    there = np.arange(hired.hired.shape[1])[None, :] < hired.held[:, None]
    return Plan.of(problem, volunteer, hired.hired[:, :, 0][there])
