"""Occurrences of a recurrence rule (RFC 5545), by wall-clock time of the city's zone."""

from datetime import UTC, datetime
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

MOST_OCCURRENCES = 400


class BadRecurrence(ValueError):
    """Not a rule of RFC 5545 that recurs by day, week, month or year."""


def occurrences(first: datetime, rule: str, *, until: datetime, zone: ZoneInfo) -> list[datetime]:
    """Give the starts from `first` to before `until`, aware UTC, at most :data:`MOST_OCCURRENCES`.

    Raises
    ------
    BadRecurrence
        When `rule` cannot be read, or recurs by hour or finer.
    """
    text = rule.strip().removeprefix("RRULE:")
    if "FREQ=" not in text.upper() or any(
        f"FREQ={unit}" in text.upper() for unit in ("HOURLY", "MINUTELY", "SECONDLY")
    ):
        raise BadRecurrence(rule)
    local = first.astimezone(zone).replace(tzinfo=None)
    try:
        starts = rrulestr(text, dtstart=local, ignoretz=True)
        before = takewhile(lambda at: at.replace(tzinfo=zone) < until, starts)
        return [at.replace(tzinfo=zone).astimezone(UTC) for at in islice(before, MOST_OCCURRENCES)]
    except (ValueError, TypeError) as error:
        raise BadRecurrence(rule) from error
