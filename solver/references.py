"""The lists of pairs of a problem: ids become numbers, and what is unknown, repeated or malformed is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from solver.arrays import Ints
from solver.columns import Roles, Shifts, Volunteers
from solver.faults import MOST_FAULTS, Fault

PAIR_LISTS: Final = ("familiar", "locked", "barred", "together", "apart", "published")
"""The lists that may follow ``shifts``, in the order of the format."""

_SECOND: Final = {"familiar": "shift", "barred": "shift", "locked": "role", "published": "role"}


@dataclass(frozen=True, kw_only=True)
class References:
    """Looks ids up among these volunteers, shifts and roles."""

    volunteers: Volunteers
    shifts: Shifts
    roles: Roles

    @cached_property
    def _numbers(self) -> Mapping[str, Mapping[str, int]]:
        kinds = {"volunteer": self.volunteers.ids, "shift": self.shifts.ids, "role": self.roles.ids}
        return {kind: {name: index for index, name in enumerate(ids)} for kind, ids in kinds.items()}

    def repeated(self) -> Iterator[Fault]:
        """A fault for every id that stands twice among volunteers, shifts or roles."""
        kinds = {"volunteers": self.volunteers.ids, "shifts": self.shifts.ids, "roles": self.roles.ids}
        for name, ids in kinds.items():
            if len(self._numbers[name[:-1]]) < len(ids):
                yield from self._repeated(name, ids)

    def _repeated(self, name: str, ids: Sequence[str]) -> Iterator[Fault]:
        seen: dict[str, int] = {}
        for index, key in enumerate(ids):
            if key in seen:
                yield Fault(self._place(name, index), f'id "{key}" is also the id of {self._place(name, seen[key])}')
            seen.setdefault(key, index)

    def _place(self, name: str, index: int) -> str:
        if name != "roles":
            return f"{name}[{index}]"
        shift = int(self.roles.shift[index])
        return f"shifts[{shift}].roles[{index - int(self.shifts.roles[shift])}]"

    def resolve(self, name: str, pairs: Sequence[Any], faults: list[Fault]) -> Ints:
        """Numbers of these pairs of ids, shape (k, 2), each pair once; what cannot be is added to `faults`."""
        second = _SECOND.get(name, "volunteer")
        first_known, second_known = self._numbers["volunteer"], self._numbers[second]
        try:
            numbers = [(first_known[a], second_known[b]) for a, b in pairs]
        except (KeyError, TypeError, ValueError):
            faults.extend(_unknown(name, pairs, first_known, second_known, second))
            return np.empty((0, 2), dtype=np.int64)
        resolved = np.asarray(numbers, dtype=np.int64).reshape(-1, 2)
        if second == "volunteer":
            faults.extend(_with_oneself(name, resolved, self.volunteers.ids))
            resolved = np.sort(resolved, axis=1)
        return np.unique(resolved, axis=0)


def _unknown(
    name: str, pairs: Sequence[Any], first: Mapping[str, int], second: Mapping[str, int], kind: str
) -> Iterator[Fault]:
    found = 0
    for index, pair in enumerate(pairs):
        place = f"{name}[{index}]"
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:  # noqa: PLR2004 a pair
            yield Fault(place, "is not a pair of ids")
        elif not isinstance(pair[0], str) or pair[0] not in first:
            yield Fault(place, f"no volunteer has the id {pair[0]!r}")
        elif not isinstance(pair[1], str) or pair[1] not in second:
            yield Fault(place, f"no {kind} has the id {pair[1]!r}")
        else:
            continue
        found += 1
        if found == MOST_FAULTS:
            return


def _with_oneself(name: str, pairs: Ints, ids: Sequence[str]) -> Iterator[Fault]:
    for index in np.flatnonzero(pairs[:, 0] == pairs[:, 1]).tolist():
        yield Fault(f"{name}[{index}]", f"{ids[pairs[index, 0]]} is paired with itself")
