"""The week as a linear program in whole numbers, with every rule.

For eligible pairs (v, r) let x[v,r] be 1 when volunteer v takes role r; s(r) is the role's shift.

    maximise   Σ points[v,r] x[v,r] − Σ_v Σ_k turn (k−1) u[v,k]
               + Σ_r priority[s(r)] (essential e[r] + wanted w[r] + extra t[r])
    fill       Σ_v x[v,r] = e[r] + w[r] + t[r];  e ≤ min, w ≤ target − min, t ≤ max − target
    turns      Σ_r x[v,r] ≤ 1 + Σ_{k≥2} u[v,k]
    cliques    Σ_{r in Q} x[v,r] ≤ 1 for sets Q of shifts that exclude one another (`solver.cliques`)
    limits     shifts, minutes and shifts a day of v
    runs       all-or-nothing: e[r] = min y[s],  Σ_{r in s} x[v,r] ≤ y[s]
    team       Σ_{v holds tag} x ≥ at_least z[s],  Σ_{r in s} x[v,r] ≤ z[s]
    together   Σ_{r in s} x[a,r] = Σ_{r in s} x[b,r] for every s;   apart: their sum ≤ 1
    locks      x[v,r] = 1

When the tiers' weights do not fall from essential to extra, binary columns keep them in order. The same model serves
a part of the week: then `Outside` says what the volunteers already do elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.arrays import UNLIMITED, Bools, Int32s, Ints, Ragged, concatenated, starts
from solver.candidates import Candidates
from solver.cliques import clique_rows
from solver.eligibility import Eligibility
from solver.points import tier_points, tier_sizes
from solver.problem import Problem
from solver.program import FREE, Program, ProgramBuilder
from solver.records import MINUTES_A_DAY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """Pairs of a model, sorted by volunteer: volunteer number, role number, points; and what must be taken."""

    volunteer: Ints
    role: Ints
    points: Ints
    locked: Ints

    @classmethod
    def of(cls, problem: Problem, candidates: Candidates, chosen: Ints | None = None) -> Pairs:
        """Those of the candidates that are chosen (all when ``None``), with the problem's locks among them."""
        volunteer: Int32s | Ints = candidates.volunteer()
        role, points = candidates.role, candidates.points
        if chosen is not None:
            volunteer, role, points = volunteer[chosen], role[chosen], points[chosen]
        return cls.from_arrays(problem, volunteer.astype(np.int64), role.astype(np.int64), points.astype(np.int64))

    @classmethod
    def from_arrays(cls, problem: Problem, volunteer: Ints, role: Ints, points: Ints) -> Pairs:
        width = max(1, len(problem.roles))
        locks = problem.locked[:, 0] * width + problem.locked[:, 1]
        return cls(
            volunteer=volunteer,
            role=role,
            points=points,
            locked=np.isin(volunteer * width + role, locks).astype(np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outside:
    """What the volunteers do in shifts that are not in the model: pairs of volunteer and shift, fixed."""

    volunteer: Ints
    shift: Ints


def build_model(
    problem: Problem,
    pairs: Pairs,
    shifts: Ints | None = None,
    outside: Outside | None = None,
    priced: Bools | None = None,
) -> Program:
    """The program over these pairs; its first columns are the pairs, in their order.

    Parameters
    ----------
    shifts
        The shifts of the model; all of the problem's when ``None``.
    outside
        Fixed assignments in other shifts. Pairs that clash with them must have been left out.
    priced
        Volunteers whose turns are paid for elsewhere: theirs cost nothing here.
    """
    model = _Model(problem, pairs, shifts, outside, priced)
    model.add_pairs()
    model.add_fill()
    model.add_presence()
    model.add_team_rules()
    model.add_cliques()
    model.add_limits()
    model.add_turns()
    model.add_couples()
    return model.builder.build()


class _Model:
    def __init__(
        self, problem: Problem, pairs: Pairs, shifts: Ints | None, outside: Outside | None, priced: Bools | None
    ) -> None:
        self.priced = np.zeros(len(problem.volunteers), dtype=np.bool_) if priced is None else priced
        self.problem, self.pairs = problem, pairs
        self.shifts = np.arange(len(problem.shifts)) if shifts is None else np.sort(shifts)
        self.outside = outside or Outside(volunteer=np.empty(0, np.int64), shift=np.empty(0, np.int64))
        self.builder = ProgramBuilder()
        self.shift = problem.roles.shift[pairs.role]
        self.people, self.person = np.unique(pairs.volunteer, return_inverse=True)
        self.columns = np.arange(len(pairs.role), dtype=np.int64)

    def add_pairs(self) -> None:
        before = np.bincount(self.outside.volunteer, minlength=len(self.problem.volunteers))[self.pairs.volunteer]
        self.builder.add_columns(self.pairs.points - self.problem.weights.turn * before, lower=self.pairs.locked)

    def add_fill(self) -> None:
        """Rows of fill; makes `runs`, the column y of each shift that is all or nothing (−1: none)."""
        week, roles = self.problem.shifts, self.problem.roles
        chosen = np.isin(roles.shift, self.shifts)
        mine = np.flatnonzero(chosen)
        row = np.full(len(roles), -1, dtype=np.int64)
        row[mine] = self.builder.add_rows(len(mine), low=0, high=0)
        self.builder.put(row[self.pairs.role], self.columns)
        needed = np.bincount(roles.shift, weights=roles.min, minlength=len(week))
        bound = self.shifts[week.all_or_nothing[self.shifts] & (needed[self.shifts] > 0)]
        self.runs = np.full(len(week), -1, dtype=np.int64)
        worth, sizes = tier_points(self.problem)[mine], tier_sizes(self.problem)[mine]
        stiff = self.runs[roles.shift[mine]] >= 0
        essential = np.zeros(len(week), dtype=np.int64)
        np.add.at(essential, roles.shift[mine], worth[:, 0] * sizes[:, 0])
        self.runs[bound] = self.builder.add_columns(essential[bound])
        stiff = self.runs[roles.shift[mine]] >= 0
        held = mine[stiff & (sizes[:, 0] > 0)]
        self.builder.put(row[held], self.runs[roles.shift[held]], -roles.min[held])
        sizes[stiff, 0] = 0
        self._tiers(row[mine], sizes, worth)

    def _tiers(self, row: Ints, sizes: Ints, worth: Ints) -> None:
        weights = self.problem.weights
        falling = weights.essential >= weights.wanted >= weights.extra
        used: list[Ints] = []
        for tier in range(3):
            some = np.flatnonzero(sizes[:, tier] > 0)
            column = np.full(len(row), -1, dtype=np.int64)
            column[some] = self.builder.add_columns(worth[some, tier], upper=sizes[some, tier])
            self.builder.put(row[some], column[some], -1)
            used.append(column)
        if not falling:
            self._order(used[0], used[1], sizes[:, 0], sizes[:, 1])
            self._order(used[1], used[2], sizes[:, 1], sizes[:, 2])
            empty = sizes[:, 1] == 0
            self._order(np.where(empty, used[0], -1), np.where(empty, used[2], -1), sizes[:, 0], sizes[:, 2])

    def _order(self, lower: Ints, upper: Ints, lower_size: Ints, upper_size: Ints) -> None:
        """The upper tier only when the lower is full: lower ≥ size·f, upper ≤ size·f, f binary."""
        both = np.flatnonzero((lower >= 0) & (upper >= 0))
        full = self.builder.add_columns(np.zeros(len(both), dtype=np.int64))
        for column, size, sign in ((lower, lower_size, 1), (upper, upper_size, -1)):
            rows = self.builder.add_rows(len(both), low=0)
            self.builder.put(rows, column[both], sign)
            self.builder.put(rows, full, -sign * size[both])

    def add_presence(self) -> None:
        """Column z of each shift with team rules (y where it is all or nothing), and nobody where it is 0."""
        week = self.problem.shifts
        teamed = np.zeros(len(week), dtype=np.bool_)
        rules = week.team_tags.owners()
        teamed[rules[week.team_least.items > 0]] = True
        fresh = self.shifts[teamed[self.shifts] & (self.runs[self.shifts] < 0)]
        self.present = self.runs.copy()
        self.present[fresh] = self.builder.add_columns(np.zeros(len(fresh), dtype=np.int64))
        guarded = np.flatnonzero(self.present[self.shift] >= 0)
        key, group = np.unique(self.person[guarded] * len(week) + self.shift[guarded], return_inverse=True)
        rows = self.builder.add_rows(len(key), high=0)
        self.builder.put(rows[group], guarded)
        self.builder.put(rows, self.present[key % len(week)], -1)

    def add_team_rules(self) -> None:
        week = self.problem.shifts
        owner, least, tag = week.team_tags.owners(), week.team_least.items, week.team_tags.items
        mine = np.flatnonzero((least > 0) & np.isin(owner, self.shifts))
        rows = self.builder.add_rows(len(mine), low=0)
        self.builder.put(rows, self.present[owner[mine]], -least[mine])
        by_shift = Ragged(starts(np.bincount(owner[mine], minlength=len(week))), mine)
        counts = by_shift.lengths()[self.shift]
        pair = np.repeat(self.columns, counts)
        rule = np.arange(len(pair)) - np.repeat(starts(counts)[:-1], counts) + by_shift.start[self.shift[pair]]
        until = Eligibility(self.problem).until(self.pairs.volunteer[pair], tag[mine][rule])
        holds = until >= week.end[self.shift[pair]]
        self.builder.put(rows[rule[holds]], pair[holds])

    def add_cliques(self) -> None:
        offsets = starts(np.bincount(self.person, minlength=len(self.people)))
        row, member = clique_rows(self.problem, offsets, self.shift)
        rows = self.builder.add_rows(int(row[-1]) + 1 if len(row) else 0, high=1)
        self.builder.put(rows[row], member)

    def add_limits(self) -> None:
        people, week = self.problem.volunteers, self.problem.shifts
        minutes, days = week.end - week.start, week.start // MINUTES_A_DAY
        ones = np.ones(len(week), dtype=np.int64)
        self._limit(people.max_shifts, ones, None)
        self._limit(people.max_minutes, minutes, None)
        self._limit(people.max_shifts_per_day, ones, days)

    def _limit(self, limits: Ints, amount: Ints, days: Ints | None) -> None:
        width = 1 if days is None else int(days.max(initial=0)) + 1
        group_of = np.zeros(len(amount), dtype=np.int64) if days is None else days
        key, group = np.unique(self.pairs.volunteer * width + group_of[self.shift], return_inverse=True)
        room = limits[key // width].copy()
        spent_key = self.outside.volunteer * width + group_of[self.outside.shift]
        at = np.searchsorted(key, spent_key)
        here = at < len(key)
        here[here] = key[at[here]] == spent_key[here]
        np.subtract.at(room, at[here], amount[self.outside.shift[here]])
        asked = np.bincount(group, weights=amount[self.shift], minlength=len(key))
        tight = (limits[key // width] < UNLIMITED) & (asked > room)
        rows = np.full(len(key), -1, dtype=np.int64)
        rows[tight] = self.builder.add_rows(int(tight.sum()), high=np.maximum(room[tight], 0))
        mine = np.flatnonzero(tight[group])
        self.builder.put(rows[group[mine]], mine, amount[self.shift[mine]])

    def add_turns(self) -> None:
        turn = self.problem.weights.turn
        if turn == 0 or not len(self.people):
            return
        shifts = np.unique(self.person * len(self.problem.shifts) + self.shift) // len(self.problem.shifts)
        most = np.minimum(
            np.bincount(shifts, minlength=len(self.people)), self.problem.volunteers.max_shifts[self.people]
        )
        again = np.flatnonzero((most > 1) & ~self.priced[self.people])
        row = np.full(len(self.people), -1, dtype=np.int64)
        row[again] = self.builder.add_rows(len(again), high=1)
        mine = np.flatnonzero(row[self.person] >= 0)
        self.builder.put(row[self.person[mine]], mine)
        extra = most[again] - 1
        owner = np.repeat(again, extra)
        turns = np.arange(len(owner)) - np.repeat(starts(extra)[:-1], extra) + 1
        columns = self.builder.add_columns(-turn * turns)
        self.builder.put(row[owner], columns, -1)

    def add_couples(self) -> None:
        for pairs, low, high, sign in ((self.problem.together, 0, 0, -1), (self.problem.apart, -FREE, 1, 1)):
            self._couple(pairs, low, high, sign)

    def _couple(self, couples: Ints, low: int, high: int, sign: int) -> None:
        if not len(couples):
            return
        width = len(self.problem.shifts)
        by_person = Ragged(
            starts(np.bincount(self.pairs.volunteer, minlength=len(self.problem.volunteers))), self.columns
        )
        keys, columns, values = [], [], []
        for side, value in ((0, 1), (1, sign)):
            counts = by_person.lengths()[couples[:, side]]
            couple = np.repeat(np.arange(len(couples)), counts)
            offset = np.arange(len(couple)) - np.repeat(starts(counts)[:-1], counts)
            column = by_person.items[by_person.start[couples[couple, side]] + offset]
            keys.append(couple * width + self.shift[column])
            columns.append(column)
            values.append(np.full(len(column), value, dtype=np.int64))
        key, group = np.unique(concatenated(keys), return_inverse=True)
        rows = self.builder.add_rows(len(key), low=low, high=high)
        self.builder.put(rows[group], concatenated(columns), concatenated(values))
