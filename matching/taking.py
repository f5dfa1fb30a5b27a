"""Taking a need by oneself, and giving it back: a seat is held under the same rules as by a plan or a hand.

What is taken is confirmed at once, with an offer that is answered already, so that everything that can be done with an
answer (declining later, reminders, the calendar, hours) holds for it too.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import access_offer
from matching.asking import offer_to_backup
from matching.deadlines import deadline_of
from matching.eligibility import refuse_ineligible
from matching.locks import lock_person, lock_shift, lock_shift_of
from matching.refusals import NotFound, OfferClosed, WrongState
from matching.seating import free_seat, hold, move_state
from matching.trail import note
from models.authority import Actor
from models.need import Need, NeedState, ShiftRole, ShiftState
from models.person import Person, PersonState
from models.roster import Assignment, AssignmentState, Offer, OfferState


def take_seat(session: Session, actor: Actor, *, role_id: int, now: datetime) -> int:
    """Take a free seat of a role for the actor; give the id of the offer that stands for it.

    Raises
    ------
    NotFound
        When there is no person behind the actor, or no such role is open.
    WrongState
        When the shift has begun or was cancelled.
    NotEligible
        When a rule forbids it; ``rule`` says which.
    SeatTaken, AlreadyBooked
        When somebody was faster, or the person serves elsewhere at that time.
    """
    person = _own(session, actor)
    role = session.get(ShiftRole, role_id)
    if role is None:
        raise NotFound(kind="role", id=role_id)
    shift = lock_shift(session, role.shift_id)
    need_state = session.scalars(select(Need.state).where(Need.id == shift.need_id)).one()
    if need_state is NeedState.DRAFT or shift.longitude is None or shift.latitude is None:
        raise NotFound(kind="role", id=role_id)
    if shift.state is not ShiftState.OPEN or need_state is not NeedState.OPEN or shift.starts_at <= now:
        raise WrongState(kind="shift", state=shift.state.value)
    lock_person(session, person.id)
    standing = _standing(session, person.id, shift.id)
    if standing is not None:
        return standing
    refuse_ineligible(session, person_id=person.id, role_id=role_id, by_self=True)
    assignment_id = hold(
        session,
        seat_id=free_seat(session, role_id),
        shift=shift,
        person_id=person.id,
        state=AssignmentState.CONFIRMED,
        locked=True,
        now=now,
    )
    session.get_one(Assignment, assignment_id).reasons = {"chosen": True}
    offer = Offer(
        assignment_id=assignment_id,
        person_id=person.id,
        state=OfferState.CONFIRMED,
        offered_at=now,
        answered_at=now,
        deadline_at=deadline_of(session, shift, now=now),
    )
    session.add(offer)
    session.flush()
    note(session, actor, action="seat.taken", subject=("assignment", assignment_id), now=now, role=role_id)
    return offer.id


def give_back(session: Session, actor: Actor, *, offer_id: int, now: datetime) -> None:
    """Give a seat back that the actor took by themselves; it goes to a backup, and nothing is held against them.

    Raises
    ------
    NotFound
        When it is not the actor's, or was not taken but offered.
    OfferClosed
        When it was given back already, or the shift has begun.
    """
    offer = access_offer(session, actor, offer_id)
    assignment = lock_shift_of(session, offer.assignment_id)
    session.refresh(offer)
    if not assignment.reasons.get("chosen"):
        raise NotFound(kind="offer", id=offer_id)
    if offer.state is not OfferState.CONFIRMED or assignment.starts_at <= now:
        raise OfferClosed(offer=offer_id, state=offer.state.value)
    move_state(session, assignment, AssignmentState.RELEASED, now=now)
    offer.state, offer.answered_at = OfferState.WITHDRAWN, now
    note(session, actor, action="seat.given_back", subject=("assignment", assignment.id), now=now)
    offer_to_backup(session, assignment=assignment, now=now)


def _own(session: Session, actor: Actor) -> Person:
    person = None if actor.person_id is None else session.get(Person, actor.person_id)
    if person is None or person.state is not PersonState.ACTIVE:
        raise NotFound(kind="person")
    return person


def _standing(session: Session, person_id: int, shift_id: int) -> int | None:
    """Give the confirmed offer that the person holds in the shift already: a second tap changes nothing."""
    query = (
        select(Offer.id)
        .join(Assignment, Assignment.id == Offer.assignment_id)
        .where(
            Assignment.shift_id == shift_id,
            Assignment.person_id == person_id,
            Assignment.state == AssignmentState.CONFIRMED,
            Offer.state == OfferState.CONFIRMED,
        )
    )
    return session.scalar(query.order_by(Offer.id.desc()).limit(1))
