"""Offers and their answers: nobody is ordered (志愿服务条例, article 25).

What is declined, or not answered in time, is released and offered to the next feasible backup at once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import access_offer
from matching.assignments import free_seat, hold, move_state
from matching.eligibility import eligible_backups
from matching.outbox import tell
from matching.policy import policy_of
from matching.publishing import reply_deadline
from matching.refusals import AlreadyBooked, OfferClosed, SeatTaken
from matching.trail import note
from models.authority import SYSTEM, Actor
from models.need import Seat, Shift, ShiftState
from models.roster import Assignment, AssignmentState, Backup, Offer, OfferState

#: How many backups are looked at for one empty seat.
MOST_BACKUPS = 50


class Answer(StrEnum):
    CONFIRM = "confirm"
    DECLINE = "decline"


class DeclineReason(StrEnum):
    BUSY = "busy"
    ILL = "ill"
    TOO_FAR = "too_far"
    NOT_THIS_KIND = "not_this_kind"
    OTHER_TIME = "other_time"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What an answer led to; `next_offer_id` is the offer that a decline passed on, None when nobody could be asked."""

    offer_id: int
    state: OfferState
    next_offer_id: int | None = None


def answer_offer(
    session: Session,
    actor: Actor,
    *,
    offer_id: int,
    answer: Answer,
    reason: DeclineReason | None = None,
    note_text: str | None = None,
    now: datetime,
) -> Answered:
    """Confirm or decline one's own offer.

    A confirmed offer may be declined later, until the shift begins: who cannot come says so in time (article 22).
    The same answer twice is one answer.

    Raises
    ------
    NotFound
        When it is not the actor's offer.
    OfferClosed
        When its deadline has passed, it was withdrawn, or the shift has begun.
    """
    offer = access_offer(session, actor, offer_id)
    assignment = session.get_one(Assignment, offer.assignment_id)
    if answer is Answer.CONFIRM:
        return _confirm(session, actor, offer, assignment, now=now)
    return _decline(session, actor, offer, assignment, reason=reason, note_text=note_text, now=now)


def _confirm(session: Session, actor: Actor, offer: Offer, assignment: Assignment, *, now: datetime) -> Answered:
    if offer.state is OfferState.CONFIRMED:
        return Answered(offer_id=offer.id, state=offer.state)
    if offer.state is not OfferState.OPEN or now >= offer.deadline_at:
        raise OfferClosed(offer=offer.id, state=offer.state.value)
    move_state(session, assignment, AssignmentState.CONFIRMED, now=now)
    offer.state, offer.answered_at = OfferState.CONFIRMED, now
    note(session, actor, action="offer.confirmed", subject=("offer", offer.id), now=now)
    return Answered(offer_id=offer.id, state=offer.state)


def _decline(
    session: Session,
    actor: Actor,
    offer: Offer,
    assignment: Assignment,
    *,
    reason: DeclineReason | None,
    note_text: str | None,
    now: datetime,
) -> Answered:
    if offer.state is OfferState.DECLINED:
        return Answered(offer_id=offer.id, state=offer.state)
    if offer.state not in {OfferState.OPEN, OfferState.CONFIRMED} or now >= assignment.starts_at:
        raise OfferClosed(offer=offer.id, state=offer.state.value)
    move_state(session, assignment, AssignmentState.DECLINED, now=now)
    offer.state, offer.answered_at = OfferState.DECLINED, now
    offer.answer_reason, offer.answer_note = (reason.value if reason else None), note_text
    note(session, actor, action="offer.declined", subject=("offer", offer.id), now=now, reason=offer.answer_reason)
    passed_on = offer_to_backup(session, assignment=assignment, now=now)
    return Answered(offer_id=offer.id, state=offer.state, next_offer_id=passed_on)


def lapse_offers(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Close offers whose deadline has passed and ask the next backups; give how many lapsed."""
    overdue = session.scalars(
        select(Offer)
        .where(Offer.state == OfferState.OPEN, Offer.deadline_at <= now)
        .order_by(Offer.deadline_at, Offer.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for offer in overdue:
        assignment = session.get_one(Assignment, offer.assignment_id)
        move_state(session, assignment, AssignmentState.LAPSED, now=now)
        offer.state, offer.answered_at = OfferState.LAPSED, now
        note(session, SYSTEM, action="offer.lapsed", subject=("offer", offer.id), now=now)
        offer_to_backup(session, assignment=assignment, now=now)
    return len(overdue)


def offer_to_backup(session: Session, *, assignment: Assignment, now: datetime) -> int | None:
    """Offer the seat that `assignment` left to the best-ranked backup who may still take it; give the offer's id.

    None when the shift has begun or was cancelled, or nobody can be asked: a repair may still find somebody.
    """
    shift = session.get_one(Shift, assignment.shift_id)
    if shift.state is not ShiftState.OPEN or shift.starts_at <= now:
        return None
    role_id = session.get_one(Seat, assignment.seat_id).role_id
    ranked = session.scalars(
        select(Backup.person_id).where(Backup.role_id == role_id).order_by(Backup.rank).limit(MOST_BACKUPS)
    ).all()
    for person_id in eligible_backups(session, role_id=role_id, candidates=ranked):
        try:
            return ask(
                session, role_id=role_id, shift=shift, person_id=person_id, roster_id=assignment.roster_id, now=now
            )
        except AlreadyBooked:
            continue
        except SeatTaken:
            return None
    return None


def ask(session: Session, *, role_id: int, shift: Shift, person_id: int, roster_id: int | None, now: datetime) -> int:
    """Hold a free seat for a person and ask them; give the offer's id.

    Raises
    ------
    SeatTaken, AlreadyBooked
        When the database says so.
    """
    assignment_id = hold(
        session,
        seat_id=free_seat(session, role_id),
        shift=shift,
        person_id=person_id,
        state=AssignmentState.OFFERED,
        roster_id=roster_id,
        now=now,
    )
    return make_offer(session, assignment_id=assignment_id, person_id=person_id, starts_at=shift.starts_at, now=now)


def make_offer(session: Session, *, assignment_id: int, person_id: int, starts_at: datetime, now: datetime) -> int:
    """Write an offer and its message; give its id."""
    offer = Offer(
        assignment_id=assignment_id,
        person_id=person_id,
        state=OfferState.OPEN,
        offered_at=now,
        deadline_at=reply_deadline(starts_at, policy_of(session), now=now),
    )
    session.add(offer)
    session.flush()
    tell(session, key=f"offer/{offer.id}", person_id=person_id, kind="offer", facts={}, now=now)
    return offer.id
