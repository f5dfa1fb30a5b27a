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
from solver.points import tier_points, tier_sizes
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
    bound = easy_bound(problem, candidates) if answer.bound is None and plan is not None else answer.bound
    run.tell("solved", points=None if plan is None else plan.points, bound=bound)
    return Outcome(status=status, engine=engine, plan=plan, bound=bound)


def easy_bound(problem: Problem, candidates: Candidates) -> int:
    """Every role filled as far as it has eligible people, each worth the role's best pair: no plan has more points."""
    able = np.minimum(np.bincount(candidates.role, minlength=len(problem.roles)), problem.roles.max)
    sizes = tier_sizes(problem)
    filled = np.clip(able[:, None] - (np.cumsum(sizes, axis=1) - sizes), 0, sizes)
    best = np.zeros(len(problem.roles), dtype=np.int64)
    np.maximum.at(best, candidates.role, candidates.points)
    tiers = tier_points(problem)
    if not (tiers[:, 0] >= tiers[:, 1]).all() or not (tiers[:, 1] >= tiers[:, 2]).all():
        tiers = np.broadcast_to(tiers.max(axis=1, keepdims=True), tiers.shape)
    return int((filled * tiers).sum() + (able * best).sum())


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
