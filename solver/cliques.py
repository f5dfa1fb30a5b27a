"""Which of a volunteer's shifts exclude one another, as sets of which at most one is taken.

Rows over cliques of the conflict graph are as tight as rows over its edges are loose (Atamtürk, Nemhauser,
Savelsbergh 2000): sets of shifts that share a minute are cliques; a conflict by travel alone is added where no
clique says it already.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.arrays import Ints
from solver.clique_kernel import cover
from solver.problem import Problem

_COMPILE_FROM = 60_000
"""Pairs from which the compiled form pays for itself."""


def clique_rows(problem: Problem, start: Ints, shift: Ints) -> tuple[Ints, Ints]:
    """Sets of pairs of which a volunteer takes at most one.

    Parameters
    ----------
    start
        Shape (volunteers + 1,): the pairs of each volunteer, any order within.
    shift
        Shift number of each pair.

    Returns
    -------
    tuple
        Row number and pair number of every member; rows of one pair are left out.
    """
    week, travel = problem.shifts, problem.travel
    loop: Any = cover
    if len(shift) >= _COMPILE_FROM:
        from solver.compiled import kernel  # noqa: PLC0415 small problems need no compiled code

        loop = kernel(cover)
    order = np.lexsort((week.start[shift], np.repeat(np.arange(len(start) - 1), np.diff(start))))
    row, member = loop(
        start, shift[order], week.start, week.end, week.at, travel.metres_per_minute, travel.buffer_minutes
    )
    return row, order[member]
