"""What an answer can say, what it leads to, and whom it is passed on to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.asking import backups_in_turn
from matching.assignments import place
from matching.deadlines import Deadlines, answer_hours, reply_deadline
from matching.eligibility import judgements
from matching.offers import Answer, DeclineReason, answer_offer, lapse_offers, undo_decline
from matching.outbox import leaves_at, reached, tell
from matching.policy import DEFAULT, Policy
from matching.refusals import OfferClosed, SeatTaken, WrongState
from models.authority import SYSTEM
from models.need import Shift, ShiftRole
from models.organisation import OrganisationUnit
from models.outbox import OutboxMessage
from models.person import Person
from models.relation import NeedBar, PersonDislike
from models.roster import Assignment, AssignmentState, Offer, OfferState
from tests.matching.planning import WEEK, plan, publish
from tests.matching.world import OTHER_STREET, STREET, World


def offer_of(session: Session, person_id: int) -> Offer:
    return session.scalars(select(Offer).where(Offer.person_id == person_id)).one()


def states(session: Session) -> list[tuple[int, AssignmentState]]:
    return [(a.person_id, a.state) for a in session.scalars(select(Assignment).order_by(Assignment.id))]


def decline(world: World, person_id: int, reason: DeclineReason = DeclineReason.BUSY, **said: object) -> None:
    offer = offer_of(world.session, person_id)
    answer_offer(
        world.session,
        world.volunteer(person_id),
        offer_id=offer.id,
        answer=Answer.DECLINE,
        reason=reason,
        now=world.now,
        **said,
    )


def test_another_time_is_kept_for_the_coordinator(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    publish(session, world.now)
    other = datetime(2026, 12, 5, 6, tzinfo=UTC)
    decline(world, person, DeclineReason.OTHER_TIME, other_starts_at=other)
    offer = offer_of(session, person)
    assert (offer.state, offer.answer_reason, offer.other_starts_at) == (OfferState.DECLINED, "other_time", other)


def test_not_this_kind_bars_the_need_and_leaves_the_category_out(world: World, session: Session) -> None:
    person = world.person("甲")
    need = world.need()
    publish(session, world.now)
    decline(world, person, DeclineReason.NOT_THIS_KIND)
    assert session.scalars(select(NeedBar.need_id).where(NeedBar.person_id == person)).all() == [need]
    assert session.scalars(select(PersonDislike.category).where(PersonDislike.person_id == person)).all() == ["elderly"]
    like = world.need("二", hour=14)
    shift = session.scalars(select(Shift).where(Shift.need_id == like)).one()
    assert [one.rule for one in judgements(session, person_ids=[person], shifts=[shift], week=WEEK)] == ["barred"]
    by_hand = judgements(session, person_ids=[person], shifts=[shift], week=WEEK, by_hand=True)
    assert [one.rule for one in by_hand] == [None]


def test_pause_keeps_a_person_out_until_its_day(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    publish(session, world.now)
    decline(world, person, pause_until=date(2027, 1, 1))
    assert session.get_one(Person, person).paused_until == date(2027, 1, 1)


def test_decline_is_taken_back_with_what_it_led_to(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    publish(session, world.now)
    decline(world, person, DeclineReason.NOT_THIS_KIND)
    offer = offer_of(session, person)
    undo_decline(session, world.volunteer(person), offer_id=offer.id, now=world.now)
    assert (offer.state, states(session)) == (OfferState.OPEN, [(person, AssignmentState.OFFERED)])
    assert session.scalars(select(NeedBar)).all() == []
    assert session.scalars(select(PersonDislike)).all() == []
    with pytest.raises(OfferClosed):
        undo_decline(session, world.volunteer(person), offer_id=offer.id, now=world.now)


def test_yes_after_no_is_yes_until_the_deadline(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    publish(session, world.now)
    decline(world, person)
    offer = offer_of(session, person)
    with pytest.raises(OfferClosed):
        answer_offer(
            session, world.volunteer(person), offer_id=offer.id, answer=Answer.CONFIRM, now=world.later(hours=37)
        )
    answer_offer(session, world.volunteer(person), offer_id=offer.id, answer=Answer.CONFIRM, now=world.now)
    assert states(session) == [(person, AssignmentState.CONFIRMED)]


def test_decline_that_was_passed_on_cannot_be_taken_back(world: World, session: Session) -> None:
    near, far = world.person("甲"), world.person("乙", longitude=121.49)
    world.need()
    publish(session, world.now)
    decline(world, near)
    with pytest.raises(SeatTaken):
        undo_decline(session, world.volunteer(near), offer_id=offer_of(session, near).id, now=world.now)
    assert states(session) == [(near, AssignmentState.DECLINED), (far, AssignmentState.OFFERED)]


def test_backup_asked_longest_ago_is_asked_first(world: World, session: Session) -> None:
    first = world.person("甲")
    lately, never = world.person("乙", longitude=121.485), world.person("丙", longitude=121.49)
    need = world.need()
    publish(session, world.now)
    role = session.scalars(select(ShiftRole.id)).one()
    assert backups_in_turn(session, role_id=role, now=world.now) == [lately, never]
    other = world.need("二", hour=14)
    held = place(
        session,
        SYSTEM,
        role_id=session.scalars(select(ShiftRole.id).join(Shift).where(Shift.need_id == other)).one(),
        person_id=lately,
        now=world.now,
    )
    assert session.get_one(Assignment, held).state is AssignmentState.OFFERED
    session.get_one(Person, lately).max_shifts_day = 2
    session.flush()
    assert backups_in_turn(session, role_id=role, now=world.now) == [never, lately]
    assert need != other
    assert first != never


def test_who_asks_to_be_assigned_by_people_is_left_to_the_coordinator(world: World, session: Session) -> None:
    person = world.person("甲", by_people_only=True)
    world.need()
    plan(session, world.now)
    assert states(session) == []
    place(session, SYSTEM, role_id=session.scalars(select(ShiftRole.id)).one(), person_id=person, now=world.now)
    assert states(session) == [(person, AssignmentState.PROPOSED)]


def test_several_offers_leave_as_one_message(world: World, session: Session) -> None:
    person = world.person("甲", free=((4, 480, 1080), (5, 480, 1080)))
    world.need("一", day=date(2026, 12, 4))
    world.need("二")
    assert publish(session, world.now).offers == 2
    message = session.scalars(select(OutboxMessage)).one()
    offers = session.scalars(select(Offer.id).order_by(Offer.id)).all()
    assert (message.kind, message.person_id, message.facts) == ("offers", person, {"offers": offers})


def test_nobody_is_asked_more_often_than_the_week_allows(world: World, session: Session) -> None:
    near, far = world.person("甲"), world.person("乙", longitude=121.49)
    world.need()
    publish(session, world.now)
    for number in range(DEFAULT.most_messages_week):
        tell(session, key=f"reminder/x{number}", person_id=far, kind="reminder", facts={}, now=world.now)
    session.flush()
    assert reached(session, [near, far], now=world.now) == {far}
    assert reached(session, [near, far], now=world.later(days=7)) == set()
    assert reached(session, range(1_000_000), now=world.now) == {far}  # a whole city's, past what a list may hold
    decline(world, near)
    assert states(session) == [(near, AssignmentState.DECLINED)]


def test_no_message_leaves_in_the_quiet_hours(session: Session) -> None:
    at = lambda hour, minute=0: datetime(2026, 11, 25, hour, minute, tzinfo=DEFAULT.zone)  # noqa: E731
    morning = datetime(2026, 11, 26, 7, 30, tzinfo=DEFAULT.zone)
    assert leaves_at(session, now=at(21, 59)) == at(21, 59)
    assert leaves_at(session, now=at(22)) == morning
    assert leaves_at(session, now=at(3)) == at(7, 30)
    session.info["policy"] = Policy(quiet_from=at(12).time(), quiet_until=at(14).time())
    assert leaves_at(session, now=at(13)) == at(14)


def test_deadline_is_a_whole_hour_of_the_day_and_leaves_an_hour_after_the_message(world: World) -> None:
    odd = world.later(minutes=8)  # 18:08
    at = lambda day, hour, minute=0: datetime(2026, 11, day, hour, minute, tzinfo=DEFAULT.zone)  # noqa: E731
    deadlines = [
        (world.later(hours=4), odd, at(25, 19, 30)),  # an hour at least, and no odd minute
        (world.later(days=5), odd, at(26, 20)),  # 36 hours would be at six in the morning
        (world.later(hours=24, minutes=20), odd, at(26, 12)),  # six hours before the shift
        (world.later(hours=16), odd, at(25, 20)),  # four in the morning is too late: the evening before
        (world.later(minutes=75), odd, world.later(minutes=75)),  # never after the shift's beginning
    ]
    assert [reply_deadline(starts, DEFAULT, now=now) for starts, now, _ in deadlines] == [at for _, _, at in deadlines]


def test_unit_sets_until_when_answers_are_awaited(world: World, session: Session) -> None:
    street = session.scalars(select(OrganisationUnit).where(OrganisationUnit.code == STREET)).one()
    street.settings = {"week": {"answers": "08:00 18:00"}}
    session.flush()
    starts = world.later(days=5)
    deadlines = Deadlines(session)
    given = [deadlines.deadline(starts_at=starts, unit_code=unit, now=world.now) for unit in (STREET, OTHER_STREET)]
    assert [one.astimezone(DEFAULT.zone).hour for one in given] == [18, 20]
    read_for_one = [Deadlines(session, unit_code=unit) for unit in (f"{STREET}001", OTHER_STREET)]
    assert [
        one.deadline(starts_at=starts, unit_code=unit, now=world.now)
        for one, unit in zip(read_for_one, (f"{STREET}001", OTHER_STREET), strict=True)
    ] == given
    assert [answer_hours({"answers": text}) for text in ("", "20:00", "20:00 08:00", "x y")] == [None] * 4


def test_shift_that_is_over_takes_nobody(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    role = session.scalars(select(ShiftRole.id)).one()
    with pytest.raises(WrongState):
        place(session, SYSTEM, role_id=role, person_id=person, now=world.later(days=30))


def test_lapse_leaves_an_answered_offer_alone(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    publish(session, world.now)
    answer_offer(
        session,
        world.volunteer(person),
        offer_id=offer_of(session, person).id,
        answer=Answer.CONFIRM,
        now=world.now,
    )
    assert lapse_offers(session, now=world.now + timedelta(hours=40)) == 0
