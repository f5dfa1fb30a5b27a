"""Figures counted from the lines of a week, for pages and exports: seats asked for and held."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from matching.queries.needs import NeedLine
from models.need import ShiftState, Tier
from web.moments import local

#: Parts of a day in which shifts begin: label's first and last hour.
PARTS = ((0, 9), (9, 11), (11, 13), (13, 15), (15, 17), (17, 19), (19, 24))
_DEGREES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Seats asked for and held."""

    asked: int
    held: int

    @property
    def share(self) -> float | None:
        """The share held, None when nothing was asked for."""
        return None if not self.asked else self.held / self.asked

    @property
    def degree(self) -> int:
        """How full, 0 (nothing) to 5 (all), for the shade of a cell."""
        return 0 if not self.asked else int(_DEGREES * self.held / self.asked)


def fill_rates(lines: Sequence[NeedLine]) -> dict[Tier, Rate]:
    """Count by tier."""
    return {tier: _rate(lines, (tier,)) for tier in Tier}


def by_category(lines: Sequence[NeedLine]) -> list[tuple[str, int, Rate]]:
    """Count shifts, and essential and wanted seats, by kind of service; most seats first."""
    groups: dict[str, list[NeedLine]] = defaultdict(list)
    for line in lines:
        groups[line.category].append(line)
    counted = [(name, len(group), _rate(group)) for name, group in groups.items()]
    return sorted(counted, key=lambda each: (-each[2].asked, each[0]))


def by_hour(lines: Sequence[NeedLine]) -> list[list[Rate]]:
    """Count by part of the day (rows of :data:`PARTS`) and weekday (columns)."""
    cells: dict[tuple[int, int], list[NeedLine]] = defaultdict(list)
    for line in lines:
        start = local(line.starts_at)
        part = next(number for number, (first, last) in enumerate(PARTS) if first <= start.hour < last)
        cells[part, start.weekday()].append(line)
    return [[_rate(cells[part, day]) for day in range(7)] for part in range(len(PARTS))]


def longest_waiting(lines: Sequence[NeedLine], most: int = 8) -> list[NeedLine]:
    """Give the shifts that lack the most essential people, the most urgent first."""
    short = [line for line in lines if line.fill[Tier.ESSENTIAL].missing > 0 and line.state is ShiftState.OPEN]
    return sorted(short, key=lambda line: (line.priority, -line.fill[Tier.ESSENTIAL].missing, line.starts_at))[:most]


def _rate(lines: Sequence[NeedLine], tiers: tuple[Tier, ...] = (Tier.ESSENTIAL, Tier.WANTED)) -> Rate:
    fills = [line.fill[tier] for line in lines for tier in tiers if line.state is ShiftState.OPEN]
    return Rate(asked=sum(fill.asked for fill in fills), held=sum(fill.held for fill in fills))
