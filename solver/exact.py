"""The whole week as one exact model: small problems, and parts of large ones."""

from __future__ import annotations

from typing import Final

import numpy as np

from solver import engines
from solver.candidates import Candidates
from solver.clock import Run
from solver.model import Pairs, build_model
from solver.outcome import Outcome
from solver.patience import Abandoned, patiently
from solver.plan import Plan
from solver.problem import Problem
from solver.program import Answer, Found, Program
from solver.result import Status

_EFFORT: Final = 60.0
_NODES: Final = 20_000


def solve_exactly(problem: Problem, candidates: Candidates, run: Run, seed: int) -> Outcome:
    """Solve the model over all candidates to optimality, or as far as effort and time allow."""
    pairs = Pairs.of(problem, candidates)
    locked = int(pairs.locked.sum())
    if locked < len(problem.locked):  # a lock that is no candidate was refused with the problem
        return Outcome(status=Status.INFEASIBLE, engine="locks")
    program = build_model(problem, pairs)
    run.tell("model")
    engine, answer = _answer(program, len(candidates), run, seed)
    status = {
        Found.OPTIMAL: Status.OPTIMAL,
        Found.FEASIBLE: Status.FEASIBLE,
        Found.INFEASIBLE: Status.INFEASIBLE,
        Found.NOTHING: Status.NOT_FOUND,
    }[answer.found]
    plan = None
    if answer.x is not None:
        taken = np.flatnonzero(answer.x[: len(pairs.role)])
        plan = Plan.of(problem, pairs.volunteer[taken], pairs.role[taken])
    elif answer.found is Found.NOTHING and not len(problem.locked):
        status, plan = Status.FEASIBLE, Plan.of(problem, np.empty(0, np.int64), np.empty(0, np.int64))
    run.limited = run.limited or status is Status.NOT_FOUND or (status is Status.FEASIBLE and run.left() <= 0)
    run.tell("solved", points=None if plan is None else plan.points, bound=answer.bound)
    return Outcome(status=status, engine=engine, plan=plan, bound=answer.bound)


def _answer(program: Program, pairs: int, run: Run, seed: int) -> tuple[str, Answer]:
    if pairs <= engines.LIGHT:
        from solver import engine_cpsat  # noqa: PLC0415 only the engine that is used is loaded

        answer = engine_cpsat.solve_program(
            program, effort=_EFFORT, seconds=run.left(), seed=seed, cancelled=run.cancelled
        )
        return "cp-sat", answer
    from solver import engine_highs  # noqa: PLC0415

    try:
        answer = patiently(
            lambda: engine_highs.solve_program(program, seconds=run.left(), nodes=_NODES), cancelled=run.cancelled
        )
    except Abandoned:
        run.limited = True
        answer = Answer(found=Found.NOTHING)
    return "highs", answer
