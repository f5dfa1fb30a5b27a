"""Calendar feeds (RFC 5545): stable UIDs, growing sequences, cancellations, and the city's time zone spelled out.

A feed is subscribed to by a programme that cannot sign in: its address holds a signed token that opens one person's
calendar and nothing else.
"""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone
from itsdangerous import BadSignature, URLSafeSerializer

from matching.queries.calendars import CalendarEntry

CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=1)
_SALT = "linli.calendar/1"
_UNIT_SALT = "linli.calendar.unit/1"


def calendar_token(secret: str, person_id: int) -> str:
    """Give the token of a person's feed."""
    return URLSafeSerializer(secret, salt=_SALT).dumps(person_id)


def person_of_calendar_token(secret: str, token: str) -> int | None:
    """Give whose feed a token opens, None when it is forged."""
    try:
        person_id = URLSafeSerializer(secret, salt=_SALT).loads(token)
    except BadSignature:
        return None
    return person_id if isinstance(person_id, int) else None


def unit_calendar_token(secret: str, *, account_id: int, unit_code: str) -> str:
    """Give the token of a unit's feed, read by the rights that an account has when it is fetched."""
    return str(URLSafeSerializer(secret, salt=_UNIT_SALT).dumps([account_id, unit_code]))


def unit_of_calendar_token(secret: str, token: str) -> tuple[int, str] | None:
    """Give the account and the unit that a token speaks of, None when it is forged."""
    try:
        account_id, unit_code = URLSafeSerializer(secret, salt=_UNIT_SALT).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return (account_id, unit_code) if isinstance(account_id, int) and isinstance(unit_code, str) else None


def calendar_ics(entries: Iterable[CalendarEntry], *, name: str, domain: str, zone: ZoneInfo) -> bytes:
    """Give a feed of `entries`; `domain` makes their UIDs the installation's own."""
    calendar = Calendar()
    calendar.add("prodid", "-//Linli//Week//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(zone))
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add_component(Timezone.from_tzinfo(zone))
    for entry in entries:
        calendar.add_component(_event(entry, domain, zone))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, domain: str, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{domain}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("status", _status(entry))
    event.add("transp", "TRANSPARENT" if entry.is_cancelled or entry.is_tentative else "OPAQUE")
    if entry.latitude is not None and entry.longitude is not None:
        event.add("geo", (entry.latitude, entry.longitude))
    return event


def _status(entry: CalendarEntry) -> str:
    if entry.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.is_tentative else "CONFIRMED"
