"""A public benchmark as a week: shift minimisation personnel task scheduling (Krishnamoorthy, Ernst, Baatar 2012).

Every task, of fixed times, goes to somebody who has learnt it; as few people as may be come at all. The sets Data_137
and Data_100 stand in the public repository vale1410/SMPTSP; ``--smptsp FOLDER`` names a folder of their ``.dat`` files.

The week says the same problem exactly. Every person has a rest of their own, as long as the week, which nobody else may
take and which leaves no time for anything else: one point. A task is worth one point more than there are people, so no
rest is worth a task left open; turns, distance and liking count nothing. Points are then
``(people + 1) × tasks done + people who rest``, and a proven bound on points is one on the people needed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from solver import Horizon, Problem, Travel, Weights, check, solve
from solver.problem import Builder


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Start and end of each task, and for each person the tasks that they have learnt."""

    spans: tuple[tuple[int, int], ...]
    learnt: tuple[tuple[int, ...], ...]

    @classmethod
    def read(cls, path: Path) -> Tasks:
        """From a ``.dat`` file: ``Jobs = n`` and n spans, ``Qualifications = m`` and m lists of task numbers."""
        lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
        jobs = next(number for number, line in enumerate(lines) if line.startswith("Jobs"))
        people = next(number for number, line in enumerate(lines) if line.startswith("Qualifications"))
        spans = [tuple(map(int, line.split())) for line in lines[jobs + 1 : people]]
        learnt = [tuple(map(int, line.split(":")[1].split())) for line in lines[people + 1 :]]
        if len(spans) != int(lines[jobs].split("=")[1]) or len(learnt) != int(lines[people].split("=")[1]):
            raise ValueError(f"{path.name}: not as many tasks or people as it says")
        return cls(spans=tuple((start, end) for start, end in spans), learnt=tuple(learnt))

    def most_at_once(self) -> int:
        """Tasks that run at the same minute, at most: so many people are needed in any case."""
        return max(sum(start <= minute < end for start, end in self.spans) for minute, _ in self.spans)

    def week(self) -> Problem:
        """The same as volunteers, shifts and points."""
        minutes = max(end for _, end in self.spans) + 1
        weights = Weights(
            essential=1, wanted=0, extra=0, near=0, liked=0, familiar=0, kept=0, turn=0, recent_hour=0,
            priority={1: len(self.learnt) + 1, 2: 1, 3: 1},
        )  # fmt: skip
        builder = Builder(
            horizon=Horizon(start="2026-11-23T00:00:00+08:00", minutes=minutes), travel=Travel(), weights=weights
        )
        builder.add_volunteers(
            [
                {
                    "id": f"p{person}",
                    "at": [0.0, 0.0],
                    "radius": 1.0,
                    "tags": dict.fromkeys((f"rest{person}", *(f"task{task}" for task in tasks))),
                    "free": [[0, minutes]],
                    "max_minutes": None,
                    "max_shifts": None,
                    "max_shifts_per_day": None,
                    "likes": [],
                    "recent_hours": 0,
                }
                for person, tasks in enumerate(self.learnt)
            ]
        )
        builder.add_shifts(
            [_shift(f"task{task}", start, end, 1) for task, (start, end) in enumerate(self.spans)]
            + [_shift(f"rest{person}", 0, minutes, 3) for person in range(len(self.learnt))]
        )
        return builder.build({})


def _shift(name: str, start: int, end: int, priority: int) -> dict[str, object]:
    return {
        "id": name,
        "at": [0.0, 0.0],
        "start": start,
        "end": end,
        "category": "task",
        "priority": priority,
        "all_or_nothing": False,
        "team": [],
        "roles": [{"id": name, "needs": [name], "min": 1, "target": 1, "max": 1}],
    }


def report(folder: Path | None, seconds: float) -> None:
    """Print the people that our plan needs, and how many are proven to be needed."""
    files = [] if folder is None else sorted(folder.glob("*.dat"), key=_size)
    if not files:
        print(
            "personnel task scheduling: left out, give --smptsp FOLDER with the instances (see bench/solver/smptsp.py)"
        )
        return
    print("\nshift minimisation personnel task scheduling (fewest people)")
    print(f"{'instance':<28}{'tasks':>7}{'people':>8}{'at once':>9}{'proven':>8}{'ours':>9}{'seconds':>9}")
    for path in files:
        tasks = Tasks.read(path)
        begun = time.monotonic()
        problem = tasks.week()
        result = solve(problem, seconds=seconds, explain=False)
        spent = time.monotonic() - begun
        people, worth = len(tasks.learnt), (len(tasks.learnt) + 1) * len(tasks.spans)
        busy = {person for person, role in result.assignments or () if role.startswith("task")}
        done = sum(role.startswith("task") for _, role in result.assignments or ())
        sound = done == len(tasks.spans) and check(problem, result.assignments or ()).feasible
        ours = str(len(busy)) if sound else f"{len(tasks.spans) - done} open"
        proven = "–" if result.bound is None else str(max(0, worth + people - result.bound))
        row = f"{path.stem:<28}{len(tasks.spans):>7}{people:>8}{tasks.most_at_once():>9}{proven:>8}{ours:>9}"
        print(f"{row}{spent:>9.2f}", flush=True)


def _size(path: Path) -> tuple[int, str]:
    return path.stat().st_size, path.name
