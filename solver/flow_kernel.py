"""Weeks that a network can judge, compiled: which pairs of a volunteer it may offer, and which exclude one another.

A network knows turns, shifts a day, and groups of pairs of which at most one is taken. Where shifts of a volunteer
clash, or together go over their minutes, the best week at the wages is kept whole, and of the other pairs as many as
still let any choice that the network makes be a week that they can serve. See `solver.engine_flow`.
"""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Floats, Int32s, Ints
from solver.compiled import kernel, whole
from solver.week_kernel import best_week, clash

MOST_TURNS = 8
"""Turns of one volunteer in the network, at most."""


@kernel
def longest(kept: int, group: Ints, day: Ints, length: Ints, turns: int, a_day: int) -> int:
    """Most minutes that so many turns can take, at most one of each group and `a_day` of each day.

    The first `kept` entries count; taking the longest first is best, because the limits are nested.
    """
    total, used = 0, np.zeros(kept, np.bool_)
    for _ in range(turns):
        best = -1
        for i in range(kept):
            if used[i] or (best >= 0 and length[i] <= length[best]):
                continue
            today, fits = 0, True
            for j in range(kept):
                if used[j]:
                    fits = fits and group[j] != group[i]
                    today += day[j] == day[i]
            if fits and today < a_day:
                best = i
        if best < 0:
            break
        used[best] = True
        total += length[best]
    return total


@kernel
def safe_weeks(
    start: Ints, shift: Ints, worth: Ints, held: Bools, begin: Ints, end: Ints, at: Floats, speed: float, buffer: int,
    turn: int, max_shifts: Ints, minutes: Ints, max_a_day: Ints, only_held: Bools, group: Int32s, most: Ints,
) -> None:  # fmt: skip
    """For every pair its exclusive group, counted by volunteer (−1: not to be used), and turns of each volunteer.

    ``worth`` is what a pair adds at the wages; those of ``only_held`` keep what is `held` and nothing else.
    """
    for person in range(len(most)):
        first, last = start[person], start[person + 1]
        count, a_day = last - first, max_a_day[person]
        most[person] = min(max_shifts[person], MOST_TURNS)
        for i in range(first, last):
            group[i] = i - first
        if only_held[person]:
            most[person] = 0
            for i in range(first, last):
                most[person] += held[i]
                if not held[i]:
                    group[i] = -1
            continue
        if count < 2 or most[person] < 2:
            for i in range(first, last):
                if end[shift[i]] - begin[shift[i]] > minutes[person]:
                    group[i] = -1
            continue
        order = np.argsort(-worth[first:last]) + first
        mine, value = np.empty(count, np.int64), np.empty(count, np.int64)
        different, lasts = 0, np.empty(count, np.int64)
        for k in range(count):
            i = order[k]
            lasts[k] = end[shift[i]] - begin[shift[i]]
            seen = worth[i] <= 0
            for j in range(different):
                seen = seen or mine[j] == shift[i]
            if not seen:
                mine[different], value[different] = shift[i], worth[i]
                different += 1
        lasts.sort()
        total = 0
        for k in range(min(most[person], count)):
            total += lasts[count - 1 - k]
        tight = total > minutes[person]
        taken = np.zeros(count, np.bool_)
        best_week(
            different, mine, value, begin, end, at, speed, buffer, turn, most[person], minutes[person], a_day,
            0, -1, taken,
        )  # fmt: skip
        size = 0
        for j in range(different):
            size += taken[j]
        if tight:
            most[person] = max(1, size)
        kept, days = 0, np.empty(count, np.int64)
        groups, lengths, shifts = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
        for turned in range(2):  # the best week first, then the others by falling worth
            for k in range(count):
                i = order[k]
                s = shift[i]
                best = False
                for j in range(different):
                    best = best or (taken[j] and mine[j] == s)
                if best != (turned == 0):
                    continue
                day, joins, fits = begin[s] // 1440, whole(i - first), end[s] - begin[s] <= minutes[person]
                if most[person] > 1:
                    for j in range(kept):
                        apart = not clash(s, shifts[j], begin, end, at, speed, buffer)
                        if days[j] == day and (a_day == 1 or not apart):
                            fits = fits and (joins in (i - first, groups[j]))
                            joins = groups[j]
                        elif not apart:
                            fits = False
                shifts[kept], groups[kept], days[kept], lengths[kept] = s, joins, day, end[s] - begin[s]
                if fits and tight and most[person] > 1:
                    fits = longest(kept + 1, groups, days, lengths, most[person], a_day) <= minutes[person]
                group[i] = joins if fits else -1
                kept += fits
