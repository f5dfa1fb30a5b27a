"""The counts behind `solver.reasons` for large weeks, compiled: one pass over those who live near each shift."""

from __future__ import annotations

import numpy as np

from solver.arrays import Floats, Ints
from solver.compiled import kernel
from solver.week_kernel import gap_between

REACHED, OPEN, TIME, BARRED, LIMIT, BUSY = 0, 1, 2, 3, 4, 5
"""Columns of `counts`: within reach with every tag; of these who is open, or which rule fails first."""


@kernel
def stands_against(
    person: int, shift: int, later: int, begin: Ints, end: Ints, at: Floats, speed: float, buffer: int,
    most: Ints, minutes: Ints, a_day: Ints, plan_start: Ints, plan_shift: Ints,
) -> tuple[bool, bool]:  # fmt: skip
    """Whether one more shift, this one moved by so many minutes, goes over a limit; and whether it clashes."""
    first, last = begin[shift] + later, end[shift] + later
    spent, today, busy = last - first, 1, False
    for k in range(plan_start[person], plan_start[person + 1]):
        other = plan_shift[k]
        spent += end[other] - begin[other]
        today += begin[other] // 1440 == first // 1440
        gap = gap_between(shift, other, at, speed, buffer)
        busy |= other == shift or (end[other] + gap > first and last + gap > begin[other])
    turns = plan_start[person + 1] - plan_start[person] + 1
    return spent > minutes[person] or turns > most[person] or today > a_day[person], busy


@kernel
def is_free(person: int, first: int, last: int, span: Ints, free_from: Ints, free_to: Ints) -> bool:
    """Whether one free span of the person holds these minutes."""
    for s in range(span[person], span[person + 1]):  # noqa: SIM110 the compiler knows no generators
        if free_from[s] <= first and last <= free_to[s]:
            return True
    return False


@kernel
def could_be_free(person: int, first: int, last: int, most: int, span: Ints, free_from: Ints, free_to: Ints) -> bool:
    """Whether a free span could hold these minutes moved by at most so many."""
    for s in range(span[person], span[person + 1]):
        low, high = max(free_from[s], first - most), min(free_to[s], last + most)
        if high - low >= last - first:
            return True
    return False


@kernel
def lacking_tags(
    person: int, role: int, last: int, need_start: Ints, need: Ints, tag_start: Ints, tag: Ints, until: Ints
) -> tuple[int, int, int]:
    """How many needs of the role the person does not hold until the end, the last of them, and how many not at all."""
    lacking, which, absent = 0, -1, 0
    for n in range(need_start[role], need_start[role + 1]):
        held, known = False, False
        for t in range(tag_start[person], tag_start[person + 1]):
            if tag[t] == need[n]:
                held, known = until[t] >= last, True
                break
        if not held:
            lacking += 1
            which = n
        absent += not known
    return lacking, which, absent


@kernel
def count_near(
    who: Ints, cell_start: Ints, origin: Floats, size: float, columns: int, rows: int, margin: float,
    home: Floats, radius: Floats, tag_start: Ints, tag: Ints, until: Ints, span: Ints, free_from: Ints, free_to: Ints,
    most: Ints, minutes: Ints, a_day: Ints, plan_start: Ints, plan_shift: Ints, plan_role: Ints,
    barred_start: Ints, barred: Ints, begin: Ints, end: Ints, at: Floats, speed: float, buffer: int,
    role_shift: Ints, need_start: Ints, need: Ints, horizon: int, delays: Ints, wider: Ints,
    asked: Ints, changes: bool, counts: Ints, moved: Ints, by_tag: Ints, by_radius: Ints,
    first_open: Ints, named: Ints, lo: int, hi: int,
) -> None:  # fmt: skip
    """Fill the rows ``lo`` to ``hi`` of `counts`, `moved`, `by_radius` and, at a row's and a need's place, `by_tag`.

    Everything that is told of people is in the order of their cells; ``who`` says who they are. ``named``, where it
    has room, is for the numbers of those who are open, from ``first_open[row]`` on.
    """
    reach = margin + radius.max()
    farthest = np.abs(delays).max()
    for row in range(lo, hi):
        role = asked[row]
        shift = role_shift[role]
        first, last = begin[shift], end[shift]
        x, y = at[shift, 0], at[shift, 1]
        west = max(0, int(np.floor((x - reach - origin[0]) / size)))
        east = min(columns - 1, int(np.floor((x + reach - origin[0]) / size)))
        south = max(0, int(np.floor((y - reach - origin[1]) / size)))
        north = min(rows - 1, int(np.floor((y + reach - origin[1]) / size)))
        if east < west:
            continue
        for line in range(south, north + 1):
            for k in range(cell_start[line * columns + west], cell_start[line * columns + east + 1]):
                across, along = home[k, 0] - x, home[k, 1] - y
                metres = np.sqrt(across * across + along * along)
                if metres > radius[k] + margin:
                    continue
                person, within = k, metres <= radius[k]
                lacking, which, absent = lacking_tags(
                    person, role, last, need_start, need, tag_start, tag, until
                )  # fmt: skip
                if absent > 1:
                    continue
                free = is_free(person, first, last, span, free_from, free_to)
                near_free = changes and (
                    free or could_be_free(person, first, last, farthest, span, free_from, free_to)
                )  # fmt: skip
                if within and lacking == 0 and not free:
                    counts[row, REACHED] += 1
                    counts[row, TIME] += 1
                if not free and not near_free:
                    continue
                inside, out = False, False
                for j in range(plan_start[person], plan_start[person + 1]):
                    inside |= plan_role[j] == role
                for b in range(barred_start[person], barred_start[person + 1]):
                    out |= barred[b] == shift
                if inside:
                    continue
                if free:
                    limit, busy = stands_against(
                        person, shift, 0, begin, end, at, speed, buffer, most, minutes, a_day, plan_start, plan_shift
                    )  # fmt: skip
                    able = not out and not limit and not busy
                    if within and lacking == 0:
                        if able and len(named) > 0:
                            named[first_open[row] + counts[row, OPEN]] = who[person]
                        counts[row, REACHED] += 1
                        counts[row, OPEN if able else BARRED if out else LIMIT if limit else BUSY] += 1
                    if changes and able and within and lacking == 1:
                        by_tag[row, which - need_start[role]] += 1
                    if changes and able and lacking == 0:
                        for j in range(len(wider)):
                            by_radius[row, j] += metres - radius[k] <= wider[j]
                if not near_free or not within or out or absent > 0:
                    continue
                for j in range(len(delays)):
                    start, stop = first + delays[j], last + delays[j]
                    if start < 0 or start >= horizon or not is_free(person, start, stop, span, free_from, free_to):
                        continue
                    if lacking_tags(person, role, stop, need_start, need, tag_start, tag, until)[0] > 0:
                        continue
                    full, clashing = stands_against(
                        person, shift, delays[j], begin, end, at, speed, buffer, most, minutes, a_day,
                        plan_start, plan_shift,
                    )  # fmt: skip
                    moved[row, j] += not full and not clashing
