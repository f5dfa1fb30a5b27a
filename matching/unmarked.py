"""Who was expected, and of whom nobody wrote whether they came: asked of people, never answered by the program.

Once the check-out time of a shift is over its leader is asked, for some days; then it stays *not marked*. Nobody is
written down as absent but by a person who says so, an excuse is another thing again, and what is not marked counts
neither for nor against anybody. The volunteer may say *I was there*: a proposal of hours, which counts when approved.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matching.access import within
from matching.hours import void_hours, write_hours
from matching.locks import lock_shift_of
from matching.policy import policy_of
from matching.refusals import NotFound, WrongState
from matching.trail import note
from models.authority import Actor, Permission
from models.need import Need, Shift, ShiftState
from models.roster import Assignment, AssignmentState
from models.service import HourRecord, HourState, Presence

#: Why hours stand as a proposal: the person says that they were there.
OWN_WORD = "own_word"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmarkedShift:
    """A shift that is over, and how many were expected of whom nothing is written."""

    shift_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    people: int


def unmarked_shifts(session: Session, actor: Actor, *, now: datetime, limit: int = 20) -> tuple[UnmarkedShift, ...]:
    """Give the shifts of the actor's units whose leader is asked who came, the oldest first."""
    policy = policy_of(session)
    rows = session.execute(
        select(Shift.id, Need.title, Shift.starts_at, Shift.ends_at, func.count(Assignment.id))
        .join(Need, Need.id == Shift.need_id)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .where(
            Shift.state == ShiftState.OPEN,
            Shift.ends_at <= now - timedelta(minutes=policy.check_out_after_minutes),
            Shift.ends_at > now - timedelta(days=policy.ask_who_came_days),
            within(Shift.unit_code, actor, Permission.UNIT_ATTENDANCE_WRITE),
            *_nothing_written(),
        )
        .group_by(Shift.id, Need.title)
        .order_by(Shift.starts_at, Shift.id)
        .limit(limit)
    )
    return tuple(
        UnmarkedShift(shift_id=shift_id, title=title, starts_at=starts_at, ends_at=ends_at, people=people)
        for shift_id, title, starts_at, ends_at, people in rows
    )


def my_unmarked(session: Session, actor: Actor, *, now: datetime) -> dict[int, bool]:
    """Give the actor's recent assignments of which nobody wrote who came, and whether they spoke themselves."""
    since = now - timedelta(days=policy_of(session).ask_who_came_days)
    said = select(Presence.id).where(Presence.assignment_id == Assignment.id, Presence.replaced_at.is_(None))
    rows = session.execute(
        select(Assignment.id, HourRecord.state)
        .outerjoin(HourRecord, (HourRecord.assignment_id == Assignment.id) & (HourRecord.state != HourState.VOID))
        .where(
            Assignment.person_id == actor.person_id,
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.ends_at <= now,
            Assignment.ends_at > since,
            ~said.exists(),
        )
    )
    return {assignment_id: state is not None for assignment_id, state in rows}


def say_i_was_there(session: Session, actor: Actor, *, assignment_id: int, now: datetime) -> int:
    """Say that one served in a shift of which nothing is written: hours are proposed. Give the record's id.

    Raises
    ------
    NotFound
        When it is not the actor's own.
    WrongState
        When the shift is not over, too long ago, or something is written already.
    """
    assignment = _own(session, actor, assignment_id)
    policy = policy_of(session)
    over = assignment.ends_at <= now < assignment.ends_at + timedelta(days=policy.ask_who_came_days)
    silent = select(Assignment.id).where(Assignment.id == assignment_id, *_nothing_written())
    if not over or session.scalar(silent) is None:
        raise WrongState(kind="assignment", state=assignment.state.value)
    record_id = write_hours(
        session,
        actor,
        assignment,
        checked_in_at=assignment.starts_at,
        checked_out_at=assignment.ends_at,
        state=HourState.PROPOSED,
        back_filled=True,
        reason=OWN_WORD,
        now=now,
    )
    note(session, actor, action="hours.claimed", subject=("hour_record", record_id), now=now)
    return record_id


def take_back_i_was_there(session: Session, actor: Actor, *, assignment_id: int, now: datetime) -> None:
    """Take back :func:`say_i_was_there`, while nobody has decided on it."""
    assignment = _own(session, actor, assignment_id)
    record = session.scalar(select(HourRecord).where(HourRecord.assignment_id == assignment_id))
    if record is None or record.state is not HourState.PROPOSED or record.note != OWN_WORD:
        raise WrongState(kind="assignment", state=assignment.state.value)
    void_hours(session, actor, assignment_id, reason="said_by_mistake", now=now)


def _own(session: Session, actor: Actor, assignment_id: int) -> Assignment:
    assignment = session.get(Assignment, assignment_id)
    if assignment is None or actor.person_id is None or assignment.person_id != actor.person_id:
        raise NotFound(kind="assignment", id=assignment_id)
    return lock_shift_of(session, assignment_id)


def _nothing_written() -> tuple[ColumnElement[bool], ...]:
    """Give the conditions that somebody was expected and nobody wrote whether they came."""
    said = select(Presence.id).where(Presence.assignment_id == Assignment.id, Presence.replaced_at.is_(None))
    hours = select(HourRecord.id).where(HourRecord.assignment_id == Assignment.id, HourRecord.state != HourState.VOID)
    return Assignment.state == AssignmentState.CONFIRMED, ~said.exists(), ~hours.exists()
