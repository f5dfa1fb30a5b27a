"""The compiled counting behind `solver.reasons_near`: people by place, and one pass around each shift."""

from __future__ import annotations

from typing import Final

import numpy as np

from solver.arrays import Floats, Ints, Ragged, by_first, starts
from solver.compiled import spread
from solver.narrow import chosen_rows
from solver.plan import Plan
from solver.reasons_kernel import BARRED, BUSY, LIMIT, OPEN, REACHED, TIME, count_near
from solver.reasons_near import DELAYS, WIDER, Counts

_MOST_CELLS: Final = 250_000
_FINE: Final = 8
"""Cells across the longest radius."""


def count_by_grid(plan: Plan, roles: Ints, workers: int) -> list[Counts]:
    """Counts of these roles."""
    counts, moved, by_tag, wider, _ = _passed(plan, roles, workers, changes=True)
    needs = plan.problem.roles.needs.lengths()[roles].tolist()
    return [
        Counts(
            reached=row[REACHED],
            open_now=row[OPEN],
            time=row[TIME],
            barred=row[BARRED],
            limit=row[LIMIT],
            busy=row[BUSY],
            moved=moves,
            tags=lacking[:width],
            wider=reach,
        )
        for row, moves, lacking, reach, width in zip(
            counts.tolist(), moved.tolist(), by_tag.tolist(), wider.tolist(), needs, strict=True
        )
    ]


def open_by_grid(plan: Plan, roles: Ints, workers: int) -> list[Ints]:
    """Volunteers whom no rule keeps from each role as the plan stands, rising."""
    counts = _passed(plan, roles, workers, changes=False)[0]
    first = starts(counts[:, OPEN])
    named = _passed(plan, roles, workers, changes=False, first_open=first)[4]
    return [np.sort(named[begin:end]) for begin, end in zip(first[:-1].tolist(), first[1:].tolist(), strict=True)]


def _passed(
    plan: Plan, roles: Ints, workers: int, *, changes: bool, first_open: Ints | None = None
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    problem, people, week = plan.problem, plan.problem.volunteers, plan.problem.shifts
    order, cell_start, origin, size, columns, rows = _cells(people.at, people.radius)
    tags, free_from, free_to = (chosen_rows(rows, order) for rows in (people.tags, people.free_from, people.free_to))
    until = chosen_rows(Ragged(people.tags.start, people.until), order).items
    held, taken = (chosen_rows(Ragged(plan.start, numbers), order) for numbers in (plan.shift, plan.role))
    limits = (people.max_shifts[order], people.max_minutes[order], people.max_shifts_per_day[order])
    barred, needs = chosen_rows(by_first(problem.barred, len(people)), order), problem.roles.needs
    delays, reach = np.asarray(DELAYS, dtype=np.int64), np.asarray(WIDER, dtype=np.int64)
    counts = np.zeros((len(roles), 6), dtype=np.int64)
    moved = np.zeros((len(roles), len(DELAYS)), dtype=np.int64)
    by_tag = np.zeros((len(roles), max(1, int(needs.lengths().max(initial=0)))), dtype=np.int64)
    wider = np.zeros((len(roles), len(WIDER)), dtype=np.int64)
    named = np.empty(0 if first_open is None else int(first_open[-1]), dtype=np.int64)
    places = np.zeros(len(roles) + 1, dtype=np.int64) if first_open is None else first_open

    def part(first: int, last: int) -> None:
        count_near(
            order, cell_start, origin, size, columns, rows, float(max(WIDER)), people.at[order], people.radius[order],
            tags.start, tags.items, until, free_from.start, free_from.items, free_to.items, *limits,
            held.start, held.items, taken.items, barred.start, barred.items, week.start, week.end, week.at,
            float(problem.travel.metres_per_minute), problem.travel.buffer_minutes, problem.roles.shift,
            needs.start, needs.items, problem.horizon.minutes, delays, reach, roles, changes,
            counts, moved, by_tag, wider, places, named, first, last,
        )  # fmt: skip

    spread(part, len(roles), workers, least=8)
    return counts, moved, by_tag, wider, named


def _cells(at: Floats, radius: Floats) -> tuple[Ints, Ints, Floats, float, int, int]:
    """People cell by cell of a grid: order, where each cell begins, the grid's corner, cell size, columns, rows."""
    low = at.min(axis=0)
    wide = float((at.max(axis=0) - low).max()) + 1.0
    size = max(1.0, float(radius.max()) / _FINE, wide / np.sqrt(_MOST_CELLS))
    place = np.floor((at - low) / size).astype(np.int64)
    columns, rows = int(place[:, 0].max()) + 1, int(place[:, 1].max()) + 1
    cell = place[:, 1] * columns + place[:, 0]
    order = np.argsort(cell, kind="stable")
    return order, starts(np.bincount(cell, minlength=columns * rows)), low, size, columns, rows
