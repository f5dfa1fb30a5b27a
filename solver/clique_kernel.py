"""The scalar loop behind `solver.cliques`: runs as it is for small problems, compiled for large ones."""

from __future__ import annotations

import numpy as np

from solver.arrays import Floats, Ints


def cover(start: Ints, shift: Ints, begin: Ints, end: Ints, at: Floats, speed: float, buffer: int) -> tuple[Ints, Ints]:
    """Cover every conflict by greedy cliques; pairs of a volunteer come in the order of their starts."""
    rows, members = np.empty(64, np.int64), np.empty(64, np.int64)
    found, row = 0, 0
    for person in range(len(start) - 1):
        first, count = start[person], start[person + 1] - start[person]
        if count < 2:
            continue
        clash = np.zeros((count, count), np.bool_)
        for i in range(count):
            one = shift[first + i]
            for j in range(i):
                other = shift[first + j]
                across, along = at[one, 0] - at[other, 0], at[one, 1] - at[other, 1]
                gap = 0
                if across != 0 or along != 0:
                    gap = int(np.ceil(np.sqrt(across * across + along * along) / speed)) + buffer
                if end[other] + gap > begin[one] and end[one] + gap > begin[other]:
                    clash[i, j] = clash[j, i] = True
        covered = np.zeros((count, count), np.bool_)
        clique = np.empty(count, np.int64)
        for i in range(count):
            for j in range(-1, i):  # j = −1: everyone who shares the minute at which i starts
                size = 1
                clique[0] = i
                if j >= 0:
                    if not clash[i, j] or covered[i, j]:
                        continue
                    clique[1] = j
                    size = 2
                else:
                    for k in range(i):
                        if end[shift[first + k]] > begin[shift[first + i]] and clash[i, k]:
                            clique[size] = k
                            size += 1
                    fresh = False
                    for k in range(1, size):
                        fresh = fresh or not covered[i, clique[k]]
                    if not fresh:
                        continue
                for k in range(count):
                    fits = True
                    for m in range(size):
                        if not clash[k, clique[m]]:
                            fits = False
                            break
                    if fits:
                        clique[size] = k
                        size += 1
                for m in range(size):
                    for n in range(size):
                        covered[clique[m], clique[n]] = True
                if found + size > len(rows):
                    more = 2 * (found + size)
                    wider_rows, wider_members = np.empty(more, np.int64), np.empty(more, np.int64)
                    wider_rows[:found], wider_members[:found] = rows[:found], members[:found]
                    rows, members = wider_rows, wider_members
                for m in range(size):
                    rows[found] = row
                    members[found] = first + clique[m]
                    found += 1
                row += 1
    return rows[:found], members[:found]
