"""How the reader wants to be reached, in pages: choosing, proving an address by a link, and what may not be chosen."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from matching.contact import reachable
from models.authority import Role
from models.contact import Reach
from models.outbox import OutboxMessage
from models.person import Person
from registry.persons import place_of_person
from tests.conftest import KEYRING
from tests.web.proofreading import ProofReadingClient
from tests.web.world import World
from web.current import installation
from web.database import Work
from web.jobs.letters import letters_of

Sign = Callable[..., ProofReadingClient]
CHOICE = {"offers": "sms", "reminders": "page", "news": "sms", "gathered": "1", "quiet_from": "08:00"}


@pytest.fixture
def chen(world: World, work: Work, account: Callable[..., int]) -> int:
    """A volunteer whose mail address is known and not proved."""
    person = world.persons[1]
    with work.begin() as session:
        place = place_of_person("email_sealed", person)
        session.get_one(Person, person).email_sealed = KEYRING.seal(b"chen@example.org", bound_to=place)
    account("chen", Role.VOLUNTEER, "", person)
    return person


def test_choice_is_kept_and_half_a_quiet_time_is_not(chen: int, work: Work, sign_in: Sign) -> None:
    client = sign_in("chen")
    assert client.send("/me/notifications", CHOICE).status_code == 422
    assert client.send("/me/notifications", {**CHOICE, "quiet_until": "16:00"}).status_code == 302
    with work.read() as session:
        wished = reachable(session, chen).wished
    assert wished is not None
    assert (wished.offers, wished.reminders, f"{wished.quiet_until:%H:%M}") == (Reach.SMS, Reach.PAGE, "16:00")
    assert 'value="16:00"' in client.get("/me/notifications").text


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_address_is_proved_by_the_link_and_then_chosen(
    chen: int, work: Work, app: Flask, sign_in: Sign, language: str
) -> None:
    client = sign_in("chen", language)
    mail = {"offers": "email", "reminders": "both", "news": "sms"}
    assert client.send("/me/notifications", mail).status_code == 422
    page = client.get("/me/notifications").text
    assert ('value="email"' in page, "c***@example.org" in page, "chen@" in page) == (False, True, False)
    client.send("/me/notifications/email")
    with work.read() as session:
        message = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "email_check")).one()
    with app.app_context():
        letter = letters_of(app, installation().settings)(work, message)
    assert letter is not None
    assert (letter.email, letter.telephone, letter.channels) == ("chen@example.org", None, frozenset({"email"}))
    link = re.search(r"/m/\S+", letter.text)
    assert link is not None
    stranger = app.test_client()
    assert isinstance(stranger, ProofReadingClient)
    assert stranger.get(link[0]).status_code == 200
    assert 'value="email"' not in client.get("/me/notifications").text  # looking proves nothing
    stranger.send(link[0])
    assert 'value="email"' in client.get("/me/notifications").text
    assert client.send("/me/notifications", mail).status_code == 302
    assert stranger.get("/m/forged").status_code == 404
