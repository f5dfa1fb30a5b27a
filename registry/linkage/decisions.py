# ruff: noqa: PLR2004, PLR0911, PLR0912, PLR0917, PLR1714, C901  compiled code: levels are numbers, loops are loops
"""What a machine may decide about a pair, and what it leaves to a steward.

The weight alone never links. A link also asks for a name that fits the evidence, for evidence that a family does not
share, and that the number of people in the whole registry who would agree by chance is small at its present size.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from registry.linkage.comparisons import Levels
from registry.linkage.compiled import kernel, part
from registry.linkage.scorecard import F64, Scorecard, probability

#: Expected number of strangers who agree by chance above which a machine does not link.
COINCIDENCES: Final = 0.004
#: Different birth dates among people who volunteer, and months (born within about 50 years, unevenly).
_DATES: Final = 16_000.0
_MONTHS: Final = 550.0


class Outcome(IntEnum):
    DISTINCT = 0
    REVIEW = 1
    LINK = 2


class Rule(IntEnum):
    """Which step decided; the lower case name is kept with the link or the pair."""

    SCORECARD = 0
    EXACT_ID = 1
    MASKED_ID = 2
    NEAR_ID = 3
    LIKELY = 4
    ID_SHARED = 5
    ID_CONFLICT = 6
    NOT_ENOUGH_EVIDENCE = 7
    CLUSTER_CONFLICT = 8
    VERDICT = 9
    DOUBLE_BOOKING = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """For each pair: outcome, rule, match weight (log2 odds) and probability."""

    outcome: npt.NDArray[np.uint8]
    rule: npt.NDArray[np.uint8]
    weight: F64
    probability: F64


def decided(levels: Levels, counts: npt.NDArray[np.int32], scorecard: Scorecard) -> Decisions:
    """Decide about compared pairs; `counts` is by pair how many records read the (rarer) name."""
    weight = scorecard.weight_of(levels)
    likely = probability(weight)
    outcome = np.zeros(len(levels), np.uint8)
    rule = np.zeros(len(levels), np.uint8)
    _decide_all(levels, counts, likely, scorecard.link, scorecard.review, outcome, rule)
    return Decisions(outcome=outcome, rule=rule, weight=weight, probability=likely)


@kernel
def _decide_all(levels: Any, counts: Any, likely: Any, link: float, review: float, outcome: Any, rule: Any) -> None:
    for k in range(levels.shape[0]):
        outcome[k], rule[k] = _decide(levels[k], counts[k], likely[k], link, review)


@part
def _decide(levels: Any, count: int, likely: float, link: float, review: float) -> Any:
    name, birth, number = levels[0], levels[2], levels[9]
    if number in (0, 8, 9):
        return _same_number(levels)
    if number == 6:
        return (0, 6)
    if likely < review or not _worth_a_look(levels):
        return (0, 0)
    rule = 2 if number <= 2 else 3 if number <= 4 or number == 10 else 0
    if likely < link:
        return (1, 4)
    independent = _independent(levels)
    if number == 5 or not _sex_fits(levels, independent):
        return (1, 7)
    if not _name_fits(levels) or not _enough(levels):
        return (1, 7)
    if birth in (3, 4) and independent < 2 and not (number == 1 and name == 0):
        return (1, 7)
    if _coincidences(levels, count) > COINCIDENCES:
        return (1, 7)
    return (2, rule)


@part
def _same_number(levels: Any) -> Any:
    """Decide about an equal valid number: it may be a parent's or a spouse's on somebody else's record."""
    name, number = levels[0], levels[9]
    if name <= 6 and number != 9:
        return (2, 1)
    if name <= 4:
        return (2, 1)
    if number == 8 and levels[4] != 1:
        return (2, 1)
    if number == 9 and name == 8:
        return (0, 5)
    return (1, 5)


@part
def _by_number(levels: Any) -> Any:
    """Say whether what can be seen of two numbers agrees: masked, or mistyped by a little."""
    return levels[9] <= 4 or levels[9] == 10


@part
def _worth_a_look(levels: Any) -> Any:
    """Say whether a steward could decide: names that differ, or nothing but a name and a quarter, are no question.

    Twins share birth date, address and a guardian's telephone, and have names of one pattern.
    """
    name = levels[0]
    if _by_number(levels):
        return True
    if name >= 7 or (name >= 4 and levels[3] == 5):
        return False
    return levels[2] <= 2 or levels[3] <= 2 or levels[3] == 4 or levels[5] <= 1 or levels[6] == 0 or levels[7] == 0


@part
def _name_fits(levels: Any) -> Any:
    """Say whether the names agree as well as the other evidence demands; twins differ in one character."""
    name, birth, number = levels[0], levels[2], levels[9]
    by_number = _by_number(levels)
    if name <= 2 or _is_nickname(levels):
        return True
    if name == 3:
        return by_number or (birth <= 1 and levels[3] <= 2) or (birth == 0 and levels[5] <= 1)
    if name == 4:
        return by_number or (birth == 0 and (levels[3] <= 2 or levels[5] <= 1))
    return name == 5 and (number == 1 or number == 3) and birth <= 2


@part
def _is_nickname(levels: Any) -> Any:
    """Say whether all but the name is one person's: ten places of the number, birth date and telephone.

    Who uses a parent's or a spouse's number types a birth date of their own beside it; twins have other last places.
    """
    return levels[9] == 1 and levels[2] <= 1 and levels[3] <= 2 and levels[4] != 1


@part
def _sex_fits(levels: Any, independent: int) -> Any:
    """Say whether a sex that differs may be a slip: nobody of one family has the very name and birth date."""
    if levels[4] != 1:
        return True
    return levels[0] == 0 and (independent >= 2 or (independent == 1 and levels[2] <= 1))


@part
def _independent(levels: Any) -> int:
    """Count agreeing evidence besides name and birth date."""
    return (
        int(levels[3] <= 2) + int(levels[5] <= 1) + int(levels[7] == 0) + int(_by_number(levels)) + int(levels[6] == 0)
    )


@part
def _enough(levels: Any) -> Any:
    """Say whether there is more than a name: a birth date, or two other things."""
    if levels[2] <= 1:
        return True
    return _independent(levels) + int(levels[5] in (2, 3)) >= 1 if levels[2] in (2, 5) else _independent(levels) >= 1


@part
def _coincidences(levels: Any, count: int) -> float:
    """Estimate how many strangers of the registry would agree this well by chance."""
    expected = float(count)
    birth, telephone, place, number = levels[2], levels[3], levels[5], levels[9]
    if birth == 0:
        expected /= _DATES
    elif birth == 1:
        expected /= _MONTHS
    elif birth == 2:
        expected /= _DATES / 40.0
    if telephone <= 2:
        expected *= 1e-5
    elif telephone <= 5:
        expected *= 1e-3
    if place == 0:
        expected *= 1e-5
    elif place == 1:
        expected *= 1e-4
    elif place == 2:
        expected /= 500.0
    elif place == 3:
        expected /= 60.0
    elif place == 4:
        expected /= 8.0
    if number <= 2:
        expected /= 5000.0
    elif _by_number(levels):
        expected *= 1e-5
    if levels[7] == 0:
        expected *= 1e-5
    if levels[6] == 0:
        expected /= 100.0
    return expected
