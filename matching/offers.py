"""Offers and their answers: nobody is ordered (志愿服务条例, article 25).

What is declined, or not answered in time, is released and offered to the next feasible backup at once. A decline may be
taken back until the deadline while a seat is still free.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matching.access import access_offer
from matching.asking import ask, offer_to_backup
from matching.locks import free_shifts, lock_person, lock_shift_of
from matching.refusals import OfferClosed
from matching.seating import free_seat, move_state
from matching.trail import note
from models.authority import SYSTEM, Actor
from models.need import Seat, Shift, ShiftState
from models.person import Person
from models.relation import NeedBar, PersonDislike
from models.roster import Assignment, AssignmentState, Offer, OfferState

__all__ = ["Answer", "Answered", "DeclineReason", "answer_offer", "ask", "lapse_offers", "undo_decline"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decline:
    reason: DeclineReason | None
    note_text: str | None
    other_starts_at: datetime | None
    pause_until: date | None


def answer_offer(
    session: Session,
    actor: Actor,
    *,
    offer_id: int,
    answer: Answer,
    reason: DeclineReason | None = None,
    note_text: str | None = None,
    other_starts_at: datetime | None = None,
    pause_until: date | None = None,
    now: datetime,
) -> Answered:
    """Confirm or decline one's own offer.

    A confirmed offer may be declined later, until the shift begins: who cannot come says so in time (article 22). The
    same answer twice is one answer. A confirmation after a decline takes the decline back.

    Parameters
    ----------
    reason
        ``not_this_kind`` bars the person from this need and keeps planning away from its category.
    other_starts_at
        A time that would do instead, for the coordinator to read.
    pause_until
        Not asked again before this day.

    Raises
    ------
    NotFound
        When it is not the actor's offer.
    OfferClosed
        When its deadline has passed, it was withdrawn, or the shift has begun.
    SeatTaken, AlreadyBooked
        When a decline is taken back too late.
    """
    offer = access_offer(session, actor, offer_id)
    assignment = lock_shift_of(session, offer.assignment_id)
    session.refresh(offer)
    if answer is Answer.CONFIRM:
        return _confirm(session, actor, offer, assignment, now=now)
    said = _Decline(reason=reason, note_text=note_text, other_starts_at=other_starts_at, pause_until=pause_until)
    return _decline(session, actor, offer, assignment, said, now=now)


def undo_decline(session: Session, actor: Actor, *, offer_id: int, now: datetime) -> None:
    """Take a decline back: the question is open again, as long as its deadline allows and a seat of the role is free.

    What the decline's reason led to (a bar from the need, a category left out) is taken back with it; a pause is not.

    Raises
    ------
    OfferClosed
        When it was not declined, or its deadline has passed.
    SeatTaken, AlreadyBooked
        When somebody else has the seat, or the person another.
    """
    offer = access_offer(session, actor, offer_id)
    assignment = lock_shift_of(session, offer.assignment_id)
    session.refresh(offer)
    _reopen(session, actor, offer, assignment, now=now)


def _confirm(session: Session, actor: Actor, offer: Offer, assignment: Assignment, *, now: datetime) -> Answered:
    if offer.state is OfferState.CONFIRMED:
        return Answered(offer_id=offer.id, state=offer.state)
    if offer.state is OfferState.DECLINED:
        _reopen(session, actor, offer, assignment, now=now)
    if offer.state is not OfferState.OPEN or now >= offer.deadline_at:
        raise OfferClosed(offer=offer.id, state=offer.state.value)
    move_state(session, assignment, AssignmentState.CONFIRMED, now=now)
    offer.state, offer.answered_at = OfferState.CONFIRMED, now
    note(session, actor, action="offer.confirmed", subject=("offer", offer.id), now=now)
    return Answered(offer_id=offer.id, state=offer.state)


def _reopen(session: Session, actor: Actor, offer: Offer, assignment: Assignment, *, now: datetime) -> None:
    shift = session.get_one(Shift, assignment.shift_id)
    if offer.state is not OfferState.DECLINED or now >= offer.deadline_at or shift.state is not ShiftState.OPEN:
        raise OfferClosed(offer=offer.id, state=offer.state.value)
    lock_person(session, offer.person_id)
    assignment.seat_id = free_seat(session, session.get_one(Seat, assignment.seat_id).role_id)
    move_state(session, assignment, AssignmentState.OFFERED, now=now)
    offer.state, offer.answered_at, offer.answer_reason = OfferState.OPEN, None, None
    offer.answer_note = offer.other_starts_at = None
    _like_again(session, offer, shift)
    note(session, actor, action="offer.reopened", subject=("offer", offer.id), now=now)


def _decline(
    session: Session, actor: Actor, offer: Offer, assignment: Assignment, said: _Decline, *, now: datetime
) -> Answered:
    if offer.state is OfferState.DECLINED:
        return Answered(offer_id=offer.id, state=offer.state)
    if offer.state not in {OfferState.OPEN, OfferState.CONFIRMED} or now >= assignment.starts_at:
        raise OfferClosed(offer=offer.id, state=offer.state.value)
    move_state(session, assignment, AssignmentState.DECLINED, now=now)
    offer.state, offer.answered_at = OfferState.DECLINED, now
    offer.answer_reason, offer.answer_note = (said.reason.value if said.reason else None), said.note_text
    offer.other_starts_at = said.other_starts_at
    _remember(session, offer, assignment, said, now=now)
    note(session, actor, action="offer.declined", subject=("offer", offer.id), now=now, reason=offer.answer_reason)
    passed_on = offer_to_backup(session, assignment=assignment, now=now)
    return Answered(offer_id=offer.id, state=offer.state, next_offer_id=passed_on)


def _remember(session: Session, offer: Offer, assignment: Assignment, said: _Decline, *, now: datetime) -> None:
    """Keep what the answer means for later: a bar, a category left out, a pause."""
    if said.pause_until is not None:
        person = session.get_one(Person, offer.person_id)
        person.paused_until, person.changed_at = said.pause_until, now
    if said.reason is not DeclineReason.NOT_THIS_KIND:
        return
    shift = session.get_one(Shift, assignment.shift_id)
    if session.get(NeedBar, (offer.person_id, shift.need_id)) is None:
        bar = NeedBar(person_id=offer.person_id, need_id=shift.need_id, reason=said.reason.value, created_at=now)
        session.add(bar)
    if session.get(PersonDislike, (offer.person_id, shift.category)) is None:
        dislike = PersonDislike(person_id=offer.person_id, category=shift.category, offer_id=offer.id, created_at=now)
        session.add(dislike)
    session.flush()


def _like_again(session: Session, offer: Offer, shift: Shift) -> None:
    """Take back what `offer`'s decline made of its need and category, and nothing that was said apart."""
    mine = delete(PersonDislike).where(PersonDislike.person_id == offer.person_id, PersonDislike.offer_id == offer.id)
    session.execute(mine)
    session.execute(
        delete(NeedBar).where(
            NeedBar.person_id == offer.person_id,
            NeedBar.need_id == shift.need_id,
            NeedBar.reason == DeclineReason.NOT_THIS_KIND.value,
        )
    )


def lapse_offers(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Close offers whose deadline has passed and ask the next backups; give how many lapsed.

    Offers in shifts that somebody is changing at this moment are left for the next time.
    """
    overdue = session.execute(
        select(Offer.id, Assignment.shift_id)
        .join(Assignment, Assignment.id == Offer.assignment_id)
        .where(Offer.state == OfferState.OPEN, Offer.deadline_at <= now)
        .order_by(Offer.deadline_at, Offer.id)
        .limit(limit)
    ).all()
    free = free_shifts(session, [shift_id for _, shift_id in overdue])
    return sum(_lapse(session, offer_id, now=now) for offer_id, shift_id in overdue if shift_id in free)


def _lapse(session: Session, offer_id: int, *, now: datetime) -> bool:
    offer = session.get_one(Offer, offer_id, populate_existing=True)
    if offer.state is not OfferState.OPEN:
        return False
    assignment = session.get_one(Assignment, offer.assignment_id, populate_existing=True)
    move_state(session, assignment, AssignmentState.LAPSED, now=now)
    offer.state, offer.answered_at = OfferState.LAPSED, now
    note(session, SYSTEM, action="offer.lapsed", subject=("offer", offer.id), now=now)
    offer_to_backup(session, assignment=assignment, now=now)
    return True
