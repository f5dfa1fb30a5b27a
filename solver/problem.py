"""A week, or a part of a week, as plain data: who offers what, what is needed, the rules and the weights.

A `Problem` holds columns (`solver.columns`), because a city has a million volunteers; `Problem.of` makes one from
records, `Problem.volunteer` and `Problem.shift` give records back. A problem that exists is sound: every reference
is known, every lock keeps every rule that can be judged by itself. Whether the locks can stand together is for the
solver to find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from solver.arrays import Floats, Ints
from solver.columns import Roles, Shifts, Volunteers, join_shifts, join_volunteers
from solver.diagnose import shift_faults, volunteer_faults
from solver.faults import Fault, InvalidProblem
from solver.intake import Row, Suspect, Vocabulary, shifts_of, volunteers_of
from solver.locks import lock_faults
from solver.records import Horizon, Shift, Travel, Volunteer, Weights
from solver.references import PAIR_LISTS, References

Pair = tuple[str, str]
_FIELDS: Final = ("horizon", "travel", "weights")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """One problem, as columns.

    Attributes
    ----------
    tags, categories
        The words behind tag and category numbers.
    familiar, barred
        Shape (k, 2): volunteer number, shift number.
    locked, published
        Shape (k, 2): volunteer number, role number.
    together, apart
        Shape (k, 2): two volunteer numbers.
    """

    horizon: Horizon
    travel: Travel
    weights: Weights
    tags: Sequence[str]
    categories: Sequence[str]
    volunteers: Volunteers
    shifts: Shifts
    roles: Roles
    familiar: Ints
    locked: Ints
    barred: Ints
    together: Ints
    apart: Ints
    published: Ints

    @classmethod
    def of(
        cls,
        *,
        horizon: Horizon,
        volunteers: Iterable[Volunteer],
        shifts: Iterable[Shift],
        travel: Travel | None = None,
        weights: Weights | None = None,
        familiar: Iterable[Pair] = (),
        locked: Iterable[Pair] = (),
        barred: Iterable[Pair] = (),
        together: Iterable[Pair] = (),
        apart: Iterable[Pair] = (),
        published: Iterable[Pair] = (),
    ) -> Problem:
        """Make a problem from records.

        Raises
        ------
        InvalidProblem
            With the first ten faults and their places, named as in the file format.
        """
        builder = Builder(horizon=horizon, travel=travel or Travel(), weights=weights or Weights())
        builder.add_volunteers([_plain(volunteer) for volunteer in volunteers])
        builder.add_shifts([_plain(shift) for shift in shifts])
        lists = zip(PAIR_LISTS, (familiar, locked, barred, together, apart, published), strict=True)
        return builder.build({name: list(pairs) for name, pairs in lists})

    def volunteer(self, index: int) -> Volunteer:
        return self.volunteers.record(index, self.tags, self.categories)

    def shift(self, index: int) -> Shift:
        return self.shifts.record(index, self.roles, self.tags, self.categories)

    def pairs(self, name: str) -> list[Pair]:
        """One of the pair lists of the format, as ids."""
        first: Sequence[str] = self.volunteers.ids
        second = {"together": first, "apart": first, "locked": self.roles.ids, "published": self.roles.ids}.get(
            name, self.shifts.ids
        )
        numbers: Ints = getattr(self, name)
        return [(first[a], second[b]) for a, b in numbers.tolist()]

    def distances(self, volunteers: Ints, shifts: Ints) -> Floats:
        """Straight-line metres between volunteers and shifts, pair by pair."""
        away = self.volunteers.at[volunteers] - self.shifts.at[shifts]
        metres: Floats = np.sqrt(away[:, 0] * away[:, 0] + away[:, 1] * away[:, 1])
        return metres


def _plain(record: Any) -> Row:
    """A frozen record as the row a file would hold."""
    row = {name: getattr(record, name) for name in record.__slots__}
    if "tags" in row:
        row["tags"] = dict(row["tags"])
    if "roles" in row:
        row["roles"] = [_plain(role) for role in row["roles"]]
        row["team"] = [_plain(rule) for rule in row["team"]]
    return row


class Builder:
    """Takes rows part by part, as a large file is read, and makes the problem at the end."""

    def __init__(self, *, horizon: Horizon, travel: Travel, weights: Weights) -> None:
        self.horizon, self.travel, self.weights = horizon, travel, weights
        self.tags, self.categories = Vocabulary(), Vocabulary()
        self._volunteers: list[Volunteers] = []
        self._shifts: list[tuple[Shifts, Roles]] = []

    def add_volunteers(self, rows: Sequence[Row]) -> None:
        self._volunteers.append(
            self._read(rows, sum(map(len, self._volunteers)), "volunteers", volunteer_faults, volunteers_of)
        )

    def add_shifts(self, rows: Sequence[Row]) -> None:
        first = sum(len(shifts) for shifts, _ in self._shifts)
        self._shifts.append(self._read(rows, first, "shifts", shift_faults, shifts_of))

    def _read(
        self,
        rows: Sequence[Row],
        first: int,
        name: str,
        diagnose: Callable[[object, str], Iterable[Fault]],
        read: Callable[[Sequence[Row], Vocabulary, Vocabulary], Any],
    ) -> Any:
        try:
            return read(rows, self.tags, self.categories)
        except Suspect:
            faults = (fault for index, row in enumerate(rows, first) for fault in diagnose(row, f"{name}[{index}]"))
            raise InvalidProblem(faults) from None

    def build(self, lists: dict[str, list[Any]]) -> Problem:
        """The problem; raises `InvalidProblem` for unknown or repeated ids and for locks that break a rule."""
        volunteers = join_volunteers(self._volunteers)
        shifts, roles = join_shifts(self._shifts)
        references = References(volunteers=volunteers, shifts=shifts, roles=roles)
        faults = [*references.repeated(), *self._outside(shifts)]
        numbers = {name: references.resolve(name, lists.get(name, []), faults) for name in PAIR_LISTS}
        if faults:
            raise InvalidProblem(faults)
        problem = Problem(
            horizon=self.horizon,
            travel=self.travel,
            weights=self.weights,
            tags=self.tags.words(),
            categories=self.categories.words(),
            volunteers=volunteers,
            shifts=shifts,
            roles=roles,
            **numbers,
        )
        broken = list(lock_faults(problem))
        if broken:
            raise InvalidProblem(broken)
        return problem

    def _outside(self, shifts: Shifts) -> Iterable[Fault]:
        late = np.flatnonzero(shifts.start >= self.horizon.minutes)
        for index in late.tolist():
            yield Fault(f"shifts[{index}].start", f"{shifts.start[index]} is after the horizon's end")
        known = np.isin(shifts.priority, list(self.weights.priority))
        for index in np.flatnonzero(~known).tolist():
            yield Fault(f"shifts[{index}].priority", f"{shifts.priority[index]} has no weight")
