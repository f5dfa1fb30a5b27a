"""Eligible pairs of a large problem: volunteers look into the cells of a grid of shifts around them.

The cells are about as wide as a usual radius, so that each volunteer meets few shifts out of reach. One pass finds, a
second puts into place: the pairs come in the same order whatever the number of cores.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from solver.arrays import Floats, Int32s, Ints, by_first, starts
from solver.candidates import Candidates
from solver.compiled import spread
from solver.grid_kernel import bit_words, place, score, search
from solver.points import recent_points
from solver.problem import Problem

_MOST_CELLS: Final = 1_000_000


def find_by_grid(problem: Problem, workers: int = 1) -> Candidates:
    """All eligible pairs with their points, sorted by volunteer, then role."""
    start, role, metres = _pairs(problem, workers)
    return Candidates(start=start, role=role, points=_points(problem, start, role, metres, workers))


def _pairs(problem: Problem, workers: int) -> tuple[Ints, Int32s, Floats]:
    people, week, roles = problem.volunteers, problem.shifts, problem.roles
    cell_start, cell_shift, origin, size, columns, rows = _cells(problem)
    barred = by_first(problem.barred, len(people))
    order = _by_place(problem, origin, size, columns)
    width = len(problem.tags)

    tag_words = bit_words(people.tags.start, people.tags.items, width)
    need_words = bit_words(roles.needs.start, roles.needs.items, width)
    counts = np.zeros(len(people), dtype=np.int64)

    def part(first: int, last: int) -> tuple[int, int, Int32s, Floats]:
        return (
            first,
            last,
            *search(
                order,
                people.at,
                people.radius,
                people.tags.start,
                people.tags.items,
                people.until,
                tag_words,
                people.free_from.start,
                people.free_from.items,
                people.free_to.items,
                cell_start,
                cell_shift,
                origin,
                size,
                columns,
                rows,
                week.at,
                week.start,
                week.end,
                week.roles,
                roles.needs.start,
                roles.needs.items,
                need_words,
                barred.start,
                barred.items,
                counts,
                first,
                last,
            ),
        )

    found = spread(part, len(people), workers)
    offsets = starts(counts)
    role, metres = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.float64)

    def placed(number: int, _last: int) -> None:
        first, last, roles, away = found[number]
        place(order, counts, offsets, roles, away, role, metres, first, last)

    spread(placed, len(found), len(found), least=1)
    return offsets, role, metres


def _cells(problem: Problem) -> tuple[Ints, Ints, Floats, float, int, int]:
    at, radius = problem.shifts.at, problem.volunteers.radius
    low, high = at.min(axis=0), at.max(axis=0)
    wide = float(np.max(high - low)) + 1.0
    size = max(float(np.quantile(radius, 0.3)), wide / np.sqrt(_MOST_CELLS), 1.0)
    place = np.floor((at - low) / size).astype(np.int64)
    columns, rows = int(place[:, 0].max()) + 1, int(place[:, 1].max()) + 1
    cell = place[:, 1] * columns + place[:, 0]
    order = np.lexsort((problem.shifts.start, cell))
    return starts(np.bincount(cell, minlength=columns * rows)), order, low, size, columns, rows


def _by_place(problem: Problem, origin: Floats, size: float, columns: int) -> Ints:
    """Volunteers cell by cell: neighbours look at the same shifts one after another."""
    place = np.floor((problem.volunteers.at - origin) / size).astype(np.int64)
    return np.argsort(place[:, 1] * columns + place[:, 0], kind="stable")


def _points(problem: Problem, start: Ints, role: Int32s, metres: Floats, workers: int) -> Int32s:
    people, weights = problem.volunteers, problem.weights
    familiar, published = by_first(problem.familiar, len(people)), by_first(problem.published, len(people))
    points = np.empty(len(role), dtype=np.int32)
    recent = recent_points(problem)

    def part(first: int, last: int) -> None:
        score(
            start,
            role,
            metres,
            people.radius,
            problem.roles.shift,
            problem.shifts.category,
            people.likes.start,
            people.likes.items,
            familiar.start,
            familiar.items,
            published.start,
            published.items,
            recent,
            weights.near,
            weights.liked,
            weights.familiar,
            weights.kept,
            points,
            first,
            last,
        )

    spread(part, len(people), workers)
    return points
