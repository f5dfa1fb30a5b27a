"""A unit's calendar for programs that cannot sign in: the address opens what the account behind it may still read."""

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import NotFound as NoPage

from matching.queries.calendars import unit_calendar
from models.authority import Permission
from web.access import current_actor, public, requires
from web.accounts.reader import find_reader
from web.calendars import CONTENT_TYPE, calendar_ics, unit_calendar_token, unit_of_calendar_token
from web.current import current_settings, current_work, now
from web.places import unit_names, units_within

unit_calendars = Blueprint("unit_calendars", __name__)


@unit_calendars.get("/calendars")
@requires(Permission.UNIT_NEED_READ)
def links() -> ResponseReturnValue:
    """Show the address of each of my units' calendars."""
    settings = current_settings()
    with current_work().read() as session:
        units = units_within(session, current_actor(), Permission.UNIT_NEED_READ)[:200]
    account_id = current_user.account_id
    feeds = [
        (
            name,
            settings.public_url
            + url_for(
                "unit_calendars.feed",
                token=unit_calendar_token(settings.secret_key, account_id=account_id, unit_code=code),
            ),
        )
        for code, name in units
    ]
    return render_template("coordinator/calendars.html", feeds=feeds)


@unit_calendars.get("/calendars/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """Give a unit's shifts with what was cancelled."""
    settings = current_settings()
    known = unit_of_calendar_token(settings.secret_key, token)
    if known is None:
        raise NoPage
    account_id, code = known
    with current_work().read() as session:
        reader = find_reader(session, account_id)
        if reader is None:
            raise NoPage
        entries = unit_calendar(session, reader.actor, unit_code=code, now=now())
        name = unit_names(session, [code]).get(code, code)
    domain = settings.public_url.partition("://")[2].partition("/")[0]
    text = calendar_ics(entries, name=f"{name} · {_('Linli')}", domain=domain, zone=settings.time_zone)
    return Response(text, content_type=CONTENT_TYPE)
