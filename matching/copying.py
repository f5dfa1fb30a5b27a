"""Needs made from needs: one copied to another week, or all of a unit's week; nothing of the first is changed."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import access_need, access_unit
from matching.needs import NeedCommand, RoleCommand, TeamCommand, post_need
from matching.policy import policy_of
from matching.refusals import NotFound
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Need, NeedState, Shift, ShiftState
from models.organisation import OrganisationUnit
from models.sealing import keyring_of


def copy_need(session: Session, actor: Actor, *, need_id: int, starts_at: datetime, now: datetime) -> int:
    """Post a need like another, once, at `starts_at`; give its id. Any need serves as a template so."""
    need = access_need(session, actor, need_id, Permission.UNIT_NEED_WRITE)
    return post_need(session, actor, command=command_of(session, need, starts_at=starts_at), now=now)


def copy_week(
    session: Session, actor: Actor, *, unit_code: str, from_week: Week, to_week: Week, now: datetime
) -> tuple[int, ...]:
    """Post again what a unit asked for in a week, at the same wall-clock times of another; give the new needs' ids.

    Recurring needs come by themselves and are left out; so is what stands there already, so that twice is once.
    """
    unit = access_unit(session, actor, unit_code, Permission.UNIT_NEED_WRITE)
    if to_week == from_week:
        raise NotFound(kind="week")
    zone = policy_of(session).zone
    days = (to_week.monday - from_week.monday).days
    standing = {(title, starts_at) for title, starts_at, _ in _shifts(session, unit, to_week)}
    made = []
    for title, starts_at, need in _shifts(session, unit, from_week):
        local = starts_at.astimezone(zone)
        then = (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone)
        if then > now and (title, then) not in standing:
            made.append(post_need(session, actor, command=command_of(session, need, starts_at=then), now=now))
    return tuple(made)


def command_of(session: Session, need: Need, *, starts_at: datetime) -> NeedCommand:
    """Give the command that posts a need like `need`, once, at `starts_at`."""
    unit = session.get_one(OrganisationUnit, need.unit_id)
    sealed = need.contact_sealed
    contact = None if sealed is None else keyring_of(session).open(sealed, bound_to=f"need.contact/{need.id}").decode()
    return NeedCommand(
        title=need.title,
        category=need.category,
        unit_code=unit.code,
        starts_at=starts_at,
        duration_minutes=need.duration_minutes,
        roles=tuple(RoleCommand(**{**role, "needs_tags": tuple(role["needs_tags"])}) for role in need.roles),
        description=need.description,
        place=need.place,
        longitude=need.longitude,
        latitude=need.latitude,
        priority=need.priority,
        all_or_nothing=need.all_or_nothing,
        team=tuple(TeamCommand(**rule) for rule in need.team),
        contact_name=need.contact_name,
        contact_telephone=contact,
    )


def _shifts(session: Session, unit: OrganisationUnit, week: Week) -> list[tuple[str, datetime, Need]]:
    start, end = week.span(policy_of(session).zone)
    rows = session.execute(
        select(Need.title, Shift.starts_at, Need)
        .join(Need, Need.id == Shift.need_id)
        .where(
            Shift.unit_code == unit.code,
            Shift.starts_at >= start,
            Shift.starts_at < end,
            Shift.state == ShiftState.OPEN,
            Need.state == NeedState.OPEN,
            Need.recurrence.is_(None),
        )
        .order_by(Shift.starts_at, Shift.id)
    )
    return [(title, starts_at, need) for title, starts_at, need in rows]
