"""HiGHS (through scipy) as an exact engine: the fastest prover for programs of up to some ten thousand pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from solver.program import FREE, Answer, Found, Program

_TOLERANCE = 1e-9


def solve_program(program: Program, *, seconds: float, nodes: int | None = None, gap: float = 0.0) -> Answer:
    """Solve to the relative gap, or until the nodes or the seconds are spent.

    With `nodes` alone deciding, the same program gives the same answer on every run.
    """
    columns = len(program.objective)
    if columns == 0:
        return _empty(program)
    matrix = csr_array(
        (program.value.astype(np.float64), program.column, program.start), shape=(len(program.low), columns)
    )
    options: dict[str, Any] = {"mip_rel_gap": gap, "time_limit": max(0.01, seconds)}
    if nodes is not None:
        options["node_limit"] = nodes
    low = np.where(program.low <= -FREE, -np.inf, program.low)
    high = np.where(program.high >= FREE, np.inf, program.high)
    solve: Any = milp
    rows: Any = LinearConstraint
    result = solve(
        -program.objective.astype(np.float64),
        integrality=np.ones(columns),
        bounds=Bounds(program.lower.astype(np.float64), program.upper.astype(np.float64)),
        constraints=rows(matrix, low, high) if len(program.low) else (),
        options=options,
    )
    return _answer(program, result)


def _empty(program: Program) -> Answer:
    if (program.low > 0).any() or (program.high < 0).any():
        return Answer(found=Found.INFEASIBLE)
    return Answer(found=Found.OPTIMAL, x=np.empty(0, dtype=np.int64), points=0, bound=0)


def _answer(program: Program, result: Any) -> Answer:
    if result.status == 2:  # noqa: PLR2004 scipy's code for infeasible
        return Answer(found=Found.INFEASIBLE)
    bound = _whole_bound(result.mip_dual_bound)
    if result.x is None:
        return Answer(found=Found.NOTHING, bound=bound)
    x = np.rint(result.x).astype(np.int64)
    points = int(program.objective @ x)
    if bound is not None:
        bound = max(bound, points)
    optimal = result.status == 0 and bound is not None and bound == points
    return Answer(found=Found.OPTIMAL if optimal else Found.FEASIBLE, x=x, points=points, bound=bound)


def _whole_bound(dual: float | None) -> int | None:
    """The largest whole number of points that the dual bound of the minimisation leaves open."""
    if dual is None or not np.isfinite(dual):
        return None
    return int(np.floor(-dual + 1e-6 + _TOLERANCE * abs(dual)))
