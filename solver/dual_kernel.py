"""The two sides of the price bound, compiled; see `solver.dual`. All values are whole numbers of 1/SCALE points."""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Floats, Int32s, Ints
from solver.compiled import kernel
from solver.week_kernel import best_week


@kernel
def volunteers_side(
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
    skip: Bools,
    supply: Int32s,
    picked: Int32s,
    values: Ints,
    first: int,
    last: int,
) -> int:
    """Sum of the best weeks of volunteers ``first`` to ``last`` at these wages; adds what they take to `supply`.

    ``picked[v]`` is the pair a volunteer with a single shift takes, −1 for none, −2 for several.
    """
    total = 0
    shift = np.empty(64, np.int64)
    worth = np.empty(64, np.int64)
    pair_of = np.empty(64, np.int64)
    by_shift = np.empty(64, np.int64)
    taken = np.empty(64, np.bool_)
    for person in range(first, last):
        picked[person] = -1
        values[person] = 0
        if skip[person]:
            continue
        count = 0
        low, high = start[person], start[person + 1]
        if high - low > len(shift):
            shift = np.empty(2 * (high - low), np.int64)
            worth = np.empty(2 * (high - low), np.int64)
            pair_of = np.empty(2 * (high - low), np.int64)
            by_shift = np.empty(2 * (high - low), np.int64)
            taken = np.empty(2 * (high - low), np.bool_)
        single = most[person] == 1
        top, top_pair = 0, -1
        for pair in range(low, high):
            value = points[pair] * scale + wage[slot[pair]]
            if value > 0:
                if value > top:
                    top, top_pair = value, pair
                if not single:
                    s = slot_shift[slot[pair]]
                    if count > 0 and by_shift[count - 1] == s:
                        if value > worth[count - 1]:
                            worth[count - 1] = value
                            pair_of[count - 1] = pair
                    else:
                        by_shift[count] = s
                        worth[count] = value
                        pair_of[count] = pair
                        count += 1
        if top_pair < 0 or most[person] < 1 or a_day[person] < 1:
            continue
        s = slot_shift[slot[top_pair]]
        if (single or count == 1) and end[s] - begin[s] <= minutes[person]:
            supply[slot[top_pair]] += 1
            picked[person] = top_pair
            values[person] = top
            total += top
            continue
        if single:
            count = 0
            for pair in range(low, high):
                value = points[pair] * scale + wage[slot[pair]]
                s = slot_shift[slot[pair]]
                if value > 0 and end[s] - begin[s] <= minutes[person]:
                    by_shift[count] = s
                    worth[count] = value
                    pair_of[count] = pair
                    count += 1
        for i in range(count):
            shift[i] = by_shift[i]
        bound = best_week(
            count,
            shift,
            worth,
            begin,
            end,
            at,
            speed,
            buffer,
            turn * scale,
            most[person],
            minutes[person],
            a_day[person],
            0,
            -1,
            taken,
        )
        total += bound
        values[person] = bound
        size = 0
        for i in range(count):
            if taken[i]:
                best_pair, best_value = -1, 0
                for j in range(count):
                    if by_shift[j] == shift[i]:
                        k = pair_of[j]
                        value = points[k] * scale + wage[slot[k]]
                        if value > best_value:
                            best_pair, best_value = pair_of[j], value
                supply[slot[best_pair]] += 1
                picked[person] = best_pair
                size += 1
        if size > 1:
            picked[person] = -2
    return total


@kernel
def shifts_side(
    shift_roles: Ints,
    role_slot: Ints,
    least: Ints,
    size: Ints,
    fill: Ints,
    fill_start: Ints,
    all_or_nothing: Bools,
    team: Ints,
    able: Int32s,
    wage: Ints,
    demand: Int32s,
    profits: Ints,
    first: int,
    last: int,
) -> int:
    """Sum of the best fills of shifts ``first`` to ``last`` at these wages; writes `demand` a slot.

    ``role_slot[r]`` is the slot of those without the shift's team tag, the next one of those with it (where
    ``team[s] > 0``, the number that must hold it). ``able`` caps each slot by the volunteers who could take it.
    ``fill[fill_start[r] + n]`` are the points of n people. For every number of tag holders the best of the roles
    is found role by role (a knapsack of whole people), so the bound keeps the shift's rules in whole numbers.
    """
    total = 0
    for s in range(first, last):
        r0, r1 = shift_roles[s], shift_roles[s + 1]
        need = team[s]
        roles = r1 - r0
        table = np.full((roles + 1, need + 1), np.int64(-(2**60)))
        plain_pick = np.zeros((roles + 1, need + 1), np.int64)
        tag_pick = np.zeros((roles + 1, need + 1), np.int64)
        table[0, 0] = 0
        must = all_or_nothing[s]
        for r in range(r0, r1):
            row = r - r0
            slot = role_slot[r]
            low = least[r] if must else 0
            holders = min(able[slot + 1], size[r]) if need > 0 else 0
            for tagged in range(holders + 1):
                best, best_n = np.int64(-(2**60)), -1
                for n in range(min(able[slot], size[r] - tagged) + 1):
                    if n + tagged < low:
                        continue
                    value = fill[fill_start[r] + n + tagged] - n * wage[slot]
                    if value > best:
                        best, best_n = value, n
                if best_n < 0:
                    continue
                if need > 0:
                    best -= tagged * wage[slot + 1]
                for had in range(need + 1):
                    if table[row, had] <= -(2**59):
                        continue
                    now = min(need, had + tagged)
                    if table[row, had] + best > table[row + 1, now]:
                        table[row + 1, now] = table[row, had] + best
                        plain_pick[row + 1, now] = best_n
                        tag_pick[row + 1, now] = tagged * (need + 1) + had
        for r in range(r0, r1):
            demand[role_slot[r]] = 0
            if need > 0:
                demand[role_slot[r] + 1] = 0
        profits[s] = 0
        if table[roles, need] > 0:
            profits[s] = table[roles, need]
            total += table[roles, need]
            had = need
            for row in range(roles, 0, -1):
                slot = role_slot[r0 + row - 1]
                demand[slot] = plain_pick[row, had]
                if need > 0:
                    demand[slot + 1] = tag_pick[row, had] // (need + 1)
                had = tag_pick[row, had] % (need + 1)
    return total
