"""Fetching a row and checking the right to it are one act; *not yours* and *not there* look the same."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from matching.refusals import NotFound
from models.authority import Actor, Permission
from models.need import Need, Shift, ShiftRole
from models.organisation import OrganisationUnit
from models.roster import Assignment, Offer


def access_unit(session: Session, actor: Actor, code: str, permission: Permission) -> OrganisationUnit:
    """Fetch the unit with `code`."""
    unit = session.scalar(select(OrganisationUnit).where(OrganisationUnit.code == code))
    if unit is None or not actor.may(permission, unit.code):
        raise NotFound(kind="unit")
    return unit


def access_need(session: Session, actor: Actor, need_id: int, permission: Permission) -> Need:
    """Fetch a need of a unit over which `permission` is held."""
    row = session.execute(
        select(Need, OrganisationUnit.code)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .where(Need.id == need_id)
    ).one_or_none()
    if row is None or not actor.may(permission, row[1]):
        raise NotFound(kind="need", id=need_id)
    need: Need = row[0]
    return need


def access_shift(session: Session, actor: Actor, shift_id: int, permission: Permission) -> Shift:
    """Fetch a shift of a unit over which `permission` is held."""
    shift = session.get(Shift, shift_id)
    if shift is None or not actor.may(permission, shift.unit_code):
        raise NotFound(kind="shift", id=shift_id)
    return shift


def access_role(session: Session, actor: Actor, role_id: int, permission: Permission) -> ShiftRole:
    """Fetch a role of a shift of a unit over which `permission` is held."""
    role = session.get(ShiftRole, role_id)
    if role is None:
        raise NotFound(kind="role", id=role_id)
    access_shift(session, actor, role.shift_id, permission)
    return role


def access_assignment(session: Session, actor: Actor, assignment_id: int, permission: Permission) -> Assignment:
    """Fetch an assignment in a shift of a unit over which `permission` is held."""
    assignment = session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound(kind="assignment", id=assignment_id)
    access_shift(session, actor, assignment.shift_id, permission)
    return assignment


def access_offer(session: Session, actor: Actor, offer_id: int) -> Offer:
    """Fetch one's own offer; the program itself may fetch any."""
    offer = session.get(Offer, offer_id)
    if offer is None or not (actor.is_system or offer.person_id == actor.person_id):
        raise NotFound(kind="offer", id=offer_id)
    return offer


def within(column: InstrumentedAttribute[str], actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Give the condition that `column`, a unit's code, lies where `permission` is held."""
    return or_(False, *(under_code(column, code) for code in actor.units(permission)))


def under_code(column: InstrumentedAttribute[Any], code: str) -> ColumnElement[bool]:
    """Give the condition that a unit's code begins with `code`, as a span that an index answers; "" is everywhere.

    Codes are digits (GB/T 2260, GB/T 10114): nothing lies under anything else.
    """
    if not code:
        return true()
    if not (code.isascii() and code.isdecimal()):
        return false()
    following = str(int(code) + 1).zfill(len(code))
    return column >= code if len(following) > len(code) else and_(column >= code, column < following)
