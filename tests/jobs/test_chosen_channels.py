"""Letters leave by the channel that their reader chose: one, both once each, or none."""

from datetime import timedelta

import pytest
from flask import Flask

from matching.contact import Wished, keep_contact, prove_email
from models import OutboxMessage, Person
from models.authority import Actor
from models.contact import ContactWish, Reach
from models.outbox import MessageState
from registry.persons import place_of_person
from tests.conftest import KEYRING, NOW
from tests.web.world import World, make_world
from web.app import create_app
from web.database import Work
from web.gateways import Letter, RecordingGateway
from web.jobs.letters import letters_of
from web.jobs.outbox import send_outbox
from web.settings import Settings, read_settings

ADDRESS, TELEPHONE = "li@example.org", "10100000001"


@pytest.fixture
def settings(tmp_path: object) -> Settings:
    return read_settings({"LINLI_INSTANCE": str(tmp_path)})


@pytest.fixture
def app(settings: Settings, work: Work) -> Flask:
    return create_app(settings, work, {"TESTING": True, "CLOCK": lambda: NOW})


@pytest.fixture
def world(work: Work) -> World:
    """The first person of the world has a telephone, an address that they proved, and one open offer."""
    made = make_world(work, now=NOW)
    with work.begin() as session:
        person = session.get_one(Person, made.persons[0])
        for name, value in (("telephone_sealed", TELEPHONE), ("email_sealed", ADDRESS)):
            setattr(person, name, KEYRING.seal(value.encode(), bound_to=place_of_person(name, person.id)))
        session.query(OutboxMessage).filter(OutboxMessage.person_id != person.id).delete()
        prove_email(session, actor(made), email_digest=KEYRING.digest("email", ADDRESS), now=NOW)
        session.query(OutboxMessage).update({"not_before_at": NOW - timedelta(days=400)})
    return made


def actor(world: World) -> Actor:
    return Actor(account_id=None, person_id=world.persons[0])


def choose(work: Work, world: World, reach: Reach) -> None:
    with work.begin() as session:
        digest = KEYRING.digest("email", ADDRESS)
        keep_contact(session, actor(world), wished=Wished(offers=reach), email_digest=digest, now=NOW)


def sweep(app: Flask, settings: Settings, work: Work) -> tuple[list[Letter], list[Letter]]:
    """Send everything, twice, whatever the hour of the day is."""
    sms, mail = RecordingGateway(channel="sms"), RecordingGateway(channel="email")
    for _ in range(2):
        send_outbox(work, (sms, mail), letters_of(app, settings))
        with work.begin() as session:
            session.query(OutboxMessage).filter(OutboxMessage.state == MessageState.WAITING).update(
                {"not_before_at": NOW - timedelta(days=400)}
            )
    return sms.letters, mail.letters


@pytest.mark.parametrize(
    ("reach", "by_sms", "by_mail"),
    [(Reach.SMS, 1, 0), (Reach.EMAIL, 0, 1), (Reach.BOTH, 1, 1), (Reach.PAGE, 0, 0)],
)
def test_letter_leaves_by_the_channel_that_was_chosen(  # noqa: PLR0917  the world and a row of the table
    app: Flask, settings: Settings, work: Work, world: World, reach: Reach, by_sms: int, by_mail: int
) -> None:
    choose(work, world, reach)
    sms, mail = sweep(app, settings, work)
    assert (len(sms), len(mail)) == (by_sms, by_mail)
    assert len({letter.text for letter in (*sms, *mail)}) == min(1, by_sms + by_mail)


def test_without_a_choice_a_short_message_is_enough(app: Flask, settings: Settings, work: Work, world: World) -> None:
    with work.begin() as session:
        session.query(ContactWish).delete()
    sms, mail = sweep(app, settings, work)
    assert (len(sms), len(mail)) == (1, 0)


def test_address_that_changed_is_not_written_to(app: Flask, settings: Settings, work: Work, world: World) -> None:
    choose(work, world, Reach.EMAIL)
    with work.begin() as session:
        person = session.get_one(Person, world.persons[0])
        place = place_of_person("email_sealed", person.id)
        person.email_sealed = KEYRING.seal(b"other@example.org", bound_to=place)
    sms, mail = sweep(app, settings, work)
    assert (len(sms), len(mail)) == (1, 0)
