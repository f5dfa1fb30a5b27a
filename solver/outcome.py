"""What planning hands over inside the solver: a plan in numbers, its proven bound, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass

from solver.plan import Plan
from solver.result import Status


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """``plan`` is ``None`` when there is none (infeasible) or none was found in time."""

    status: Status
    engine: str
    plan: Plan | None = None
    bound: int | None = None
