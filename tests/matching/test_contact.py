"""How somebody is reached: quiet hours of their own, one message or several, and mail to a proved address only."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.contact import TOPICS, Quiet, Wished, keep_contact, prove_email, reachable
from matching.outbox import COUNTED, tell
from matching.policy import DEFAULT
from matching.refusals import NotFound, NotProvedAddress, QuietTooLong
from models.authority import Actor
from models.contact import Reach, Topic
from models.outbox import OutboxMessage
from models.roster import Offer
from tests.matching.planning import publish
from tests.matching.world import World

PROVED = b"a" * 16
NIGHTS = Wished(quiet_from=time(8, 0), quiet_until=time(16, 0))


def at(hour: int, minute: int = 0, day: int = 25) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=DEFAULT.zone)


def keep(world: World, person_id: int, wished: Wished, digest: bytes | None = None) -> None:
    keep_contact(world.session, world.volunteer(person_id), wished=wished, email_digest=digest, now=world.now)
    world.session.flush()


def test_own_quiet_hours_come_on_top_of_the_houses(world: World, session: Session) -> None:
    worker, other = world.person("甲"), world.person("乙")
    keep(world, worker, NIGHTS)
    quiet = Quiet(session)
    assert [quiet.leaves_at(worker, now=one) for one in (at(3), at(7, 40), at(8), at(17), at(23))] == [
        at(7, 30),
        at(7, 40),
        at(16),
        at(17),
        at(7, 30, 26),
    ]
    assert quiet.leaves_at(other, now=at(9)) == at(9)
    keep(world, worker, Wished(quiet_from=time(7, 0), quiet_until=time(16, 0)))
    assert Quiet(session).leaves_at(worker, now=at(23)) == at(16, 0, 26)  # one quiet time ends in the other


def test_deadline_waits_for_the_message(world: World, session: Session) -> None:
    worker, other = world.person("甲"), world.person("乙")
    keep(world, worker, Wished(quiet_from=time(16, 0), quiet_until=time(8, 0)))
    world.need(seats=(2, 2, 2))
    publish(session, world.now)
    leaving = dict(session.execute(select(OutboxMessage.person_id, OutboxMessage.not_before_at)).all())
    assert (leaving[worker], leaving[other]) == (at(8, 0, 26), world.now)
    deadlines = dict(session.execute(select(Offer.person_id, Offer.deadline_at)).all())
    assert deadlines[worker] > deadlines[other]


def test_questions_come_gathered_or_one_by_one(world: World, session: Session) -> None:
    person = world.person("甲", free=((4, 480, 1080), (5, 480, 1080)))
    keep(world, person, Wished(gathered=False))
    world.need("一", day=date(2026, 12, 4))
    world.need("二")
    publish(session, world.now)
    kinds = session.scalars(select(OutboxMessage.kind)).all()
    assert kinds == ["offer", "offer"]


def test_mail_needs_an_address_that_was_proved(world: World, session: Session) -> None:
    person = world.person("甲")
    mail = Wished(offers=Reach.EMAIL)
    for digest in (None, PROVED):
        with pytest.raises(NotProvedAddress):
            keep(world, person, mail, digest)
    prove_email(session, world.volunteer(person), email_digest=PROVED, now=world.now)
    keep(world, person, mail, PROVED)
    assert reachable(session, person).wished == mail
    with pytest.raises(NotProvedAddress):  # the address changed since
        keep(world, person, replace(mail, news=Reach.BOTH), b"b" * 16)


def test_some_hours_of_the_day_are_left_beside_the_houses_night(world: World, session: Session) -> None:
    person = world.person("甲")
    for start, end in ((12, 9), (7, 22), (8, 19)):
        with pytest.raises(QuietTooLong):
            keep(world, person, Wished(quiet_from=time(start, 0), quiet_until=time(end, 0)))
    keep(world, person, Wished(quiet_from=time(18, 0), quiet_until=time(14, 0)))
    assert Quiet(session).leaves_at(person, now=at(18)) == at(14, 0, 26)
    with pytest.raises(NotFound):
        keep_contact(
            world.session, Actor(account_id=None, person_id=None), wished=NIGHTS, email_digest=None, now=world.now
        )


def test_message_of_a_moment_waits_for_its_readers_hours(world: World, session: Session) -> None:
    worker = world.person("甲")
    keep(world, worker, NIGHTS)
    tell(session, key="released/1", person_id=worker, kind="released", facts={}, now=at(10))
    session.flush()
    assert session.scalars(select(OutboxMessage.not_before_at)).one() == at(16)


def test_every_counted_kind_has_a_topic() -> None:
    assert set(COUNTED) <= set(TOPICS)
    assert set(TOPICS.values()) == set(Topic)
