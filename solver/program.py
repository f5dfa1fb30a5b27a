"""A linear program in whole numbers, as arrays: what the exact engines solve.

Maximise ``objective · x`` subject to ``low ≤ A x ≤ high`` row by row and ``0 ≤ lower ≤ x ≤ upper``, x whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from solver.arrays import Ints, starts

FREE: Final = 2**40
"""Stands for an absent row bound: −FREE or FREE."""


class Found(StrEnum):
    """What an exact engine can say of a program."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """Columns have an objective and bounds; rows stand one after another in ``start``, ``column``, ``value``."""

    objective: Ints
    lower: Ints
    upper: Ints
    start: Ints
    column: Ints
    value: Ints
    low: Ints
    high: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """An engine's answer. ``x`` and ``points`` are ``None`` when nothing was found; ``bound`` is proven."""

    found: Found
    x: Ints | None = None
    points: int | None = None
    bound: int | None = None


class ProgramBuilder:
    """Gathers blocks of columns and rows."""

    def __init__(self) -> None:
        self._objective: list[Ints] = []
        self._lower: list[Ints] = []
        self._upper: list[Ints] = []
        self._rows: list[Ints] = []
        self._columns: list[Ints] = []
        self._values: list[Ints] = []
        self._low: list[Ints] = []
        self._high: list[Ints] = []
        self.columns = 0
        self.rows = 0

    def add_columns(self, objective: Ints, upper: Ints | int = 1, lower: Ints | int = 0) -> Ints:
        """Add whole-number columns; return their numbers."""
        count = len(objective)
        self._objective.append(objective.astype(np.int64))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=np.int64), count))
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=np.int64), count))
        self.columns += count
        return np.arange(self.columns - count, self.columns, dtype=np.int64)

    def add_rows(self, count: int, low: Ints | int = -FREE, high: Ints | int = FREE) -> Ints:
        """Add empty rows; return their numbers."""
        self._low.append(np.broadcast_to(np.asarray(low, dtype=np.int64), count))
        self._high.append(np.broadcast_to(np.asarray(high, dtype=np.int64), count))
        self.rows += count
        return np.arange(self.rows - count, self.rows, dtype=np.int64)

    def put(self, rows: Ints, columns: Ints, values: Ints | int = 1) -> None:
        """Set coefficients; a place is set at most once."""
        self._rows.append(rows)
        self._columns.append(columns)
        self._values.append(np.broadcast_to(np.asarray(values, dtype=np.int64), len(rows)))

    def build(self) -> Program:
        rows, columns, values = (_flat(parts) for parts in (self._rows, self._columns, self._values))
        order = np.lexsort((columns, rows))
        return Program(
            objective=_flat(self._objective),
            lower=_flat(self._lower),
            upper=_flat(self._upper),
            start=starts(np.bincount(rows, minlength=self.rows)),
            column=columns[order],
            value=values[order],
            low=_flat(self._low),
            high=_flat(self._high),
        )


def _flat(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
