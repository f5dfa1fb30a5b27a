"""Stars for hours: 100, 300, 600, 1000 and 1500 of them, one to five."""

from dataclasses import dataclass

LADDER_HOURS = (100, 300, 600, 1000, 1500)
_HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Stars:
    """How many stars somebody has, and how far the next one is; `next_hours` is None with all five."""

    count: int
    hours: float
    next_hours: int | None


def stars_of(minutes: int) -> Stars:
    """Count the stars that `minutes` of service earn."""
    hours = minutes / _HOUR
    count = sum(hours >= step for step in LADDER_HOURS)
    following = LADDER_HOURS[count] if count < len(LADDER_HOURS) else None
    return Stars(count=count, hours=hours, next_hours=following)
