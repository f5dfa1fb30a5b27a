"""Working days as the State Council sets them each year: weekends, public holidays, and the days worked in exchange.

The calendar of a year is published in the November before it. Where the library does not know a year yet, Monday to
Friday stand in and the answer says so.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDay:
    """A day that was counted to; `is_certain` is False when a year on the way has no published calendar."""

    on: date
    is_certain: bool


def working_day_after(day: date, count: int) -> WorkingDay:
    """Give the `count`-th working day after `day`."""
    certain = True
    while count > 0:
        day += timedelta(days=1)
        works, known = is_working_day(day)
        certain = certain and known
        count -= works
    return WorkingDay(on=day, is_certain=certain)


def is_working_day(day: date) -> tuple[bool, bool]:
    """Say whether `day` is worked, and whether its year's calendar is known."""
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < SATURDAY, False


def is_public_holiday(day: date) -> bool:
    """Say whether `day` is a public holiday by the State Council's calendar, not a mere weekend; no where unknown."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(off) and name is not None
