"""A week cut into problems of their own, to be solved apart on any number of workers, and joined again.

Parts that share no eligible volunteer are found as connected components. Larger ones are cut into districts: one
round of wages over the whole week (`solver.dual`) says where each volunteer is worth most, and those who serve across
a border go there. The prices do the coordinating, so the parts need not talk to one another.

Whatever a rule ties together stays in one part: the shifts in which one person is locked, and people who only come
together. So plans that are sound apart are sound when joined.

Nothing in a part is known of the others: a part's bound speaks of its own volunteers. The bound of the whole is that
of the wages, which sees every eligible pair; only where no volunteer could serve in two parts do the parts' bounds add
up to one of the whole, and then the smaller of the two is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.arrays import Ints
from solver.backups import rank_backups
from solver.blocks import cut_blocks
from solver.candidates import Candidates, find_candidates
from solver.check import check
from solver.clock import Run
from solver.improve import Neighbourhood, sweep
from solver.narrow import with_shifts_only, with_volunteers_only
from solver.plan import Plan
from solver.problem import Pair, Problem
from solver.result import Progress, Result, Status
from solver.solve import WrongPlan, explain_unfilled
from solver.writing import problem_digest

if TYPE_CHECKING:
    from solver.dual import Market, Prices

_STEPS = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """Problems that can be solved apart, and what the whole can reach at most.

    Attributes
    ----------
    bound
        No plan of the whole week has more points.
    independent
        Whether nobody could serve in two parts: then the parts' optima add up to the whole's.
    """

    problems: tuple[Problem, ...]
    bound: int
    independent: bool = False


def cut_parts(problem: Problem, count: int, *, workers: int = 1) -> Parts:
    """Cut a week into about `count` parts of similar size that share neither shifts nor volunteers."""
    from solver.dual import Market, ascend  # noqa: PLC0415 compiled code is loaded only where it is used

    candidates = find_candidates(problem, workers)
    market = Market(problem, candidates, workers)
    prices = ascend(market, Run(seconds=None), steps=_STEPS, share=1.0)
    label = components(problem, candidates)
    family = _families(problem)
    block = _block_of_shifts(problem, candidates, label, max(1, count))
    block = _with_locks_together(problem, block, family)
    home = _homes(problem, candidates, market, prices, block, family)
    problems = []
    for number in range(int(block.max(initial=-1)) + 1):
        few, _ = with_shifts_only(problem, np.flatnonzero(block == number))
        problems.append(with_volunteers_only(few, np.flatnonzero(home == number)))
    ties = np.unique(np.stack([label, block], axis=1), axis=0)
    return Parts(problems=tuple(problems), bound=prices.bound, independent=len(ties) == int(label.max(initial=-1)) + 1)


def _block_of_shifts(problem: Problem, candidates: Candidates, label: Ints, count: int) -> Ints:
    """Number of each shift's part."""
    block = np.zeros(len(problem.shifts), dtype=np.int64)
    for number, shifts in enumerate(_districts(problem, candidates, label, len(candidates.role) // count + 1)):
        block[shifts] = number
    return block


def _districts(problem: Problem, candidates: Candidates, label: Ints, most: int) -> list[Ints]:
    """Connected components, packed while small, the large ones cut by streets."""
    blocks = cut_blocks(problem, candidates.role, most, turned=True)
    if label.max(initial=0) == 0:
        return blocks
    sizes = np.bincount(label[problem.roles.shift[candidates.role]], minlength=int(label.max()) + 1)
    packed = np.cumsum(sizes) // most
    small = sizes <= most
    alone = [np.flatnonzero(small[label] & (packed[label] == number)) for number in np.unique(packed[small])]
    cut = [shifts[~small[label[shifts]]] for shifts in blocks]
    return [shifts for shifts in (*alone, *cut) if len(shifts)]


def components(problem: Problem, candidates: Candidates) -> Ints:
    """Number of the connected component of each shift: shifts are joined by volunteers and *together* pairs."""
    from scipy.sparse import coo_array  # noqa: PLC0415 loaded only where weeks are cut
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    people = len(problem.volunteers)
    size = people + len(problem.shifts)
    first = np.concatenate([candidates.volunteer(), problem.together[:, 0]])
    second = np.concatenate([people + problem.roles.shift[candidates.role], problem.together[:, 1]])
    joined = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(size, size))
    _, label = connected_components(joined, directed=False)
    labels: Ints = np.unique(label[people:], return_inverse=True)[1].astype(np.int64)
    return labels


def _families(problem: Problem) -> Ints:
    """Number of the family of each volunteer: those who only come *together* are one."""
    from scipy.sparse import coo_array  # noqa: PLC0415 loaded only where weeks are cut
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    people, pairs = len(problem.volunteers), problem.together
    joined = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(people, people))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)


def _with_locks_together(problem: Problem, block: Ints, family: Ints) -> Ints:
    """The parts, with all shifts in which one family is locked in one part; numbered from 0 without gaps."""
    from scipy.sparse import coo_array  # noqa: PLC0415 loaded only where weeks are cut
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    shift, owner = problem.roles.shift[problem.locked[:, 1]], family[problem.locked[:, 0]]
    size = len(block) + int(family.max(initial=-1)) + 1
    tied = coo_array((np.ones(len(shift), dtype=np.int8), (shift, len(block) + owner)), shape=(size, size))
    label = connected_components(tied, directed=False)[1][: len(block)]
    _, first, group = np.unique(label, return_index=True, return_inverse=True)
    whole: Ints = np.unique(block[first][group], return_inverse=True)[1].astype(np.int64)
    return whole


def _homes(  # noqa: PLR0917 the steps of one cut
    problem: Problem, candidates: Candidates, market: Market, prices: Prices, block: Ints, family: Ints
) -> Ints:
    """The part in which each family is worth most at the wages, or where it is locked; −1 for who can serve nowhere."""
    owner = family[candidates.volunteer().astype(np.int64)]
    worth = prices.wage[market.slot] + candidates.points.astype(np.int64) * 64
    order = np.lexsort((worth, owner))
    last = np.flatnonzero(np.diff(owner[order], append=-1))
    home = np.full(int(family.max(initial=-1)) + 1, -1, dtype=np.int64)
    home[owner[order[last]]] = block[problem.roles.shift[candidates.role[order[last]]]]
    home[family[problem.locked[:, 0]]] = block[problem.roles.shift[problem.locked[:, 1]]]
    homes: Ints = home[family]
    return homes


def join_parts(
    problem: Problem,
    plans: Sequence[Iterable[Pair]],
    *,
    workers: int = 1,
    polish: bool = True,
    seconds: float | None = None,
) -> tuple[Pair, ...]:
    """One plan of the whole from the parts' plans, improved across the borders when `polish`."""
    plan = Plan.from_pairs(problem, [pair for part in plans for pair in part])
    if not polish:
        return plan.pairs()
    return _polished(plan, find_candidates(problem, workers), Run(seconds=seconds), workers).pairs()


def _polished(plan: Plan, candidates: Candidates, run: Run, workers: int) -> Plan:
    problem = plan.problem
    blocks = cut_blocks(problem, candidates.role, 20_000)
    near = Neighbourhood.of(problem, candidates)
    return sweep(near, plan, blocks, run, workers=workers, share=1.0, seconds=10.0)


def join_results(
    problem: Problem,
    results: Sequence[Result],
    *,
    parts: Parts,
    workers: int = 1,
    seed: int = 0,
    seconds: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Result:
    """One result of the whole from those of its parts: joined, improved across the borders, checked, explained.

    Raises
    ------
    WrongPlan
        When the joined plan does not pass the checker.
    """
    run = Run(seconds=seconds, progress=progress, cancelled=cancelled)
    bound = joint_bound(parts.bound, [each.bound for each in results], independent=parts.independent)
    candidates = find_candidates(problem, workers)
    plan = Plan.from_pairs(problem, [pair for each in results for pair in each.assignments])
    run.tell("joined", points=plan.points, bound=bound)
    if plan.points < bound:
        plan = _polished(plan, candidates, run, workers)
    verdict = check(problem, plan.pairs())
    if not verdict.feasible or verdict.points != plan.points:
        raise WrongPlan("; ".join(map(str, verdict.violations[:3])) or "points differ")
    run.tell("reasons", points=plan.points, bound=bound)
    blank = Result(
        status=Status.OPTIMAL if plan.points == bound else Status.FEASIBLE,
        problem=problem_digest(problem),
        seconds=0.0,
        seed=seed,
        workers=workers,
        engine=f"parts({len(results)})",
        points=plan.points,
        bound=bound,
        terms=plan.terms,
        assignments=plan.pairs(),
        unfilled=explain_unfilled(plan),
        backups=rank_backups(plan, candidates),
        limited=run.limited or any(each.limited for each in results),
    )
    return replace(blank, seconds=run.elapsed())


def joint_bound(whole: int, of_parts: Sequence[int | None], *, independent: bool) -> int:
    """What no plan of the whole exceeds; the parts' bounds count where they are known and nobody is shared."""
    known = [bound for bound in of_parts if bound is not None]
    return min(whole, sum(known)) if independent and len(known) == len(of_parts) else whole
