"""CP-SAT (OR-Tools) as an exact engine for small programs: light to import, whole numbers throughout.

One worker with the full linear relaxation proves these models where the default portfolio stalls; a deterministic
limit ends the search at the same point on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from ortools.sat.python import cp_model_helper as cp

from solver.arrays import Ints
from solver.patience import patiently
from solver.program import FREE, Answer, Found, Program

_STATUS: Final = {
    cp.CpSolverStatus.OPTIMAL: Found.OPTIMAL,
    cp.CpSolverStatus.FEASIBLE: Found.FEASIBLE,
    cp.CpSolverStatus.INFEASIBLE: Found.INFEASIBLE,
}
_WIDE: Final = 2**62


def solve_program(
    program: Program,
    *,
    effort: float,
    seconds: float,
    seed: int = 0,
    hint: Ints | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Answer:
    """Solve to optimality or until the effort or the time is spent.

    Parameters
    ----------
    effort
        CP-SAT's deterministic time, about a second a unit.
    seconds
        Wall-clock limit, for those who wait.
    hint
        A plan to start from, one value a column.
    """
    wrapper: Any = cp.SolveWrapper()
    parameters = cp.SatParameters()
    parameters.num_workers = 1
    parameters.linearization_level = 2
    parameters.random_seed = seed % 2**31
    parameters.max_deterministic_time = effort
    parameters.max_time_in_seconds = max(0.01, seconds)
    wrapper.set_parameters(parameters)
    proto = _proto(program, hint)
    response: Any = patiently(lambda: wrapper.solve(proto), cancelled=cancelled, stop=wrapper.stop_search)
    found = _STATUS.get(response.status, Found.NOTHING)
    if found is Found.INFEASIBLE:
        return Answer(found=found)
    if found is Found.NOTHING:  # the bound of a search that found nothing may never have been set
        return Answer(found=found)
    bound = -int(np.ceil(response.best_objective_bound - 1e-6))
    x = np.asarray(list(response.solution), dtype=np.int64)
    points = int(program.objective @ x)
    return Answer(found=found, x=x, points=points, bound=points if found is Found.OPTIMAL else bound)


def _proto(program: Program, hint: Ints | None) -> Any:
    model = cp.CpModelProto()
    for low, high in zip(program.lower.tolist(), program.upper.tolist(), strict=True):
        model.variables.add().domain.extend((low, high))
    start, column, value = program.start.tolist(), program.column.tolist(), program.value.tolist()
    for row, (low, high) in enumerate(zip(program.low.tolist(), program.high.tolist(), strict=True)):
        linear = model.constraints.add().linear
        here = slice(start[row], start[row + 1])
        linear.vars.extend(column[here])
        linear.coeffs.extend(value[here])
        linear.domain.extend((-_WIDE if low <= -FREE else low, _WIDE if high >= FREE else high))
    some = np.flatnonzero(program.objective)
    model.objective.vars.extend(some.tolist())
    model.objective.coeffs.extend((-program.objective[some]).tolist())
    if hint is not None:
        model.solution_hint.vars.extend(range(len(hint)))
        model.solution_hint.values.extend(hint.tolist())
    return model
