"""The scalar loop behind `solver.cutting`: one pass over the bytes of a JSON object."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Ints
from solver.compiled import kernel


@kernel
def top_level(raw: NDArray[np.uint8], cuts: Ints) -> int:  # pragma: no cover - compiled
    """Write the offsets of ``:`` and ``,`` of the outer object (as −offset) and of ``,`` in its lists; say how many."""
    depth, found, inside, at = 0, 0, False, 0
    while at < len(raw):
        byte = raw[at]
        if inside:
            if byte == 92:  # a backslash hides the next byte
                at += 1
            elif byte == 34:
                inside = False
        elif byte == 34:
            inside = True
        elif byte in (91, 123):
            depth += 1
        elif byte in (93, 125):
            depth -= 1
        elif depth == 1 and byte in (44, 58):
            cuts[found] = -at
            found += 1
        elif depth == 2 and byte == 44:
            cuts[found] = at
            found += 1
        if found == len(cuts):
            return -1
        at += 1
    return found if depth == 0 and not inside else -1
