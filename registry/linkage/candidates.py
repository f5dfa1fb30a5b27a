# ruff: noqa: PLR2004, PLR0917, SIM110  compiled code: levels are numbers, loops are loops
"""Candidate pairs: records that share a key. Keys are 64-bit mixtures of features; too large blocks are left out.

Each record has one key a kind (0: none), and a second one in the kinds that use a reading, for polyphonic surnames.
Kinds that were useless or too loose alone in trials (last four and first six of a number; surname and birth date and
district) are not there.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from registry.linkage.features import (
    H_BORN,
    H_DISTRICT,
    HIDDEN,
    ID_MASKED,
    O_DIGITS,
    O_SEX,
    O_STATE,
    W_ADDRESS,
    W_BUILDING,
    W_EMAIL,
    W_GIVEN,
    W_GUARDIAN,
    W_HOOD,
    W_NAME,
    W_NEAR,
    W_NUMBER,
    W_READING,
    W_READING_2,
    W_STREET,
    W_SURNAME,
    W_TELEPHONE,
    W_WORK,
    Features,
    columns,
)

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

#: Records in one block beyond which its pairs are not looked at.
CAP: Final = 120


class Kind(IntEnum):
    """The kinds of keys, in the order in which pairs are found."""

    NUMBER = 0
    TELEPHONE = 1
    TELEPHONE_READING = 2
    READING_BORN = 3
    LAST4_HEAD3_READING = 4
    LAST4_SURNAME_YEAR = 5
    LAST4_HEAD6_SURNAME = 6
    LAST4_HEAD6_GIVEN = 7
    READING_ADDRESS = 8
    BORN_ADDRESS = 9
    NAME_DISTRICT_WORK = 10
    READING_TELEPHONE7 = 11
    EMAIL = 12
    GUARDIAN_READING = 13
    READING_MONTH_SEX = 14
    NEAR_BORN = 15
    READING_HOOD = 16
    READING_BUILDING = 17
    GIVEN_BORN_DISTRICT = 18
    READING_STREET_YEAR = 19
    BORN_WORK_SEX = 20
    NUMBER_HEAD14 = 21
    NUMBER_TAIL12 = 22


KINDS: Final = len(Kind)
#: Kinds with a second key for the second reading, by kind.
_TWO: Final = (
    Kind.TELEPHONE_READING,
    Kind.READING_BORN,
    Kind.LAST4_HEAD3_READING,
    Kind.READING_ADDRESS,
    Kind.READING_MONTH_SEX,
    Kind.READING_HOOD,
    Kind.READING_STREET_YEAR,
)
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_ONE: Final = np.uint64(1)
_M1: Final = np.uint64(0xBF58476D1CE4E5B9)
_M2: Final = np.uint64(0x94D049BB133111EB)


@numba.njit(cache=True)
def _mix(a: Any, b: Any) -> Any:
    z = a * _GOLDEN + b
    z = (z ^ (z >> np.uint64(30))) * _M1
    z = (z ^ (z >> np.uint64(27))) * _M2
    return z ^ (z >> np.uint64(31))


@numba.njit(cache=True)
def _put(keys: Any, row: int, kind: int, a: Any, b: Any, c: Any) -> None:
    """Write a key unless a part is absent; `c` 1 stands for no third part."""
    if a != 0 and b != 0 and c != 0:
        keys[row, kind] = _mix(_mix(_mix(np.uint64(kind + 1), a), b), c)


@numba.njit(cache=True)
def _digits(o: Any, start: int, end: int) -> Any:
    """Give digits of an identity number as one number plus one, 0 when one of them is hidden."""
    value = np.int64(0)
    for k in range(O_DIGITS + start, O_DIGITS + end):
        if o[k] == HIDDEN:
            return np.uint64(0)
        value = value * 11 + o[k]
    return np.uint64(value + 1)


@numba.njit(cache=True)
def _keys(w: Any, h: Any, o: Any, reading: Any, keys: Any, row: int) -> None:
    date = np.int64(h[H_BORN])
    born = np.uint64(date) if date % 100 != 0 else np.uint64(0)
    month = np.uint64(date // 100) if date // 100 % 100 != 0 else np.uint64(0)
    year = np.uint64(date // 10000)
    sex, district = np.uint64(o[O_SEX]), np.uint64(h[H_DISTRICT])
    telephone, work, surname = w[W_TELEPHONE], w[W_WORK], w[W_SURNAME]
    last4, head6, head3 = _digits(o, 14, 18), _digits(o, 0, 6), _digits(o, 0, 3)
    _put(keys, row, 0, w[W_NUMBER], _ONE, _ONE)
    _put(keys, row, 1, telephone, _ONE, _ONE)
    _put(keys, row, 2, telephone, reading, _ONE)
    _put(keys, row, 3, reading, born, _ONE)
    _put(keys, row, 4, last4, head3, reading)
    _put(keys, row, 5, last4, surname, year)
    _put(keys, row, 6, last4, head6, surname)
    _put(keys, row, 7, last4, head6, w[W_GIVEN])
    _put(keys, row, 8, reading, w[W_ADDRESS], _ONE)
    _put(keys, row, 9, born, w[W_ADDRESS], _ONE)
    _put(keys, row, 10, w[W_NAME], district, work)
    if telephone > 9999999:
        _put(keys, row, 11, reading, telephone // np.uint64(10000), _ONE)
    _put(keys, row, 12, w[W_EMAIL], _ONE, _ONE)
    _put(keys, row, 13, w[W_GUARDIAN] if w[W_GUARDIAN] != 0 else telephone, reading, _ONE)
    _put(keys, row, 14, reading, month, sex)
    _put(keys, row, 15, w[W_NEAR], born, _ONE)
    _put(keys, row, 16, reading, w[W_HOOD], _ONE)
    _put(keys, row, 17, reading, w[W_BUILDING], _ONE)
    _put(keys, row, 18, w[W_GIVEN], born, district)
    _put(keys, row, 19, reading, w[W_STREET], year)
    _put(keys, row, 20, born, work, sex)
    if o[O_STATE] != ID_MASKED:
        _put(keys, row, 21, _digits(o, 0, 14), surname, _ONE)
        _put(keys, row, 22, _digits(o, 6, 18), surname, _ONE)


@numba.njit(cache=True)
def _all_keys(words: Any, halves: Any, octets: Any, reading: int, rows: Any, keys: Any) -> None:
    for place in range(rows.shape[0]):
        row = rows[place]
        _keys(words[row], halves[row], octets[row], words[row, reading], keys, place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of a set of records.

    Attributes
    ----------
    first
        Records × kinds.
    second, rows
        Second readings × kinds (0 in the kinds without one), and the record of each.
    """

    first: U64
    second: U64
    rows: I64

    def all_of(self, kind: int) -> tuple[U64, I64]:
        """Give the keys of one kind that are there, and the record of each."""
        first = np.flatnonzero(self.first[:, kind])
        second = np.flatnonzero(self.second[:, kind]) if len(self.rows) else np.empty(0, np.int64)
        if not len(second):
            return self.first[first, kind], first
        keys = np.concatenate([self.first[first, kind], self.second[second, kind]])
        return keys, np.concatenate([first, self.rows[second]])


def keys_of(features: Features) -> Keys:
    """Give the keys of records."""
    arrays = columns(features)
    first = np.zeros((len(features), KINDS), np.uint64)
    _all_keys(*arrays, W_READING, np.arange(len(features)), first)
    rows = np.flatnonzero(features["reading_2"])
    second = np.zeros((len(rows), KINDS), np.uint64)
    if len(rows):
        _all_keys(*arrays, W_READING_2, rows, second)
        other = np.ones(KINDS, bool)
        other[list(_TWO)] = False
        second[:, other] = 0
    return Keys(first=first, second=second, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Pairs of rows, left < right, each once; `capped` says how many blocks were too large, by kind."""

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    capped: dict[str, int]


def candidate_pairs(keys: Keys, *, cap: int = CAP, skip: tuple[Kind, ...] = ()) -> Candidates:
    """Find the pairs of records that share a key in a block of at most `cap`.

    A pair is taken at the first kind in which its first keys agree; what second readings find again is taken out at
    the end.
    """
    found: list[U64] = []
    capped: dict[str, int] = {}
    first = keys.first
    for kind in Kind:
        if kind in skip:
            first[:, kind] = 0
            continue
        values, rows = keys.all_of(kind)
        order = np.argsort(values)
        pairs, large = _block_pairs(values[order], rows[order], first, int(kind), cap)
        if large:
            capped[kind.name.lower()] = large
        if len(pairs):
            found.append(pairs)
    merged = np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)
    left = (merged >> np.uint64(32)).astype(np.int32)
    return Candidates(left=left, right=(merged & np.uint64(0xFFFFFFFF)).astype(np.int32), capped=capped)


@numba.njit(cache=True)
def _blocks(values: Any, cap: int) -> Any:
    pairs, large, start = 0, 0, 0
    n = values.shape[0]
    for end in range(1, n + 1):
        if end == n or values[end] != values[start]:
            size = end - start
            if size > cap:
                large += 1
            else:
                pairs += size * (size - 1) // 2
            start = end
    return pairs, large


@numba.njit(cache=True)
def _block_pairs(values: Any, rows: Any, first: Any, kind: int, cap: int) -> Any:
    total, large = _blocks(values, cap)
    pairs = np.empty(total, np.uint64)
    count, start = 0, 0
    n = values.shape[0]
    for end in range(1, n + 1):
        if end < n and values[end] == values[start]:
            continue
        if end - start > cap:
            for k in range(start, end):
                if first[rows[k], kind] == values[start]:
                    first[rows[k], kind] = 0
        else:
            for a in range(start, end):
                for b in range(a + 1, end):
                    i, j = rows[a], rows[b]
                    if i == j or _met(first, i, j, kind):
                        continue
                    if i > j:
                        i, j = j, i
                    pairs[count] = (np.uint64(i) << np.uint64(32)) | np.uint64(j)
                    count += 1
        start = end
    return pairs[:count], large


@numba.njit(cache=True)
def _met(first: Any, i: int, j: int, kind: int) -> bool:
    for earlier in range(kind):
        if first[i, earlier] != 0 and first[i, earlier] == first[j, earlier]:
            return True
    return False
