"""Who came and who did not, as the leader of a shift says; what people say themselves is :mod:`matching.presence`."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import access_assignment
from matching.hours import approve_hours, back_fill_hours, correct_hours, void_hours, write_hours
from matching.locks import lock_shift_of
from matching.policy import policy_of
from matching.presence import standing_presence
from matching.refusals import WrongState
from matching.seating import move_state
from matching.trail import note
from models.authority import Actor, Permission
from models.roster import Assignment, AssignmentState
from models.service import HourRecord, HourState

__all__ = ["approve_hours", "record_absence", "record_as_expected", "record_excuse", "record_service", "record_times"]

_MARKED = (AssignmentState.SERVED, AssignmentState.ABSENT, AssignmentState.EXCUSED)


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


def record_as_expected(session: Session, actor: Actor, *, assignment_id: int, now: datetime) -> None:
    """Take back what the day said of somebody, said by mistake: they are expected again, and what was said is kept.

    Raises
    ------
    WrongState
        When nothing was said, or the hours are approved: those are corrected.
    SeatTaken, AlreadyBooked
        When an excused person's seat or time has been given away since.
    """
    assignment = _locked(session, actor, assignment_id)
    said = standing_presence(session, assignment_id)
    record = session.scalar(select(HourRecord).where(HourRecord.assignment_id == assignment_id))
    approved = record is not None and record.state is HourState.APPROVED
    if approved or not (said or assignment.state in _MARKED):
        raise WrongState(kind="assignment", state=assignment.state.value)
    for presence in said.values():
        presence.replaced_at = now
    if assignment.state is not AssignmentState.CONFIRMED:
        move_state(session, assignment, AssignmentState.CONFIRMED, now=now)
    void_hours(session, actor, assignment_id, reason="said_by_mistake", now=now)
    note(session, actor, action="presence.taken_back", subject=("assignment", assignment_id), now=now)


def record_times(
    session: Session,
    actor: Actor,
    *,
    assignment_id: int,
    checked_in_at: datetime,
    checked_out_at: datetime,
    reason: str,
    now: datetime,
) -> int:
    """Write from when to when somebody served; give the hour record's id.

    Hours that stand already are corrected; on the day itself they are recorded; later they are back-filled, and
    somebody else approves them.

    Raises
    ------
    WrongState, ReasonMissing
    """
    assignment = _locked(session, actor, assignment_id)
    times = {"checked_in_at": checked_in_at, "checked_out_at": checked_out_at, "now": now}
    record = session.scalar(select(HourRecord).where(HourRecord.assignment_id == assignment_id))
    if record is not None and record.state is not HourState.VOID:
        correct_hours(session, actor, record_id=record.id, reason=reason, **times)
        return record.id
    zone = policy_of(session).zone
    if assignment.starts_at.astimezone(zone).date() == now.astimezone(zone).date() and checked_out_at <= now:
        return record_service(session, actor, assignment_id=assignment_id, **times)
    return back_fill_hours(session, actor, assignment_id=assignment_id, reason=reason, **times)


def _locked(session: Session, actor: Actor, assignment_id: int) -> Assignment:
    access_assignment(session, actor, assignment_id, Permission.UNIT_ATTENDANCE_WRITE)
    return lock_shift_of(session, assignment_id)
