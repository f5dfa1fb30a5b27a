"""Looking for somebody in one's own place: the holder of a confirmed seat stays until another accepts.

People who stand by for the role are asked a few at a time, or the holder passes a link on to a friend. Whoever is asked
learns of the seat and not of the person; the holder learns how many were asked and not who. The first who accepts has
the seat, under the rules of a seat taken by oneself; an exchange of two seats is :mod:`matching.swaps`.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matching.access import access_assignment
from matching.asking import ask_back, backups_in_turn
from matching.assignments import let_go
from matching.changing_hands import leave, refuse_hands, take_over
from matching.locks import free_shifts, lock_persons, lock_shift_of, lock_shifts
from matching.outbox import leaves_at, tell
from matching.refusals import HandoverClosed, NotFound, WrongState
from matching.trail import note
from models.authority import SYSTEM, Actor, Permission
from models.handover import Handover, HandoverReply, HandoverState, ReplyState
from models.need import Seat, Shift, ShiftState
from models.person import Person, PersonState
from models.roster import Assignment, AssignmentState

#: How many who stand by are asked at a time, and after how long without an acceptance the next are.
AT_A_TIME = 3
NEXT_AFTER = timedelta(hours=4)
#: Later than this before the shift nobody is asked any more; whoever cannot come tells the coordinator.
CLOSES_BEFORE = timedelta(hours=1)


def seek_stand_in(session: Session, actor: Actor, *, assignment_id: int, ask: bool, now: datetime) -> int:
    """Look for somebody in the actor's place; give the handover's id. Asked twice, it is one search.

    Parameters
    ----------
    ask
        Whether people who stand by for the role are asked; otherwise only whoever gets the actor's link can accept.

    Raises
    ------
    NotFound
        When it is not the actor's own seat.
    WrongState
        When it is not confirmed, or the shift begins within the hour.
    """
    own = session.get(Assignment, assignment_id)
    if own is None or actor.person_id is None or own.person_id != actor.person_id:
        raise NotFound(kind="assignment", id=assignment_id)
    assignment = lock_shift_of(session, assignment_id)
    _refuse_late(session, assignment, now=now)
    handover = session.scalar(_open_of(assignment_id))
    if handover is None:
        handover = Handover(assignment_id=assignment_id, person_id=own.person_id, created_at=now)
        handover.state = HandoverState.OPEN
        session.add(handover)
        session.flush()
        note(session, actor, action="handover.begun", subject=("handover", handover.id), now=now, asks=ask)
    if ask and handover.asked_at is None:
        _ask_next(session, handover, assignment, now=now)
    return handover.id


def stop_seeking(session: Session, actor: Actor, *, handover_id: int, now: datetime) -> None:
    """Come after all: the search ends, the seat was the actor's all along."""
    handover, _ = lock_own(session, actor, handover_id)
    refuse_closed(handover)
    handover.state, handover.closed_at = HandoverState.WITHDRAWN, now
    note(session, actor, action="handover.withdrawn", subject=("handover", handover_id), now=now)


def seek_again(session: Session, actor: Actor, *, handover_id: int, now: datetime) -> None:
    """Undo :func:`stop_seeking`: who was asked may accept again; nobody is asked twice."""
    handover, assignment = lock_own(session, actor, handover_id)
    _refuse_late(session, assignment, now=now)
    if handover.state is not HandoverState.WITHDRAWN or session.scalar(_open_of(assignment.id)) is not None:
        raise HandoverClosed(handover=handover_id)
    handover.state, handover.closed_at = HandoverState.OPEN, None
    note(session, actor, action="handover.reopened", subject=("handover", handover_id), now=now)


def stand_in(session: Session, actor: Actor, *, handover_id: int, invited: bool = False, now: datetime) -> int:
    """Take the seat in its holder's place; give the new assignment's id. The same person twice is once.

    Parameters
    ----------
    invited
        Whether the actor holds the link that the seat's holder passes on; whoever calls has verified it.

    Raises
    ------
    NotFound
        When the actor was neither asked nor invited.
    HandoverClosed
        When another was faster, the holder comes after all, or the shift is about to begin.
    NotEligible, AlreadyBooked
    """
    handover, assignment = lock_handover(session, handover_id)
    person_id, reply = own_reply(session, actor, handover, invited=invited, now=now)
    if reply.state is ReplyState.TOOK and reply.made_id is not None:
        return reply.made_id
    refuse_closed(handover)
    _refuse_late(session, assignment, now=now)
    lock_persons(session, (handover.person_id, person_id))
    refuse_hands(session, person_id=person_id, seat=assignment)
    leave(session, assignment, now=now)
    made = take_over(session, assignment, person_id=person_id, now=now)
    close_with(session, handover, reply, made_id=made, now=now)
    note(session, actor, action="handover.taken", subject=("handover", handover_id), now=now, assignment=made)
    tell_handover(session, handover, "stood_in", handover.person_id, now=now)
    return made


def decline_stand_in(session: Session, actor: Actor, *, handover_id: int, invited: bool = False, now: datetime) -> None:
    """Say that one cannot stand in; nothing is held against anybody, and the next is asked."""
    handover, assignment = lock_handover(session, handover_id)
    _, reply = own_reply(session, actor, handover, invited=invited, now=now)
    if reply.state is ReplyState.TOOK:
        raise HandoverClosed(handover=handover_id)
    reply.state, reply.answered_at, reply.offered_id = ReplyState.DECLINED, now, None
    session.flush()
    waits = select(HandoverReply.person_id).where(
        HandoverReply.handover_id == handover_id, HandoverReply.state.in_((ReplyState.ASKED, ReplyState.SWAP))
    )
    if handover.state is HandoverState.OPEN and handover.asked_at and session.scalar(waits.limit(1)) is None:
        _ask_next(session, handover, assignment, now=now)


def ask_further(session: Session, *, now: datetime, limit: int = 200) -> int:
    """Ask the next few for seats whose last were asked long enough ago; give how many people were asked.

    Searches in shifts that somebody is changing at this moment are left for the next time.
    """
    if leaves_at(session, now=now) != now:
        return 0
    query = (
        select(Handover.id, Assignment.shift_id)
        .join(Assignment, Assignment.id == Handover.assignment_id)
        .where(
            Handover.state == HandoverState.OPEN,
            Handover.asked_at <= now - NEXT_AFTER,
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.starts_at > now + CLOSES_BEFORE,
        )
        .order_by(Handover.id)
        .limit(limit)
    )
    waiting = session.execute(query).all()
    free = free_shifts(session, [shift_id for _, shift_id in waiting])
    asked = 0
    for handover_id in (handover_id for handover_id, shift_id in waiting if shift_id in free):
        handover, assignment = lock_handover(session, handover_id)
        if handover.state is HandoverState.OPEN and assignment.state is AssignmentState.CONFIRMED:
            asked += _ask_next(session, handover, assignment, now=now)
    return asked


def turn_back(session: Session, actor: Actor, *, handover_id: int, now: datetime) -> None:
    """Undo what changed hands, by a coordinator: whoever came is let go and told, whoever went is asked again.

    After a swap both seats go back. Nobody is ordered: those who went may decline.

    Raises
    ------
    NotFound, WrongState
    SeatTaken, AlreadyBooked
        When somebody who went holds another seat at that time by now; then nothing is changed.
    """
    handover = session.get(Handover, handover_id)
    if handover is None:
        raise NotFound(kind="handover", id=handover_id)
    access_assignment(session, actor, handover.assignment_id, Permission.UNIT_ROSTER_WRITE)
    taker = session.scalar(
        select(HandoverReply).where(HandoverReply.handover_id == handover_id, HandoverReply.state == ReplyState.TOOK)
    )
    if taker is None or taker.made_id is None:
        raise WrongState(kind="handover", state=handover.state.value)
    pairs = [(handover.assignment_id, taker.made_id)]
    if handover.back_id is not None and taker.offered_id is not None:
        pairs.append((taker.offered_id, handover.back_id))
    went = [session.get_one(Assignment, old) for old, _ in pairs]
    lock_shifts(session, (one.shift_id for one in went))
    session.refresh(handover)
    if handover.state is not HandoverState.DONE or any(one.starts_at <= now for one in went):
        raise WrongState(kind="handover", state=handover.state.value)
    lock_persons(session, (handover.person_id, taker.person_id))
    for _, made in pairs:
        let_go(session, session.get_one(Assignment, made, populate_existing=True), reason="turned_back", now=now)
    for one in went:
        ask_back(session, one, now=now)
    handover.state, handover.closed_at = HandoverState.UNDONE, now
    note(session, actor, action="handover.undone", subject=("handover", handover_id), now=now)


def lock_handover(session: Session, handover_id: int) -> tuple[Handover, Assignment]:
    """Lock the shift whose seat a handover speaks of, and read both as they stand then."""
    handover = session.get(Handover, handover_id)
    if handover is None:
        raise NotFound(kind="handover", id=handover_id)
    assignment = lock_shift_of(session, handover.assignment_id)
    session.refresh(handover)
    return handover, assignment


def lock_own(session: Session, actor: Actor, handover_id: int) -> tuple[Handover, Assignment]:
    """Lock a handover of the actor's own seat."""
    handover, assignment = lock_handover(session, handover_id)
    if actor.person_id is None or handover.person_id != actor.person_id:
        raise NotFound(kind="handover", id=handover_id)
    return handover, assignment


def own_reply(
    session: Session, actor: Actor, handover: Handover, *, invited: bool, now: datetime
) -> tuple[int, HandoverReply]:
    """Give the actor and their reply; one who comes by the holder's link gets theirs now."""
    person = None if actor.person_id is None else session.get(Person, actor.person_id)
    if person is None or person.state is not PersonState.ACTIVE or person.id == handover.person_id:
        raise NotFound(kind="handover", id=handover.id)
    reply = session.get(HandoverReply, (handover.id, person.id), populate_existing=True)
    if reply is None:
        if not invited:
            raise NotFound(kind="handover", id=handover.id)
        reply = HandoverReply(handover_id=handover.id, person_id=person.id, by_link=True, asked_at=now)
        reply.state = ReplyState.ASKED
        session.add(reply)
    reply.by_link = reply.by_link or invited
    return person.id, reply


def refuse_closed(handover: Handover) -> None:
    """Raise :class:`HandoverClosed` unless the search goes on."""
    if handover.state is not HandoverState.OPEN:
        raise HandoverClosed(handover=handover.id)


def close_with(session: Session, handover: Handover, reply: HandoverReply, *, made_id: int, now: datetime) -> None:
    """End a search with whoever has the seat now."""
    reply.state, reply.answered_at, reply.made_id = ReplyState.TOOK, now, made_id
    handover.state, handover.closed_at = HandoverState.DONE, now
    session.flush()


def tell_handover(session: Session, handover: Handover, kind: str, person_id: int, *, now: datetime) -> None:
    """Send word of a handover to one of those in it."""
    key = f"{kind}/{handover.id}/{person_id}"
    tell(session, key=key, person_id=person_id, kind=kind, facts={"handover": handover.id}, now=now)


def _ask_next(session: Session, handover: Handover, assignment: Assignment, *, now: datetime) -> int:
    """Ask the next few who stand by, those asked longest ago first; give how many."""
    asked = set(session.scalars(select(HandoverReply.person_id).where(HandoverReply.handover_id == handover.id)))
    role_id = session.get_one(Seat, assignment.seat_id).role_id
    turn = [one for one in backups_in_turn(session, role_id=role_id, now=now) if one not in asked]
    handover.asked_at = now
    for person_id in turn[:AT_A_TIME]:
        reply = HandoverReply(handover_id=handover.id, person_id=person_id, asked_at=now)
        reply.state = ReplyState.ASKED
        session.add(reply)
        tell_handover(session, handover, "stand_in", person_id, now=now)
    session.flush()
    if turn:
        count = len(turn[:AT_A_TIME])
        note(session, SYSTEM, action="handover.asked", subject=("handover", handover.id), now=now, people=count)
    return len(turn[:AT_A_TIME])


def _refuse_late(session: Session, assignment: Assignment, *, now: datetime) -> None:
    shift = session.get_one(Shift, assignment.shift_id)
    standing = assignment.state is AssignmentState.CONFIRMED and shift.state is ShiftState.OPEN
    if not standing or assignment.starts_at - CLOSES_BEFORE <= now:
        raise WrongState(kind="assignment", state=assignment.state.value)


def _open_of(assignment_id: int) -> Select[Handover]:
    return select(Handover).where(Handover.assignment_id == assignment_id, Handover.state == HandoverState.OPEN)
