"""A seat that goes from one person to another without ever being empty: the writes that stand-ins and swaps share.

Whoever comes is judged by the rules of a seat taken by oneself, and what a shift asks of those who serve in it together
(a person of experience, two who are kept apart) holds afterwards where it held before.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session, selectinload

from matching.deadlines import deadline_of
from matching.eligibility import judgements, small_problem
from matching.policy import policy_of
from matching.refusals import NotEligible
from matching.seating import hold_again, move_state
from matching.snapshot import role_key, volunteer_id
from matching.supply import held_outside, supply
from matching.week import Week
from models.need import Seat, Shift
from models.relation import PairKind, PersonPair
from models.roster import HOLDING, Assignment, AssignmentState, Offer, OfferState
from solver import check
from solver.check import Code

#: Rules of the people of a shift together, that one person in another's place may break.
_SHARED = frozenset({Code.TEAM, Code.APART})


def leave(session: Session, assignment: Assignment, *, now: datetime) -> None:
    """Let the holder of a seat out of it; somebody else is put into it in the same unit of work."""
    move_state(session, assignment, AssignmentState.RELEASED, now=now)
    offers = select(Offer).where(
        Offer.assignment_id == assignment.id, Offer.state.in_((OfferState.OPEN, OfferState.CONFIRMED))
    )
    for offer in session.scalars(offers):
        offer.state, offer.answered_at = OfferState.WITHDRAWN, now


def take_over(session: Session, left: Assignment, *, person_id: int, now: datetime) -> int:
    """Put a person into the seat that `left` held, confirmed, with an offer that is answered; give the assignment's id.

    Raises
    ------
    SeatTaken, AlreadyBooked
    """
    shift = session.get_one(Shift, left.shift_id)
    confirmed = AssignmentState.CONFIRMED
    made = hold_again(session, left, person_id=person_id, state=confirmed, locked=True, now=now)
    session.get_one(Assignment, made).reasons = {"stand_in": True}
    deadline = deadline_of(session, shift, now=now)
    offer = Offer(assignment_id=made, person_id=person_id, state=OfferState.CONFIRMED, offered_at=now)
    offer.answered_at, offer.deadline_at = now, deadline
    session.add(offer)
    session.flush()
    return made


def why_not(session: Session, *, person_id: int, seat: Assignment, leaving: Assignment | None = None) -> str | None:
    """Give the rule that keeps a person from the seat that another holds, None when nothing does.

    `leaving` is the seat that the person would give up for it.
    """
    role_id = session.get_one(Seat, seat.seat_id).role_id
    wanted = _shift(session, seat.shift_id)
    week = Week.holding(wanted.starts_at, policy_of(session).zone)
    shifts = [wanted]
    if leaving is not None and Week.holding(leaving.starts_at, policy_of(session).zone) == week:
        shifts += [_shift(session, leaving.shift_id)] if leaving.shift_id != wanted.id else []
    found = judgements(session, person_ids=[person_id], shifts=shifts, week=week, by_self=True)
    rule = next(one.rule for one in found if one.role_id == role_id)
    if rule == "away" and held_outside(session, week=week, policy=policy_of(session), inside=_none(), only=[person_id]):
        rule = "limit"  # who serves in that week already is not away: their turns are used up
    return rule if rule is not None else _shared_rule(session, wanted, week, seat, person_id)


def refuse_hands(session: Session, *, person_id: int, seat: Assignment, leaving: Assignment | None = None) -> None:
    """Raise :class:`NotEligible`, with the rule, unless the person may take the seat that another holds."""
    rule = why_not(session, person_id=person_id, seat=seat, leaving=leaving)
    if rule is not None:
        raise NotEligible(person=person_id, shift=seat.shift_id, rule=rule)


def _shared_rule(session: Session, shift: Shift, week: Week, seat: Assignment, person_id: int) -> str | None:
    """Give the rule of the people together that is kept with the holder and would be broken with the other."""
    rows = session.execute(
        select(Assignment.person_id, Seat.role_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(Assignment.shift_id == shift.id, Assignment.state.in_(HOLDING))
    ).all()
    apart = _apart(session, [person for person, _ in rows] + [person_id])
    if not shift.team and not apart:
        return None
    policy = policy_of(session)
    people = sorted({person for person, _ in rows} | {person_id})
    inside = select(Assignment.id).where(Assignment.shift_id == shift.id)
    held = held_outside(session, week=week, policy=policy, inside=inside, only=people)
    offers = supply(session, week=week, policy=policy, only=people, held=held, asked_by_people=True)
    problem = small_problem(session, offers, [shift], week, barred=[], apart=apart)
    before = [(volunteer_id(person), role_key(role)) for person, role in rows]
    after = [(volunteer_id(person_id if person == seat.person_id else person), role_key(role)) for person, role in rows]
    broken = [{one.code for one in check(problem, pairs).violations} & _SHARED for pairs in (before, after)]
    fresh = broken[1] - broken[0]
    return "team" if Code.TEAM in fresh else "barred" if fresh else None


def _none() -> Select[int]:
    return select(Assignment.id).where(false())


def _shift(session: Session, shift_id: int) -> Shift:
    return session.get_one(Shift, shift_id, options=[selectinload(Shift.roles)])


def _apart(session: Session, people: Sequence[int]) -> list[tuple[str, str]]:
    query = select(PersonPair.left_id, PersonPair.right_id).where(
        PersonPair.kind == PairKind.APART, PersonPair.left_id.in_(people), PersonPair.right_id.in_(people)
    )
    return [(volunteer_id(left), volunteer_id(right)) for left, right in session.execute(query)]
