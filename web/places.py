"""The organisation units that somebody may choose from, and the week that a page is about."""

from collections.abc import Iterable
from datetime import time, timedelta

from flask import request
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from matching.week import NoSuchWeek, Week
from models.authority import Actor, Permission
from models.organisation import OrganisationUnit, UnitLevel
from web.current import current_settings, now

#: From Wednesday evening, when needs close, people look at the week to come.
_CLOSES = (2, time(18, 0))


def units_within(session: Session, actor: Actor, permission: Permission) -> list[tuple[str, str]]:
    """Give code and name of the units over which `permission` is held, in the order of their codes."""
    held = [OrganisationUnit.code.startswith(code, autoescape=True) for code in actor.units(permission)]
    if not held:
        return []
    query = select(OrganisationUnit.code, OrganisationUnit.name).where(or_(*held)).order_by(OrganisationUnit.code)
    return [(code, name) for code, name in session.execute(query)]


def streets(session: Session) -> list[tuple[str, str]]:
    """Give code and whole name of every street, for somebody who says where they live."""
    levels = (UnitLevel.DISTRICT, UnitLevel.STREET)
    rows = session.execute(
        select(OrganisationUnit.code, OrganisationUnit.name, OrganisationUnit.level)
        .where(OrganisationUnit.level.in_(levels))
        .order_by(OrganisationUnit.code)
    ).all()
    districts = {code: name for code, name, level in rows if level is UnitLevel.DISTRICT}
    return [
        (code, f"{districts.get(code[:6], '')} {name}".strip())
        for code, name, level in rows
        if level is UnitLevel.STREET
    ]


def unit_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Give the names of the units with `codes`; a code that is no unit's is left out."""
    query = select(OrganisationUnit.code, OrganisationUnit.name).where(OrganisationUnit.code.in_(set(codes)))
    return dict(session.execute(query).all())


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


def places_with_position(session: Session) -> list[tuple[str, str]]:
    """Give code and whole name of the streets that have a position, in the order of their codes."""
    levels = (UnitLevel.DISTRICT, UnitLevel.STREET)
    rows = session.execute(
        select(OrganisationUnit.code, OrganisationUnit.name, OrganisationUnit.level, OrganisationUnit.longitude)
        .where(OrganisationUnit.level.in_(levels))
        .order_by(OrganisationUnit.code)
    ).all()
    districts = {row.code: row.name for row in rows if row.level is UnitLevel.DISTRICT}
    return [
        (row.code, f"{districts.get(row.code[:6], '')} {row.name}".strip())
        for row in rows
        if row.level is UnitLevel.STREET and row.longitude is not None
    ]
