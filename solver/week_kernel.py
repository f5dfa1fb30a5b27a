"""The best week of one volunteer, compiled: which of their shifts are worth most together, within every limit."""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Floats, Ints
from solver.compiled import kernel

_PATIENCE = 40
"""Branches looked at depth first before labels take over."""
_LABELS = 20_000
"""Labels of one week, at most; then the sum without clashes is taken as the upper bound."""
_MINUTES = 20_000
"""Minutes that no week has: a limit above is none."""
_VALUE, _SPENT, _COUNT, _TODAY, _BEFORE, _LAST = 0, 1, 2, 3, 4, 5


@kernel
def gap_between(one: int, other: int, at: Floats, speed: float, buffer: int) -> int:
    """Minutes that must lie between two shifts: travel rounded up plus buffer; none at the same place."""
    across, along = at[one, 0] - at[other, 0], at[one, 1] - at[other, 1]
    if across == 0 and along == 0:
        return 0
    return int(np.ceil(np.sqrt(across * across + along * along) / speed)) + buffer


@kernel
def clash(one: int, other: int, begin: Ints, end: Ints, at: Floats, speed: float, buffer: int) -> bool:
    """Whether nobody can serve both shifts."""
    if one == other:
        return True
    gap = gap_between(one, other, at, speed, buffer)
    return bool(end[one] + gap > begin[other]) and bool(end[other] + gap > begin[one])


@kernel
def best_week(
    count: int, shift: Ints, worth: Ints, begin: Ints, end: Ints, at: Floats, speed: float, buffer: int, turn: int,
    most: int, minutes: int, a_day: int, held: int, held_day: int, taken: Bools,
) -> int:  # fmt: skip
    """Best set of shifts of one volunteer: worth less turns, within limits; marks `taken`; its worth or a bound.

    ``held`` shifts come before these in the count of turns, one of them on ``held_day`` (−1: none). Sorts `shift` and
    `worth` by falling worth. Short lists are searched depth first, cut off where even the best of the rest cannot win.
    """
    for i in range(1, count):
        s, w = shift[i], worth[i]
        j = i - 1
        while j >= 0 and worth[j] < w:
            shift[j + 1], worth[j + 1] = shift[j], worth[j]
            j -= 1
        shift[j + 1], worth[j + 1] = s, w
    best, best_size = 0, 0
    chosen, best_set = np.empty(count, np.int64), np.empty(count, np.int64)
    likely = np.empty(count + 1, np.int64)
    size, value, spent, index, nodes = 0, 0, 0, 0, 0
    while True:
        nodes += 1
        if nodes > _PATIENCE:
            return week_by_labels(
                count, shift, worth, begin, end, at, speed, buffer, turn, most, minutes, a_day, held, held_day, taken
            )  # fmt: skip
        if index < count:
            rest = without_clashes(
                count, shift, worth, begin, turn, most, a_day, held, held_day, index, size, likely
            )  # fmt: skip
            if value + rest > best:
                s = shift[index]
                gain = worth[index] - turn * (size + held)
                fits = size < most and spent + end[s] - begin[s] <= minutes and gain > 0
                today = 1 if begin[s] // 1440 == held_day else 0
                for i in range(size):
                    other = shift[chosen[i]]
                    if fits and clash(s, other, begin, end, at, speed, buffer):
                        fits = False
                    if begin[other] // 1440 == begin[s] // 1440:
                        today += 1
                if fits and today < a_day:
                    chosen[size] = index
                    likely[size] = index
                    value += gain
                    spent += end[s] - begin[s]
                    size += 1
                    if value > best:
                        best, best_size = value, size
                        best_set[:size] = chosen[:size]
                index += 1
                continue
        if size == 0:
            break
        size -= 1
        index = chosen[size]
        value -= worth[index] - turn * (size + held)
        spent -= end[shift[index]] - begin[shift[index]]
        index += 1
    taken[:count] = False
    for i in range(best_size):
        taken[best_set[i]] = True
    return best


@kernel
def without_clashes(
    count: int, shift: Ints, worth: Ints, begin: Ints, turn: int, most: int, a_day: int, held: int, held_day: int,
    index: int, size: int, likely: Ints,
) -> int:  # fmt: skip
    """What the shifts from `index` on could add to those in ``likely[:size]``, were it not for clashes and minutes."""
    total, k = 0, size
    for i in range(index, count):
        gain = worth[i] - turn * (k + held)
        if gain <= 0 or k >= most:
            break
        day = begin[shift[i]] // 1440
        today = 1 if day == held_day else 0
        for j in range(k):
            if begin[shift[likely[j]]] // 1440 == day:
                today += 1
        if today < a_day:
            likely[k] = i
            total += gain
            k += 1
    return total


@kernel
def week_by_labels(
    count: int, shift: Ints, worth: Ints, begin: Ints, end: Ints, at: Floats, speed: float, buffer: int, turn: int,
    most: int, minutes: int, a_day: int, held: int, held_day: int, taken: Bools,
) -> int:  # fmt: skip
    """The best week by labels in the order of time (Irnich, Desaulniers 2005); the lists are sorted by falling worth.

    A label is a week that ends with a shift: worth, minutes, turns, shifts that day. Of two that end with the same one
    the label that is no worse in all four stands for both. Whoever can go from the first shift to the second and from
    there to the third can go from the first to the third, because distances keep the triangle's rule.
    """
    taken[:count] = False
    order = np.argsort(begin[shift[:count]])
    timed, crowded = minutes < _MINUTES, a_day <= count
    labels, first = np.empty((64, 6), np.int64), np.zeros(count + 1, np.int64)
    made, best, best_label = 0, 0, -1
    for a in range(count):
        i = order[a]
        s = shift[i]
        day, lasts = begin[s] // 1440, end[s] - begin[s]
        first[a] = made
        if lasts > minutes:
            first[a + 1] = made
            continue
        if not timed:  # what has no limit need not be told apart
            lasts = 0
        for b in range(-1, a):
            if b >= 0 and clash(s, shift[order[b]], begin, end, at, speed, buffer):
                continue
            low, high = (first[b], first[b + 1]) if b >= 0 else (0, 1)
            same = b >= 0 and begin[shift[order[b]]] // 1440 == day
            for old in range(low, high):
                value, spent, turns, today = 0, 0, 0, 1 if day == held_day else 0
                if b >= 0:
                    value, spent, turns = labels[old, _VALUE], labels[old, _SPENT], labels[old, _COUNT]
                    today = labels[old, _TODAY] if same else today
                gain = worth[i] - turn * (turns + held)
                if gain <= 0 or turns >= most or today >= a_day or spent + lasts > minutes:
                    continue
                value, spent, turns = value + gain, spent + lasts, turns + 1
                today += crowded
                beaten, k = False, first[a]
                while k < made and not beaten:
                    other = labels[k]
                    beaten = (
                        other[_VALUE] >= value and other[_SPENT] <= spent
                        and other[_COUNT] <= turns and other[_TODAY] <= today
                    )  # fmt: skip
                    if not beaten and (
                        other[_VALUE] <= value and other[_SPENT] >= spent
                        and other[_COUNT] >= turns and other[_TODAY] >= today
                    ):  # fmt: skip
                        made -= 1
                        labels[k] = labels[made]
                    else:
                        k += 1
                if beaten:
                    continue
                if made == len(labels):
                    if made >= _LABELS:
                        return without_clashes(
                            count, shift, worth, begin, turn, most, a_day, held, held_day, 0, 0,
                            np.empty(count + 1, np.int64),
                        )  # fmt: skip
                    more = np.empty((2 * made, 6), np.int64)
                    more[:made] = labels
                    labels = more
                labels[made, _VALUE], labels[made, _SPENT], labels[made, _COUNT] = value, spent, turns
                labels[made, _TODAY], labels[made, _BEFORE], labels[made, _LAST] = today, old if b >= 0 else -1, i
                made += 1
        first[a + 1] = made
        for k in range(first[a], made):
            if labels[k, _VALUE] > best:
                best, best_label = labels[k, _VALUE], k
    while best_label >= 0:
        taken[labels[best_label, _LAST]] = True
        best_label = labels[best_label, _BEFORE]
    return best
