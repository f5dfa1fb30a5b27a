"""How others would do it: first come first served, a good coordinator's greedy, textbook CP-SAT, HiGHS, Timefold."""

from __future__ import annotations

import importlib.util
import multiprocessing
import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from solver import Problem, Status, check, engine_cpsat, engine_highs, solve
from solver.arrays import Ints
from solver.candidates import Candidates, find_candidates
from solver.joining import keep_possible, keep_sound_shifts
from solver.model import Pairs, build_model
from solver.plan import Plan
from solver.points import tier_points
from solver.problem import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One method on one instance; ``None`` where it has no answer."""

    method: str
    seconds: float
    assignments: tuple[Pair, ...] | None = None
    points: int | None = None
    bound: int | None = None
    note: str = ""


def first_come(problem: Problem, seed: int) -> Trial:
    """Volunteers arrive in random order and take their nearest open seats."""
    begun = time.monotonic()
    candidates = find_candidates(problem)
    rank = np.random.default_rng(seed).permutation(len(problem.volunteers))
    owner = candidates.volunteer().astype(np.int64)
    order = np.lexsort((-candidates.points, rank[owner]))
    return _taken("first come, first served", problem, candidates, order, begun)


def greedy(problem: Problem) -> Trial:
    """The most valuable role first, its nearest free people first: a good coordinator with a list."""
    begun = time.monotonic()
    candidates = find_candidates(problem)
    worth = tier_points(problem)[:, 0][candidates.role]
    order = np.lexsort((-candidates.points, candidates.role, -worth))
    return _taken("greedy by priority", problem, candidates, order, begun)


def _taken(method: str, problem: Problem, candidates: Candidates, order: np.ndarray, begun: float) -> Trial:
    """Take pairs in this order up to every role's target, then drop what cannot stand."""
    owner, role = candidates.volunteer().astype(np.int64)[order], candidates.role[order].astype(np.int64)
    left = problem.roles.target.tolist()
    busy: dict[int, list[int]] = {}
    chosen = []
    most = problem.volunteers.max_shifts.tolist()
    shift_of = problem.roles.shift.tolist()
    for index, (who, what) in enumerate(zip(owner.tolist(), role.tolist(), strict=True)):
        mine = busy.setdefault(who, [])
        if (
            left[what] > 0
            and len(mine) < most[who]
            and shift_of[what] not in mine
            and not _clashes(problem, mine, shift_of[what])
        ):
            left[what] -= 1
            mine.append(shift_of[what])
            chosen.append(index)
    who, what = owner[chosen], role[chosen]
    fits = keep_possible(problem, who, what, np.zeros(len(who), dtype=np.int64))
    who, what = who[fits], what[fits]
    sound = keep_sound_shifts(problem, who, what)
    plan = Plan.of(problem, who[sound], what[sound])
    return Trial(method=method, seconds=time.monotonic() - begun, assignments=plan.pairs(), points=plan.points)


def _clashes(problem: Problem, mine: list[int], shift: int) -> bool:
    start, end = problem.shifts.start, problem.shifts.end
    return any(start[other] < end[shift] + 30 and start[shift] < end[other] + 30 for other in mine)


def exact(problem: Problem, engine: str, seconds: float) -> Trial:
    """The whole week as one model, without prices, cuts of ours or a start: CP-SAT or HiGHS out of the box."""
    begun = time.monotonic()
    candidates = find_candidates(problem)
    pairs = Pairs.of(problem, candidates)
    program = build_model(problem, pairs)
    if engine == "HiGHS":
        answer = engine_highs.solve_program(program, seconds=seconds)
    else:
        answer = engine_cpsat.solve_program(program, effort=1e9, seconds=seconds)
    spent = time.monotonic() - begun
    if answer.x is None:
        return Trial(method=engine, seconds=spent, bound=answer.bound, note="no plan in time")
    taken = np.flatnonzero(answer.x[: len(pairs.role)])
    plan = Plan.of(problem, pairs.volunteer[taken], pairs.role[taken])
    return Trial(method=engine, seconds=spent, assignments=plan.pairs(), points=plan.points, bound=answer.bound)


def ours(problem: Problem, seconds: float) -> Trial:
    """`solver.solve` as it stands."""
    begun = time.monotonic()
    result = solve(problem, seconds=seconds, explain=False)
    note = str(result.status) if result.status is Status.OPTIMAL else f"gap {100 * (result.gap or 0):.3f} %"
    return Trial(
        method="Linli",
        seconds=time.monotonic() - begun,
        assignments=result.assignments,
        points=result.points,
        bound=result.bound,
        note=note,
    )


def timefold(problem: Problem, seconds: float, seed: int) -> Trial:
    """Timefold's local search on its own model of the week, in a process of its own; what breaks a rule is emptied.

    The seconds are those of the whole process: Java's start and the translation of the model are part of it.
    """
    begun = time.monotonic()
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
            who, what = apart.submit(_timefold_plan, problem, seconds, seed).result()
    except RuntimeError as error:
        return Trial(method="Timefold", seconds=time.monotonic() - begun, note=f"no plan: {error}")
    fits = keep_possible(problem, who, what, np.zeros(len(who), dtype=np.int64))
    fits[fits] = keep_sound_shifts(problem, who[fits], what[fits])
    plan = Plan.of(problem, who[fits], what[fits])
    dropped = int((~fits).sum())
    return Trial(
        method="Timefold",
        seconds=time.monotonic() - begun,
        assignments=plan.pairs(),
        points=plan.points,
        note=f"{dropped} of {len(who)} assignments broke a rule and were dropped" if dropped else "",
    )


def _timefold_plan(problem: Problem, seconds: float, seed: int) -> tuple[Ints, Ints]:
    try:
        from bench.solver.timefold import plan  # noqa: PLC0415 starts Java, and is not there for everybody

        who, what = plan(problem, seconds, seed)
    except Exception as error:  # noqa: BLE001 errors of Java cannot leave their process
        raise RuntimeError((str(error).splitlines() or [type(error).__name__])[0]) from None
    return np.asarray(who, dtype=np.int64), np.asarray(what, dtype=np.int64)


def timefold_note() -> str | None:
    """Why Timefold is not in the table; ``None`` when it is."""
    if shutil.which("java") is None:
        return "Timefold: left out, no Java found (17 or later)"
    if importlib.util.find_spec("timefold") is None:
        return "Timefold: left out, its package is not installed (a pre-release: .venv/bin/pip install --pre timefold)"
    return None


def judged(problem: Problem, trial: Trial) -> tuple[bool, int]:
    """Whether the plan keeps every rule, and how many essential seats it fills."""
    if trial.assignments is None:
        return False, 0
    verdict = check(problem, trial.assignments)
    plan = Plan.from_pairs(problem, trial.assignments)
    return verdict.feasible, int(np.minimum(plan.people, problem.roles.min).sum())
