"""Who came and who did not, as the leader of a shift says; what people say themselves is :mod:`matching.presence`."""

from datetime import datetime

from sqlalchemy.orm import Session

from matching.access import access_assignment
from matching.hours import approve_hours, void_hours, write_hours
from matching.locks import lock_shift_of
from matching.refusals import WrongState
from matching.seating import move_state
from matching.trail import note
from models.authority import Actor, Permission
from models.roster import Assignment, AssignmentState

__all__ = ["approve_hours", "record_absence", "record_excuse", "record_service"]


def record_service(
    session: Session,
    actor: Actor,
    *,
    assignment_id: int,
    checked_in_at: datetime,
    checked_out_at: datetime,
    now: datetime,
) -> int:
    """Record that a confirmed person came, from when to when; give the hour record's id.

    Minutes are those inside the shift: coming early and travel are not service time.

    Raises
    ------
    WrongState
        When the person had not confirmed, the shift has not begun, or the times are out of order.
    """
    assignment = _locked(session, actor, assignment_id)
    if now < assignment.starts_at or checked_out_at < checked_in_at:
        raise WrongState(kind="assignment", state=assignment.state.value)
    move_state(session, assignment, AssignmentState.SERVED, now=now)
    return write_hours(session, actor, assignment, checked_in_at=checked_in_at, checked_out_at=checked_out_at, now=now)


def record_absence(session: Session, actor: Actor, *, assignment_id: int, now: datetime) -> None:
    """Record that a confirmed person did not come, without a word."""
    assignment = _locked(session, actor, assignment_id)
    move_state(session, assignment, AssignmentState.ABSENT, now=now)
    void_hours(session, actor, assignment_id, reason="absent", now=now)
    note(session, actor, action="absence.recorded", subject=("assignment", assignment.id), now=now)


def record_excuse(session: Session, actor: Actor, *, assignment_id: int, reason: str, now: datetime) -> None:
    """Record that somebody could not come and said why: never counted against them; their seat is free again.

    `reason` is a code (ill, family, weather, work, other).
    """
    assignment = _locked(session, actor, assignment_id)
    move_state(session, assignment, AssignmentState.EXCUSED, now=now)
    void_hours(session, actor, assignment_id, reason=reason, now=now)
    note(session, actor, action="absence.excused", subject=("assignment", assignment.id), reason=reason, now=now)


def _locked(session: Session, actor: Actor, assignment_id: int) -> Assignment:
    access_assignment(session, actor, assignment_id, Permission.UNIT_ATTENDANCE_WRITE)
    return lock_shift_of(session, assignment_id)
