"""A person in a seat: placing, locking, releasing. The database has the last word on who holds what."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matching.access import access_assignment, access_role
from matching.outbox import tell
from matching.refusals import AlreadyBooked, SeatTaken, WrongState
from matching.trail import note
from models.authority import Actor, Permission
from models.need import Seat, Shift
from models.roster import HOLDING, TRANSITIONS, Assignment, AssignmentState, Offer, OfferState


def place(session: Session, actor: Actor, *, role_id: int, person_id: int, now: datetime) -> int:
    """Put a person into a free seat of a role, by a coordinator's hand; give the assignment's id.

    The person is asked by an offer like anybody else; the rules are checked by
    :func:`matching.eligibility.refuse_ineligible` before.

    Raises
    ------
    SeatTaken, AlreadyBooked
        When the database says so.
    """
    role = access_role(session, actor, role_id, Permission.UNIT_ROSTER_WRITE)
    shift = session.get_one(Shift, role.shift_id)
    seat_id = free_seat(session, role_id)
    assignment_id = hold(
        session, seat_id=seat_id, shift=shift, person_id=person_id, state=AssignmentState.PROPOSED, locked=True, now=now
    )
    note(session, actor, action="assignment.placed", subject=("assignment", assignment_id), now=now, person=person_id)
    return assignment_id


def free_seat(session: Session, role_id: int) -> int:
    """Give the first free seat of a role.

    Raises
    ------
    SeatTaken
        When every seat is held.
    """
    held = select(Assignment.seat_id).where(Assignment.state.in_(HOLDING)).where(Assignment.seat_id == Seat.id)
    seat_id = session.scalar(
        select(Seat.id).where(Seat.role_id == role_id, ~held.exists()).order_by(Seat.number).limit(1)
    )
    if seat_id is None:
        raise SeatTaken(role=role_id)
    return seat_id


def hold(  # the facts of one row
    session: Session,
    *,
    seat_id: int,
    shift: Shift,
    person_id: int,
    state: AssignmentState,
    now: datetime,
    locked: bool = False,
    roster_id: int | None = None,
) -> int:
    """Write an assignment that holds a seat, inside a savepoint; give its id."""
    assignment = Assignment(
        seat_id=seat_id,
        shift_id=shift.id,
        person_id=person_id,
        roster_id=roster_id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        state=state,
        locked=locked,
        created_at=now,
        changed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(assignment)
    except IntegrityError as error:
        raise what_was_broken(error, seat=seat_id, person=person_id) from error
    return assignment.id


def what_was_broken(error: IntegrityError, *, seat: int | None, person: int | None) -> SeatTaken | AlreadyBooked:
    """Read a broken constraint as the refusal that it is; any other constraint is raised again."""
    text = str(error.orig)
    if "ex_assignment_person_span" in text or "person_held" in text or "shift_id, assignment.person_id" in text:
        return AlreadyBooked(person=person)
    if "seat_held" in text or "assignment.seat_id" in text:
        return SeatTaken(seat=seat)
    raise error


def move_state(session: Session, assignment: Assignment, to: AssignmentState, *, now: datetime) -> None:
    """Let an assignment take its next state.

    Raises
    ------
    WrongState
        When :data:`models.roster.TRANSITIONS` does not allow it.
    AlreadyBooked, SeatTaken
        When it would hold again what somebody else holds by now.
    """
    if to not in TRANSITIONS[assignment.state]:
        raise WrongState(kind="assignment", state=assignment.state.value, to=to.value)
    seat, person = assignment.seat_id, assignment.person_id
    try:
        with session.begin_nested():
            assignment.state = to
            assignment.changed_at = now
    except IntegrityError as error:
        raise what_was_broken(error, seat=seat, person=person) from error


def lock(session: Session, actor: Actor, *, assignment_id: int, locked: bool, now: datetime) -> None:
    """Pin an assignment so that planning keeps it, or let it go again."""
    assignment = access_assignment(session, actor, assignment_id, Permission.UNIT_ROSTER_WRITE)
    if assignment.state not in HOLDING:
        raise WrongState(kind="assignment", state=assignment.state.value)
    assignment.locked = locked
    assignment.changed_at = now
    action = "assignment.locked" if locked else "assignment.unlocked"
    note(session, actor, action=action, subject=("assignment", assignment_id), now=now)


def release(session: Session, actor: Actor, *, assignment_id: int, reason: str, now: datetime) -> None:
    """Take a person out of a seat; whoever was already asked is told."""
    assignment = access_assignment(session, actor, assignment_id, Permission.UNIT_ROSTER_WRITE)
    let_go(session, assignment, reason=reason, now=now)
    note(session, actor, action="assignment.released", subject=("assignment", assignment_id), reason=reason, now=now)


def release_shift(session: Session, actor: Actor, *, shift_id: int, reason: str, now: datetime) -> int:
    """Release everybody in a shift; give how many."""
    held = session.scalars(
        select(Assignment).where(Assignment.shift_id == shift_id, Assignment.state.in_(HOLDING))
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
