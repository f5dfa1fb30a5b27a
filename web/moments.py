"""Times, lengths and distances as people here write them: 周六 11月28日 09:00–11:00, in the service's time zone.

Shanghai time enters and leaves here; everything below is aware UTC. Words are by language in this file, because the
order of the parts differs, not only the words.
"""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from web.current import current_settings, now
from web.language import current_language

WEEKDAYS: Final = {
    "zh_Hans_CN": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOUR: Final = 60
_DAY: Final = 1440
_KILOMETRE: Final = 1000
_NEXT_DOOR: Final = 100
_MOST_AGO_DAYS: Final = 30


def zone() -> ZoneInfo:
    """Give the service's time zone."""
    return current_settings().time_zone


def local(moment: datetime) -> datetime:
    """Give `moment` on the service's wall clock."""
    return moment.astimezone(zone())


def instant(day: date, at: time) -> datetime:
    """Give the instant when the service's clock shows `at` on `day`."""
    return datetime.combine(day, at, zone())


def is_english() -> bool:
    """Say whether sentences are in English just now."""
    return current_language() == "en"


def weekday_text(number: int) -> str:
    """Give the short name of a weekday, 0 for Monday."""
    return WEEKDAYS[current_language()][number]


def day_text(day: date | datetime) -> str:
    """Write a day, 周六 11月28日; the year only when it is another."""
    day = local(day).date() if isinstance(day, datetime) else day
    weekday = weekday_text(day.weekday())
    other_year = day.year != local(now()).year
    if is_english():
        year = f" {day.year}" if other_year else ""
        return f"{weekday} {day.day} {_MONTHS[day.month - 1]}{year}"
    year = f"{day.year}年" if other_year else ""
    return f"{weekday} {year}{day.month}月{day.day}日"


def date_text(day: date | datetime | None) -> str:
    """Write a day without its weekday: 2026年11月28日; — for none."""
    if day is None:
        return "—"
    day = local(day).date() if isinstance(day, datetime) else day
    if is_english():
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def month_text(day: date) -> str:
    """Write a month with its year, as 2026年11月."""
    return f"{_MONTHS[day.month - 1]} {day.year}" if is_english() else f"{day.year}年{day.month}月"


def clock_text(moment: datetime) -> str:
    """Write the time of day, 09:00."""
    return local(moment).strftime("%H:%M")


def moment_text(moment: datetime | None) -> str:
    """Write a day and time; — for none."""
    return "—" if moment is None else f"{day_text(moment)} {clock_text(moment)}"


def hours_text(start: datetime, end: datetime) -> str:
    """Write a span of hours, 09:00–11:00, saying so when it ends on the next day."""
    later = local(end).date() > local(start).date() and local(end).time() != time(0)
    mark = (" (next day)" if is_english() else "（次日）") if later else ""
    closing = "24:00" if local(end).time() == time(0) and not later else clock_text(end)
    return f"{clock_text(start)}–{closing}{mark}"


def span_text(start: datetime, end: datetime) -> str:
    """Write a span, 周六 11月28日 09:00–11:00."""
    return f"{day_text(start)} {hours_text(start, end)}"


def minute_text(minute: int) -> str:
    """Write a minute of the day, 540 as 09:00."""
    return f"{minute // _HOUR:02d}:{minute % _HOUR:02d}"


def length_text(minutes: int) -> str:
    """Write a length, 2 小时, 1.5 小时, 45 分钟."""
    if 0 < minutes < _HOUR:
        return f"{minutes} min" if is_english() else f"{minutes} 分钟"
    hours = f"{minutes / _HOUR:,.1f}".removesuffix(".0")
    return f"{hours} h" if is_english() else f"{hours} 小时"


def distance_text(metres: float) -> str:
    """Write a distance, 800 米, 1.2 公里; below a hundred metres no more than that, for no address is known better."""
    if metres < _NEXT_DOOR:
        return "under 100 m" if is_english() else "不到 100 米"
    if metres < _KILOMETRE:
        return f"{round(metres, -1):.0f} m" if is_english() else f"{round(metres, -1):.0f} 米"
    kilometres = f"{metres / _KILOMETRE:.1f}".removesuffix(".0")
    return f"{kilometres} km" if is_english() else f"{kilometres} 公里"


def ago_text(moment: datetime) -> str:
    """Write how long ago or in how long `moment` is: 3 小时前, 还有 2 天; the day itself past thirty days."""
    minutes = round((moment - now()).total_seconds() / 60)
    size = abs(minutes)
    if size < 1:
        return "just now" if is_english() else "刚刚"
    if size >= _MOST_AGO_DAYS * _DAY:
        return date_text(moment)
    units = ((_DAY, "天", "d"), (_HOUR, "小时", "h"), (1, "分钟", "min"))
    amount, chinese, english = next((size // unit, zh, en) for unit, zh, en in units if size >= unit)
    if is_english():
        return f"in {amount} {english}" if minutes > 0 else f"{amount} {english} ago"
    return f"还有 {amount} {chinese}" if minutes > 0 else f"{amount} {chinese}前"


def week_of(day: date) -> str:
    """Give the ISO week of `day`, 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_of_moment(moment: datetime) -> str:
    """Give the ISO week in which `moment` lies on the service's clock."""
    return week_of(local(moment).date())


def week_start(week: str) -> date:
    """Give the Monday of an ISO week.

    Raises
    ------
    ValueError
        When `week` is not written like 2026-W48, or the year has no such week.
    """
    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def week_beside(week: str, weeks: int) -> str:
    """Give the week that many weeks later, or earlier for a negative number."""
    return week_of(week_start(week) + timedelta(weeks=weeks))


def week_text(week: str) -> str:
    """Write a week by its days, 11月23日–29日."""
    first = week_start(week)
    last = first + timedelta(days=6)
    if is_english():
        left = f"{first.day}" if first.month == last.month else f"{first.day} {_MONTHS[first.month - 1]}"
        return f"{left}–{last.day} {_MONTHS[last.month - 1]} {last.year}"
    right = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
    return f"{first.year}年{first.month}月{first.day}日–{right}"


def number_text(value: float | None) -> str:
    """Write a figure with separators; — for none."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def percent_text(share: float | None, places: int = 0) -> str:
    """Write a share of one as a percentage; — for none.

    What is not quite all is never written as 100 %, nor a little as nothing.
    """
    if share is None:
        return "—"
    step = 10.0**-places
    percent = min(share * 100, 100 - step) if share < 1 else share * 100
    return f"{max(percent, step) if share > 0 else percent:.{places}f}%"


def time_tag(moment: datetime, text: str | None = None) -> Markup:
    """Give a ``<time>`` element for `moment`."""
    return Markup('<time datetime="{}">{}</time>').format(local(moment).isoformat(), text or moment_text(moment))


def write_moments(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(
        day=day_text,
        month=month_text,
        date=date_text,
        clock=clock_text,
        moment=moment_text,
        lasting=length_text,
        distance=distance_text,
        ago=ago_text,
        week=week_text,
        week_code=week_of_moment,
        minute=minute_text,
        number=number_text,
        percent=percent_text,
    )
    app.jinja_env.globals.update(
        span_text=span_text,
        hours_text=hours_text,
        weekday_text=weekday_text,
        time_tag=time_tag,
        week_beside=week_beside,
    )
