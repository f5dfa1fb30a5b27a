"""What a volunteer may take by themselves, why not the rest, and taking it under the rules of the plan."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.offers import Answer, answer_offer
from matching.queries.finding import needs_nearby
from matching.queries.volunteers import my_week
from matching.refusals import AlreadyBooked, NotEligible, NotFound, OfferClosed, SeatTaken, WrongState
from matching.taking import give_back, take_seat
from models.need import Shift, ShiftRole
from models.roster import Assignment, AssignmentState, Offer, OfferState
from tests.matching.world import HOME, World

SATURDAY = ((5, 480, 1080),)


def role_of(session: Session, need_id: int) -> int:
    query = select(ShiftRole.id).join(Shift, Shift.id == ShiftRole.shift_id).where(Shift.need_id == need_id)
    return session.scalars(query).one()


def rules(world: World, person: int, **asked: object) -> dict[str, str | None]:
    found = needs_nearby(world.session, world.volunteer(person), now=world.now, within_metres=20_000, **asked)
    return {role.title: role.rule for role in found.roles}


def test_each_open_role_says_whether_it_may_be_taken(world: World) -> None:
    person = world.person("甲", tags=("dialect",))
    world.need("沪语", tags=("dialect",), hour=14)
    world.need("急救", tags=("first_aid",))
    world.need("周日", day=date(2026, 12, 6))
    assert rules(world, person) == {"沪语": None, "急救": "tag:first_aid", "周日": "time"}
    assert rules(world, person, day=date(2026, 12, 6)) == {"周日": "time"}
    assert rules(world, person, category="medical") == {}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"paused_until": date(2027, 1, 1)}, "paused"),
        ({"born_on": date(2012, 1, 1)}, "consent"),
        ({"free": ()}, "no_times"),
        ({"max_shifts_week": 0}, "limit"),
        ({"radius_metres": 100, "longitude": HOME[0] + 0.02}, "distance"),
        ({"by_people_only": True}, None),
    ],
)
def test_what_keeps_a_person_out_is_named(world: World, facts: dict[str, object], rule: str | None) -> None:
    person = world.person("甲", **facts)
    world.need()
    assert rules(world, person) == {"助浴": rule}


def test_taking_holds_a_seat_and_is_confirmed(world: World, session: Session) -> None:
    person = world.person("甲")
    role = role_of(session, world.need())
    offer_id = take_seat(session, world.volunteer(person), role_id=role, now=world.now)
    assert take_seat(session, world.volunteer(person), role_id=role, now=world.now) == offer_id
    assert session.get_one(Offer, offer_id).state is OfferState.CONFIRMED
    assert session.scalars(select(Assignment.state)).all() == [AssignmentState.CONFIRMED]
    assert [line.offer_id for line in my_week(session, world.volunteer(person), now=world.now).coming] == [offer_id]
    with pytest.raises(SeatTaken):
        take_seat(session, world.volunteer(world.person("乙")), role_id=role, now=world.now)


def test_the_rules_hold_for_whoever_takes(world: World, session: Session) -> None:
    person = world.person("甲", max_shifts_day=2)
    taken, beside = role_of(session, world.need("一")), role_of(session, world.need("二", seats=(1, 1, 2)))
    skilled = role_of(session, world.need("三", tags=("first_aid",), hour=14))
    take_seat(session, world.volunteer(person), role_id=taken, now=world.now)
    with pytest.raises((AlreadyBooked, NotEligible)):
        take_seat(session, world.volunteer(person), role_id=beside, now=world.now)
    with pytest.raises(NotEligible) as refused:
        take_seat(session, world.volunteer(person), role_id=skilled, now=world.now)
    assert refused.value.parameters["rule"] == "tag:first_aid"
    with pytest.raises(WrongState):
        take_seat(session, world.volunteer(person), role_id=beside, now=world.later(days=30))
    with pytest.raises(NotFound):
        take_seat(session, world.volunteer(10**9), role_id=beside, now=world.now)


def test_what_was_taken_is_given_back_once(world: World, session: Session) -> None:
    person = world.person("甲")
    role = role_of(session, world.need())
    offer_id = take_seat(session, world.volunteer(person), role_id=role, now=world.now)
    with pytest.raises(NotFound):
        give_back(session, world.volunteer(world.person("乙")), offer_id=offer_id, now=world.now)
    give_back(session, world.volunteer(person), offer_id=offer_id, now=world.now)
    assert session.scalars(select(Assignment.state)).all() == [AssignmentState.RELEASED]
    with pytest.raises(OfferClosed):
        give_back(session, world.volunteer(person), offer_id=offer_id, now=world.now)
    assert take_seat(session, world.volunteer(person), role_id=role, now=world.now) != offer_id


def test_who_took_a_seat_may_still_say_that_they_cannot_come(world: World, session: Session) -> None:
    person = world.person("甲")
    offer_id = take_seat(session, world.volunteer(person), role_id=role_of(session, world.need()), now=world.now)
    late = world.now + timedelta(days=5)
    answer_offer(session, world.volunteer(person), offer_id=offer_id, answer=Answer.DECLINE, now=late)
    assert session.get_one(Offer, offer_id).state is OfferState.DECLINED
