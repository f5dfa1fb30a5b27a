"""A coordinator's hand: move somebody, put another in their place, ask one person more, cancel one shift.

Each checks the rules first and is one transaction: whoever leaves is told, whoever comes is asked.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from matching.access import access_assignment, access_role, access_shift
from matching.assignments import let_go, place, release_shift
from matching.eligibility import judgements, refuse_ineligible
from matching.locks import lock_shift, lock_shift_of, lock_shifts
from matching.policy import policy_of
from matching.refusals import NotEligible, WrongState
from matching.trail import note
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Seat, Shift, ShiftRole, ShiftState
from models.roster import HOLDING


def ask_one(session: Session, actor: Actor, *, role_id: int, person_id: int, now: datetime) -> int:
    """Put a chosen person into a free seat, if the rules allow it; give the assignment's id."""
    access_role(session, actor, role_id, Permission.UNIT_ROSTER_WRITE)
    refuse_ineligible(session, person_id=person_id, role_id=role_id)
    return place(session, actor, role_id=role_id, person_id=person_id, now=now)


def move(session: Session, actor: Actor, *, assignment_id: int, role_id: int, now: datetime) -> int:
    """Move somebody to a free seat of another role; give the new assignment's id.

    Raises
    ------
    NotEligible, SeatTaken, AlreadyBooked, WrongState
        Then nothing is changed.
    """
    assignment = access_assignment(session, actor, assignment_id, Permission.UNIT_ROSTER_WRITE)
    role = access_role(session, actor, role_id, Permission.UNIT_ROSTER_WRITE)
    lock_shifts(session, {assignment.shift_id, role.shift_id})
    assignment = lock_shift_of(session, assignment_id)
    if assignment.state not in HOLDING:
        raise WrongState(kind="assignment", state=assignment.state.value)
    _refuse_move(session, assignment.person_id, assignment.shift_id, role)
    let_go(session, assignment, reason="moved", now=now)
    made = place(session, actor, role_id=role_id, person_id=assignment.person_id, now=now)
    note(session, actor, action="assignment.moved", subject=("assignment", assignment_id), now=now, to=made)
    return made


def replace(session: Session, actor: Actor, *, assignment_id: int, person_id: int, now: datetime) -> int:
    """Put another person into somebody's seat; give the new assignment's id."""
    access_assignment(session, actor, assignment_id, Permission.UNIT_ROSTER_WRITE)
    assignment = lock_shift_of(session, assignment_id)
    if assignment.state not in HOLDING:
        raise WrongState(kind="assignment", state=assignment.state.value)
    role_id = session.get_one(Seat, assignment.seat_id).role_id
    refuse_ineligible(session, person_id=person_id, role_id=role_id)
    let_go(session, assignment, reason="replaced", now=now)
    made = place(session, actor, role_id=role_id, person_id=person_id, now=now)
    note(session, actor, action="assignment.replaced", subject=("assignment", assignment_id), now=now, by=made)
    return made


def cancel_shift(session: Session, actor: Actor, *, shift_id: int, now: datetime) -> int:
    """Let one shift not take place; give how many people are told."""
    access_shift(session, actor, shift_id, Permission.UNIT_ROSTER_WRITE)
    shift = lock_shift(session, shift_id)
    if shift.state is not ShiftState.OPEN or shift.starts_at <= now:
        raise WrongState(kind="shift", state=shift.state.value)
    count = release_shift(session, actor, shift_id=shift_id, reason="cancelled", now=now)
    shift.state = ShiftState.CANCELLED
    note(session, actor, action="shift.cancelled", subject=("shift", shift_id), now=now, released=count)
    return count


def reopen_shift(session: Session, actor: Actor, *, shift_id: int, now: datetime) -> None:
    """Let a cancelled shift take place after all; its seats are free."""
    access_shift(session, actor, shift_id, Permission.UNIT_ROSTER_WRITE)
    shift = lock_shift(session, shift_id)
    if shift.state is not ShiftState.CANCELLED or shift.starts_at <= now:
        raise WrongState(kind="shift", state=shift.state.value)
    shift.state = ShiftState.OPEN
    note(session, actor, action="shift.reopened", subject=("shift", shift_id), now=now)


def _refuse_move(session: Session, person_id: int, from_shift_id: int, role: ShiftRole) -> None:
    """Judge the person for the new role as if the old seat were free."""
    shifts = [session.get_one(Shift, one) for one in dict.fromkeys((from_shift_id, role.shift_id))]
    week = Week.holding(shifts[-1].starts_at, policy_of(session).zone)
    found = judgements(session, person_ids=[person_id], shifts=shifts, week=week, by_hand=True)
    rule = next(one.rule for one in found if one.role_id == role.id)
    if rule is not None:
        raise NotEligible(person=person_id, role=role.id, rule=rule)
