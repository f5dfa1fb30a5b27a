"""A seat and who holds it: the writes that the database itself judges. Used by use cases, open to nobody else.

A seat is held once and a person is booked once at a time by constraints; what breaks one of them is a refusal here.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matching.refusals import AlreadyBooked, SeatTaken, WrongState
from models.need import Seat, Shift
from models.roster import HOLDING, TRANSITIONS, Assignment, AssignmentState


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


def hold_again(
    session: Session, left: Assignment, *, person_id: int, state: AssignmentState, now: datetime, locked: bool = False
) -> int:
    """Write an assignment that holds the seat that another left, of the same roster; give its id."""
    return hold(
        session,
        seat_id=left.seat_id,
        shift=session.get_one(Shift, left.shift_id),
        person_id=person_id,
        state=state,
        locked=locked,
        roster_id=left.roster_id,
        now=now,
    )


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
