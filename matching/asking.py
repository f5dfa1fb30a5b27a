"""Asking a person: a seat held for them, an offer with a reply deadline, a message; and whom to ask for an empty seat.

Among the backups who may still take it, the one asked longest ago is asked first (fair turns); the plan's own order
decides between those never asked. Nobody is asked whose messages of the week are used up.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.contact import Quiet
from matching.deadlines import SHORTEST_REPLY, deadline_of
from matching.eligibility import eligible_backups
from matching.locks import lock_person, lock_person_at_once
from matching.outbox import leaves_at, reached, tell
from matching.policy import policy_of
from matching.refusals import AlreadyBooked, SeatTaken
from matching.seating import free_seat, hold, hold_again
from matching.week import Week
from models.need import Seat, Shift, ShiftState
from models.roster import Assignment, AssignmentState, Backup, Offer, OfferState, Roster, RosterState

#: How many backups are looked at for one empty seat.
MOST_BACKUPS = 50


def offer_to_backup(session: Session, *, assignment: Assignment, now: datetime) -> int | None:
    """Offer the seat that `assignment` left to the backup asked longest ago who may still take it; give the offer's id.

    None when the shift has begun or was cancelled, or nobody can be asked: a repair may still find somebody.
    """
    shift = session.get_one(Shift, assignment.shift_id)
    if shift.state is not ShiftState.OPEN or leaves_at(session, now=now) + SHORTEST_REPLY > shift.starts_at:
        return None
    role_id = session.get_one(Seat, assignment.seat_id).role_id
    turn = backups_in_turn(session, role_id=role_id, now=now)
    quiet = Quiet(session, turn)
    for person_id in turn:
        if quiet.leaves_at(person_id, now=now) + SHORTEST_REPLY > shift.starts_at:
            continue
        if not lock_person_at_once(session, person_id) or reached(session, [person_id], now=now):
            continue
        try:
            return ask(
                session, role_id=role_id, shift=shift, person_id=person_id, roster_id=assignment.roster_id, now=now
            )
        except AlreadyBooked:
            continue
        except SeatTaken:
            return None
    return None


def backups_in_turn(session: Session, *, role_id: int, now: datetime) -> list[int]:
    """Give the backups of a role who may take it now, the one asked longest ago first."""
    ranked = session.scalars(
        select(Backup.person_id).where(Backup.role_id == role_id).order_by(Backup.rank).limit(MOST_BACKUPS)
    ).all()
    able = eligible_backups(session, role_id=role_id, candidates=ranked)
    enough = reached(session, able, now=now)
    asked = last_asked(session, able)
    rank = {person: place for place, person in enumerate(able)}
    return sorted(
        (person for person in able if person not in enough),
        key=lambda person: (person in asked, asked.get(person, now), rank[person]),
    )


def last_asked(session: Session, person_ids: Sequence[int]) -> dict[int, datetime]:
    """Give when each was last asked; who never was is left out."""
    query = (
        select(Offer.person_id, func.max(Offer.offered_at))
        .where(Offer.person_id.in_(person_ids))
        .group_by(Offer.person_id)
    )
    return dict(session.execute(query).all())


def ask(session: Session, *, role_id: int, shift: Shift, person_id: int, roster_id: int | None, now: datetime) -> int:
    """Hold a free seat for a person and ask them; give the offer's id.

    Raises
    ------
    SeatTaken, AlreadyBooked
        When the database says so.
    """
    lock_person(session, person_id)
    assignment_id = hold(
        session,
        seat_id=free_seat(session, role_id),
        shift=shift,
        person_id=person_id,
        state=AssignmentState.OFFERED,
        roster_id=roster_id,
        now=now,
    )
    return make_offer(session, assignment_id=assignment_id, person_id=person_id, shift=shift, now=now)


def make_offer(session: Session, *, assignment_id: int, person_id: int, shift: Shift, now: datetime) -> int:
    """Write an offer and its message; give its id."""
    leaves = Quiet(session, [person_id]).leaves_at(person_id, now=now)
    offer = Offer(
        assignment_id=assignment_id,
        person_id=person_id,
        state=OfferState.OPEN,
        offered_at=now,
        deadline_at=deadline_of(session, shift, now=leaves),
    )
    session.add(offer)
    session.flush()
    tell(session, key=f"offer/{offer.id}", person_id=person_id, kind="offer", facts={}, now=now)
    return offer.id


def ask_back(session: Session, left: Assignment, *, now: datetime) -> None:
    """Hold a seat again for whoever left it, as a question.

    Raises
    ------
    SeatTaken, AlreadyBooked
    """
    held = hold_again(session, left, person_id=left.person_id, state=AssignmentState.OFFERED, now=now)
    shift = session.get_one(Shift, left.shift_id)
    make_offer(session, assignment_id=held, person_id=left.person_id, shift=shift, now=now)


def is_asked_for(session: Session, shift: Shift) -> bool:
    """Say whether the week of a shift is published where it takes place: from then on whoever is seated is asked."""
    week = Week.holding(shift.starts_at, policy_of(session).zone)
    areas = session.scalars(
        select(Roster.area).where(Roster.week == str(week), Roster.state == RosterState.PUBLISHED)
    ).all()
    return any(shift.unit_code.startswith(area) for area in areas)
