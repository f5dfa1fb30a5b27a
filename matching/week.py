"""Weeks as people count them: ISO weeks of a time zone, Monday 00:00 to Monday 00:00."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_PATTERN = re.compile(r"^(\d{4})-W(\d{2})$")
MINUTES = 7 * 1440


class NoSuchWeek(ValueError):
    """Not an ISO week; weeks are written 2026-W48."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One ISO week, by its Monday."""

    monday: date

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read ``2026-W48``.

        Raises
        ------
        NoSuchWeek
            When it is not that, or the year has no such week.
        """
        match = _PATTERN.match(text)
        if match is None:
            raise NoSuchWeek(f"{text!r} is not a week; write it as 2026-W48")
        try:
            return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        except ValueError as error:
            raise NoSuchWeek(f"{text!r}: that year has no such week") from error

    @classmethod
    def holding(cls, instant: datetime, zone: ZoneInfo) -> "Week":
        """Give the week in which `instant` lies, in `zone`."""
        day = instant.astimezone(zone).date()
        return cls(day - timedelta(days=day.weekday()))

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def next(self) -> "Week":
        return Week(self.monday + timedelta(days=7))

    @property
    def previous(self) -> "Week":
        return Week(self.monday - timedelta(days=7))

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """Give Monday 00:00 in `zone`, as that zone's time."""
        return datetime(self.monday.year, self.monday.month, self.monday.day, tzinfo=zone)

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Give the half-open span of the week, in UTC."""
        return self.starts_at(zone).astimezone(UTC), self.next.starts_at(zone).astimezone(UTC)

    def minute(self, instant: datetime, zone: ZoneInfo) -> int:
        """Count whole minutes from the week's start to `instant`."""
        return int((instant - self.starts_at(zone)).total_seconds() // 60)

    def minute_of_day(self, day: date) -> int:
        """Count minutes from the week's start to the start of `day`; negative before it."""
        return (day - self.monday).days * 1440
