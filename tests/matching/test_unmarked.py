"""Whoever was expected and of whom nothing is written: people are asked, the program invents nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.attendance import record_absence, record_excuse
from matching.hours import approve_hours, propose_check_outs
from matching.offers import Answer, answer_offer
from matching.policy import DEFAULT
from matching.presence import mark_presence
from matching.queries.service import hour_totals
from matching.queries.turns import turns
from matching.refusals import NotFound, WrongState
from matching.unmarked import my_unmarked, say_i_was_there, take_back_i_was_there, unmarked_shifts
from models.authority import SYSTEM, Actor, Role
from models.roster import Assignment, AssignmentState, Offer
from models.service import HourRecord, HourState, PresenceKind
from tests.matching.planning import publish
from tests.matching.world import STREET, World

OVER = timedelta(minutes=DEFAULT.check_out_after_minutes)
LONG_AGO = timedelta(days=DEFAULT.ask_who_came_days)


@pytest.fixture
def seats(world: World, session: Session) -> list[Assignment]:
    """Two people who confirmed one shift."""
    for name in "甲乙":
        world.person(name)
    world.need(seats=(2, 2, 2))
    publish(session, world.now)
    for offer in session.scalars(select(Offer)).all():
        actor = world.volunteer(offer.person_id)
        answer_offer(session, actor, offer_id=offer.id, answer=Answer.CONFIRM, now=world.now)
    return list(session.scalars(select(Assignment).order_by(Assignment.id)))


def asked(session: Session, actor: Actor, seat: Assignment, after: timedelta) -> list[int]:
    return [one.people for one in unmarked_shifts(session, actor, now=seat.ends_at + after)]


def test_leader_is_asked_once_the_check_out_is_over_and_for_some_days(
    world: World, session: Session, seats: list[Assignment]
) -> None:
    leader = world.account("zhou", Role.COORDINATOR, STREET)
    seat = seats[0]
    moments = (OVER - timedelta(minutes=1), OVER, LONG_AGO - timedelta(minutes=1), LONG_AGO)
    assert [asked(session, leader, seat, after) for after in moments] == [[], [2], [2], []]
    stranger = world.account("li", Role.COORDINATOR, "310104")
    assert asked(session, stranger, seat, OVER) == []


def test_nothing_is_invented_however_long_nobody_writes(session: Session, seats: list[Assignment]) -> None:
    propose_check_outs(session, now=seats[0].ends_at + LONG_AGO)
    assert [seat.state for seat in seats] == [AssignmentState.CONFIRMED] * 2
    assert session.scalars(select(HourRecord)).all() == []
    assert hour_totals(session, person_id=seats[0].person_id).served == 0


def test_what_a_person_writes_ends_the_question(world: World, session: Session, seats: list[Assignment]) -> None:
    leader = world.account("zhou", Role.COORDINATOR, STREET)
    first, other = seats
    mark_presence(
        session, leader, assignment_id=first.id, kind=PresenceKind.IN, at=first.starts_at, now=first.starts_at
    )
    assert asked(session, leader, first, OVER) == [1]
    record_excuse(session, leader, assignment_id=other.id, reason="ill", now=other.ends_at + OVER)
    assert asked(session, leader, first, OVER) == []


def test_only_absence_said_by_a_person_counts(world: World, session: Session, seats: list[Assignment]) -> None:
    leader = world.account("zhou", Role.COORDINATOR, STREET)
    record_absence(session, leader, assignment_id=seats[0].id, now=seats[0].ends_at + OVER)
    found = {one.person_id: one.absent for one in turns(session, leader, now=seats[0].ends_at + OVER).lines}
    assert (found[seats[0].person_id], found[seats[1].person_id]) == (1, 0)


def test_own_word_proposes_hours_that_count_when_approved(
    world: World, session: Session, seats: list[Assignment]
) -> None:
    leader = world.account("zhou", Role.COORDINATOR, STREET)
    seat, later = seats[0], seats[0].ends_at + OVER
    me = world.volunteer(seat.person_id)
    assert my_unmarked(session, me, now=later) == {seat.id: False}
    record = say_i_was_there(session, me, assignment_id=seat.id, now=later)
    assert my_unmarked(session, me, now=later) == {seat.id: True}
    assert (hour_totals(session, person_id=seat.person_id).served, seat.state) == (0, AssignmentState.CONFIRMED)
    with pytest.raises(WrongState):
        say_i_was_there(session, me, assignment_id=seat.id, now=later)
    approve_hours(session, leader, record_id=record, now=later)
    assert (hour_totals(session, person_id=seat.person_id).served, seat.state) == (120, AssignmentState.SERVED)


def test_own_word_is_taken_back_and_is_ones_own(world: World, session: Session, seats: list[Assignment]) -> None:
    seat, later = seats[0], seats[0].ends_at + OVER
    me, other = world.volunteer(seat.person_id), world.volunteer(seats[1].person_id)
    with pytest.raises(NotFound):
        say_i_was_there(session, other, assignment_id=seat.id, now=later)
    for now in (seat.starts_at, seat.ends_at + LONG_AGO):
        with pytest.raises(WrongState):
            say_i_was_there(session, me, assignment_id=seat.id, now=now)
    record = say_i_was_there(session, me, assignment_id=seat.id, now=later)
    take_back_i_was_there(session, me, assignment_id=seat.id, now=later)
    assert session.get_one(HourRecord, record).state is HourState.VOID
    assert say_i_was_there(session, me, assignment_id=seat.id, now=later) == record


def test_absence_said_later_lets_own_word_count_for_nothing(session: Session, seats: list[Assignment]) -> None:
    seat, later = seats[0], seats[0].ends_at + OVER
    record = say_i_was_there(
        session, Actor(account_id=None, person_id=seat.person_id), assignment_id=seat.id, now=later
    )
    record_absence(session, SYSTEM, assignment_id=seat.id, now=later)
    assert session.get_one(HourRecord, record).state is HourState.VOID
