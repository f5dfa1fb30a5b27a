"""The records of a problem, as people write them: one volunteer, one shift, one role, the weights of a week.

Times are whole minutes from the horizon's start, spans are half-open, places are metres on a plane. ``None`` is
absent or unlimited, never 0. `solver.problem.Problem` keeps the same facts as columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Place = tuple[float, float]
Span = tuple[int, int]

MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The time that is planned: an ISO 8601 start with offset, and its length in minutes."""

    start: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """Speed between two shifts of a day, and the minutes kept free when the places differ."""

    metres_per_minute: float = 200.0
    buffer_minutes: int = 15


def _usual_priorities() -> dict[int, int]:
    return {1: 8, 2: 3, 3: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Points: whole numbers, none negative. ``priority`` multiplies the three fill tiers only."""

    essential: int = 1000
    wanted: int = 300
    extra: int = 20
    priority: Mapping[int, int] = field(default_factory=_usual_priorities)
    near: int = 100
    liked: int = 100
    familiar: int = 200
    kept: int = 400
    turn: int = 80
    recent_hour: int = 5
    recent_cap: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """One person's offer for the week.

    Attributes
    ----------
    tags
        Tag to the minute at which it ceases to hold, or ``None`` when it does not expire.
    free
        Half-open spans; a shift must lie inside one of them.
    show_up
        Probability that the person comes when assigned; ``None`` when not known.
    """

    id: str
    at: Place
    radius: float
    tags: Mapping[str, int | None] = field(default_factory=dict)
    free: tuple[Span, ...] = ()
    max_minutes: int | None = None
    max_shifts: int | None = None
    max_shifts_per_day: int | None = None
    likes: tuple[str, ...] = ()
    recent_hours: int = 0
    show_up: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What is done in a shift, by how many: ``min`` essential, up to ``target`` wanted, up to ``max`` welcome.

    ``assured`` asks for enough people that at least ``min`` come with that probability (`solver.attendance`).
    """

    id: str
    min: int
    target: int
    max: int
    needs: tuple[str, ...] = ()
    assured: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRule:
    """A shift with anybody in it has ``at_least`` people who hold ``tag`` until its end."""

    tag: str
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A span of time at a place, with its roles."""

    id: str
    at: Place
    start: int
    end: int
    priority: int
    roles: tuple[Role, ...]
    category: str | None = None
    all_or_nothing: bool = False
    team: tuple[TeamRule, ...] = ()
