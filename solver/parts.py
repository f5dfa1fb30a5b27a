"""A week cut into problems of their own, to be solved apart on any number of workers, and joined again.

Parts that share no eligible volunteer are found as connected components. Larger ones are cut into districts: one
round of wages over the whole week (`solver.dual`) says where each volunteer is worth most, and those who serve across
a border go there. The prices do the coordinating, so the parts need not talk to one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.arrays import Int32s, Ints
from solver.blocks import cut_blocks
from solver.candidates import Candidates, find_candidates
from solver.clock import Run
from solver.improve import Neighbourhood, sweep
from solver.narrow import with_shifts_only, with_volunteers_only
from solver.plan import Plan
from solver.problem import Pair, Problem

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
    """

    problems: tuple[Problem, ...]
    bound: int


def cut_parts(problem: Problem, count: int, *, workers: int = 1) -> Parts:
    """Cut a week into about `count` parts of similar size that share neither shifts nor volunteers."""
    from solver.dual import Market, ascend  # noqa: PLC0415 compiled code is loaded only where it is used

    candidates = find_candidates(problem, workers)
    market = Market(problem, candidates, workers)
    prices = ascend(market, Run(seconds=None), steps=_STEPS, share=1.0)
    role = candidates.role
    blocks = _districts(problem, candidates, max(1, len(role) // max(1, count)) + 1)
    block = np.zeros(len(problem.shifts), dtype=np.int64)
    for number, shifts in enumerate(blocks):
        block[shifts] = number
    home = _homes(problem, candidates, market, prices, block[problem.roles.shift[role]].astype(np.int32))
    problems = []
    for number, shifts in enumerate(blocks):
        few, _ = with_shifts_only(problem, np.sort(shifts))
        problems.append(with_volunteers_only(few, np.flatnonzero(home == number)))
    return Parts(problems=tuple(problems), bound=prices.bound)


def _districts(problem: Problem, candidates: Candidates, most: int) -> list[Ints]:
    """Connected components, packed while small, the large ones cut by streets."""
    label = components(problem, candidates)
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


def _homes(problem: Problem, candidates: Candidates, market: Market, prices: Prices, block: Int32s) -> Ints:
    """The part in which each volunteer is worth most at the wages; locks and *together* pairs come first."""
    owner = candidates.volunteer().astype(np.int64)
    worth = prices.wage[market.slot] + candidates.points.astype(np.int64) * 64
    order = np.lexsort((worth, owner))
    last = np.flatnonzero(np.diff(owner[order], append=-1))
    home = np.full(len(problem.volunteers), -1, dtype=np.int64)
    home[owner[order[last]]] = block[order[last]]
    shift_block = np.zeros(len(problem.shifts), dtype=np.int64)
    shift_block[problem.roles.shift[candidates.role]] = block
    home[problem.locked[:, 0]] = shift_block[problem.roles.shift[problem.locked[:, 1]]]
    locked = set(problem.locked[:, 0].tolist())
    for _ in range(3):  # chains of pairs are short
        for one, other in problem.together.tolist():
            home[other if one in locked else one] = home[one if one in locked else other]
    return home


def join_parts(
    problem: Problem, plans: Sequence[Iterable[Pair]], *, workers: int = 1, polish: bool = True
) -> tuple[Pair, ...]:
    """One plan of the whole from the parts' plans, improved across the borders when `polish`."""
    plan = Plan.from_pairs(problem, [pair for part in plans for pair in part])
    if not polish:
        return plan.pairs()
    candidates = find_candidates(problem, workers)
    blocks = cut_blocks(problem, candidates.role, 20_000)
    near = Neighbourhood.of(problem, candidates)
    return sweep(near, plan, blocks, Run(seconds=None), workers=workers, share=1.0, seconds=10.0).pairs()
