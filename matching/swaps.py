"""Swapping two confirmed seats: offered by whoever was asked to stand in, decided by the holder, done at one stroke."""

from datetime import datetime

from sqlalchemy.orm import Session

from matching.changing_hands import leave, refuse_hands, take_over
from matching.locks import lock_persons, lock_shifts
from matching.refusals import HandoverClosed, NotFound, WrongState
from matching.standing_in import close_with, lock_handover, lock_own, own_reply, refuse_closed, tell_handover
from matching.trail import note
from models.authority import Actor
from models.handover import Handover, HandoverReply, ReplyState
from models.need import Shift, ShiftState
from models.roster import Assignment, AssignmentState


def offer_swap(
    session: Session, actor: Actor, *, handover_id: int, assignment_id: int, invited: bool = False, now: datetime
) -> None:
    """Offer one's own confirmed seat for the one that is to be handed on; its holder is told and decides.

    Raises
    ------
    NotFound
        When the actor was neither asked nor invited, or the seat offered is not theirs.
    HandoverClosed, WrongState
    NotEligible
        When either of the two may not take the other's seat.
    """
    handover, assignment = lock_handover(session, handover_id)
    person_id, reply = own_reply(session, actor, handover, invited=invited, now=now)
    refuse_closed(handover)
    offered = session.get(Assignment, assignment_id, populate_existing=True)
    if offered is None or offered.person_id != person_id:
        raise NotFound(kind="assignment", id=assignment_id)
    _refuse_unfit(session, assignment, offered, now=now)
    refuse_hands(session, person_id=person_id, seat=assignment, leaving=offered)
    refuse_hands(session, person_id=handover.person_id, seat=offered, leaving=assignment)
    reply.state, reply.answered_at, reply.offered_id = ReplyState.SWAP, now, offered.id
    session.flush()
    note(session, actor, action="swap.offered", subject=("handover", handover_id), now=now, offered=offered.id)
    tell_handover(session, handover, "swap_offered", handover.person_id, now=now)


def accept_swap(session: Session, actor: Actor, *, handover_id: int, person_id: int, now: datetime) -> int:
    """Exchange the two seats; give the actor's new assignment. Both change hands, or neither does.

    Raises
    ------
    NotFound
        When it is not the actor's own search, or that person offers nothing.
    HandoverClosed, WrongState
        When either seat is no longer what it was.
    NotEligible, AlreadyBooked
    """
    handover, reply = _offered(session, actor, handover_id, person_id)
    offered_id = reply.offered_id
    if offered_id is None:
        raise NotFound(kind="handover_reply", id=person_id)
    own, offered = session.get_one(Assignment, handover.assignment_id), session.get_one(Assignment, offered_id)
    lock_shifts(session, {own.shift_id, offered.shift_id})
    for row in (handover, reply, own, offered):
        session.refresh(row)
    refuse_closed(handover)
    if reply.state is not ReplyState.SWAP or reply.offered_id != offered_id:
        raise HandoverClosed(handover=handover_id)
    _refuse_unfit(session, own, offered, now=now)
    lock_persons(session, (handover.person_id, person_id))
    refuse_hands(session, person_id=person_id, seat=own, leaving=offered)
    refuse_hands(session, person_id=handover.person_id, seat=offered, leaving=own)
    leave(session, own, now=now)
    leave(session, offered, now=now)
    made = take_over(session, own, person_id=person_id, now=now)
    handover.back_id = take_over(session, offered, person_id=handover.person_id, now=now)
    close_with(session, handover, reply, made_id=made, now=now)
    note(session, actor, action="swap.made", subject=("handover", handover_id), now=now, other=person_id)
    tell_handover(session, handover, "swap_made", person_id, now=now)
    return handover.back_id


def refuse_swap(session: Session, actor: Actor, *, handover_id: int, person_id: int, now: datetime) -> None:
    """Not want an exchange; the other is told, may still stand in, and the search goes on."""
    handover, _ = lock_own(session, actor, handover_id)
    refuse_closed(handover)
    reply = session.get(HandoverReply, (handover_id, person_id), populate_existing=True)
    if reply is None or reply.state is not ReplyState.SWAP:
        raise NotFound(kind="handover_reply", id=person_id)
    reply.state = ReplyState.REFUSED
    note(session, actor, action="swap.refused", subject=("handover", handover_id), now=now, other=person_id)
    tell_handover(session, handover, "swap_refused", person_id, now=now)


def _offered(session: Session, actor: Actor, handover_id: int, person_id: int) -> tuple[Handover, HandoverReply]:
    handover = session.get(Handover, handover_id)
    if handover is None or actor.person_id is None or handover.person_id != actor.person_id:
        raise NotFound(kind="handover", id=handover_id)
    reply = session.get(HandoverReply, (handover_id, person_id))
    if reply is None:
        raise NotFound(kind="handover_reply", id=person_id)
    return handover, reply


def _refuse_unfit(session: Session, own: Assignment, offered: Assignment, *, now: datetime) -> None:
    for one in (own, offered):
        shift = session.get_one(Shift, one.shift_id)
        if one.state is not AssignmentState.CONFIRMED or shift.state is not ShiftState.OPEN or shift.starts_at <= now:
            raise WrongState(kind="assignment", state=one.state.value)
