"""Which volunteers' weeks a network cannot judge, compiled; see `solver.engine_flow`."""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Floats, Ints
from solver.compiled import kernel
from solver.dual_kernel import clash


@kernel
def hard_weeks(
    start: Ints, shift: Ints, begin: Ints, end: Ints, at: Floats, speed: float, buffer: int,
    most: Ints, minutes: Ints, a_day: Ints,
) -> Bools:  # fmt: skip
    """Whether some of a volunteer's shifts, within their turns and days, could clash or go over their minutes."""
    hard = np.zeros(len(most), np.bool_)
    for person in range(len(most)):
        first, last = start[person], start[person + 1]
        if most[person] < 2 or last - first < 2:
            continue
        lasts = np.empty(last - first, np.int64)
        for i in range(first, last):
            lasts[i - first] = end[shift[i]] - begin[shift[i]]
        lasts.sort()
        total = 0
        for k in range(min(most[person], len(lasts))):
            total += lasts[len(lasts) - 1 - k]
        hard[person] = total > minutes[person]
        for i in range(first, last):
            if hard[person]:
                break
            for j in range(first, i):
                same_day = begin[shift[i]] // 1440 == begin[shift[j]] // 1440
                if (a_day[person] > 1 or not same_day) and clash(shift[i], shift[j], begin, end, at, speed, buffer):
                    hard[person] = True
                    break
    return hard
