from collections.abc import Callable
from datetime import datetime

import pytest

from matching.refusals import OfferClosed
from models import Offer
from models.authority import Role
from models.roster import OfferState
from tests.web.proofreading import ProofReadingClient
from tests.web.world import World
from web.database import Work
from web.links import offer_token
from web.settings import Settings

Sign = Callable[..., ProofReadingClient]


def offer_state(work: Work, offer_id: int) -> OfferState:
    with work.read() as session:
        return session.get_one(Offer, offer_id).state


@pytest.fixture
def volunteer(world: World, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("wang", Role.VOLUNTEER, person_id=world.persons[0])
    return sign_in("wang")


def test_my_week_asks_and_says_why(volunteer: ProofReadingClient) -> None:
    page = volunteer.get("/me").text
    assert "周三 12月2日 09:00–11:00" in page
    assert "周三集市急救点" in page
    assert "我来" in page
    assert "105 小时" in page


def test_my_week_reads_in_english(world: World, account: Callable[..., int], sign_in: Sign) -> None:
    account("wang", Role.VOLUNTEER, person_id=world.persons[0])
    page = sign_in("wang", language="en").get("/me").text
    assert "Wed 2 Dec 09:00–11:00" in page


def test_one_tap_confirms(volunteer: ProofReadingClient, world: World, work: Work) -> None:
    answer = volunteer.send(f"/me/offers/{world.open_offer_id}", {"answer": "confirm"})
    assert answer.status_code == 302
    assert "到时见" in volunteer.get("/me").text
    assert offer_state(work, world.open_offer_id) is OfferState.CONFIRMED


def test_declining_keeps_the_reason(volunteer: ProofReadingClient, world: World, work: Work) -> None:
    volunteer.send(f"/me/offers/{world.open_offer_id}", {"answer": "decline", "reason": "too_far"})
    with work.read() as session:
        offer = session.get_one(Offer, world.open_offer_id)
    assert (offer.state, offer.answer_reason) == (OfferState.DECLINED, "too_far")


def test_another_persons_offer_is_not_there(volunteer: ProofReadingClient, world: World, work: Work) -> None:
    answer = volunteer.send(f"/me/offers/{world.confirmed_offer_id}", {"answer": "decline"})
    assert answer.status_code == 404
    assert offer_state(work, world.confirmed_offer_id) is OfferState.CONFIRMED


def test_an_id_beyond_all_ids_is_not_there(volunteer: ProofReadingClient) -> None:
    assert volunteer.send(f"/me/offers/{2**70}", {"answer": "decline"}).status_code == 404


def test_a_link_shows_and_answers_without_signing_in(
    client: ProofReadingClient, world: World, work: Work, settings: Settings
) -> None:
    path = f"/o/{offer_token(settings.secret_key, world.open_offer_id)}"
    assert "周三集市急救点" in client.get(path).text
    assert offer_state(work, world.open_offer_id) is OfferState.OPEN
    assert client.send(path, {"answer": "confirm"}).status_code == 302
    assert "您会来" in client.get(path).text
    assert offer_state(work, world.open_offer_id) is OfferState.CONFIRMED


def test_a_forged_link_opens_nothing(client: ProofReadingClient, world: World) -> None:
    assert client.get(f"/o/{offer_token('other', world.open_offer_id)}").status_code == 404


def test_an_answer_after_a_withdrawal_is_refused_with_words(
    volunteer: ProofReadingClient, world: World, work: Work, now: datetime
) -> None:
    with work.begin() as session:
        session.get_one(Offer, world.open_offer_id).state = OfferState.WITHDRAWN
    answer = volunteer.send(f"/me/offers/{world.open_offer_id}", {"answer": "confirm"})
    assert answer.status_code == 409
    assert "这次邀约已经答复、撤回" in answer.text
    assert OfferClosed.code == "offer_closed"


def test_staff_without_a_person_have_no_week(account: Callable[..., int], sign_in: Sign) -> None:
    account("li", Role.STEWARD)
    assert sign_in("li").get("/me").status_code == 404
