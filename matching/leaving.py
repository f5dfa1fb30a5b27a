"""Giving back every seat to come of somebody who leaves: nobody waits for them, and the next is asked."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.asking import offer_to_backup
from matching.locks import lock_person, lock_shifts
from matching.refusals import NotFound
from matching.seating import move_state
from matching.trail import note
from models.authority import Actor
from models.roster import Assignment, AssignmentState, Offer, OfferState

_TO_COME = (AssignmentState.PROPOSED, AssignmentState.OFFERED, AssignmentState.CONFIRMED)


def give_everything_back(session: Session, actor: Actor, *, now: datetime) -> int:
    """Release all seats to come of the actor and close their offers; give how many seats.

    Raises
    ------
    NotFound
        When there is no person behind the actor.
    """
    if actor.person_id is None:
        raise NotFound(kind="person")
    mine = (Assignment.person_id == actor.person_id, Assignment.state.in_(_TO_COME), Assignment.starts_at > now)
    lock_shifts(session, session.scalars(select(Assignment.shift_id).where(*mine)).all())
    lock_person(session, actor.person_id)
    held = session.scalars(select(Assignment).where(*mine).order_by(Assignment.id)).all()
    for assignment in held:
        move_state(session, assignment, AssignmentState.RELEASED, now=now)
    session.execute(
        update(Offer)
        .where(
            Offer.assignment_id.in_([assignment.id for assignment in held]),
            Offer.state.in_((OfferState.OPEN, OfferState.CONFIRMED)),
        )
        .values(state=OfferState.WITHDRAWN, answered_at=now)
    )
    for assignment in held:
        note(session, actor, action="seat.given_back", subject=("assignment", assignment.id), now=now)
        offer_to_backup(session, assignment=assignment, now=now)
    return len(held)
