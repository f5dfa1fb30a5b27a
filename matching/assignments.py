"""A person in a seat: placing, locking, releasing. The database has the last word on who holds what."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import access_assignment, access_role
from matching.asking import is_asked_for, make_offer
from matching.locks import lock_person, lock_shift, lock_shift_of
from matching.outbox import tell
from matching.refusals import WrongState
from matching.seating import free_seat, hold, move_state
from matching.trail import note
from models.authority import Actor, Permission
from models.need import ShiftState
from models.roster import HOLDING, Assignment, AssignmentState, Offer, OfferState


def place(session: Session, actor: Actor, *, role_id: int, person_id: int, now: datetime) -> int:
    """Put a person into a free seat of a role, by a coordinator's hand; give the assignment's id.

    The person is asked by an offer like anybody else: with the week's roster, or at once when that is published. The
    rules are checked by :func:`matching.eligibility.refuse_ineligible` before.

    Raises
    ------
    WrongState
        When the shift is cancelled or over.
    SeatTaken, AlreadyBooked
        When the database says so.
    """
    role = access_role(session, actor, role_id, Permission.UNIT_ROSTER_WRITE)
    shift = lock_shift(session, role.shift_id)
    if shift.state is not ShiftState.OPEN or shift.ends_at <= now:
        raise WrongState(kind="shift", state=shift.state.value)
    lock_person(session, person_id)
    published = is_asked_for(session, shift)
    assignment_id = hold(
        session,
        seat_id=free_seat(session, role_id),
        shift=shift,
        person_id=person_id,
        state=AssignmentState.OFFERED if published else AssignmentState.PROPOSED,
        locked=True,
        now=now,
    )
    if published:
        make_offer(session, assignment_id=assignment_id, person_id=person_id, shift=shift, now=now)
    note(session, actor, action="assignment.placed", subject=("assignment", assignment_id), now=now, person=person_id)
    return assignment_id


def lock(session: Session, actor: Actor, *, assignment_id: int, locked: bool, now: datetime) -> None:
    """Pin an assignment so that planning keeps it, or let it go again."""
    access_assignment(session, actor, assignment_id, Permission.UNIT_ROSTER_WRITE)
    assignment = lock_shift_of(session, assignment_id)
    if assignment.state not in HOLDING:
        raise WrongState(kind="assignment", state=assignment.state.value)
    assignment.locked = locked
    assignment.changed_at = now
    action = "assignment.locked" if locked else "assignment.unlocked"
    note(session, actor, action=action, subject=("assignment", assignment_id), now=now)


def release(session: Session, actor: Actor, *, assignment_id: int, reason: str, now: datetime) -> None:
    """Take a person out of a seat; whoever was already asked is told."""
    access_assignment(session, actor, assignment_id, Permission.UNIT_ROSTER_WRITE)
    assignment = lock_shift_of(session, assignment_id)
    let_go(session, assignment, reason=reason, now=now)
    note(session, actor, action="assignment.released", subject=("assignment", assignment_id), reason=reason, now=now)


def release_shift(session: Session, actor: Actor, *, shift_id: int, reason: str, now: datetime) -> int:
    """Release everybody in a shift; give how many."""
    lock_shift(session, shift_id)
    held = session.scalars(
        select(Assignment)
        .where(Assignment.shift_id == shift_id, Assignment.state.in_(HOLDING))
        .execution_options(populate_existing=True)
    ).all()
    for assignment in held:
        let_go(session, assignment, reason=reason, now=now)
    if held:
        note(session, actor, action="shift.released", subject=("shift", shift_id), reason=reason, now=now)
    return len(held)


def let_go(session: Session, assignment: Assignment, *, reason: str, now: datetime) -> None:
    """Release one assignment, withdraw its open offer, and tell the person if they knew of it."""
    knew = assignment.state is not AssignmentState.PROPOSED
    move_state(session, assignment, AssignmentState.RELEASED, now=now)
    offer = session.scalar(select(Offer).where(Offer.assignment_id == assignment.id, Offer.state == OfferState.OPEN))
    if offer is not None:
        offer.state = OfferState.WITHDRAWN
        offer.answered_at = now
    if knew:
        tell(
            session,
            key=f"released/{assignment.id}",
            person_id=assignment.person_id,
            kind="released",
            facts={"assignment": assignment.id, "reason": reason},
            now=now,
        )
