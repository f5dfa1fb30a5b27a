"""A feed that a telephone understands: stable keys, growing sequences, cancellations, the city's zone."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.needs import cancel_need
from matching.offers import Answer, answer_offer
from matching.queries.calendars import CalendarEntry, person_calendar, unit_calendar
from matching.refusals import NotFound
from models.authority import SYSTEM, Role
from models.roster import Offer
from tests.matching.planning import publish
from tests.matching.world import STREET, World
from web.calendars import calendar_ics, calendar_token, person_of_calendar_token

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def world(session: Session, now: object) -> World:
    world = World(session=session, now=now)  # type: ignore[arg-type]
    world.units()
    return world


def read(entries: tuple[CalendarEntry, ...]) -> Calendar:
    return Calendar.from_ical(calendar_ics(entries, name="我的一周", domain="linli.example", zone=ZONE))


def test_feed_follows_a_shift_from_question_to_cancellation(world: World, session: Session) -> None:
    person = world.person("甲")
    need = world.need()
    publish(session, world.now)
    offer = session.scalars(select(Offer)).one()
    asked = read(person_calendar(session, person_id=person, now=world.now)).events[0]
    confirmed_at = world.later(minutes=5)
    answer_offer(session, world.volunteer(person), offer_id=offer.id, answer=Answer.CONFIRM, now=confirmed_at)
    confirmed = read(person_calendar(session, person_id=person, now=world.now)).events[0]
    cancel_need(session, SYSTEM, need_id=need, reason="rain", now=world.later(minutes=9))
    cancelled = read(person_calendar(session, person_id=person, now=world.now)).events[0]
    seen = [asked, confirmed, cancelled]
    assert [str(event["status"]) for event in seen] == ["TENTATIVE", "CONFIRMED", "CANCELLED"]
    assert [int(event["sequence"]) for event in seen] == [0, 300, 540]
    assert {str(event["uid"]) for event in seen} == {f"assignment-{offer.assignment_id}@linli.example"}
    assert asked.start.isoformat() == "2026-12-05T09:00:00+08:00"


def test_feed_spells_out_the_citys_zone(world: World, session: Session) -> None:
    world.person("甲")
    world.need()
    calendar = read(unit_calendar(session, SYSTEM, unit_code=STREET, now=world.now))
    assert [str(zone["tzid"]) for zone in calendar.timezones] == ["Asia/Shanghai"]
    assert [str(event["summary"]) for event in calendar.events] == ["助浴"]


def test_calendar_of_another_street_is_not_found(world: World, session: Session) -> None:
    world.need()
    actor = world.account("other", Role.COORDINATOR, "310101013")
    with pytest.raises(NotFound):
        unit_calendar(session, actor, unit_code=STREET, now=world.now)


def test_what_is_long_past_leaves_the_feed(world: World, session: Session) -> None:
    world.need()
    assert unit_calendar(session, SYSTEM, unit_code=STREET, now=world.now + timedelta(days=90)) == ()


def test_token_opens_one_calendar() -> None:
    token = calendar_token("secret", 7)
    assert [person_of_calendar_token("secret", token), person_of_calendar_token("other", token)] == [7, None]
