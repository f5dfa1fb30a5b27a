from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from matching.refusals import OfferClosed
from models import Offer, Person
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


DECLINE = {
    "answer": "decline",
    "reason": "other_time",
    "other_on": "2026-12-05",
    "other_starts": "14:00",
    "pause_weeks": "4",
    "note": "下午都行",
}


def test_declining_names_another_time_and_a_pause(volunteer: ProofReadingClient, world: World, work: Work) -> None:
    volunteer.send(f"/me/offers/{world.open_offer_id}", DECLINE)
    page = volunteer.get("/me").text
    assert "2026年12月23日 之前不会邀约您" in page
    with work.read() as session:
        offer = session.get_one(Offer, world.open_offer_id)
        person = session.get_one(Person, world.persons[0])
    assert offer.other_starts_at == datetime(2026, 12, 5, 6, tzinfo=UTC)
    assert (offer.answer_note, person.paused_until) == ("下午都行", date(2026, 12, 23))


@pytest.mark.parametrize("answer", [{"answer": "confirm"}, DECLINE])
def test_every_answer_is_taken_back(
    volunteer: ProofReadingClient, world: World, work: Work, answer: dict[str, str]
) -> None:
    volunteer.send(f"/me/offers/{world.open_offer_id}", answer)
    assert f'action="/me/offers/{world.open_offer_id}/undo"' in volunteer.get("/me").text
    assert volunteer.send(f"/me/offers/{world.open_offer_id}/undo").status_code == 302
    assert offer_state(work, world.open_offer_id) is OfferState.OPEN
    assert volunteer.send(f"/me/offers/{world.open_offer_id}/undo").status_code == 409


def test_a_link_takes_its_answer_back_and_keeps_what_was_typed(
    client: ProofReadingClient, world: World, work: Work, settings: Settings
) -> None:
    path = f"/o/{offer_token(settings.secret_key, world.open_offer_id)}"
    wrong = client.send(path, {"answer": "decline", "note": "改天", "other_starts": "late"})
    assert wrong.status_code == 422
    assert 'value="改天"' in wrong.text
    client.send(path, {"answer": "confirm"})
    assert f'action="{path}/undo"' in client.get(path).text
    client.send(f"{path}/undo")
    assert offer_state(work, world.open_offer_id) is OfferState.OPEN
    assert "我来" in client.get(path).text


def test_a_pause_begins_ends_and_is_undone(volunteer: ProofReadingClient, world: World, work: Work) -> None:
    def paused() -> date | None:
        with work.read() as session:
            return session.get_one(Person, world.persons[0]).paused_until

    volunteer.send("/me/pause", {"weeks": "2"})
    assert paused() == date(2026, 12, 9)
    assert "现在就恢复邀约" in volunteer.get("/me").text
    volunteer.send("/me/pause")
    assert paused() is None
    assert 'action="/me/pause?until=2026-12-09"' in volunteer.get("/me").text
    volunteer.send("/me/pause?until=2026-12-09")
    assert paused() == date(2026, 12, 9)


def test_people_not_the_program_propose_me(volunteer: ProofReadingClient, world: World, work: Work) -> None:
    volunteer.send("/me/by-people", {"only": "1"})
    page = volunteer.get("/me").text
    assert "只由协调员邀请您" in page
    with work.read() as session:
        assert session.get_one(Person, world.persons[0]).by_people_only
    volunteer.send("/me/by-people")
    with work.read() as session:
        assert not session.get_one(Person, world.persons[0]).by_people_only


def test_a_kind_left_out_is_had_back(volunteer: ProofReadingClient, world: World) -> None:
    volunteer.send(f"/me/offers/{world.open_offer_id}", {"answer": "decline", "reason": "not_this_kind"})
    assert "不再邀请我的类别" in volunteer.get("/me/profile").text
    volunteer.send("/me/profile/like-again", {"category": "medical"})
    assert "不再邀请我的类别" not in volunteer.get("/me/profile").text
