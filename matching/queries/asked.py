"""Why a person was asked: every seat that was proposed or offered to them, and what spoke for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.refusals import NotAllowed
from models.authority import Actor, Permission
from models.need import Need, Seat, Shift, ShiftRole
from models.organisation import OrganisationUnit
from models.roster import Assignment, AssignmentState, Offer, Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """One seat for one person. `run_id` is None when somebody placed them by hand; `asked_at` when nobody asked."""

    assignment_id: int
    title: str
    role_name: str
    unit_name: str
    starts_at: datetime
    ends_at: datetime
    state: AssignmentState
    asked_at: datetime | None
    answered_at: datetime | None
    run_id: int | None
    reasons: dict[str, Any]


def asked_lines(session: Session, actor: Actor, *, person_id: int, limit: int = 10) -> tuple[AskedLine, ...]:
    """Give what a person was asked for, newest first; one statement."""
    if not actor.may(Permission.CITY_AUDIT_READ):
        raise NotAllowed(permission=Permission.CITY_AUDIT_READ.value)
    newest = (
        select(
            Offer.assignment_id,
            func.min(Offer.offered_at).label("asked_at"),
            func.max(Offer.answered_at).label("answered_at"),
        )
        .where(Offer.person_id == person_id)
        .group_by(Offer.assignment_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Assignment, Need.title, ShiftRole.name, OrganisationUnit.name, newest.c.asked_at, newest.c.answered_at,
            Roster.run_id,
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .outerjoin(newest, newest.c.assignment_id == Assignment.id)
        .outerjoin(Roster, Roster.id == Assignment.roster_id)
        .where(Assignment.person_id == person_id, Assignment.state != AssignmentState.SUPERSEDED)
        .order_by(Assignment.starts_at.desc(), Assignment.id.desc())
        .limit(limit)
    )  # fmt: skip
    return tuple(
        AskedLine(
            assignment_id=assignment.id,
            title=title,
            role_name=role,
            unit_name=unit,
            starts_at=assignment.starts_at,
            ends_at=assignment.ends_at,
            state=assignment.state,
            asked_at=asked_at,
            answered_at=answered_at,
            run_id=run_id,
            reasons=dict(assignment.reasons),
        )
        for assignment, title, role, unit, asked_at, answered_at, run_id in rows
    )
