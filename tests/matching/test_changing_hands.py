"""Stand-ins and swaps: no seat is ever empty, two change hands at one stroke, a coordinator turns it back."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.needs import TeamCommand
from matching.offers import Answer, answer_offer
from matching.queries.handovers import asked_for, asked_of_me, handovers_of_week, my_search, searching
from matching.refusals import AlreadyBooked, HandoverClosed, NotEligible, NotFound, WrongState
from matching.standing_in import (
    NEXT_AFTER,
    ask_further,
    decline_stand_in,
    seek_again,
    seek_stand_in,
    stand_in,
    stop_seeking,
    turn_back,
)
from matching.swaps import accept_swap, offer_swap, refuse_swap
from matching.taking import take_seat
from models.authority import SYSTEM, Role
from models.handover import Handover, HandoverReply, HandoverState, ReplyState
from models.need import Shift, ShiftRole
from models.outbox import OutboxMessage
from models.person import Person
from models.relation import PairKind, PersonPair
from models.roster import HOLDING, Assignment, AssignmentState, Backup, Offer, OfferState
from tests.matching.planning import WEEK, publish
from tests.matching.world import STREET, World

FAR = 121.49


def confirmed(world: World, person_id: int) -> Assignment:
    offer = world.session.scalars(select(Offer).where(Offer.person_id == person_id)).one()
    actor = world.volunteer(person_id)
    answer_offer(world.session, actor, offer_id=offer.id, answer=Answer.CONFIRM, now=world.now)
    return world.session.get_one(Assignment, offer.assignment_id)


def seek(world: World, seat: Assignment, *, ask: bool = True) -> int:
    return seek_stand_in(world.session, world.volunteer(seat.person_id), assignment_id=seat.id, ask=ask, now=world.now)


def stand_by(session: Session, people: list[int]) -> None:
    role = session.scalars(select(ShiftRole.id)).one()
    session.query(Backup).delete()
    session.add_all(Backup(role_id=role, rank=rank, person_id=one) for rank, one in enumerate(people, 1))
    session.flush()


def holders(session: Session) -> dict[int, AssignmentState]:
    query = select(Assignment.person_id, Assignment.state).where(Assignment.state.in_(HOLDING))
    return dict(session.execute(query).all())


def messages(session: Session, kind: str) -> list[int | None]:
    query = select(OutboxMessage.person_id).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    return list(session.scalars(query))


def test_seat_stays_with_its_holder_until_another_accepts(world: World, session: Session) -> None:
    first, other = world.person("甲"), world.person("乙", longitude=FAR)
    world.need()
    publish(session, world.now)
    seat = confirmed(world, first)
    handover = seek(world, seat)
    assert holders(session) == {first: AssignmentState.CONFIRMED}
    assert messages(session, "stand_in") == [other]
    assert [one for one, _ in asked_of_me(session, world.volunteer(other), now=world.now)] == [handover]
    made = stand_in(session, world.volunteer(other), handover_id=handover, now=world.now)
    assert stand_in(session, world.volunteer(other), handover_id=handover, now=world.now) == made
    assert holders(session) == {other: AssignmentState.CONFIRMED}
    assert session.get_one(Assignment, made).seat_id == seat.seat_id
    offers = session.execute(select(Offer.person_id, Offer.state).order_by(Offer.id)).all()
    assert offers == [(first, OfferState.WITHDRAWN), (other, OfferState.CONFIRMED)]
    assert messages(session, "stood_in") == [first]
    assert asked_of_me(session, world.volunteer(other), now=world.now) == ()


def test_first_who_accepts_has_the_seat(world: World, session: Session) -> None:
    first, second, third = world.person("甲"), world.person("乙", longitude=FAR), world.person("丙", longitude=FAR)
    world.need()
    publish(session, world.now)
    handover = seek(world, confirmed(world, first))
    stand_in(session, world.volunteer(third), handover_id=handover, now=world.now)
    with pytest.raises(HandoverClosed):
        stand_in(session, world.volunteer(second), handover_id=handover, now=world.now)
    with pytest.raises(HandoverClosed):
        stop_seeking(session, world.volunteer(first), handover_id=handover, now=world.now)
    assert holders(session) == {third: AssignmentState.CONFIRMED}


def test_few_are_asked_at_a_time_and_the_next_when_they_do_not_accept(world: World, session: Session) -> None:
    people = [world.person(name, longitude=121.478 + 0.002 * place) for place, name in enumerate("甲乙丙丁戊己")]
    world.need()
    publish(session, world.now)
    stand_by(session, people[1:])
    handover = seek(world, confirmed(world, people[0]))
    assert messages(session, "stand_in") == people[1:4]
    assert ask_further(session, now=world.later(hours=1)) == 0
    for person in people[1:4]:
        decline_stand_in(session, world.volunteer(person), handover_id=handover, now=world.now)
    assert messages(session, "stand_in") == people[1:6]
    assert ask_further(session, now=world.now + NEXT_AFTER) == 0
    search = my_search(
        session,
        world.volunteer(people[0]),
        assignment_id=session.scalars(select(Handover.assignment_id)).one(),
    )
    assert (search.asked, search.declined, search.swaps) == (5, 3, ())


def test_next_are_asked_after_a_while_without_an_answer(world: World, session: Session) -> None:
    people = [world.person(name, longitude=121.478 + 0.002 * place) for place, name in enumerate("甲乙丙丁戊")]
    world.need()
    publish(session, world.now)
    stand_by(session, people[1:])
    seek(world, confirmed(world, people[0]))
    morning = world.later(hours=15)  # nine o'clock of the next day
    assert ask_further(session, now=world.later(hours=5)) == 0  # eleven at night
    assert ask_further(session, now=morning) == 1
    assert ask_further(session, now=morning) == 0
    assert messages(session, "stand_in") == people[1:5]


def test_stranger_learns_nothing_and_a_friend_needs_the_link(world: World, session: Session) -> None:
    first, friend = world.person("甲"), world.person("乙", longitude=FAR)
    world.need()
    publish(session, world.now)
    handover = seek(world, confirmed(world, first), ask=False)
    assert messages(session, "stand_in") == []
    them = world.volunteer(friend)
    with pytest.raises(NotFound):
        asked_for(session, them, handover_id=handover, invited=False, now=world.now)
    with pytest.raises(NotFound):
        stand_in(session, them, handover_id=handover, now=world.now)
    seen = asked_for(session, them, handover_id=handover, invited=True, now=world.now)
    assert (seen.holder, seen.rule, seen.is_open) == ("甲", None, True)
    stand_in(session, them, handover_id=handover, invited=True, now=world.now)
    assert holders(session) == {friend: AssignmentState.CONFIRMED}


def test_whoever_is_asked_does_not_learn_by_whom(world: World, session: Session) -> None:
    first, other = world.person("甲"), world.person("乙", longitude=FAR)
    world.need()
    publish(session, world.now)
    handover = seek(world, confirmed(world, first))
    assert asked_for(session, world.volunteer(other), handover_id=handover, invited=False, now=world.now).holder is None


def test_rules_hold_for_whoever_comes(world: World, session: Session) -> None:
    first = world.person("甲", tags=("first_aid",))
    friend = world.person("乙", longitude=FAR)
    world.need(tags=("first_aid",))
    publish(session, world.now)
    seat = confirmed(world, first)
    handover = seek(world, seat, ask=False)
    with pytest.raises(NotEligible) as refused:
        stand_in(session, world.volunteer(friend), handover_id=handover, invited=True, now=world.now)
    assert refused.value.parameters["rule"] == "tag:first_aid"
    assert holders(session) == {first: AssignmentState.CONFIRMED}


def test_what_a_shift_asks_of_its_people_together_is_kept(world: World, session: Session) -> None:
    experienced = world.person("甲", reported_minutes=6000)
    people = [world.person(name, longitude=FAR) for name in "乙丙"]
    world.need(seats=(2, 2, 2), team=(TeamCommand(tag="experienced", at_least=1),))
    publish(session, world.now)
    other = next(one for one in holders(session) if one != experienced)
    outside = next(one for one in people if one != other)
    handover = seek(world, confirmed(world, experienced), ask=False)
    with pytest.raises(NotEligible) as refused:
        stand_in(session, world.volunteer(outside), handover_id=handover, invited=True, now=world.now)
    assert refused.value.parameters["rule"] == "team"
    session.add(
        PersonPair(left_id=min(outside, other), right_id=max(outside, other), kind=PairKind.APART, created_at=world.now)
    )
    session.get_one(Person, outside).reported_minutes = 6000
    session.flush()
    with pytest.raises(NotEligible) as refused:
        stand_in(session, world.volunteer(outside), handover_id=handover, invited=True, now=world.now)
    assert refused.value.parameters["rule"] == "barred"


def test_coming_after_all_ends_the_search_and_is_undone(world: World, session: Session) -> None:
    first, other = world.person("甲"), world.person("乙", longitude=FAR)
    world.need()
    publish(session, world.now)
    handover = seek(world, confirmed(world, first))
    me = world.volunteer(first)
    stop_seeking(session, me, handover_id=handover, now=world.now)
    with pytest.raises(HandoverClosed):
        stand_in(session, world.volunteer(other), handover_id=handover, now=world.now)
    seek_again(session, me, handover_id=handover, now=world.now)
    assert searching(session, me) == {session.get_one(Handover, handover).assignment_id: 0}
    assert messages(session, "stand_in") == [other]
    with pytest.raises(NotFound):
        stop_seeking(session, world.volunteer(other), handover_id=handover, now=world.now)


def test_nobody_is_sought_for_a_seat_that_is_not_ones_own_or_begins(world: World, session: Session) -> None:
    first, other = world.person("甲"), world.person("乙", longitude=FAR)
    world.need()
    publish(session, world.now)
    seat = confirmed(world, first)
    with pytest.raises(NotFound):
        seek_stand_in(session, world.volunteer(other), assignment_id=seat.id, ask=True, now=world.now)
    with pytest.raises(WrongState):
        seek_stand_in(session, world.volunteer(first), assignment_id=seat.id, ask=True, now=seat.starts_at)


def two_seats(world: World) -> tuple[Assignment, Assignment]:
    """Seat one person on Saturday morning and another in the afternoon, either of whom could do both."""
    first, other = world.person("甲"), world.person("乙", longitude=FAR)
    morning, afternoon = world.need("早"), world.need("午", hour=14)
    return tuple(  # type: ignore[return-value]
        _taken(world, person, need) for person, need in ((first, morning), (other, afternoon))
    )


def _taken(world: World, person_id: int, need_id: int) -> Assignment:
    role = world.session.scalars(select(ShiftRole.id).join(Shift).where(Shift.need_id == need_id)).one()
    offer = take_seat(world.session, world.volunteer(person_id), role_id=role, now=world.now)
    return world.session.get_one(Assignment, world.session.get_one(Offer, offer).assignment_id)


def test_two_seats_change_hands_at_one_stroke_and_back(world: World, session: Session) -> None:
    morning, afternoon = two_seats(world)
    first, other = morning.person_id, afternoon.person_id
    handover = seek(world, morning, ask=False)
    them, me = world.volunteer(other), world.volunteer(first)
    seen = asked_for(session, them, handover_id=handover, invited=True, now=world.now)
    assert ([one.assignment_id for one in seen.own], seen.rule) == ([afternoon.id], "limit")  # one shift a day
    offer_swap(session, them, handover_id=handover, assignment_id=afternoon.id, invited=True, now=world.now)
    assert [(one.name, one.seat.title) for one in my_search(session, me, assignment_id=morning.id).swaps] == [
        ("乙", "午")
    ]
    assert searching(session, me) == {morning.id: 1}
    accept_swap(session, me, handover_id=handover, person_id=other, now=world.now)
    seats = dict(
        session.execute(select(Assignment.seat_id, Assignment.person_id).where(Assignment.state.in_(HOLDING))).all()
    )
    assert seats == {morning.seat_id: other, afternoon.seat_id: first}
    coordinator = world.account("zhou", Role.COORDINATOR, STREET)
    (line,) = handovers_of_week(session, coordinator, week=WEEK)
    assert (line.from_name, line.to_name, line.swapped and line.swapped.title) == ("甲", "乙", "午")
    turn_back(session, coordinator, handover_id=handover, now=world.now)
    held = session.execute(
        select(Assignment.seat_id, Assignment.person_id, Assignment.state).where(Assignment.state.in_(HOLDING))
    ).all()
    assert sorted(held) == sorted(
        [
            (morning.seat_id, first, AssignmentState.OFFERED),
            (afternoon.seat_id, other, AssignmentState.OFFERED),
        ]
    )
    assert session.get_one(Handover, handover).state is HandoverState.UNDONE
    with pytest.raises(WrongState):
        turn_back(session, coordinator, handover_id=handover, now=world.now)


def test_swap_is_refused_and_the_search_goes_on(world: World, session: Session) -> None:
    morning, afternoon = two_seats(world)
    handover = seek(world, morning, ask=False)
    them, me = world.volunteer(afternoon.person_id), world.volunteer(morning.person_id)
    offer_swap(session, them, handover_id=handover, assignment_id=afternoon.id, invited=True, now=world.now)
    refuse_swap(session, me, handover_id=handover, person_id=afternoon.person_id, now=world.now)
    reply = session.get_one(HandoverReply, (handover, afternoon.person_id))
    assert (reply.state, session.get_one(Handover, handover).state) == (ReplyState.REFUSED, HandoverState.OPEN)
    assert messages(session, "swap_refused") == [afternoon.person_id]
    with pytest.raises(NotFound):
        accept_swap(session, me, handover_id=handover, person_id=world.person("丙"), now=world.now)


def test_swap_that_a_rule_forbids_changes_nothing(world: World, session: Session) -> None:
    morning, afternoon = two_seats(world)
    handover = seek(world, morning, ask=False)
    them, me = world.volunteer(afternoon.person_id), world.volunteer(morning.person_id)
    offer_swap(session, them, handover_id=handover, assignment_id=afternoon.id, invited=True, now=world.now)
    session.get_one(Person, morning.person_id).paused_until = date(2027, 1, 1)
    session.flush()
    with pytest.raises(NotEligible):
        accept_swap(session, me, handover_id=handover, person_id=afternoon.person_id, now=world.now)
    assert holders(session) == {
        morning.person_id: AssignmentState.CONFIRMED,
        afternoon.person_id: AssignmentState.CONFIRMED,
    }


def test_turning_back_fails_when_whoever_went_serves_elsewhere(world: World, session: Session) -> None:
    first, other = world.person("甲"), world.person("乙", longitude=FAR)
    world.need()
    publish(session, world.now)
    handover = seek(world, confirmed(world, first))
    stand_in(session, world.volunteer(other), handover_id=handover, now=world.now)
    _taken(world, first, world.need("二", seats=(1, 1, 1)))
    with pytest.raises(AlreadyBooked):
        turn_back(session, SYSTEM, handover_id=handover, now=world.now)
    stranger = world.account("li", Role.COORDINATOR, "310104")
    with pytest.raises(NotFound):
        turn_back(session, stranger, handover_id=handover, now=world.now)
