"""What a calendar shows: a person's shifts, or a unit's, with what was cancelled, so that telephones take it away.

An entry keeps its key for ever and its sequence grows with every change: seconds from its making to its last change.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import access_unit, under_code, within
from models.authority import Actor, Permission
from models.need import Need, NeedState, Shift, ShiftState
from models.roster import Assignment, AssignmentState

#: How far back a feed reaches.
KEPT = timedelta(days=60)
_KNOWN = (
    AssignmentState.OFFERED,
    AssignmentState.CONFIRMED,
    AssignmentState.SERVED,
    AssignmentState.ABSENT,
    AssignmentState.EXCUSED,
    AssignmentState.DECLINED,
    AssignmentState.LAPSED,
    AssignmentState.RELEASED,
)
_STANDS = (AssignmentState.OFFERED, AssignmentState.CONFIRMED, AssignmentState.SERVED, AssignmentState.ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One shift in a calendar; `is_tentative` while its question is open."""

    key: str
    sequence: int
    title: str
    place: str
    longitude: float | None
    latitude: float | None
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    is_cancelled: bool
    is_tentative: bool


def person_calendar(session: Session, *, person_id: int, now: datetime) -> tuple[CalendarEntry, ...]:
    """Give the shifts that a person was ever asked for, from two months ago on; the feed's token is the right to it."""
    rows = session.execute(
        select(Assignment, Shift, Need)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .where(Assignment.person_id == person_id, Assignment.state.in_(_KNOWN), Assignment.ends_at > now - KEPT)
        .order_by(Assignment.starts_at, Assignment.id)
    )
    return tuple(
        CalendarEntry(
            key=f"assignment-{assignment.id}",
            sequence=_seconds(assignment.created_at, assignment.changed_at),
            title=need.title,
            place=need.place,
            longitude=shift.longitude,
            latitude=shift.latitude,
            starts_at=assignment.starts_at,
            ends_at=assignment.ends_at,
            changed_at=assignment.changed_at,
            is_cancelled=assignment.state not in _STANDS,
            is_tentative=assignment.state is AssignmentState.OFFERED,
        )
        for assignment, shift, need in rows
    )


def unit_calendar(session: Session, actor: Actor, *, unit_code: str, now: datetime) -> tuple[CalendarEntry, ...]:
    """Give the shifts of a unit and those below it, from two months ago on."""
    access_unit(session, actor, unit_code, Permission.UNIT_NEED_READ)
    rows = session.execute(
        select(Shift, Need)
        .join(Need, Need.id == Shift.need_id)
        .where(
            under_code(Shift.unit_code, unit_code),
            within(Shift.unit_code, actor, Permission.UNIT_NEED_READ),
            Need.state != NeedState.DRAFT,
            Shift.ends_at > now - KEPT,
        )
        .order_by(Shift.starts_at, Shift.id)
    )
    return tuple(
        CalendarEntry(
            key=f"shift-{shift.id}",
            sequence=_seconds(need.created_at, need.changed_at),
            title=need.title,
            place=need.place,
            longitude=shift.longitude,
            latitude=shift.latitude,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            changed_at=need.changed_at,
            is_cancelled=shift.state is ShiftState.CANCELLED,
            is_tentative=False,
        )
        for shift, need in rows
    )


def _seconds(made_at: datetime, changed_at: datetime) -> int:
    return max(0, int((changed_at - made_at).total_seconds()))
