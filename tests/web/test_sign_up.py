"""Signing up in three screens, claiming who one is, and changing what one offers."""

from typing import Any

import pytest
from sqlalchemy import select

from matching.queries.volunteers import Profile, profile
from models import Account, Person
from models.authority import SYSTEM
from registry.consolidate import consolidate
from registry.intake import import_file
from tests.registry.files import RED_CROSS, number, red_cross_row, written
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, World
from web.accounts.codes import code_for, window_of
from web.database import Work
from web.settings import Settings

ABOUT: dict[str, Any] = {
    "born_on": "1988-01-02",
    "unit_code": STREET,
    "skills[]": ["dialect", "driving"],
    "likes[]": ["elderly"],
    "free[]": ["5-9", "5-10", "5-11", "2-19"],
    "radius_metres": "3000",
    "max_shifts_week": "2",
}


@pytest.fixture
def proved(client: ProofReadingClient, world: World, settings: Settings, now: Any) -> ProofReadingClient:
    """A stranger who has proved a telephone on the first two screens."""
    first = {"name": "孙丽", "telephone": "12800000003", "agreed": "1"}
    assert client.send("/sign-up", first).headers["Location"] == "/sign-in/code"
    code = code_for(settings.secret_key, "12800000003", window_of(now))
    assert client.send("/sign-in/code", {"code": code}).headers["Location"] == "/sign-up/about"
    return client


def found(work: Work, name: str) -> Profile:
    with work.read() as session:
        person = session.scalars(select(Person.id).where(Person.name == name)).one()
        return profile(session, person)


def test_three_screens_lead_to_my_week(proved: ProofReadingClient, work: Work) -> None:
    assert proved.get("/sign-up/about").status_code == 200
    answer = proved.send("/sign-up/about", ABOUT)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me")
    assert "欢迎您，孙丽" in proved.get("/me").text
    known = found(work, "孙丽")
    assert known.free == ((2, 1140, 1200), (5, 540, 720))
    assert {tag for tag, _until in known.tags} >= {"dialect", "driving"}
    assert (known.likes, known.radius_metres, known.max_shifts_week) == (("elderly",), 3000, 2)
    assert known.telephone_masked == "128****0003"


def test_the_same_telephone_comes_back_by_its_code(
    proved: ProofReadingClient, work: Work, settings: Settings, now: Any
) -> None:
    proved.send("/sign-up/about", ABOUT)
    proved.send("/sign-out")
    proved.send("/sign-in/telephone", {"telephone": "128-0000-0003"})
    old = code_for(settings.secret_key, "12800000003", window_of(now))
    assert proved.send("/sign-in/code", {"code": old}).status_code == 422
    code = code_for(settings.secret_key, "12800000003", window_of(now), 1)
    assert proved.send("/sign-in/code", {"code": code}).headers["Location"] == "/me"
    with work.read() as session:
        assert len(session.scalars(select(Account)).all()) == 1


def test_without_agreement_nothing_is_sent(client: ProofReadingClient) -> None:
    answer = client.send("/sign-up", {"name": "孙丽", "telephone": "12800000003"})
    assert answer.status_code == 422
    assert "需要您同意才能继续" in answer.text
    assert 'value="12800000003"' in answer.text


def test_a_wrong_id_number_is_said_and_nothing_is_lost(proved: ProofReadingClient) -> None:
    answer = proved.send("/sign-up/about", {**ABOUT, "id_number": "11010519491231002Y"})
    assert answer.status_code == 422
    assert 'value="1988-01-02"' in answer.text
    assert 'value="5-9" aria-label="周六 09:00–10:00" checked' in answer.text


def test_the_last_screen_needs_the_first(client: ProofReadingClient) -> None:
    assert client.get("/sign-up/about").headers["Location"] == "/sign-up"
    assert client.send("/sign-up/about", ABOUT).headers["Location"] == "/sign-up"


@pytest.fixture
def known_to_red_cross(world: World, work: Work, tmp_path: Any, now: Any) -> str:
    whole = number("1990-05-06", 22)
    row = red_cross_row(2, "钱敏", 证件号=whole, 电话="10100000002")
    path = written(tmp_path / "red_cross.csv", RED_CROSS, [row])
    with work.begin() as session:
        import_file(session, SYSTEM, source="red_cross", path=path, now=now)
        consolidate(session, SYSTEM, now=now)
    return whole


def test_who_is_known_already_proves_it_and_gets_in(
    client: ProofReadingClient, known_to_red_cross: str, settings: Settings, now: Any, work: Work
) -> None:
    client.send("/sign-in/telephone", {"telephone": "10100000002"})
    code = code_for(settings.secret_key, "10100000002", window_of(now))
    assert client.send("/sign-in/code", {"code": code}).headers["Location"] == "/sign-in/claim"
    assert "钱敏" not in client.get("/sign-in/claim").text
    wrong = client.send("/sign-in/claim", {"name": "钱敏", "last_four": "0000"})
    assert wrong.status_code == 422
    answer = client.send("/sign-in/claim", {"name": "钱敏", "last_four": known_to_red_cross[-4:]})
    assert answer.headers["Location"] == "/me"
    assert "欢迎您，钱敏" in client.get("/me").text


def test_a_claim_without_a_proved_telephone_is_none(client: ProofReadingClient) -> None:
    answer = client.send("/sign-in/claim", {"name": "钱敏", "last_four": "0000"})
    assert answer.headers["Location"] == "/sign-in/telephone"


def test_what_i_offer_is_changed(proved: ProofReadingClient, work: Work) -> None:
    proved.send("/sign-up/about", ABOUT)
    changed = {"free[]": ["6-14", "6-15"], "skills[]": ["music"], "likes[]": ["culture"], "radius_metres": "10000"}
    assert proved.send("/me/profile", {**changed, "by_people_only": "1"}).status_code == 302
    known = found(work, "孙丽")
    assert (known.free, known.likes) == (((6, 840, 960),), ("culture",))
    assert (known.radius_metres, known.max_shifts_week, known.by_people_only) == (10000, None, True)
    assert "music" in {tag for tag, _until in known.tags}


def test_anothers_number_does_not_open_their_data(
    proved: ProofReadingClient, known_to_red_cross: str, work: Work
) -> None:
    proved.send("/sign-up", {"name": "钱敏", "telephone": "12800000003", "agreed": "1"})
    stolen = {**ABOUT, "born_on": "1990-05-06", "id_number": known_to_red_cross}
    assert proved.send("/sign-up/about", stolen).headers["Location"] == "/me"
    with work.read() as session:
        known = session.scalars(select(Person.id).where(Person.id_number_masked.is_not(None))).one()
        account = session.scalars(select(Account)).one()
    assert account.person_id != known


def test_a_minor_is_told_that_a_guardian_agrees_first(proved: ProofReadingClient) -> None:
    proved.send("/sign-up/about", {**ABOUT, "born_on": "2012-01-02"})
    assert "需要监护人先同意" in proved.get("/me").text
