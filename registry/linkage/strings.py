"""Distances of short texts, compiled: edits with exchanged neighbours, and Jaro–Winkler closeness."""

from typing import Any, Final

import numpy as np

from registry.linkage.compiled import part

#: Characters of a text that are looked at.
CELLS: Final = 32


@part
def edits(a: Any, m: int, b: Any, n: int) -> int:
    """Count insertions, deletions, substitutions and exchanges of neighbours between two texts (Damerau 1964)."""
    before = np.zeros(CELLS + 1, np.int64)
    last = np.arange(CELLS + 1)
    for i in range(1, m + 1):
        row = np.empty(CELLS + 1, np.int64)
        row[0] = i
        for j in range(1, n + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                row[j] = min(row[j], before[j - 2] + 1)
        before, last = last, row
    return int(last[n])


@part
def closeness(a: Any, m: int, b: Any, n: int) -> float:
    """Give Jaro–Winkler closeness, 0 to 1 (Winkler 1990)."""
    reach = max(m, n) // 2 - 1
    used_a, used_b = np.zeros(CELLS, np.bool_), np.zeros(CELLS, np.bool_)
    common = 0
    for i in range(m):
        for j in range(max(0, i - reach), min(n, i + reach + 1)):
            if not used_b[j] and a[i] == b[j]:
                used_a[i], used_b[j] = True, True
                common += 1
                break
    if common == 0:
        return 0.0
    turned, j = 0, 0
    for i in range(m):
        if used_a[i]:
            while not used_b[j]:
                j += 1
            if a[i] != b[j]:
                turned += 1
            j += 1
    jaro = (common / m + common / n + (common - turned / 2) / common) / 3
    prefix = 0
    while prefix < min(4, m, n) and a[prefix] == b[prefix]:
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)
