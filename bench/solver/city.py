"""Invented cities, by seed: clustered people, Zipf skills, weekend-heavy needs, scarce and expiring certificates.

``plain`` has no all-or-nothing shifts, team rules or pairs; ``full`` has every rule in use. ``Shape`` varies what a
solver could otherwise be tuned to: how many seats are asked for, how tight people's hours are, how clustered it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solver import Horizon, Problem, Travel, Weights
from solver.problem import Builder

SKILLS = (
    "first_aid",
    "nurse",
    "driver",
    "english",
    "sign_language",
    "electrician",
    "teacher",
    "cook",
    "swim",
    "counsel",
)
CATEGORIES = ("elderly", "green", "school", "traffic", "health", "culture", "sport", "advice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What varies from city to city. ``span`` is the side of the square, in metres, of 100,000 people."""

    span: float = 30_000.0
    clusters: int = 12
    all_or_nothing: float = 0.4
    team: float = 0.25
    couples: float = 0.01
    skilled: float = 0.5
    free_spans: float = 2.5
    people_a_role: float = 2.2
    locked: float = 0.01
    radius: float = 4_000.0


def city(people: int, seats: int, *, seed: int, plain: bool = False, shape: Shape | None = None) -> Problem:
    """A problem with so many volunteers and about so many wanted seats."""
    shape = shape or Shape()
    rng = np.random.default_rng(seed)
    side = shape.span * np.sqrt(max(people, 400) / 100_000)
    centres = rng.uniform(0, side, (max(1, int(shape.clusters * max(1, people / 100_000) ** 0.7)), 2))
    builder = Builder(
        horizon=Horizon(start="2026-11-23T00:00:00+08:00", minutes=10_080), travel=Travel(), weights=Weights()
    )
    volunteers = _volunteers(rng, people, side, centres, shape)
    shifts = _shifts(rng, seats, side, centres, shape, plain=plain)
    for first in range(0, people, 20_000):
        builder.add_volunteers(volunteers[first : first + 20_000])
    builder.add_shifts(shifts)
    return builder.build(_lists(rng, volunteers, shifts, shape, plain=plain))


def _places(rng: np.random.Generator, count: int, side: float, centres: Any, spread: float) -> Any:
    centre = centres[rng.integers(0, len(centres), count)]
    places = np.where(rng.random((count, 1)) < 0.8, rng.normal(centre, side * spread), rng.uniform(0, side, (count, 2)))
    return np.round(np.clip(places, 0, side), 1)


def _volunteers(rng: np.random.Generator, count: int, side: float, centres: Any, shape: Shape) -> list[dict[str, Any]]:
    at = _places(rng, count, side, centres, 0.08)
    radius = np.round(shape.radius * rng.choice([0.4, 0.75, 1.0, 1.5], count, p=[0.25, 0.35, 0.3, 0.1]))
    adult, experienced = rng.random(count) < 0.92, rng.random(count) < 0.15
    ranks = 1 / np.arange(1, len(SKILLS) + 1)
    held = rng.random((count, len(SKILLS))) < 0.22 * shape.skilled * ranks[None, :] * 2
    expiring = rng.integers(2_000, 14_000, (count, len(SKILLS)))
    spans = np.maximum(1, rng.poisson(shape.free_spans, count))
    limits = rng.integers(0, 10, (count, 3))
    hours, likes = rng.integers(0, 40, count), rng.integers(0, len(CATEGORIES), (count, 2))
    rows = []
    for index in range(count):
        tags: dict[str, int | None] = {}
        if adult[index]:
            tags["adult"] = None
        if experienced[index]:
            tags["experienced"] = None
        for skill in np.flatnonzero(held[index]).tolist():
            tags[SKILLS[skill]] = None if expiring[index, skill] > 10_080 else int(expiring[index, skill])
        rows.append(
            {
                "id": f"v{index}",
                "at": at[index].tolist(),
                "radius": float(radius[index]),
                "tags": tags,
                "free": _free(rng, int(spans[index])),
                "max_minutes": (None, 240, 360, 480, 600)[limits[index, 0] // 2],
                "max_shifts": (1, 1, 2, 2, 2, 2, 3, 3, 4, None)[limits[index, 1]],
                "max_shifts_per_day": (1, 1, 1, 1, 1, 1, 1, 2, 2, None)[limits[index, 2]],
                "likes": sorted({CATEGORIES[each] for each in likes[index].tolist()}),
                "recent_hours": int(hours[index]) if hours[index] > 15 else 0,
            }
        )
    return rows


def _free(rng: np.random.Generator, count: int) -> list[list[int]]:
    days = rng.choice(7, count, p=[0.09, 0.09, 0.09, 0.09, 0.1, 0.28, 0.26])
    parts = rng.integers(0, 4, count)
    spans = {(int(day), int(part)) for day, part in zip(days, parts, strict=True)}
    begins = ((480, 735), (780, 1080), (1080, 1320), (480, 1080))
    return [[day * 1440 + begins[part][0], day * 1440 + begins[part][1]] for day, part in sorted(spans)]


def _shifts(
    rng: np.random.Generator, seats: int, side: float, centres: Any, shape: Shape, *, plain: bool
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    made = 0
    while made < seats:
        index = len(rows)
        day = int(rng.choice(7, p=[0.1, 0.1, 0.1, 0.1, 0.11, 0.26, 0.23]))
        start = day * 1440 + int(rng.choice([480, 510, 540, 570, 600, 780, 810, 840, 870, 900, 1080, 1110, 1140]))
        roles = []
        for number in range(int(rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))):
            least = int(rng.integers(0 if number else 1, 1 + round(shape.people_a_role)))
            target = max(1, least + int(rng.integers(0, 3)))
            needs = ["adult"] if rng.random() < 0.5 else []
            if rng.random() < shape.skilled:
                needs.append(SKILLS[min(len(SKILLS) - 1, int(rng.zipf(1.6)) - 1)])
            roles.append(
                {
                    "id": f"s{index}/{number}",
                    "needs": needs,
                    "min": least,
                    "target": target,
                    "max": target + int(rng.integers(0, 2)),
                }
            )
            made += target
        rows.append(
            {
                "id": f"s{index}",
                "at": _places(rng, 1, side, centres, 0.1)[0].tolist(),
                "start": start,
                "end": start + int(rng.choice([60, 90, 120, 150, 180, 240])),
                "category": CATEGORIES[int(rng.integers(0, len(CATEGORIES)))],
                "priority": int(rng.choice([1, 2, 3], p=[0.15, 0.35, 0.5])),
                "all_or_nothing": bool(not plain and rng.random() < shape.all_or_nothing),
                "team": [{"tag": "experienced", "at_least": 1}] if not plain and rng.random() < shape.team else [],
                "roles": roles,
            }
        )
    return rows


def _lists(
    rng: np.random.Generator, volunteers: list[Any], shifts: list[Any], shape: Shape, *, plain: bool
) -> dict[str, list[Any]]:
    def people(count: int) -> list[str]:
        return [f"v{index}" for index in rng.integers(0, len(volunteers), count).tolist()]

    def week(count: int) -> list[str]:
        return [f"s{index}" for index in rng.integers(0, len(shifts), count).tolist()]

    few = len(volunteers) // 20
    lists: dict[str, list[Any]] = {
        "familiar": list(zip(people(few), week(few), strict=True)),
        "barred": list(zip(people(few), week(few), strict=True)),
    }
    if not plain:
        pairs = max(1, round(shape.couples * len(volunteers) / 2))
        for name in ("together", "apart"):
            chosen = rng.integers(0, len(volunteers) - 1, pairs).tolist()
            lists[name] = [(f"v{index}", f"v{index + 1}") for index in chosen]
    return lists
