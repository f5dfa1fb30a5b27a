"""Who came, and the minutes they served: recorded the same day, approved within ten working days (Order 67, 11)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import access_assignment
from matching.policy import policy_of
from matching.refusals import WrongState
from matching.seating import move_state
from matching.trail import note
from models.authority import Actor, Permission
from models.roster import Assignment, AssignmentState
from models.service import HourRecord, HourState


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
    assignment = access_assignment(session, actor, assignment_id, Permission.UNIT_ATTENDANCE_WRITE)
    if now < assignment.starts_at or checked_out_at < checked_in_at:
        raise WrongState(kind="assignment", state=assignment.state.value)
    move_state(session, assignment, AssignmentState.SERVED, now=now)
    record = session.scalar(select(HourRecord).where(HourRecord.assignment_id == assignment.id))
    if record is None:
        record = HourRecord(assignment_id=assignment.id, person_id=assignment.person_id)
        session.add(record)
    _write(session, record, assignment, checked_in_at, checked_out_at)
    record.state, record.recorded_by_id, record.recorded_at = HourState.RECORDED, actor.account_id, now
    session.flush()
    note(session, actor, action="hours.recorded", subject=("hour_record", record.id), now=now, minutes=record.minutes)
    return record.id


def _write(
    session: Session, record: HourRecord, assignment: Assignment, checked_in_at: datetime, checked_out_at: datetime
) -> None:
    begins, ends = max(checked_in_at, assignment.starts_at), min(checked_out_at, assignment.ends_at)
    record.served_on = assignment.starts_at.astimezone(policy_of(session).zone).date()
    record.checked_in_at, record.checked_out_at = checked_in_at, checked_out_at
    record.minutes = max(0, int((ends - begins).total_seconds() // 60))


def record_absence(session: Session, actor: Actor, *, assignment_id: int, now: datetime) -> None:
    """Record that a confirmed person did not come."""
    assignment = access_assignment(session, actor, assignment_id, Permission.UNIT_ATTENDANCE_WRITE)
    move_state(session, assignment, AssignmentState.ABSENT, now=now)
    record = session.scalar(select(HourRecord).where(HourRecord.assignment_id == assignment.id))
    if record is not None:
        record.state = HourState.VOID
    note(session, actor, action="absence.recorded", subject=("assignment", assignment.id), now=now)


def approve_hours(session: Session, actor: Actor, *, record_id: int, now: datetime) -> None:
    """Approve a record of hours."""
    record = session.get_one(HourRecord, record_id)
    access_assignment(session, actor, record.assignment_id, Permission.UNIT_HOURS_APPROVE)
    if record.state not in {HourState.RECORDED, HourState.DISPUTED}:
        raise WrongState(kind="hour_record", state=record.state.value)
    record.state, record.approved_by_id, record.approved_at = HourState.APPROVED, actor.account_id, now
    note(session, actor, action="hours.approved", subject=("hour_record", record.id), now=now)
