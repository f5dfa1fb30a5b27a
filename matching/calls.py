"""People who are asked by word of mouth: the coordinator's call list, and the answer that she brings back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from matching.access import within
from matching.offers import Answer, Answered, answer_offer
from matching.refusals import NotFound
from models.account import Account
from models.assisted import AssistedEntry
from models.authority import Actor, Permission
from models.need import Need, Seat, Shift, ShiftRole
from models.person import Person, PersonState
from models.roster import Assignment, Offer, OfferState


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question to bring to somebody, until when, and what it is about."""

    offer_id: int
    person_id: int
    name: str
    title: str
    role_name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    deadline_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallList:
    """Whom to ask, the most urgent first, and everybody whom the actor's units ask by word of mouth."""

    calls: tuple[Call, ...]
    people: tuple[tuple[int, str], ...]


def call_list(session: Session, actor: Actor, *, now: datetime) -> CallList:
    """Give the open questions to people who were registered in the actor's units and have no account of their own."""
    mine = _mine(actor)
    rows = session.execute(
        select(Offer, Person.name, Need.title, ShiftRole.name, Need.place, Assignment.starts_at, Assignment.ends_at)
        .join(Person, Person.id == Offer.person_id)
        .join(Assignment, Assignment.id == Offer.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .where(Offer.state == OfferState.OPEN, Offer.deadline_at > now, Person.id.in_(mine))
        .order_by(Offer.deadline_at, Offer.id)
    )
    calls = tuple(
        Call(
            offer_id=offer.id,
            person_id=offer.person_id,
            name=name,
            title=title,
            role_name=role,
            place=place,
            starts_at=starts_at,
            ends_at=ends_at,
            deadline_at=offer.deadline_at,
        )
        for offer, name, title, role, place, starts_at, ends_at in rows
    )
    people = session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(mine), Person.state == PersonState.ACTIVE)
        .order_by(Person.name_sort, Person.id)
    )
    return CallList(calls=calls, people=tuple((number, name) for number, name in people))


def answer_for(session: Session, actor: Actor, *, offer_id: int, answer: Answer, now: datetime) -> Answered:
    """Write down what somebody answered by word of mouth; the actor stands as who wrote it.

    Raises
    ------
    NotFound
        When it is nobody whom the actor's units ask so.
    OfferClosed, SeatTaken, AlreadyBooked
    """
    person_id = session.scalar(select(Offer.person_id).where(Offer.id == offer_id, Offer.person_id.in_(_mine(actor))))
    if person_id is None:
        raise NotFound(kind="offer", id=offer_id)
    messenger = Actor(account_id=actor.account_id, person_id=person_id)
    return answer_offer(session, messenger, offer_id=offer_id, answer=answer, now=now)


def _mine(actor: Actor) -> Select[int]:
    has_account = exists().where(Account.person_id == AssistedEntry.person_id)
    return select(AssistedEntry.person_id).where(
        within(AssistedEntry.unit_code, actor, Permission.UNIT_ROSTER_WRITE), ~has_account
    )
