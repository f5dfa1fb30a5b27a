# ruff: noqa: PLR2004, PLR0911, PLR0917, PLR1714  compiled code: levels are numbers, loops are loops
"""Comparisons: how much two records agree, field by field, as levels. Compiled once, used in bulk and one by one.

The names of the levels stand in :data:`LEVELS`; the compiled code uses their places. The first level of a comparison is
the strongest agreement.
"""

from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from registry.linkage.features import CHARACTERS, HIDDEN, ID_FAULTY, ID_MASKED, ID_NONE, ID_OTHER, ID_WHOLE, Features

Levels = npt.NDArray[np.uint8]

#: Comparison → its levels, in the order of the numbers that the compiled code gives.
LEVELS: Final[dict[str, tuple[str, ...]]] = {
    "name": (
        "exact", "same_reading", "same_reading_latin", "near_reading", "contained", "one_character", "same_given",
        "same_surname", "different",
    ),
    "rarity": ("rare", "count_3", "count_6", "count_16", "count_51", "count_201", "not_compared"),
    "birth": ("equal", "equal_month", "one_part", "same_year", "different", "missing"),
    "telephone": ("own", "shared_2", "shared_5", "shared_many", "one_digit", "guardian", "different", "missing"),
    "sex": ("equal", "different", "missing"),
    "place": (
        "same_address", "same_building", "same_hood", "same_street", "same_district", "other_hood", "other_street",
        "other_district", "missing",
    ),
    "work": ("equal", "different", "missing"),
    "email": ("equal", "different", "missing"),
    "feed": ("same", "other"),
    "number": (
        "equal", "mask_10", "mask_7", "one_edit", "two_edits", "mask_conflict", "conflict", "missing",
    ),
}  # fmt: skip
COMPARISONS: Final = tuple(LEVELS)

NAME, RARITY, BIRTH, TELEPHONE, SEX, PLACE, WORK, EMAIL, FEED, NUMBER = range(10)


@numba.njit(cache=True)
def _name(a: Any, b: Any) -> int:
    if a.name == b.name:
        return 0
    if _reads_alike(a, b):
        return 1 if a.han and b.han else 2
    if a.near == b.near:
        return 3
    if a.han and b.han:
        if _contained(a, b):
            return 4
        if a.length == b.length and a.length >= 3 and _differing(a, b) == 1:
            return 5
    if a.given == b.given:
        return 6
    return 7 if a.surname != 0 and a.surname == b.surname else 8


@numba.njit(cache=True, inline="always")
def _reads_alike(a: Any, b: Any) -> Any:
    if a.reading == b.reading:
        return True
    if a.reading_2 != 0 and (a.reading_2 == b.reading or a.reading_2 == b.reading_2):
        return True
    return b.reading_2 != 0 and a.reading == b.reading_2


@numba.njit(cache=True)
def _contained(a: Any, b: Any) -> Any:
    """Say whether the shorter of two names, of two characters or more, stands inside the longer one."""
    short, long = (a, b) if a.length <= b.length else (b, a)
    n, m = min(short.length, CHARACTERS), min(long.length, CHARACTERS)
    if n < 2 or n == m:
        return False
    for start in range(m - n + 1):
        same = True
        for k in range(n):
            if short.characters[k] != long.characters[start + k]:
                same = False
                break
        if same:
            return True
    return False


@numba.njit(cache=True)
def _differing(a: Any, b: Any) -> int:
    count = 0
    for k in range(CHARACTERS):
        if a.characters[k] != b.characters[k]:
            count += 1
    return count


@numba.njit(cache=True)
def _rarity(count: int) -> int:
    if count <= 2:
        return 0
    if count <= 5:
        return 1
    if count <= 15:
        return 2
    if count <= 50:
        return 3
    return 4 if count <= 200 else 5


@numba.njit(cache=True)
def _birth(a: int, b: int) -> int:
    if a == 0 or b == 0:
        return 5
    year_a, month_a, day_a = a // 10000, a // 100 % 100, a % 100
    year_b, month_b, day_b = b // 10000, b // 100 % 100, b % 100
    if day_a == 0 or day_b == 0:
        if year_a == year_b:
            return 1 if month_a == month_b else 3
        return 4
    if a == b:
        return 0
    same = int(year_a == year_b) + int(month_a == month_b) + int(day_a == day_b)
    if same == 2 or (year_a == year_b and month_a == day_b and day_a == month_b):
        return 2
    return 3 if year_a == year_b else 4


@numba.njit(cache=True)
def _telephone(a: Any, b: Any, shared: int) -> int:
    if a.telephone != 0 and a.telephone == b.telephone:
        if shared <= 1:
            return 0
        if shared == 2:
            return 1
        return 2 if shared <= 5 else 3
    if (a.guardian != 0 and (a.guardian == b.telephone or a.guardian == b.guardian)) or (
        b.guardian != 0 and b.guardian == a.telephone
    ):
        return 5
    if a.telephone == 0 or b.telephone == 0:
        return 7
    return 4 if _one_digit(a.telephone, b.telephone) else 6


@numba.njit(cache=True)
def _one_digit(a: Any, b: Any) -> Any:
    """Say whether two numbers differ in one digit, or in two neighbours that changed places."""
    differing, first, second = 0, -1, -1
    x, y, place = a, b, 0
    while x != 0 or y != 0:
        if x % np.uint64(10) != y % np.uint64(10):
            differing += 1
            if differing == 1:
                first = place
            elif differing == 2:
                second = place
            else:
                return False
        x, y, place = x // np.uint64(10), y // np.uint64(10), place + 1
    if differing == 1:
        return True
    if second != first + 1:
        return False
    for _ in range(first):
        a, b = a // np.uint64(10), b // np.uint64(10)
    ten = np.uint64(10)
    return a % ten == b // ten % ten and b % ten == a // ten % ten


@numba.njit(cache=True)
def _place(a: Any, b: Any) -> int:
    if a.address != 0 and a.address == b.address and (a.district == b.district or a.district == 0 or b.district == 0):
        return 0
    if a.district == 0 or b.district == 0:
        return 1 if a.building != 0 and a.building == b.building else 8
    if a.district != b.district:
        return 7
    if a.building != 0 and a.building == b.building:
        return 1
    if a.street == 0 or b.street == 0:
        return 4
    if a.street != b.street:
        return 6
    if a.hood == 0 or b.hood == 0:
        return 3
    return 2 if a.hood == b.hood else 5


@numba.njit(cache=True, inline="always")
def _equal(a: Any, b: Any) -> int:
    if a == 0 or b == 0:
        return 2
    return 0 if a == b else 1


@numba.njit(cache=True)
def _number(a: Any, b: Any) -> int:
    if a.id_state == ID_NONE or b.id_state == ID_NONE:
        return 7
    if a.id_state == ID_OTHER or b.id_state == ID_OTHER:
        if a.id_state != b.id_state:
            return 7
        return 0 if a.number == b.number else 6
    if a.id_state == ID_WHOLE and b.id_state == ID_WHOLE:
        return 0 if a.number == b.number else 6
    visible, differing, swapped = _visible(a.digits, b.digits)
    if a.id_state == ID_MASKED or b.id_state == ID_MASKED:
        if differing == 0:
            return 1 if visible >= 10 else 2 if visible >= 6 else 7
        return 5
    if differing <= 1 or (differing == 2 and swapped):
        return 3
    return 4 if differing <= 2 else 6


@numba.njit(cache=True)
def _visible(a: Any, b: Any) -> Any:
    """Count the places that both show, and those that differ; say whether two differing ones are neighbours swapped."""
    visible, differing, swapped = 0, 0, False
    for k in range(18):
        if a[k] == HIDDEN or b[k] == HIDDEN:
            continue
        visible += 1
        if a[k] != b[k]:
            differing += 1
            if k > 0 and a[k] == b[k - 1] and b[k] == a[k - 1]:
                swapped = True
    return visible, differing, swapped


@numba.njit(cache=True)
def _compare(a: Any, b: Any, count_a: int, count_b: int, shared: int, levels: Any) -> None:
    levels[0] = _name(a, b)
    levels[1] = _rarity(min(count_a, count_b)) if levels[0] <= 3 else 6
    levels[2] = _birth(a.born, b.born)
    levels[3] = _telephone(a, b, shared)
    levels[4] = _equal(a.sex, b.sex)
    levels[5] = _place(a, b)
    levels[6] = _equal(a.work, b.work)
    levels[7] = _equal(a.email, b.email)
    levels[8] = 0 if a.source == b.source else 1
    levels[9] = _number(a, b)


@numba.njit(cache=True)
def _compare_all(left_of: Any, right_of: Any, left: Any, right: Any, counts: Any, shared: Any, levels: Any) -> None:
    for place in range(left.shape[0]):
        i, j = left[place], right[place]
        _compare(left_of[i], right_of[j], counts[i], counts[j], shared[i], levels[place])


def compared(
    features: Features,
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    counts: npt.NDArray[np.int32],
    shared: npt.NDArray[np.int32],
    other: Features | None = None,
) -> Levels:
    """Compare pairs of rows; pairs × comparisons.

    Parameters
    ----------
    counts
        By record, how many records of the registry read the same name.
    shared
        By record, how many differently read names use its telephone.
    other
        Features to take the right-hand rows from, instead of `features` (a view with something hidden).
    """
    levels = np.empty((len(left), len(COMPARISONS)), np.uint8)
    records = features.view(np.recarray)
    _compare_all(records, records if other is None else other.view(np.recarray), left, right, counts, shared, levels)
    return levels


def sharing(features: Features) -> npt.NDArray[np.int32]:
    """Count for each record the differently read names that use its telephone; 0 without one."""
    rows = np.flatnonzero(features["telephone"])
    telephones, readings = features["telephone"][rows], features["reading"][rows]
    order = np.lexsort((readings, telephones))
    shared = np.zeros(len(features), np.int32)
    if len(rows):
        _sharing(telephones[order], readings[order], rows[order], shared)
    return shared


@numba.njit(cache=True)
def _sharing(telephones: Any, readings: Any, rows: Any, shared: Any) -> None:
    start, names = 0, 1
    n = rows.shape[0]
    for end in range(1, n + 1):
        if end < n and telephones[end] == telephones[start]:
            if readings[end] != readings[end - 1]:
                names += 1
            continue
        for k in range(start, end):
            shared[rows[k]] = names
        start, names = end, 1


assert ID_WHOLE < ID_MASKED < ID_FAULTY  # the compiled code above reads these
