"""What each volunteer's time costs a block, compiled; see `solver.priced`."""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Floats, Int32s, Ints
from solver.compiled import kernel
from solver.dual_kernel import NODES, best_week, clash

_FEW = 15
"""Branches looked at for the weeks around one shift; less exact weeks only make its price a little lower."""


@kernel
def border_prices(
    start: Ints,
    slot: Int32s,
    points: Int32s,
    slot_shift: Int32s,
    block: Int32s,
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
    border: Bools,
    price: Int32s,
    regret: Int32s,
    first: int,
    last: int,
) -> int:
    """Write prices (whole points) for volunteers with shifts in several blocks, and return their sides.

    ``regret`` is for every pair what its volunteer loses by it at the wages, at least, in whole points.

    Every shift begins at what it brings at the wages; then one after another is raised to what must be dropped for
    it, which leaves the volunteer's best week as it was. The sum of the best weeks at the prices is a valid part of the
    bound whatever the prices are.
    """
    total = 0
    size = 64
    by_shift, cost = np.empty(size, np.int64), np.empty(size, np.int64)
    shift, worth = np.empty(size, np.int64), np.empty(size, np.int64)
    taken = np.empty(size, np.bool_)
    for person in range(first, last):
        low, high = start[person], start[person + 1]
        border[person] = False
        for pair in range(low, high):
            if block[slot_shift[slot[pair]]] != block[slot_shift[slot[low]]]:
                border[person] = True
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
            NODES,
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
                _FEW,
                taken,
            )
            cost[i] = max(cost[i], side - others)
        if border[person]:
            total += side
        at_shift = 0
        for pair in range(low, high):
            s = slot_shift[slot[pair]]
            while by_shift[at_shift] != s:
                at_shift += 1
            value = points[pair] * scale + wage[slot[pair]]
            regret[pair] = np.int32(min(np.int64(2**30), max(np.int64(0), cost[at_shift] * scale - value) // scale))
            price[pair] = cost[at_shift] if border[person] else 0
    return total
