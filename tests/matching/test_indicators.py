"""A week in figures: seats by place, hour and skill; people where they live; what was served; on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from matching.people_counts import count_people
from matching.policy import DEFAULT
from matching.queries.indicators import Rate, answers_in_week, seats_by_week, seats_in_week, unmet
from matching.queries.people_figures import (
    KEPT_FOR,
    People,
    free_people,
    holders,
    kept_by_place,
    kept_people,
    minutes_by_week,
    people_by_place,
    service_figures,
    turns_in_week,
)
from matching.queries.places import place_view
from matching.refusals import NotFound
from matching.week import Week
from models import Assignment, HourRecord, Person
from models.authority import SYSTEM, Actor, Permission, Role, Scope
from models.need import Tier
from models.organisation import UnitLevel
from models.roster import AssignmentState
from models.service import HourState
from tests.web.world import OTHER_STREET, STREET, WEEK, make_world


@pytest.fixture
def world(work, now):
    return make_world(work, now=now)


@pytest.fixture
def session(work, world):
    with work.begin() as session:
        yield session


def test_seats_are_counted_by_place_and_tier(session):
    groups = seats_in_week(session, week=Week.parse(WEEK), under="31", length=9)
    found = {(one.place, one.tier): Rate(asked=one.asked, held=one.held) for one in groups}
    assert found == {
        (STREET, Tier.ESSENTIAL): Rate(asked=3, held=2),
        (STREET, Tier.WANTED): Rate(asked=1, held=0),
        (STREET, Tier.EXTRA): Rate(asked=1, held=0),
        (OTHER_STREET, Tier.ESSENTIAL): Rate(asked=3, held=0),
        (OTHER_STREET, Tier.WANTED): Rate(asked=1, held=0),
        (OTHER_STREET, Tier.EXTRA): Rate(asked=1, held=0),
    }
    assert {one.tags for one in groups} == {("adult", "first_aid")}
    assert {one.starts_at.astimezone(DEFAULT.zone).hour for one in groups} == {9}
    assert seats_in_week(session, week=Week.parse(WEEK), under="310105", length=9) == ()


def test_what_waits_longest_comes_first(session):
    found = unmet(session, week=Week.parse(WEEK), under="")
    assert [(one.unit_name, one.missing, one.asked) for one in found] == [("外滩街道", 1, 3), ("天平路街道", 3, 3)]
    assert unmet(session, week=Week.parse(WEEK).next, under="") == ()


def test_weeks_stand_beside_each_other(session):
    week = Week.parse(WEEK)
    found = seats_by_week(session, weeks=[week.previous, week], under="31")
    assert found == {str(week.previous): Rate(), WEEK: Rate(asked=8, held=2)}
    assert answers_in_week(session, week=week, under=STREET) == {
        AssignmentState.OFFERED: 1,
        AssignmentState.CONFIRMED: 1,
    }


def test_people_count_where_they_live(session, world, now):
    today = now.date()
    assignment = session.scalars(select(Assignment).order_by(Assignment.id)).first()
    hours = HourRecord(
        assignment_id=assignment.id, person_id=assignment.person_id, served_on=today, minutes=120,
        state=HourState.RECORDED, recorded_at=now,
    )  # fmt: skip
    session.add(hours)
    session.get_one(Person, world.persons[4]).is_student = True
    session.get_one(Person, world.persons[3]).unit_code = None
    session.flush()
    found = people_by_place(session, under="", length=6, today=today)
    assert {code: (one.registered, one.active, one.students) for code, one in found.items()} == {
        "310101": (4, 1, 1),
        "": (1, 0, 0),
    }
    later = people_by_place(session, under="31", length=6, today=today + timedelta(days=366))
    assert later["310101"].active == 0
    turns = turns_in_week(session, week=Week.parse(WEEK), under=STREET, here=STREET)
    assert (turns.people, turns.once, turns.most, turns.local) == (2, 2, 1, 2)
    service = service_figures(session, since=today, until=today + timedelta(days=1), under=STREET)
    assert (service.minutes, service.people, service.median_minutes, service.show_up) == (120, 1, 120, None)
    assert minutes_by_week(session, weeks=[Week.holding(now, DEFAULT.zone)], under=STREET) == {"2026-W48": 120}
    hours.state, hours.approved_at = HourState.APPROVED, now + timedelta(days=3)
    session.flush()
    assert (
        service_figures(
            session, since=date(2026, 11, 1), until=today + timedelta(days=1), under="31"
        ).median_days_to_approval
        == 3
    )


def test_who_could_come_holds_the_skill_and_is_free(session):
    free = free_people(session, under=STREET, tag="first_aid")
    assert {at: count for at, count in free.items() if count} == {(2, 1): 5, (5, 1): 5}
    assert free_people(session, under=STREET, tag="legal") == {}
    assert free_people(session, under=OTHER_STREET, tag=None) == {}
    assert holders(session, tags=["first_aid", "legal"], under="3101") == {"first_aid": 5}


def test_kept_figures_of_people_are_those_counted_at_once(session, now):
    assert kept_people(session, under=STREET, now=now) is None
    assert count_people(session, now=now) == count_people(session, now=now)
    today = now.astimezone(DEFAULT.zone).date()
    for under in ("", "31", "310101", STREET, OTHER_STREET):
        kept = kept_people(session, under=under, now=now)
        assert kept.people == sum_of(people_by_place(session, under=under, length=len(under), today=today))
        assert kept.tags.get("first_aid", 0) == holders(session, tags=["first_aid"], under=under).get("first_aid", 0)
        free = free_people(session, under=under, tag=None)
        assert {at: count for at, count in kept.free.items() if count} == {at: c for at, c in free.items() if c}
    places = people_by_place(session, under="310101", length=9, today=today)
    assert kept_by_place(session, codes=[STREET]) == {STREET: places.get(STREET, People())}
    assert kept_people(session, under=STREET, now=now + KEPT_FOR + timedelta(seconds=1)) is None


def sum_of(people):
    return People(
        registered=sum(one.registered for one in people.values()),
        active=sum(one.active for one in people.values()),
        students=sum(one.students for one in people.values()),
    )


def test_places_are_drilled_through_within_ones_own(session):
    leader = Actor(account_id=1, scopes=(Scope(role=Role.LEADER, unit_code="310101"),))
    permission = Permission.UNIT_INDICATOR_READ
    view = place_view(session, leader, code=None, permission=permission)
    assert (view.here.code, view.above, [one.code for one in view.below]) == ("310101", (), [STREET])
    street = place_view(session, leader, code=STREET, permission=permission)
    assert ([one.code for one in street.above], street.below[0].level) == (["310101"], UnitLevel.NEIGHBOURHOOD)
    assert place_view(session, SYSTEM, code=None, permission=permission).here.code == "31"
    for code in ("31", "310104", "999999"):
        with pytest.raises(NotFound):
            place_view(session, leader, code=code, permission=permission)
