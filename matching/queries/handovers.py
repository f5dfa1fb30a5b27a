"""Handovers as those in them read them: the holder, whoever was asked, and the coordinator.

Whoever was asked learns of the seat alone, and whose it is only by the holder's own link; the holder learns how many
were asked, and of an exchange which seat, with the name of a friend who came by the link.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from matching.access import within
from matching.changing_hands import why_not
from matching.policy import policy_of
from matching.refusals import NotFound
from matching.week import Week
from models.authority import Actor, Permission
from models.handover import Handover, HandoverReply, HandoverState, ReplyState
from models.need import Need, Seat, Shift, ShiftRole
from models.organisation import OrganisationUnit
from models.person import Person
from models.roster import Assignment, AssignmentState


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatFacts:
    """A seat as whoever might take it reads it; nothing of who holds it."""

    assignment_id: int
    title: str
    description: str
    category: str
    role_name: str
    place: str
    unit_name: str
    starts_at: datetime
    ends_at: datetime
    contact_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapLine:
    """An exchange that waits for the holder; `name` only of a friend who came by the link."""

    person_id: int
    name: str | None
    seat: SeatFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The holder's view of a seat and of the search for a stand-in; `handover_id` None while there is none."""

    seat: SeatFacts
    handover_id: int | None = None
    state: HandoverState | None = None
    asks: bool = False
    asked: int = 0
    declined: int = 0
    swaps: tuple[SwapLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The view of whoever was asked, or came by the link; `holder` only in the latter case.

    Attributes
    ----------
    is_open
        Whether the seat can still be taken.
    rule
        What keeps the reader from it, None when nothing does.
    own
        The reader's confirmed seats to come, that could be offered in exchange.
    """

    handover_id: int
    seat: SeatFacts
    is_open: bool
    reply: ReplyState | None
    holder: str | None
    rule: str | None
    own: tuple[SeatFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A search as its coordinator reads it; `to_name` and `swapped` once it is done."""

    handover_id: int
    state: HandoverState
    title: str
    starts_at: datetime
    ends_at: datetime
    from_name: str
    to_name: str | None
    swapped: SeatFacts | None
    asked: int
    created_at: datetime
    closed_at: datetime | None


def my_search(session: Session, actor: Actor, *, assignment_id: int) -> Search:
    """Give the newest search for one of the actor's own seats.

    Raises
    ------
    NotFound
        When the seat is not theirs.
    """
    row = session.execute(_seats().where(Assignment.id == assignment_id)).one_or_none()
    if row is None or actor.person_id is None or row[0].person_id != actor.person_id:
        raise NotFound(kind="assignment", id=assignment_id)
    newest = select(Handover).where(Handover.assignment_id == assignment_id).order_by(Handover.id.desc()).limit(1)
    handover = session.scalar(newest)
    if handover is None:
        return Search(seat=seat_facts(*row))
    replies = session.execute(
        select(HandoverReply, Person.name)
        .join(Person, Person.id == HandoverReply.person_id)
        .where(HandoverReply.handover_id == handover.id)
        .order_by(HandoverReply.answered_at, HandoverReply.person_id)
    ).all()
    offered = _seats_by_id(session, [one.offered_id for one, _ in replies if one.offered_id is not None])
    return Search(
        seat=seat_facts(*row),
        handover_id=handover.id,
        state=handover.state,
        asks=handover.asked_at is not None,
        asked=sum(not one.by_link for one, _ in replies),
        declined=sum(one.state is ReplyState.DECLINED and not one.by_link for one, _ in replies),
        swaps=tuple(
            SwapLine(person_id=one.person_id, name=name if one.by_link else None, seat=offered[one.offered_id])
            for one, name in replies
            if one.state is ReplyState.SWAP and one.offered_id in offered
        ),
    )


def searching(session: Session, actor: Actor) -> dict[int, int]:
    """Give, by assignment, how many exchanges wait for the actor in the searches that go on."""
    waits = func.count(HandoverReply.person_id)
    rows = session.execute(
        select(Handover.assignment_id, waits)
        .outerjoin(HandoverReply, (HandoverReply.handover_id == Handover.id) & (HandoverReply.state == ReplyState.SWAP))
        .where(Handover.person_id == actor.person_id, Handover.state == HandoverState.OPEN)
        .group_by(Handover.assignment_id)
    )
    return dict(rows.all())


def asked_of_me(session: Session, actor: Actor, *, now: datetime) -> tuple[tuple[int, SeatFacts], ...]:
    """Give the seats for which the actor was asked to stand in, with the handover of each, the soonest first."""
    rows = session.execute(
        _seats(Handover.id)
        .join(Handover, Handover.assignment_id == Assignment.id)
        .join(HandoverReply, HandoverReply.handover_id == Handover.id)
        .where(
            HandoverReply.person_id == actor.person_id,
            HandoverReply.state == ReplyState.ASKED,
            Handover.state == HandoverState.OPEN,
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.starts_at > now,
        )
        .order_by(Assignment.starts_at)
    )
    return tuple((handover_id, seat_facts(*row)) for *row, handover_id in rows)


def asked_for(session: Session, actor: Actor, *, handover_id: int, invited: bool, now: datetime) -> Asked:
    """Give what the actor is asked to stand in for.

    Raises
    ------
    NotFound
        When the actor was neither asked nor invited.
    """
    handover = session.get(Handover, handover_id)
    reply = None if handover is None else session.get(HandoverReply, (handover.id, actor.person_id or 0))
    known = reply is not None or invited
    if handover is None or actor.person_id is None or not known or handover.person_id == actor.person_id:
        raise NotFound(kind="handover", id=handover_id)
    row = session.execute(_seats().where(Assignment.id == handover.assignment_id)).one()
    seat: Assignment = row[0]
    is_open = handover.state is HandoverState.OPEN and seat.state is AssignmentState.CONFIRMED and seat.starts_at > now
    by_link = invited or (reply is not None and reply.by_link)
    return Asked(
        handover_id=handover.id,
        seat=seat_facts(*row),
        is_open=is_open,
        reply=None if reply is None else reply.state,
        holder=session.get_one(Person, handover.person_id).name if by_link else None,
        rule=why_not(session, person_id=actor.person_id, seat=seat) if is_open else None,
        own=_own(session, actor.person_id, seat, now=now) if is_open else (),
    )


def handovers_of_week(session: Session, actor: Actor, *, week: Week) -> tuple[Handed, ...]:
    """Give the searches for seats of the actor's units in a week, the newest first."""
    start, end = week.span(policy_of(session).zone)
    holder, taker = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Handover, Need.title, Assignment.starts_at, Assignment.ends_at, holder.name, taker.name, HandoverReply)
        .join(Assignment, Assignment.id == Handover.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(holder, holder.id == Handover.person_id)
        .outerjoin(HandoverReply, (HandoverReply.handover_id == Handover.id) & (HandoverReply.state == ReplyState.TOOK))
        .outerjoin(taker, taker.id == HandoverReply.person_id)
        .where(
            Assignment.starts_at >= start,
            Assignment.starts_at < end,
            within(Shift.unit_code, actor, Permission.UNIT_ROSTER_READ),
        )
        .order_by(Handover.id.desc())
    ).all()
    asked = _counted(session, [handover.id for handover, *_ in rows])
    exchanged = [reply.offered_id for *_, reply in rows if reply is not None and reply.offered_id is not None]
    swapped = _seats_by_id(session, exchanged)
    return tuple(
        Handed(
            handover_id=handover.id,
            state=handover.state,
            title=title,
            starts_at=starts_at,
            ends_at=ends_at,
            from_name=from_name,
            to_name=to_name,
            swapped=None if reply is None or handover.back_id is None else swapped.get(reply.offered_id or 0),
            asked=asked.get(handover.id, 0),
            created_at=handover.created_at,
            closed_at=handover.closed_at,
        )
        for handover, title, starts_at, ends_at, from_name, to_name, reply in rows
    )


def seat_facts(assignment: Assignment, need: Need, role: ShiftRole, unit_name: str) -> SeatFacts:
    """Give the facts of a seat, without its holder."""
    return SeatFacts(
        assignment_id=assignment.id,
        title=need.title,
        description=need.description,
        category=need.category,
        role_name=role.name,
        place=need.place,
        unit_name=unit_name,
        starts_at=assignment.starts_at,
        ends_at=assignment.ends_at,
    )


def _own(session: Session, person_id: int, wanted: Assignment, *, now: datetime) -> tuple[SeatFacts, ...]:
    """Give the confirmed seats of a person that they could offer for `wanted`: those that leave them free for it."""
    rows = session.execute(
        _seats()
        .where(
            Assignment.person_id == person_id,
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.starts_at > now,
            Assignment.shift_id != wanted.shift_id,
        )
        .order_by(Assignment.starts_at)
        .limit(10)
    ).all()
    return tuple(
        seat_facts(*row)
        for row in rows
        if why_not(session, person_id=person_id, seat=wanted, leaving=row[0]) is None
        and why_not(session, person_id=wanted.person_id, seat=row[0], leaving=wanted) is None
    )


def _seats(*more: object) -> Select:  # type: ignore[type-arg]
    return (
        select(Assignment, Need, ShiftRole, OrganisationUnit.name, *more)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
    )


def _seats_by_id(session: Session, assignment_ids: list[int]) -> dict[int, SeatFacts]:
    if not assignment_ids:
        return {}
    rows = session.execute(_seats().where(Assignment.id.in_(assignment_ids)))
    return {row[0].id: seat_facts(*row) for row in rows}


def _counted(session: Session, handover_ids: list[int]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    if handover_ids:
        query = (
            select(HandoverReply.handover_id, func.count())
            .where(HandoverReply.handover_id.in_(handover_ids))
            .group_by(HandoverReply.handover_id)
        )
        found.update(dict(session.execute(query).all()))
    return found
