"""The compiled search for eligible pairs over a grid of shifts; see `solver.grid`."""

from __future__ import annotations

import numpy as np

from solver.arrays import Floats, Int32s, Ints, Words
from solver.compiled import kernel


@kernel
def holds(
    person: int, role: int, end: int, need_start: Ints, need: Ints, tag_start: Ints, tag: Ints, until: Ints
) -> bool:
    """Whether the person holds every need of the role until the end."""
    for n in range(need_start[role], need_start[role + 1]):
        found = False
        for t in range(tag_start[person], tag_start[person + 1]):
            if tag[t] == need[n]:
                found = until[t] >= end
                break
        if not found:
            return False
    return True


@kernel
def search(
    order: Ints,
    at: Floats,
    radius: Floats,
    tag_start: Ints,
    tag: Ints,
    until: Ints,
    tag_words: Words,
    span_start: Ints,
    free_from: Ints,
    free_to: Ints,
    cell_start: Ints,
    cell_shift: Ints,
    origin: Floats,
    size: float,
    columns: int,
    rows: int,
    shift_at: Floats,
    begin: Ints,
    end: Ints,
    shift_roles: Ints,
    need_start: Ints,
    need: Ints,
    need_words: Words,
    barred_start: Ints,
    barred: Ints,
    counts: Ints,
    first: int,
    last: int,
) -> tuple[Int32s, Floats]:
    """Roles and distances of the volunteers at ``order[first:last]``, one after another; `counts`: how many each."""
    words = tag_words.shape[1]
    room, write = 64 * (last - first) + 64, 0
    out_role, out_metres = np.empty(room, np.int32), np.empty(room, np.float64)
    for position in range(first, last):
        person = order[position]
        x, y, reach = at[person, 0], at[person, 1], radius[person]
        first_free, last_free = span_start[person], span_start[person + 1]
        if first_free == last_free:
            continue
        west = max(0, int(np.floor((x - reach - origin[0]) / size)))
        east = min(columns - 1, int(np.floor((x + reach - origin[0]) / size)))
        south = max(0, int(np.floor((y - reach - origin[1]) / size)))
        north = min(rows - 1, int(np.floor((y + reach - origin[1]) / size)))
        found = 0
        for row in range(south, north + 1):
            for column in range(west, east + 1):
                cell = row * columns + column
                for span in range(first_free, last_free):
                    low, high = cell_start[cell], cell_start[cell + 1]
                    while low < high:  # the cell's shifts stand in the order of their starts
                        middle = (low + high) // 2
                        if begin[cell_shift[middle]] < free_from[span]:
                            low = middle + 1
                        else:
                            high = middle
                    for index in range(low, cell_start[cell + 1]):
                        shift = cell_shift[index]
                        start, stop = begin[shift], end[shift]
                        if start >= free_to[span]:
                            break
                        allowed = stop <= free_to[span]
                        for s in range(first_free, span):  # an earlier span that holds it too has had it
                            if free_from[s] <= start and stop <= free_to[s]:
                                allowed = False
                        if not allowed:
                            continue
                        across, along = x - shift_at[shift, 0], y - shift_at[shift, 1]
                        metres = np.sqrt(across * across + along * along)
                        if metres > reach:
                            continue
                        for b in range(barred_start[person], barred_start[person + 1]):
                            if barred[b] == shift:
                                allowed = False
                        if not allowed:
                            continue
                        for role in range(shift_roles[shift], shift_roles[shift + 1]):
                            able = True
                            for w in range(words):
                                if need_words[role, w] & ~tag_words[person, w]:
                                    able = False
                            if able and holds(person, role, stop, need_start, need, tag_start, tag, until):
                                if write == room:
                                    more, farther = np.empty(2 * room, np.int32), np.empty(2 * room, np.float64)
                                    more[:room], farther[:room] = out_role, out_metres
                                    out_role, out_metres, room = more, farther, 2 * room
                                out_role[write] = role
                                out_metres[write] = metres
                                write += 1
                                found += 1
        counts[person] = found
    return out_role[:write], out_metres[:write]


@kernel
def place(
    order: Ints, counts: Ints, offsets: Ints, found_role: Int32s, found_metres: Floats, role: Int32s, metres: Floats,
    first: int, last: int,
) -> None:  # fmt: skip
    """Put what `search` found for ``order[first:last]`` where each volunteer's pairs belong, by rising role."""
    read, keys = 0, np.empty(64, np.int64)
    for position in range(first, last):
        person = order[position]
        count, write = counts[person], offsets[person]
        if count > len(keys):
            keys = np.empty(2 * count, np.int64)
        for i in range(count):
            keys[i] = (np.int64(found_role[read + i]) << 32) + read + i
        keys[:count].sort()
        for i in range(count):
            role[write + i] = keys[i] >> 32
            metres[write + i] = found_metres[keys[i] & (2**32 - 1)]
        read += count


@kernel
def score(
    start: Ints,
    role: Int32s,
    metres: Floats,
    radius: Floats,
    shift_of: Ints,
    category: Ints,
    like_start: Ints,
    like: Ints,
    familiar_start: Ints,
    familiar: Ints,
    published_start: Ints,
    published: Ints,
    recent: Ints,
    near: int,
    liked: int,
    known: int,
    kept: int,
    points: Int32s,
    first: int,
    last: int,
) -> None:
    """Write the points of the pairs of volunteers ``first`` to ``last``."""
    for person in range(first, last):
        for pair in range(start[person], start[person + 1]):
            share = metres[pair] / radius[person] if radius[person] > 0 else 0.0
            total = max(0, int(np.floor(near * (1 - share)))) - recent[person]
            shift = shift_of[role[pair]]
            for index in range(like_start[person], like_start[person + 1]):
                if like[index] == category[shift]:
                    total += liked
                    break
            for index in range(familiar_start[person], familiar_start[person + 1]):
                if familiar[index] == shift:
                    total += known
                    break
            for index in range(published_start[person], published_start[person + 1]):
                if published[index] == role[pair]:
                    total += kept
                    break
            points[pair] = total


def bit_words(start: Ints, items: Ints, tags: int) -> Words:
    """Sets of tag numbers as bits, shape (rows, words)."""
    rows = len(start) - 1
    words = np.zeros((rows, max(1, (tags + 63) // 64)), dtype=np.uint64)
    owner = np.repeat(np.arange(rows), np.diff(start))
    np.bitwise_or.at(words, (owner, items // 64), np.uint64(1) << (items % 64).astype(np.uint64))
    return words
