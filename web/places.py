"""What pages let people choose: the week they are about, and the places of :mod:`matching.queries.choices`."""

from datetime import time, timedelta

from flask import request
from werkzeug.exceptions import NotFound

from matching.queries.choices import places_with_position, streets, unit_names, units_within
from matching.week import NoSuchWeek, Week
from web.current import current_settings, now

__all__ = [
    "coming_week",
    "days_of",
    "places_with_position",
    "streets",
    "unit_names",
    "units_within",
    "wanted_week",
]

#: From Wednesday evening, when needs close, people look at the week to come.
_CLOSES = (2, time(18, 0))


def wanted_week() -> Week:
    """Give the week in ``?week=``, else the one that matters now.

    Raises
    ------
    NotFound
        When there is no such week.
    """
    text = request.args.get("week")
    if not text:
        return coming_week()
    try:
        return Week.parse(text)
    except NoSuchWeek as error:
        raise NotFound from error


def coming_week() -> Week:
    """Give this week, or the next one from the time on at which needs close."""
    zone = current_settings().time_zone
    local = now().astimezone(zone)
    week = Week.holding(now(), zone)
    closed = (local.weekday(), local.time()) >= _CLOSES
    return week.next if closed else week


def days_of(week: Week) -> list[str]:
    """Give the seven days of a week as ISO texts."""
    return [(week.monday + timedelta(days=number)).isoformat() for number in range(7)]
