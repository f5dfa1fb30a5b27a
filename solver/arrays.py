"""The array types of the solver and the ragged array: many short lists in two flat arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]

UNLIMITED: Final = 2**31 - 1
"""Stands for an absent limit or expiry inside arrays; records and files say ``None``."""


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Lists of whole numbers, one a row.

    Attributes
    ----------
    start
        Shape (rows + 1,). Row *i* is ``items[start[i]:start[i + 1]]``.
    items
        All rows, one after another.
    """

    start: Ints
    items: Ints

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        flat = [item for row in rows for item in row]
        return cls(starts(lengths), np.asarray(flat, dtype=np.int64))

    def row(self, index: int) -> Ints:
        return self.items[self.start[index] : self.start[index + 1]]

    def lengths(self) -> Ints:
        return np.diff(self.start)

    def owners(self) -> Ints:
        """Row number of every item."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int64), self.lengths())


def starts(lengths: Ints) -> Ints:
    """Offsets of rows with these lengths, shape (rows + 1,)."""
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def joined(parts: Iterable[Ragged]) -> Ragged:
    """Rows of all parts, one part after another."""
    listed = list(parts)
    lengths = [part.lengths() for part in listed]
    return Ragged(starts(concatenated(lengths)), concatenated([part.items for part in listed]))


def concatenated(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def ranges(start: Ints, lengths: Ints) -> Ints:
    """``start[i], start[i] + 1, …`` of every row, flat."""
    offsets = starts(lengths)
    return np.arange(offsets[-1], dtype=np.int64) + np.repeat(start - offsets[:-1], lengths)


def by_first(pairs: Ints, rows: int) -> Ragged:
    """The second numbers of pairs, shape (k, 2), in the rows of their first ones."""
    order = np.argsort(pairs[:, 0], kind="stable")
    return Ragged(starts(np.bincount(pairs[:, 0], minlength=rows)), pairs[order, 1])
