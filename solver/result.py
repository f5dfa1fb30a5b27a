"""What the solver answers: a plan, its points and proven bound, and the reasons for what stays empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from solver.problem import Pair


class Status(StrEnum):
    """How a solve ended.

    ``optimal``: nothing better exists. ``feasible``: a plan, with a proven bound. ``infeasible``: proven that the locks
    cannot stand together. ``not_found``: the time was over before any plan with all locks was found. ``invalid``: the
    problem itself cannot be used.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NOT_FOUND = "not_found"
    INVALID = "invalid"


class Tier(StrEnum):
    """The tier of a missing seat."""

    ESSENTIAL = "essential"
    WANTED = "wanted"


class ChangeKind(StrEnum):
    """What could be changed to fill a seat."""

    START = "start"
    TAG = "tag"
    RADIUS = "radius"
    MIN = "min"


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldFill:
    """A change and how many more volunteers could then take the seat, counted; for ``min``: seats that then run.

    Attributes
    ----------
    minutes, tag, metres, people
        The size of a change of ``start``, ``tag``, ``radius`` and ``min``; the others are ``None``.
    """

    change: ChangeKind
    gains: int
    minutes: int | None = None
    tag: str | None = None
    metres: int | None = None
    people: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfilled:
    """A role that lacks people up to its target.

    Attributes
    ----------
    tier
        The tier of the first missing seat.
    eligible
        Volunteers whom no rule keeps from the seat as the plan stands: they are worth more elsewhere, or a rule of
        the whole shift (all or nothing, team, together, apart) stands against them.
    blocked
        Everyone else who is not in the role, under the first rule that fails: ``tag:…``, ``expired:…``, ``distance``,
        ``time``, ``barred``, ``limit``, ``busy``.
    """

    role: str
    missing: int
    tier: Tier
    eligible: int
    blocked: Mapping[str, int]
    would_fill: tuple[WouldFill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a solve has come; ``None`` where nothing is known yet."""

    seconds: float
    points: int | None
    bound: int | None
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A solve's outcome; written to a file by `solver.write_solution`.

    Attributes
    ----------
    bound
        No plan has more points. Proven over all eligible pairs.
    limited
        Whether the clock or a cancel ended the search; otherwise the same call gives the same plan again.
    """

    status: Status
    problem: str
    seconds: float
    seed: int
    workers: int
    engine: str
    points: int | None = None
    bound: int | None = None
    terms: Mapping[str, int] = field(default_factory=dict)
    assignments: tuple[Pair, ...] = ()
    unfilled: tuple[Unfilled, ...] = ()
    backups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limited: bool = False

    @property
    def gap(self) -> float | None:
        """``(bound − points) ÷ max(1, |bound|)``; ``None`` when either is not known."""
        if self.points is None or self.bound is None:
            return None
        return (self.bound - self.points) / max(1, abs(self.bound))
