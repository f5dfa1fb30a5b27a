"""``Problem → solve → Result``: find the candidates, plan, prove, check, explain."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from solver.backups import rank_backups
from solver.candidates import Candidates, find_candidates
from solver.check import check
from solver.clock import Run
from solver.exact import solve_exactly
from solver.faults import SolverError
from solver.garbage import uncollected
from solver.outcome import Outcome
from solver.plan import Plan
from solver.problem import Problem
from solver.reasons import Reasons
from solver.result import Progress, Result, Unfilled
from solver.writing import problem_digest

EXACT_PAIRS = 12_000
"""Up to this many eligible pairs the whole week is one exact model."""


class WrongPlan(SolverError):
    """The independent checker refused our own plan: a defect of the solver, never of the problem."""

    code = "wrong_plan"


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    workers: int | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    explain: bool = True,
) -> Result:
    """Find the best plan that can be found, and prove how good it is.

    Parameters
    ----------
    seconds
        Wall-clock limit; the best plan by then is returned with its bound. ``None``: until the solver's own,
        deterministic limits of effort are spent: then the same problem, seed and workers give the same answer.
    workers
        Cores to use; ``None``: all.
    progress
        Told points, bound and seconds as they improve.
    cancelled
        Asked several times a second; when it says yes the best plan so far is returned within a second or so, without
        reasons and backups.
    explain
        Whether to say why seats are unfilled and to rank backups.

    Returns
    -------
    Result
        Every plan has passed the independent checker.
    """
    run = Run(seconds=seconds, progress=progress, cancelled=cancelled)
    cores = workers or os.cpu_count() or 1
    run.tell("candidates")
    candidates = find_candidates(problem, cores)
    outcome = _planned(problem, candidates, run, cores, seed)
    with uncollected():
        return _judged(problem, candidates, outcome, run, cores, seed, explain=explain)


def _judged(  # noqa: PLR0917
    problem: Problem, candidates: Candidates, outcome: Outcome, run: Run, cores: int, seed: int, *, explain: bool
) -> Result:
    """The result, once the independent checker has passed the plan."""
    blank = _result(problem, outcome, run, cores, seed)
    if outcome.plan is None:
        return blank
    verdict = check(problem, blank.assignments)
    if not verdict.feasible or verdict.points != outcome.plan.points:
        raise WrongPlan("; ".join(map(str, verdict.violations[:3])) or "points differ")
    unfilled: tuple[Unfilled, ...] = ()
    backups: dict[str, tuple[str, ...]] = {}
    if explain and not run.unwanted():
        run.tell("reasons")
        unfilled = explain_unfilled(outcome.plan, cores)
        backups = rank_backups(outcome.plan, candidates)
    return replace(blank, unfilled=unfilled, backups=backups, seconds=run.elapsed())


def _planned(problem: Problem, candidates: Candidates, run: Run, cores: int, seed: int) -> Outcome:
    if len(candidates) <= EXACT_PAIRS:
        return solve_exactly(problem, candidates, run, seed)
    from solver.large import solve_large  # noqa: PLC0415 small problems need no compiled code

    return solve_large(problem, candidates, run, cores)


def explain_unfilled(plan: Plan, workers: int = 1) -> tuple[Unfilled, ...]:
    """Why each role below target is so, and what would fill it; those with most points to gain first."""
    reasons = Reasons(plan, workers)
    return reasons.explain(reasons.unfilled_roles())


def _result(problem: Problem, outcome: Outcome, run: Run, cores: int, seed: int) -> Result:
    plan = outcome.plan
    return Result(
        status=outcome.status,
        problem=problem_digest(problem),
        seconds=run.elapsed(),
        seed=seed,
        workers=cores,
        engine=outcome.engine,
        points=None if plan is None else plan.points,
        bound=outcome.bound,
        terms={} if plan is None else plan.terms,
        assignments=() if plan is None else plan.pairs(),
        limited=run.limited,
    )
