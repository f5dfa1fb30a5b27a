"""What each volunteer's time costs a block, compiled; see `solver.priced`."""

from __future__ import annotations

import numpy as np

from solver.arrays import Floats, Int32s, Ints
from solver.compiled import kernel, whole
from solver.week_kernel import best_week, clash

FAR_OFF = 2**30
"""Regret of a pair that costs more than was asked for."""


@kernel
def border_prices(
    start: Ints,
    slot: Int32s,
    points: Int32s,
    slot_shift: Int32s,
    wage: Ints,
    scale: int,
    begin: Ints,
    end: Ints,
    at: Floats,
    speed: float,
    buffer: int,
    turn: int,
    most: Ints,
    minutes: Ints,
    a_day: Ints,
    sides: Ints,
    price: Int32s,
    regret: Int32s,
    first: int,
    last: int,
) -> None:
    """Write the price (whole points) of every pair, and each volunteer's best week at the prices to `sides`.

    ``regret`` is for every pair what its volunteer loses by it at the wages, at least, in whole points.

    Every shift begins at what it brings at the wages; then one after another is raised to what must be dropped for
    it, which leaves the volunteer's best week as it was. The sum of the best weeks at the prices is a valid part of the
    bound whatever the prices are.
    """
    size = 64
    by_shift, cost = np.empty(size, np.int64), np.empty(size, np.int64)
    shift, worth = np.empty(size, np.int64), np.empty(size, np.int64)
    taken = np.empty(size, np.bool_)
    for person in range(first, last):
        low, high = start[person], start[person + 1]
        sides[person] = 0
        if high == low:
            continue
        if high - low > size:
            size = 2 * (high - low)
            by_shift, cost = np.empty(size, np.int64), np.empty(size, np.int64)
            shift, worth = np.empty(size, np.int64), np.empty(size, np.int64)
            taken = np.empty(size, np.bool_)
        count = 0
        for pair in range(low, high):
            value = points[pair] * scale + wage[slot[pair]]
            s = slot_shift[slot[pair]]
            if count > 0 and by_shift[count - 1] == s:
                cost[count - 1] = max(cost[count - 1], value)
            else:
                by_shift[count] = s
                cost[count] = value
                count += 1
        for i in range(count):
            cost[i] = max(np.int64(0), cost[i]) // scale
        held = 0
        for i in range(count):
            shift[held], worth[held] = by_shift[i], cost[i]
            held += 1
        side = best_week(
            held,
            shift,
            worth,
            begin,
            end,
            at,
            speed,
            buffer,
            turn,
            most[person],
            minutes[person],
            a_day[person],
            0,
            -1,
            taken,
        )
        for i in range(count):
            s = by_shift[i]
            duration = end[s] - begin[s]
            if most[person] < 1 or a_day[person] < 1 or duration > minutes[person]:
                cost[i] = max(cost[i], side)
                continue
            rest = 0
            for j in range(count):
                if j != i and cost[j] > 0 and not clash(s, by_shift[j], begin, end, at, speed, buffer):
                    shift[rest], worth[rest] = by_shift[j], cost[j]
                    rest += 1
            others = best_week(
                rest,
                shift,
                worth,
                begin,
                end,
                at,
                speed,
                buffer,
                turn,
                most[person] - 1,
                minutes[person] - duration,
                a_day[person],
                1,
                begin[s] // 1440,
                taken,
            )
            cost[i] = max(cost[i], side - others)
        sides[person] = side
        at_shift = 0
        for pair in range(low, high):
            s = slot_shift[slot[pair]]
            while by_shift[at_shift] != s:
                at_shift += 1
            value = points[pair] * scale + wage[slot[pair]]
            regret[pair] = np.int32(min(np.int64(2**30), max(np.int64(0), cost[at_shift] * scale - value) // scale))
            price[pair] = cost[at_shift]


@kernel
def regrets(
    start: Ints, slot: Int32s, points: Int32s, slot_shift: Int32s, wage: Ints, scale: int,
    begin: Ints, end: Ints, at: Floats, speed: float, buffer: int, turn: int,
    most: Ints, minutes: Ints, a_day: Ints, limit: int, regret: Int32s, first: int, last: int,
) -> None:  # fmt: skip
    """What each pair costs its volunteer at the wages, in whole points rounded down; FAR_OFF beyond the limit.

    Only pairs that by themselves lose no more than the limit are looked at: a pair costs at least what it loses.
    """
    size = 64
    mine, gain = np.empty(size, np.int64), np.empty(size, np.int64)
    shift, worth, taken = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.bool_)
    for person in range(first, last):
        low, high = start[person], start[person + 1]
        if high - low > size:
            size = 2 * (high - low)
            mine, gain = np.empty(size, np.int64), np.empty(size, np.int64)
            shift, worth, taken = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.bool_)
        count, top = 0, whole(0)
        for pair in range(low, high):
            regret[pair] = FAR_OFF
            value = points[pair] * scale + wage[slot[pair]]
            s = slot_shift[slot[pair]]
            if value <= 0 or most[person] < 1 or a_day[person] < 1 or end[s] - begin[s] > minutes[person]:
                continue
            top = max(top, value)
            if count > 0 and mine[count - 1] == s:
                gain[count - 1] = max(gain[count - 1], value)
            else:
                mine[count], gain[count] = s, value
                count += 1
        shift[:count], worth[:count] = mine[:count], gain[:count]
        several = most[person] > 1 and count > 0
        side = top
        if several:
            side = best_week(
                count, shift, worth, begin, end, at, speed, buffer, turn * scale, most[person], minutes[person],
                a_day[person], 0, -1, taken,
            )  # fmt: skip
        for pair in range(low, high):
            value = points[pair] * scale + wage[slot[pair]]
            s = slot_shift[slot[pair]]
            length = end[s] - begin[s]
            if value < -limit * scale or most[person] < 1 or a_day[person] < 1 or length > minutes[person]:
                continue
            others = whole(0)
            if several:
                rest = 0
                for j in range(count):
                    if mine[j] != s and not clash(s, mine[j], begin, end, at, speed, buffer):
                        shift[rest], worth[rest] = mine[j], gain[j]
                        rest += 1
                others = best_week(
                    rest, shift, worth, begin, end, at, speed, buffer, turn * scale, most[person] - 1,
                    minutes[person] - length, a_day[person], 1, begin[s] // 1440, taken,
                )  # fmt: skip
            cost = max(whole(0), side - value - others) // scale
            if cost <= limit:
                regret[pair] = cost
