"""Occurrences of a recurrence rule (RFC 5545), by wall-clock time of the city's zone."""

from datetime import UTC, datetime
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from matching.workdays import is_public_holiday
from models.need import HolidayRule

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


def keeps_holidays(starts_at: datetime, rule: HolidayRule, *, zone: ZoneInfo) -> bool:
    """Say whether an occurrence takes place, by what its need does on public holidays.

    A year whose holidays are not published yet has none here; such occurrences are opened two weeks ahead at most.
    """
    if rule is HolidayRule.KEEP:
        return True
    return is_public_holiday(starts_at.astimezone(zone).date()) is (rule is HolidayRule.ONLY)
