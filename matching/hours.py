"""Minutes served: recorded the same day, approved within ten working days (Order 67, 11), put right in the open (13).

Minutes are those inside the shift; coming early and travel are not service time. So many a person and day are valid
(eight hours); more count once they are approved with a reason. What a record was before a change stays beside it.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from matching.access import access_assignment
from matching.locks import lock_person, lock_shift_of
from matching.policy import policy_of
from matching.refusals import NotAllowed, NotFound, ReasonMissing, WrongState
from matching.seating import move_state
from matching.trail import note
from matching.workdays import working_day_after
from models.authority import SYSTEM, Actor, Permission
from models.roster import Assignment, AssignmentState
from models.service import COUNTED, HourChange, HourChangeKind, HourRecord, HourState, Presence, PresenceKind

_OPEN = (HourState.PROPOSED, HourState.RECORDED, HourState.DISPUTED)


def write_hours(
    session: Session,
    actor: Actor,
    assignment: Assignment,
    *,
    checked_in_at: datetime,
    checked_out_at: datetime,
    state: HourState = HourState.RECORDED,
    back_filled: bool = False,
    reason: str | None = None,
    now: datetime,
) -> int:
    """Write the hours of an assignment, or write them anew; give the record's id. Approved ones are left as they are.

    A change of what stood leaves a row with both figures.
    """
    lock_person(session, assignment.person_id)
    record = session.scalar(select(HourRecord).where(HourRecord.assignment_id == assignment.id))
    if record is not None and record.state is HourState.APPROVED:
        raise WrongState(kind="hour_record", state=record.state.value)
    before = None if record is None else record.minutes + record.over_minutes
    if record is None:
        record = HourRecord(assignment_id=assignment.id, person_id=assignment.person_id)
        session.add(record)
    _measure(session, record, assignment, checked_in_at, checked_out_at)
    record.state, record.back_filled, record.note = state, record.back_filled or back_filled, reason
    record.recorded_by_id, record.recorded_at = actor.account_id, now
    session.flush()
    if before is not None and before != record.minutes + record.over_minutes:
        _change(session, actor, record, HourChangeKind.CORRECTED, before=before, reason=reason, now=now)
    note(session, actor, action="hours.recorded", subject=("hour_record", record.id), now=now, minutes=record.minutes)
    return record.id


def _measure(
    session: Session, record: HourRecord, assignment: Assignment, checked_in_at: datetime, checked_out_at: datetime
) -> None:
    """Count the minutes inside the shift, and divide them at the day's limit."""
    policy = policy_of(session)
    begins, ends = max(checked_in_at, assignment.starts_at), min(checked_out_at, assignment.ends_at)
    served = max(0, int((ends - begins).total_seconds() // 60))
    record.served_on = assignment.starts_at.astimezone(policy.zone).date()
    record.checked_in_at, record.checked_out_at = checked_in_at, checked_out_at
    with session.no_autoflush:
        left = max(0, policy.valid_minutes_day - _others_that_day(session, record))
    record.minutes, record.over_minutes = min(served, left), max(0, served - left)
    record.approve_by_on = working_day_after(record.served_on, policy.approve_within_working_days).on


def _others_that_day(session: Session, record: HourRecord) -> int:
    query = select(func.coalesce(func.sum(HourRecord.minutes), 0)).where(
        HourRecord.person_id == record.person_id,
        HourRecord.served_on == record.served_on,
        HourRecord.assignment_id != record.assignment_id,
        HourRecord.state.in_(COUNTED),
    )
    return int(session.scalar(query) or 0)


def approve_hours(
    session: Session, actor: Actor, *, record_id: int, over_reason: str | None = None, now: datetime
) -> None:
    """Approve a record of hours; minutes beyond the day's limit count only with `over_reason`.

    Nobody approves their own hours, nor, when they were written after the day, hours they wrote themselves.

    Raises
    ------
    NotAllowed, WrongState
    """
    record = _access(session, actor, record_id, Permission.UNIT_HOURS_APPROVE)
    own = actor.person_id is not None and actor.person_id == record.person_id
    wrote = record.back_filled and actor.account_id is not None and actor.account_id == record.recorded_by_id
    if own or wrote:
        raise NotAllowed(permission=Permission.UNIT_HOURS_APPROVE.value)
    if record.state not in _OPEN:
        raise WrongState(kind="hour_record", state=record.state.value)
    before = record.minutes
    assignment = session.get_one(Assignment, record.assignment_id)
    if assignment.state is AssignmentState.CONFIRMED:  # the person's own word, of which nothing else was written
        move_state(session, assignment, AssignmentState.SERVED, now=now)
    if over_reason:
        record.minutes, record.over_minutes = record.minutes + record.over_minutes, 0
    record.state, record.approved_by_id, record.approved_at = HourState.APPROVED, actor.account_id, now
    _change(session, actor, record, HourChangeKind.APPROVED, before=before, reason=over_reason, now=now)
    note(session, actor, action="hours.approved", subject=("hour_record", record.id), now=now)


def dispute_hours(session: Session, actor: Actor, *, record_id: int, reason: str, now: datetime) -> None:
    """Say that one's own hours are wrong; they count as they stand until a coordinator decides.

    Raises
    ------
    NotFound
        When they are not one's own.
    """
    record = session.get(HourRecord, record_id)
    if record is None or actor.person_id is None or record.person_id != actor.person_id:
        raise NotFound(kind="hour_record", id=record_id)
    record = _locked(session, record_id)
    if record.state is HourState.VOID:
        raise WrongState(kind="hour_record", state=record.state.value)
    _need_reason(reason)
    record.state = HourState.DISPUTED
    _change(session, actor, record, HourChangeKind.DISPUTED, before=record.minutes, reason=reason, now=now)
    note(session, actor, action="hours.disputed", subject=("hour_record", record.id), now=now)


def correct_hours(
    session: Session,
    actor: Actor,
    *,
    record_id: int,
    checked_in_at: datetime,
    checked_out_at: datetime,
    reason: str,
    now: datetime,
) -> None:
    """Put hours right, approved ones too: they wait for approval again, and what they were before stays readable."""
    record = _access(session, actor, record_id, Permission.UNIT_ATTENDANCE_WRITE)
    _need_reason(reason)
    if record.state is HourState.VOID or checked_out_at < checked_in_at or checked_out_at > now:
        raise WrongState(kind="hour_record", state=record.state.value)
    assignment = session.get_one(Assignment, record.assignment_id)
    before = record.minutes + record.over_minutes
    lock_person(session, record.person_id)
    _measure(session, record, assignment, checked_in_at, checked_out_at)
    record.state, record.approved_by_id, record.approved_at = HourState.RECORDED, None, None
    _change(session, actor, record, HourChangeKind.CORRECTED, before=before, reason=reason, now=now)
    note(session, actor, action="hours.corrected", subject=("hour_record", record.id), now=now)


def back_fill_hours(
    session: Session,
    actor: Actor,
    *,
    assignment_id: int,
    checked_in_at: datetime,
    checked_out_at: datetime,
    reason: str,
    now: datetime,
) -> int:
    """Write hours after the day of service, with a reason; somebody else approves them. Give the record's id."""
    access_assignment(session, actor, assignment_id, Permission.UNIT_ATTENDANCE_WRITE)
    _need_reason(reason)
    assignment = lock_shift_of(session, assignment_id)
    if checked_out_at < checked_in_at or now < assignment.ends_at:
        raise WrongState(kind="assignment", state=assignment.state.value)
    if assignment.state is not AssignmentState.SERVED:
        move_state(session, assignment, AssignmentState.SERVED, now=now)
    return write_hours(
        session,
        actor,
        assignment,
        checked_in_at=checked_in_at,
        checked_out_at=checked_out_at,
        back_filled=True,
        reason=reason,
        now=now,
    )


def propose_check_outs(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Propose the hours of those who arrived and never said that they left; give how many.

    The proposal ends with the shift. It counts nowhere until a coordinator approves it or puts it right.
    """
    over = now - timedelta(minutes=policy_of(session).check_out_after_minutes)
    departure = aliased(Presence)
    left = select(departure.id).where(
        departure.assignment_id == Assignment.id, departure.kind == PresenceKind.OUT, departure.replaced_at.is_(None)
    )
    forgotten = session.execute(
        select(Assignment.id, Presence.at)
        .join(Presence, Presence.assignment_id == Assignment.id)
        .where(
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.ends_at < over,
            Presence.kind == PresenceKind.IN,
            Presence.replaced_at.is_(None),
            ~left.exists(),
        )
        .order_by(Assignment.shift_id, Assignment.id)
        .limit(limit)
    ).all()
    return sum(_propose(session, assignment_id, came, now=now) for assignment_id, came in forgotten)


def _propose(session: Session, assignment_id: int, came: datetime, *, now: datetime) -> bool:
    assignment = lock_shift_of(session, assignment_id)
    if assignment.state is not AssignmentState.CONFIRMED:
        return False
    move_state(session, assignment, AssignmentState.SERVED, now=now)
    ends = max(came, assignment.ends_at)
    write_hours(session, SYSTEM, assignment, checked_in_at=came, checked_out_at=ends, state=HourState.PROPOSED, now=now)
    return True


def _access(session: Session, actor: Actor, record_id: int, permission: Permission) -> HourRecord:
    """Lock the shift, since its leader may write who came at this moment, then the record; read both as they stand."""
    record = session.get(HourRecord, record_id)
    if record is None:
        raise NotFound(kind="hour_record", id=record_id)
    access_assignment(session, actor, record.assignment_id, permission)
    lock_shift_of(session, record.assignment_id)
    return _locked(session, record_id)


def _locked(session: Session, record_id: int) -> HourRecord:
    return session.get_one(HourRecord, record_id, with_for_update=True, populate_existing=True)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _change(
    session: Session,
    actor: Actor,
    record: HourRecord,
    kind: HourChangeKind,
    *,
    before: int,
    reason: str | None,
    now: datetime,
) -> None:
    session.add(
        HourChange(
            record_id=record.id,
            kind=kind,
            at=now,
            account_id=actor.account_id,
            minutes_before=before,
            minutes_after=record.minutes + record.over_minutes,
            reason=reason,
        )
    )
    session.flush()


def void_hours(session: Session, actor: Actor, assignment_id: int, *, reason: str, now: datetime) -> None:
    """Let the hours of an assignment count for nothing, when somebody turns out not to have come."""
    record = session.scalar(select(HourRecord).where(HourRecord.assignment_id == assignment_id))
    if record is not None and record.state is not HourState.VOID:
        record.state = HourState.VOID
        _change(session, actor, record, HourChangeKind.VOIDED, before=record.minutes, reason=reason, now=now)
