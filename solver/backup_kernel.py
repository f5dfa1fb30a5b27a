"""The scalar loop behind `solver.backups`: runs as it is for small weeks, compiled for large ones."""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Floats, Int32s, Ints


def best_open(
    start: Ints, role: Int32s, points: Int32s, plan_start: Ints, plan_shift: Ints, staffed: Bools, role_shift: Ints,
    begin: Ints, end: Ints, at: Floats, speed: float, buffer: int, turn: int, most: Ints, minutes: Ints, a_day: Ints,
    together: Bools, apart_start: Ints, apart: Ints, asked_start: Ints, asked: Ints, tag_start: Ints, tag: Ints,
    until: Ints, best: Ints, gains: Ints,
) -> None:  # fmt: skip
    """Write the best volunteers of each staffed role to its row of `best` (−1: none), and what they would gain.

    ``asked`` are the tags that a shift has none to spare of; ``apart`` the partners of each volunteer.
    """
    for person in range(len(start) - 1):
        turns = plan_start[person + 1] - plan_start[person]
        if together[person] or turns >= most[person]:
            continue
        spent = 0
        for k in range(plan_start[person], plan_start[person + 1]):
            spent += end[plan_shift[k]] - begin[plan_shift[k]]
        for pair in range(start[person], start[person + 1]):
            r = role[pair]
            gain = points[pair] - turn * turns
            last = best.shape[1] - 1
            if not staffed[r] or (best[r, last] >= 0 and gain <= gains[r, last]):
                continue
            s = role_shift[r]
            if spent + end[s] - begin[s] > minutes[person]:
                continue
            fits, today = True, 0
            for k in range(plan_start[person], plan_start[person + 1]):
                other = plan_shift[k]
                today += begin[other] // 1440 == begin[s] // 1440
                across, along = at[other, 0] - at[s, 0], at[other, 1] - at[s, 1]
                gap = 0
                if across != 0 or along != 0:
                    gap = int(np.ceil(np.sqrt(across * across + along * along) / speed)) + buffer
                if other == s or (end[other] + gap > begin[s] and end[s] + gap > begin[other]):
                    fits = False
            if not fits or today >= a_day[person]:
                continue
            for k in range(apart_start[person], apart_start[person + 1]):
                for held in range(plan_start[apart[k]], plan_start[apart[k] + 1]):
                    if plan_shift[held] == s:
                        fits = False
            for k in range(asked_start[s], asked_start[s + 1]):
                holds = False
                for t in range(tag_start[person], tag_start[person + 1]):
                    if tag[t] == asked[k] and until[t] >= end[s]:
                        holds = True
                if not holds:
                    fits = False
            if not fits:
                continue
            place = last  # those who gain as much and come earlier stay before
            while place > 0 and (best[r, place - 1] < 0 or gains[r, place - 1] < gain):
                best[r, place], gains[r, place] = best[r, place - 1], gains[r, place - 1]
                place -= 1
            best[r, place], gains[r, place] = person, gain
