# ruff: noqa: PLR2004, PLR0917  compiled code: levels are numbers, loops are loops
"""Linkage keys: 64-bit mixtures of features by which records find each other.

Each record has one key a kind (0: none), and a second one in the kinds that use a reading, for polyphonic surnames.
Kinds that were useless or too loose alone in trials (last four and first six of a number; surname and birth date and
district) are not there.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from registry.linkage.compiled import kernel, part
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


#: What keys are mixed of, by place: fourteen words of a record as they are, then what is computed of it.
_WORDS: Final = (
    W_NUMBER, W_TELEPHONE, W_SURNAME, W_GIVEN, W_ADDRESS, W_NAME, W_EMAIL, W_NEAR, W_HOOD, W_BUILDING, W_STREET, W_WORK,
)  # fmt: skip
(
    _NUMBER, _TELEPHONE, _SURNAME, _GIVEN, _ADDRESS, _NAME, _EMAIL, _NEAR, _HOOD, _BUILDING, _STREET, _WORK,
    _READING, _BORN, _MONTH, _YEAR, _SEX, _DISTRICT, _GUARDIAN, _TELEPHONE7, _LAST4, _HEAD3, _HEAD6, _HEAD14, _TAIL12,
    _NOTHING,
) = range(26)  # fmt: skip
_PARTS: Final = _NOTHING + 1

#: Kind → the parts of its key; a key is there when all of them are.
_RECIPES: Final[dict[Kind, tuple[int, ...]]] = {
    Kind.NUMBER: (_NUMBER,),
    Kind.TELEPHONE: (_TELEPHONE,),
    Kind.TELEPHONE_READING: (_TELEPHONE, _READING),
    Kind.READING_BORN: (_READING, _BORN),
    Kind.LAST4_HEAD3_READING: (_LAST4, _HEAD3, _READING),
    Kind.LAST4_SURNAME_YEAR: (_LAST4, _SURNAME, _YEAR),
    Kind.LAST4_HEAD6_SURNAME: (_LAST4, _HEAD6, _SURNAME),
    Kind.LAST4_HEAD6_GIVEN: (_LAST4, _HEAD6, _GIVEN),
    Kind.READING_ADDRESS: (_READING, _ADDRESS),
    Kind.BORN_ADDRESS: (_BORN, _ADDRESS),
    Kind.NAME_DISTRICT_WORK: (_NAME, _DISTRICT, _WORK),
    Kind.READING_TELEPHONE7: (_READING, _TELEPHONE7),
    Kind.EMAIL: (_EMAIL,),
    Kind.GUARDIAN_READING: (_GUARDIAN, _READING),
    Kind.READING_MONTH_SEX: (_READING, _MONTH, _SEX),
    Kind.NEAR_BORN: (_NEAR, _BORN),
    Kind.READING_HOOD: (_READING, _HOOD),
    Kind.READING_BUILDING: (_READING, _BUILDING),
    Kind.GIVEN_BORN_DISTRICT: (_GIVEN, _BORN, _DISTRICT),
    Kind.READING_STREET_YEAR: (_READING, _STREET, _YEAR),
    Kind.BORN_WORK_SEX: (_BORN, _WORK, _SEX),
    Kind.NUMBER_HEAD14: (_HEAD14, _SURNAME),
    Kind.NUMBER_TAIL12: (_TAIL12, _SURNAME),
}
#: The same as a table, kinds × three parts.
_TABLE: Final = np.array(
    [[*recipe, *[_NOTHING] * (3 - len(recipe))] for _, recipe in sorted(_RECIPES.items())], np.int64
)
_COPIED: Final = np.array(_WORDS, np.int64)
#: Which digits of an identity number _LAST4, _HEAD3, _HEAD6, _HEAD14 and _TAIL12 are.
_BOUNDS: Final = np.array([[14, 18], [0, 3], [0, 6], [0, 14], [6, 18]])


@part
def _mix(a: Any, b: Any) -> Any:
    z = a * _GOLDEN + b
    z = (z ^ (z >> np.uint64(30))) * _M1
    z = (z ^ (z >> np.uint64(27))) * _M2
    return z ^ (z >> np.uint64(31))


@part
def _digits(o: Any, start: Any, end: Any) -> Any:
    """Give digits of an identity number as one number plus one, 0 when one of them is hidden."""
    value = np.int64(0)
    for k in range(O_DIGITS + start, O_DIGITS + end):
        if o[k] == HIDDEN:
            return np.uint64(0)
        value = value * 11 + o[k]
    return np.uint64(value + 1)


@part
def _gather(w: Any, h: Any, o: Any, reading: Any, copied: Any, bounds: Any, parts: Any) -> None:
    """Fill in the parts of a record's keys, 0 for what is absent."""
    for k in range(copied.shape[0]):
        parts[k] = w[copied[k]]
    date = np.int64(h[H_BORN])
    telephone = w[W_TELEPHONE]
    parts[_READING] = reading
    parts[_BORN] = date if date % 100 != 0 else 0
    parts[_MONTH] = date // 100 if date // 100 % 100 != 0 else 0
    parts[_YEAR] = date // 10000
    parts[_SEX], parts[_DISTRICT] = o[O_SEX], h[H_DISTRICT]
    parts[_GUARDIAN] = w[W_GUARDIAN] if w[W_GUARDIAN] != 0 else telephone
    parts[_TELEPHONE7] = telephone // np.uint64(10000) if telephone > 9999999 else np.uint64(0)
    for k in range(bounds.shape[0]):
        parts[_LAST4 + k] = _digits(o, bounds[k, 0], bounds[k, 1])
    if o[O_STATE] == ID_MASKED:
        parts[_HEAD14], parts[_TAIL12] = 0, 0
    parts[_NOTHING] = 1


@kernel
def _all_keys(
    words: Any,
    halves: Any,
    octets: Any,
    reading: int,
    rows: Any,
    table: Any,
    copied: Any,
    bounds: Any,
    parts: Any,
    keys: Any,
) -> None:
    for place in range(rows.shape[0]):
        row = rows[place]
        _gather(words[row], halves[row], octets[row], words[row, reading], copied, bounds, parts)
        for kind in range(table.shape[0]):
            a, b, c = parts[table[kind, 0]], parts[table[kind, 1]], parts[table[kind, 2]]
            if a != 0 and b != 0 and c != 0:
                keys[place, kind] = _mix(_mix(_mix(np.uint64(kind + 1), a), b), c)


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
    arrays, parts = columns(features), np.zeros(_PARTS, np.uint64)
    first = np.zeros((len(features), KINDS), np.uint64)
    _all_keys(*arrays, W_READING, np.arange(len(features)), _TABLE, _COPIED, _BOUNDS, parts, first)
    rows = np.flatnonzero(features["reading_2"])
    second = np.zeros((len(rows), KINDS), np.uint64)
    if len(rows):
        _all_keys(*arrays, W_READING_2, rows, _TABLE, _COPIED, _BOUNDS, parts, second)
        other = np.ones(KINDS, bool)
        other[list(_TWO)] = False
        second[:, other] = 0
    return Keys(first=first, second=second, rows=rows)
