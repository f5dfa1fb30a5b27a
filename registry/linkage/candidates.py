# ruff: noqa: PLR0917, SIM110  compiled code: loops are loops
"""Candidate pairs: records that share a key; too large blocks are left out."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from registry.linkage.compiled import kernel, part
from registry.linkage.link_keys import U64, Keys, Kind

#: Records in one block beyond which its pairs are not looked at.
CAP: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Pairs of rows, left < right, each once; `capped` says how many blocks were too large, by kind."""

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    capped: dict[str, int]


def candidate_pairs(keys: Keys, *, cap: int = CAP, skip: tuple[Kind, ...] = ()) -> Candidates:
    """Find the pairs of records that share a key in a block of at most `cap`.

    A pair is taken at the first kind in which its first keys agree; what second readings find again is taken out at
    the end.
    """
    found: list[U64] = []
    capped: dict[str, int] = {}
    first = keys.first
    for kind in Kind:
        if kind in skip:
            first[:, kind] = 0
            continue
        values, rows = keys.all_of(kind)
        order = np.argsort(values)
        values, rows = values[order], rows[order]
        total, large = _blocks(values, cap)
        if large:
            capped[kind.name.lower()] = large
        if total or large:
            pairs = np.empty(total, np.uint64)
            found.append(pairs[: _block_pairs(values, rows, first, int(kind), cap, pairs)])
    merged = np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)
    left = (merged >> np.uint64(32)).astype(np.int32)
    return Candidates(left=left, right=(merged & np.uint64(0xFFFFFFFF)).astype(np.int32), capped=capped)


@kernel
def _blocks(values: Any, cap: int) -> Any:
    """Count the pairs of blocks of at most `cap`, and the blocks that are larger."""
    pairs, large, start = 0, 0, 0
    n = values.shape[0]
    for end in range(1, n + 1):
        if end == n or values[end] != values[start]:
            size = end - start
            if size > cap:
                large += 1
            else:
                pairs += size * (size - 1) // 2
            start = end
    return pairs, large


@kernel
def _block_pairs(values: Any, rows: Any, first: Any, kind: int, cap: int, pairs: Any) -> int:
    """Fill in the pairs of the blocks that no earlier kind has found, and give their number."""
    count, start = 0, 0
    n = values.shape[0]
    for end in range(1, n + 1):
        if end < n and values[end] == values[start]:
            continue
        if end - start > cap:
            for k in range(start, end):
                if first[rows[k], kind] == values[start]:
                    first[rows[k], kind] = 0
        else:
            for a in range(start, end):
                for b in range(a + 1, end):
                    i, j = rows[a], rows[b]
                    if i == j or _met(first, i, j, kind):
                        continue
                    if i > j:
                        i, j = j, i
                    pairs[count] = (np.uint64(i) << np.uint64(32)) | np.uint64(j)
                    count += 1
        start = end
    return count


@part
def _met(first: Any, i: int, j: int, kind: int) -> bool:
    for earlier in range(kind):
        if first[i, earlier] != 0 and first[i, earlier] == first[j, earlier]:
            return True
    return False
