"""Taking an answer back: a confirmation or a decline becomes an open question again, until its deadline."""

from datetime import datetime

from sqlalchemy.orm import Session

from matching.access import access_offer
from matching.locks import lock_shift_of
from matching.offers import undo_decline
from matching.refusals import OfferClosed
from matching.seating import move_state
from matching.trail import note
from models.authority import Actor
from models.need import Shift, ShiftState
from models.roster import AssignmentState, OfferState


def undo_answer(session: Session, actor: Actor, *, offer_id: int, now: datetime) -> None:
    """Open the question of one's own offer again; the seat of a confirmation stays held while it is open.

    A pause that was said with a decline stands: it is ended by itself (:func:`matching.wishes.pause`).

    Raises
    ------
    NotFound
        When it is not the actor's offer.
    OfferClosed
        When nothing was answered, the deadline has passed, or the shift was cancelled.
    SeatTaken, AlreadyBooked
        When the seat of a decline has gone to somebody else.
    """
    offer = access_offer(session, actor, offer_id)
    if offer.state is OfferState.DECLINED:
        undo_decline(session, actor, offer_id=offer_id, now=now)
        return
    assignment = lock_shift_of(session, offer.assignment_id)
    session.refresh(offer)
    shift = session.get_one(Shift, assignment.shift_id)
    if offer.state is not OfferState.CONFIRMED or now >= offer.deadline_at or shift.state is not ShiftState.OPEN:
        raise OfferClosed(offer=offer.id, state=offer.state.value)
    move_state(session, assignment, AssignmentState.OFFERED, now=now)
    offer.state, offer.answered_at = OfferState.OPEN, None
    note(session, actor, action="offer.reopened", subject=("offer", offer.id), now=now)
