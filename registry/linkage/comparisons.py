# ruff: noqa: SIM109, PLR2004, PLR0911, PLR0917, PLR1714  compiled code: levels are numbers, loops are loops
"""Comparisons: how much two records agree, field by field, as levels. Compiled once, used in bulk and one by one.

The names of the levels stand in :data:`LEVELS`; the compiled code uses their places. The first level of a comparison is
the strongest agreement.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from registry.linkage.compiled import kernel, part
from registry.linkage.features import (
    CHARACTERS,
    H_BORN,
    H_CHARACTERS,
    H_DISTRICT,
    H_SOURCE,
    H_TYPED,
    HIDDEN,
    ID_MASKED,
    ID_NONE,
    ID_OTHER,
    ID_WHOLE,
    O_DIGITS,
    O_HAN,
    O_LENGTH,
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
        "equal_confirmed", "equal_doubtful", "mask_one_edit",
    ),
}  # fmt: skip
COMPARISONS: Final = tuple(LEVELS)

#: The place of the identity number, the last: it is hidden in training.
NUMBER: Final = len(COMPARISONS) - 1


@part
def _name(wa: Any, ha: Any, oa: Any, wb: Any, hb: Any, ob: Any) -> int:
    if wa[W_NAME] == wb[W_NAME]:
        return 0
    han = oa[O_HAN] != 0 and ob[O_HAN] != 0
    if _reads_alike(wa, wb):
        return 1 if han else 2
    if wa[W_NEAR] == wb[W_NEAR]:
        return 3
    if han:
        if _contained(ha, oa[O_LENGTH], hb, ob[O_LENGTH]):
            return 4
        if oa[O_LENGTH] == ob[O_LENGTH] and oa[O_LENGTH] >= 3 and _differing(ha, hb) == 1:
            return 5
    if wa[W_GIVEN] == wb[W_GIVEN]:
        return 6
    return 7 if wa[W_SURNAME] != 0 and wa[W_SURNAME] == wb[W_SURNAME] else 8


@part
def _reads_alike(wa: Any, wb: Any) -> Any:
    if wa[W_READING] == wb[W_READING]:
        return True
    if wa[W_READING_2] != 0 and (wa[W_READING_2] == wb[W_READING] or wa[W_READING_2] == wb[W_READING_2]):
        return True
    return wb[W_READING_2] != 0 and wa[W_READING] == wb[W_READING_2]


@part
def _contained(ha: Any, length_a: int, hb: Any, length_b: int) -> Any:
    """Say whether the shorter of two names, of two characters or more, stands inside the longer one."""
    n, m = min(length_a, CHARACTERS), min(length_b, CHARACTERS)
    if min(n, m) < 2 or n == m:
        return False
    for start in range(abs(m - n) + 1):
        same = True
        for k in range(min(n, m)):
            a = ha[H_CHARACTERS + k + (start if n > m else 0)]
            b = hb[H_CHARACTERS + k + (start if m > n else 0)]
            if a != b:
                same = False
                break
        if same:
            return True
    return False


@part
def _differing(ha: Any, hb: Any) -> int:
    count = 0
    for k in range(H_CHARACTERS, H_CHARACTERS + CHARACTERS):
        if ha[k] != hb[k]:
            count += 1
    return count


@part
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


@part
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


@part
def _telephone(wa: Any, wb: Any, shared: int) -> int:
    a, b, guardian_a, guardian_b = wa[W_TELEPHONE], wb[W_TELEPHONE], wa[W_GUARDIAN], wb[W_GUARDIAN]
    if a != 0 and a == b:
        if shared <= 1:
            return 0
        if shared == 2:
            return 1
        return 2 if shared <= 5 else 3
    if (guardian_a != 0 and (guardian_a == b or guardian_a == guardian_b)) or (guardian_b != 0 and guardian_b == a):
        return 5
    if a == 0 or b == 0:
        return 7
    return 4 if _one_digit(a, b) else 6


@part
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


@part
def _place(wa: Any, district_a: int, wb: Any, district_b: int) -> int:
    known = district_a != 0 and district_b != 0
    if wa[W_ADDRESS] != 0 and wa[W_ADDRESS] == wb[W_ADDRESS] and (not known or district_a == district_b):
        return 0
    same_building = wa[W_BUILDING] != 0 and wa[W_BUILDING] == wb[W_BUILDING]
    if not known:
        return 1 if same_building else 8
    if district_a != district_b:
        return 7
    if same_building:
        return 1
    if wa[W_STREET] == 0 or wb[W_STREET] == 0:
        return 4
    if wa[W_STREET] != wb[W_STREET]:
        return 6
    if wa[W_HOOD] == 0 or wb[W_HOOD] == 0:
        return 3
    return 2 if wa[W_HOOD] == wb[W_HOOD] else 5


@part
def _equal(a: Any, b: Any) -> int:
    if a == 0 or b == 0:
        return 2
    return 0 if a == b else 1


@part
def _number(wa: Any, ha: Any, oa: Any, wb: Any, hb: Any, ob: Any) -> int:
    state_a, state_b = oa[O_STATE], ob[O_STATE]
    if state_a == ID_NONE or state_b == ID_NONE:
        return 7
    if state_a == ID_OTHER or state_b == ID_OTHER:
        if state_a != state_b:
            return 7
        return 0 if wa[W_NUMBER] == wb[W_NUMBER] else 6
    if state_a == ID_WHOLE and state_b == ID_WHOLE:
        return _equal_number(ha, hb) if wa[W_NUMBER] == wb[W_NUMBER] else 6
    visible, differing, swapped = _visible(oa, ob)
    near = differing <= 1 or (differing == 2 and swapped)
    if state_a == ID_MASKED or state_b == ID_MASKED:
        if differing == 0:
            return 1 if visible >= 10 else 2 if visible >= 6 else 7
        return 10 if near and visible >= 10 else 5
    if near:
        return 3
    return 4 if differing <= 2 else 6


@part
def _equal_number(ha: Any, hb: Any) -> int:
    """Weigh an equal number by the birth dates typed beside it: who uses another's number types a date of their own."""
    typed = int(ha[H_TYPED] % 100 != 0) + int(hb[H_TYPED] % 100 != 0)
    fits_a = _birth(ha[H_TYPED], ha[H_BORN])
    fits_b = _birth(hb[H_TYPED], hb[H_BORN])
    if fits_a in (3, 4) or fits_b in (3, 4) or (fits_a == 2 and fits_b == 2):
        return 9
    return 8 if typed == 2 and fits_a == 0 and fits_b == 0 else 0


@part
def _visible(oa: Any, ob: Any) -> Any:
    """Count the places that both show, and those that differ; say whether two differing ones are neighbours swapped."""
    visible, differing, swapped = 0, 0, False
    for k in range(O_DIGITS, O_DIGITS + 18):
        if oa[k] == HIDDEN or ob[k] == HIDDEN:
            continue
        visible += 1
        if oa[k] != ob[k]:
            differing += 1
            if k > O_DIGITS and oa[k] == ob[k - 1] and ob[k] == oa[k - 1]:
                swapped = True
    return visible, differing, swapped


@kernel
def _compare_all(
    words: Any,
    halves: Any,
    octets: Any,
    words_2: Any,
    halves_2: Any,
    octets_2: Any,
    left: Any,
    right: Any,
    counts: Any,
    shared: Any,
    levels: Any,
) -> None:
    for place in range(left.shape[0]):
        i, j = left[place], right[place]
        wa, ha, oa, wb, hb, ob = words[i], halves[i], octets[i], words_2[j], halves_2[j], octets_2[j]
        name = _name(wa, ha, oa, wb, hb, ob)
        levels[place, 0] = name
        levels[place, 1] = _rarity(min(counts[i], counts[j])) if name <= 3 else 6
        levels[place, 2] = _birth(ha[H_BORN], hb[H_BORN])
        levels[place, 3] = _telephone(wa, wb, shared[i])
        levels[place, 4] = _equal(oa[O_SEX], ob[O_SEX])
        levels[place, 5] = _place(wa, ha[H_DISTRICT], wb, hb[H_DISTRICT])
        levels[place, 6] = _equal(wa[W_WORK], wb[W_WORK])
        levels[place, 7] = _equal(wa[W_EMAIL], wb[W_EMAIL])
        levels[place, 8] = 0 if ha[H_SOURCE] == hb[H_SOURCE] else 1
        levels[place, 9] = _number(wa, ha, oa, wb, hb, ob)


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
    arrays = columns(features)
    _compare_all(*arrays, *(arrays if other is None else columns(other)), left, right, counts, shared, levels)
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


@kernel
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
