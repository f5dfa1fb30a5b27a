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

from registry.linkage.features import FEATURE, HIDDEN, ID_MASKED, Features

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
_M1: Final = np.uint64(0xBF58476D1CE4E5B9)
_M2: Final = np.uint64(0x94D049BB133111EB)


@numba.njit(cache=True, inline="always")
def _mix(a: Any, b: Any) -> Any:
    z = np.uint64(a) * _GOLDEN + np.uint64(b)
    z = (z ^ (z >> np.uint64(30))) * _M1
    z = (z ^ (z >> np.uint64(27))) * _M2
    return z ^ (z >> np.uint64(31))


@numba.njit(cache=True)
def _put(keys: Any, row: int, kind: int, a: Any, b: Any, c: Any) -> None:
    """Write a key unless a part is absent; `c` 1 stands for no third part."""
    if a != 0 and b != 0 and c != 0:
        keys[row, kind] = _mix(_mix(_mix(np.uint64(kind + 1), np.uint64(a)), np.uint64(b)), np.uint64(c))


@numba.njit(cache=True)
def _head(digits: Any, count: int) -> Any:
    """Give the first digits as a number plus one, 0 when one of them is hidden."""
    value = np.int64(0)
    for k in range(count):
        if digits[k] == HIDDEN:
            return np.int64(0)
        value = value * 11 + digits[k]
    return value + 1


@numba.njit(cache=True)
def _tail(digits: Any, count: int) -> Any:
    value = np.int64(0)
    for k in range(18 - count, 18):
        if digits[k] == HIDDEN:
            return np.int64(0)
        value = value * 11 + digits[k]
    return value + 1


@numba.njit(cache=True)
def _keys(f: Any, reading: Any, keys: Any, row: int) -> None:
    born = f.born if f.born % 100 != 0 else 0
    month = f.born // 100
    year = month // 100
    last4 = _tail(f.digits, 4)
    head6 = _head(f.digits, 6)
    head3 = _head(f.digits, 3)
    _put(keys, row, 0, f.number, 1, 1)
    _put(keys, row, 1, f.telephone, 1, 1)
    _put(keys, row, 2, f.telephone, reading, 1)
    _put(keys, row, 3, reading, born, 1)
    _put(keys, row, 4, last4, head3, reading)
    _put(keys, row, 5, last4, f.surname, year)
    _put(keys, row, 6, last4, head6, f.surname)
    _put(keys, row, 7, last4, head6, f.given)
    _put(keys, row, 8, reading, f.address, 1)
    _put(keys, row, 9, born, f.address, 1)
    _put(keys, row, 10, f.name, f.district, f.work)
    if f.telephone > 9999999:
        _put(keys, row, 11, reading, f.telephone // np.uint64(10000), 1)
    _put(keys, row, 12, f.email, 1, 1)
    _put(keys, row, 13, f.guardian, reading, 1)
    if f.guardian == 0:
        _put(keys, row, 13, f.telephone, reading, 1)
    _put(keys, row, 14, reading, month if month % 100 != 0 else 0, f.sex)
    _put(keys, row, 15, f.near, born, 1)
    _put(keys, row, 16, reading, f.hood, 1)
    _put(keys, row, 17, reading, f.building, 1)
    _put(keys, row, 18, f.given, born, f.district)
    _put(keys, row, 19, reading, f.street, year)
    _put(keys, row, 20, born, f.work, f.sex)
    if f.id_state != ID_MASKED:
        _put(keys, row, 21, _head(f.digits, 14), f.surname, 1)
        _put(keys, row, 22, _tail(f.digits, 12), f.surname, 1)


@numba.njit(cache=True)
def _all_keys(features: Any, keys: Any) -> None:
    for row in range(features.shape[0]):
        _keys(features[row], features[row].reading, keys, row)


@numba.njit(cache=True)
def _second_keys(features: Any, rows: Any, keys: Any) -> None:
    for place in range(rows.shape[0]):
        f = features[rows[place]]
        _keys(f, f.reading_2, keys, place)


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
    records = features.view(np.recarray)
    first = np.zeros((len(features), KINDS), np.uint64)
    _all_keys(records, first)
    rows = np.flatnonzero(features["reading_2"])
    second = np.zeros((len(rows), KINDS), np.uint64)
    if len(rows):
        _second_keys(records, rows, second)
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


@numba.njit(cache=True, inline="always")
def _met(first: Any, i: int, j: int, kind: int) -> bool:
    for earlier in range(kind):
        if first[i, earlier] != 0 and first[i, earlier] == first[j, earlier]:
            return True
    return False


assert FEATURE.names is not None  # the compiled code above reads its fields
