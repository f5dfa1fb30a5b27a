"""Feedback both ways, what it changes next week, and whose turn it was."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.eligibility import judgements
from matching.feedback import Word, say_of_service, say_of_volunteer
from matching.queries.turns import turns
from matching.queries.words import words_on
from matching.refusals import NotFound, WrongState
from matching.week import Week
from models.authority import SYSTEM, Role
from models.feedback import Feedback, FeedbackSide
from models.need import Shift
from models.relation import NeedBar
from tests.matching.test_the_day import Day, confirmed
from tests.matching.world import STREET, ZONE, World


@pytest.fixture
def served(world: World) -> Day:
    day = confirmed(world)
    day.arrive()
    day.leave()
    return day


def bars(session: Session) -> list[tuple[int, str]]:
    return [(bar.person_id, bar.reason) for bar in session.scalars(select(NeedBar))]


def test_a_word_is_kept_once_and_said_anew(served: Day, session: Session) -> None:
    for rating in (3, 5):
        word = Word(rating=rating, again=True, note="很好")
        say_of_service(session, served.actor, assignment_id=served.assignment.id, word=word, now=served.at(200))
    rows = session.execute(select(Feedback.rating, Feedback.again, Feedback.note, Feedback.side)).all()
    assert rows == [(5, True, "很好", FeedbackSide.VOLUNTEER)]
    need_id = session.get_one(Shift, served.assignment.shift_id).need_id
    words = words_on(session, SYSTEM, need_id=need_id)
    assert (words.rated, words.mean, words.again, [text for _, text in words.notes]) == (1, 5.0, 1, ["很好"])


def test_whoever_would_not_come_again_is_not_asked_for_it_again(served: Day, session: Session) -> None:
    shift = session.get_one(Shift, served.assignment.shift_id)
    say = lambda again: say_of_service(  # noqa: E731
        session, served.actor, assignment_id=served.assignment.id, word=Word(again=again), now=served.at(200)
    )
    say(False)
    assert bars(session) == [(served.person, "own_feedback")]
    week = Week.holding(shift.starts_at, ZONE)
    found = judgements(session, person_ids=[served.person], shifts=[shift], week=week)
    assert [one.rule for one in found] == ["barred"]
    say(True)
    assert bars(session) == []


def test_a_leader_rates_nobody_and_bars_apart_from_what_the_person_said(served: Day, session: Session) -> None:
    leader = served.world.account("leader", Role.COORDINATOR, STREET)
    word = Word(rating=1, again=False, note="迟到")
    say_of_volunteer(session, leader, assignment_id=served.assignment.id, word=word, now=served.at(200))
    assert session.scalars(select(Feedback.rating)).all() == [None]
    assert bars(session) == [(served.person, "leader_feedback")]
    say_of_service(session, served.actor, assignment_id=served.assignment.id, word=Word(again=True), now=served.at(210))
    assert bars(session) == [(served.person, "leader_feedback")]
    need_id = session.get_one(Shift, served.assignment.shift_id).need_id
    assert words_on(session, leader, need_id=need_id).notes == ()


def test_only_whoever_served_and_only_ones_own(world: World, session: Session) -> None:
    day = confirmed(world)
    with pytest.raises(WrongState):
        say_of_service(session, day.actor, assignment_id=day.assignment.id, word=Word(rating=5), now=day.at(200))
    day.arrive()
    day.leave()
    stranger = world.volunteer(world.person("乙"))
    with pytest.raises(NotFound):
        say_of_service(session, stranger, assignment_id=day.assignment.id, word=Word(rating=1), now=day.at(200))
    other = world.account("other", Role.COORDINATOR, "310101013")
    with pytest.raises(NotFound):
        say_of_volunteer(session, other, assignment_id=day.assignment.id, word=Word(again=False), now=day.at(200))


def test_turns_count_who_was_asked_and_who_never(served: Day, session: Session) -> None:
    served.world.person("乙")
    leader = served.world.account("leader", Role.COORDINATOR, STREET)
    found = turns(session, leader, now=served.at(200))
    assert (found.people, found.by_count) == (2, ((0, 1), (1, 1)))
    assert [(one.name, one.asked, one.confirmed, one.served, one.absent) for one in found.lines] == [
        ("甲", 1, 1, 1, 0),
        ("乙", 0, 0, 0, 0),
    ]
    least = turns(session, leader, now=served.at(200), most_first=False)
    assert [one.name for one in least.lines] == ["乙", "甲"]
    assert turns(session, served.world.account("o", Role.COORDINATOR, "310101013"), now=served.at(200)).people == 0
