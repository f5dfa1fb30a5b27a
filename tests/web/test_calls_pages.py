"""People without a telephone: registered on their behalf, asked by word of mouth, their answer written down."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from matching.asking import ask
from models import AssistedEntry, AuditEvent, Consent, Offer, Person, Shift, ShiftRole, SourceRecord
from models.authority import Role
from models.roster import OfferState
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import OTHER_STREET, STREET, World
from web.database import Work

Sign = Callable[..., ProofReadingClient]
THEM: dict[str, Any] = {
    "consent": "spoken",
    "name": "沈阿婆",
    "born_on": "1948-03-02",
    "gender": "2",
    "unit_code": STREET,
    "address": "外滩街道中山路12弄3号301室",
    "telephone": "",
    "free[]": [f"{day}-{hour}" for day in range(7) for hour in range(7, 21)],
    "radius_metres": "20000",
    "max_shifts_week": "2",
}


@pytest.fixture
def coordinator(world: World, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("qian", Role.COORDINATOR, STREET)
    return sign_in("qian")


def person_of(work: Work) -> Person:
    with work.read() as session:
        return session.scalars(select(Person).join(AssistedEntry, AssistedEntry.person_id == Person.id)).one()


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_pages_read_well_in_both_languages(
    world: World, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("qian", Role.COORDINATOR, STREET)
    client = sign_in("qian", language)
    assert [client.get(path).status_code for path in ("/calls", "/calls/new")] == [200, 200]
    assert client.send("/calls/new", {"name": "", "consent": ""}).status_code == 422


def test_somebody_without_a_telephone_is_registered_and_asked(
    coordinator: ProofReadingClient, work: Work, world: World
) -> None:
    assert coordinator.send("/calls/new", THEM).status_code == 302
    them = person_of(work)
    assert (them.name, them.telephone_digest) == ("沈阿婆", None)
    with work.read() as session:
        purposes = session.scalars(select(Consent.purpose).where(Consent.person_id == them.id))
        assert sorted(purposes) == ["contact", "matching"]
        assert session.scalars(select(SourceRecord.source)).all().count("self_service") == 1
    with work.begin() as session:
        shift = session.get_one(Shift, world.shift_id)
        role = session.scalars(select(ShiftRole.id).where(ShiftRole.shift_id == shift.id)).first()
        offer_id = ask(session, role_id=role, shift=shift, person_id=them.id, roster_id=None, now=NOW)
    page = coordinator.get("/calls").text
    assert "沈阿婆" in page
    assert "12弄3号301" in page
    with work.read() as session:
        looked = select(AuditEvent.reason).where(
            AuditEvent.action == "number.revealed", AuditEvent.subject_id == them.id
        )
        assert session.scalars(looked).all() == ["call"]
    assert coordinator.send(f"/calls/{offer_id}", {"answer": "confirm"}).status_code == 302
    with work.read() as session:
        assert session.get_one(Offer, offer_id).state is OfferState.CONFIRMED
    assert "12弄3号301" not in coordinator.get("/calls").text


def test_other_streets_and_other_peoples_offers_are_not_hers(
    coordinator: ProofReadingClient, account: Callable[..., int], sign_in: Sign, world: World, work: Work
) -> None:
    coordinator.send("/calls/new", THEM)
    account("zhao", Role.COORDINATOR, OTHER_STREET)
    assert "沈阿婆" not in sign_in("zhao").get("/calls").text
    assert coordinator.send(f"/calls/{world.open_offer_id}", {"answer": "confirm"}).status_code == 404
    with work.read() as session:
        assert session.get_one(Offer, world.open_offer_id).state is OfferState.OPEN
    assert coordinator.send("/calls/new", THEM | {"unit_code": OTHER_STREET}).status_code in {403, 404}


@pytest.mark.parametrize(("field", "value"), [("born_on", "2012-05-06"), ("consent", ""), ("name", "")])
def test_without_agreement_or_under_age_nobody_is_registered(
    coordinator: ProofReadingClient, work: Work, field: str, value: str
) -> None:
    assert coordinator.send("/calls/new", THEM | {field: value}).status_code == 422
    with work.read() as session:
        assert session.scalars(select(AssistedEntry.id)).all() == []
