"""One's own data: records by agency, consents, corrections, a copy, leaving and coming back, companions, guardians."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from matching.queries.finding import needs_nearby
from models import (
    Account,
    Assignment,
    Consent,
    Offer,
    OutboxMessage,
    Person,
    PersonFree,
    PersonLink,
    PersonPair,
    PersonTag,
    SourceRecord,
)
from models.authority import SYSTEM, Actor, Role
from models.contact import ContactWish
from models.person import PersonState
from models.roster import AssignmentState, OfferState
from models.source import RecordState
from registry.leaving import erase_departed
from registry.persons import write_persons
from registry.queries.copy import registry_copy
from registry.reveal import note_look
from tests.registry.files import number
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, World, take_in_agencies
from web.accounts.guardians import guardian_token
from web.accounts.volunteering import Offered, SignUp, sign_up
from web.database import Work
from web.forms.volunteers import Wishes
from web.settings import Settings

Sign = Callable[..., ProofReadingClient]


def joined(work: Work, now: Any, born_on: date = date(1990, 5, 6), **facts: Any) -> int:
    """Sign somebody up; give the person's id."""
    offered = Offered(skills=("dialect",), likes=(), free=((5, 540, 720),), wishes=Wishes(radius_metres=3000))
    command = SignUp(
        name="钱敏",
        telephone="10100000002",
        born_on=born_on,
        gender="2",
        unit_code=STREET,
        id_number=facts.get("id_number", ""),
        offered=offered,
    )
    with work.begin() as session:
        return sign_up(session, command, language="zh_Hans_CN", now=now).person_id or 0


@pytest.fixture
def enter(world: World, account: Callable[..., int], sign_in: Sign) -> Callable[..., ProofReadingClient]:
    """Give a maker of clients signed in as a person: `enter("chen", 2)`."""

    def make(login: str, person_id: int) -> ProofReadingClient:
        account(login, Role.VOLUNTEER, person_id=person_id)
        return sign_in(login)

    return make


@pytest.fixture
def qian(work: Work, tmp_path: Path, now: Any, enter: Callable[..., ProofReadingClient]) -> ProofReadingClient:
    """Somebody whom two agencies know, and who signed up."""
    take_in_agencies(work, tmp_path, now=now)
    person = joined(work, now, id_number=number("1990-05-06", 22))
    return enter("qian", person)


def me(work: Work) -> int:
    with work.read() as session:
        return session.scalars(select(Account.person_id).where(Account.login == "qian")).one() or 0


def actor(work: Work) -> Actor:
    return Actor(account_id=None, person_id=me(work))


def test_each_agencys_record_is_shown_with_masked_numbers(qian: ProofReadingClient, work: Work, now: Any) -> None:
    with work.begin() as session:
        note_look(session, SYSTEM, person_id=me(work), now=now)
    page = qian.get("/me/data").text
    for source in ("文明办", "红十字会"):
        assert f"<summary>{source}" in page
    assert "查看了您的页面" in page
    assert number("1990-05-06", 22) not in page
    assert "10100000002" not in page


def test_consents_are_taken_back_and_given(qian: ProofReadingClient, work: Work, now: Any) -> None:
    said = {"purpose": "matching", "handler": "linli"}
    qian.send("/me/data/consents", {**said, "given": ""})
    with work.read() as session:
        assert session.scalars(select(Consent.withdrawn_at)).one() == now
        assert {one.rule for one in needs_nearby(session, actor(work), now=now).roles} <= {"away"}
    qian.send("/me/data/consents", {**said, "given": "1"})
    with work.read() as session:
        assert session.scalars(select(Consent.withdrawn_at)).one() is None
    refused = qian.send("/me/data/consents", {"purpose": "register", "handler": "red_cross"})
    assert refused.status_code == 404


def test_corrections_count_and_lose_nothing(qian: ProofReadingClient, work: Work) -> None:
    assert qian.get("/me/data/correct").status_code == 200
    wrong = qian.send("/me/data/correct", {"unit_code": STREET, "email": "no mail"})
    assert wrong.status_code == 422
    assert 'value="no mail"' in wrong.text
    qian.send("/me/data/correct", {"unit_code": STREET, "email": "qian@example.com"})
    with work.read() as session:
        whole = registry_copy(session, actor(work))["person"]
    assert (whole["email"], whole["telephone"], len(whole["free"])) == ("qian@example.com", "10100000002", 1)


def test_a_copy_holds_everything_whole(qian: ProofReadingClient) -> None:
    answer = qian.send("/me/data/copy")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert sorted(archive.namelist()) == ["linli.html", "linli.json"]
    whole = orjson.loads(archive.read("linli.json"))
    assert whole["registry"]["person"]["id_number"] == number("1990-05-06", 22)
    assert {record["source"] for record in whole["registry"]["records"]} == {
        "civilisation",
        "red_cross",
        "self_service",
    }
    assert "10100000002" in archive.read("linli.html").decode()


def test_leaving_gives_seats_back_and_is_taken_back(
    world: World, enter: Callable[..., ProofReadingClient], work: Work
) -> None:
    chen = enter("chen", world.persons[1])
    chen.send("/me/data/leave")
    assert "您已退出" in chen.get("/me/data").text
    with work.read() as session:
        offer = session.get_one(Offer, world.confirmed_offer_id)
        assert offer.state is OfferState.WITHDRAWN
        assert session.get_one(Assignment, offer.assignment_id).state is AssignmentState.RELEASED
        assert session.get_one(Person, world.persons[1]).state is PersonState.WITHDRAWN
    chen.send("/me/data/stay")
    with work.read() as session:
        assert session.get_one(Person, world.persons[1]).state is PersonState.ACTIVE
    assert chen.send("/me/data/stay").status_code == 409


def test_what_no_law_keeps_is_erased_after_a_month(qian: ProofReadingClient, work: Work, now: Any) -> None:
    person = me(work)
    qian.send("/me/notifications", {"offers": "sms", "reminders": "page", "news": "sms"})
    with work.read() as session:
        assert session.get(ContactWish, person) is not None
    qian.send("/me/data/leave")
    with work.begin() as session:
        assert erase_departed(session, now=now + timedelta(days=29)) == 0
        assert erase_departed(session, now=now + timedelta(days=31)) == 1
        assert erase_departed(session, now=now + timedelta(days=32)) == 0
    with work.read() as session:
        gone = session.get_one(Person, person)
        assert (gone.name, gone.telephone_sealed, gone.id_number_digest, gone.born_on) == ("钱敏", None, None, None)
        assert session.scalars(select(PersonFree).where(PersonFree.person_id == person)).all() == []
        assert session.get(ContactWish, person) is None
        own = session.scalars(select(SourceRecord).where(SourceRecord.source == "self_service")).one()
        assert own.state is RecordState.WITHDRAWN
        assert session.scalars(select(Account.is_active).where(Account.person_id == person)).all() == [False, False]
    assert qian.get("/me").status_code == 302


def test_who_was_erased_stays_erased_whatever_agencies_send(qian: ProofReadingClient, work: Work, now: Any) -> None:
    person = me(work)
    qian.send("/me/data/leave")
    later = now + timedelta(days=31)
    with work.begin() as session:
        assert erase_departed(session, now=later) == 1
        kept = session.scalars(
            select(PersonLink.source_record_id)
            .join(SourceRecord, SourceRecord.id == PersonLink.source_record_id)
            .where(PersonLink.person_id == person, SourceRecord.state == RecordState.CURRENT)
        ).all()
        assert len(kept) == 2
        write_persons(session, {person: list(kept)}, frozenset(), later, later.date())
    with work.read() as session:
        gone = session.get_one(Person, person)
        assert (gone.state, gone.telephone_sealed, gone.id_number_digest, gone.born_on) == (
            PersonState.WITHDRAWN,
            None,
            None,
            None,
        )
        assert session.scalars(select(PersonTag).where(PersonTag.person_id == person)).all() == []


def test_two_serve_together_when_both_agree(world: World, enter: Callable[..., ProofReadingClient], work: Work) -> None:
    wang, zhao = enter("wang", world.persons[0]), enter("zhao", world.persons[2])
    link = wang.get("/me/together").text.partition("/me/together/")[2].partition('"')[0]
    assert "王秀英" in zhao.get(f"/me/together/{link}").text
    assert wang.get(f"/me/together/{link}").status_code == 404
    zhao.send(f"/me/together/{link}")
    assert "赵敏" in wang.get("/me/data").text
    wang.send(f"/me/together/{world.persons[2]}/end")
    with work.read() as session:
        assert session.scalars(select(PersonPair)).all() == []
    assert zhao.get("/me/together/forged").status_code == 404


def test_a_guardian_answers_by_link(
    client: ProofReadingClient, enter: Callable[..., ProofReadingClient], work: Work, now: Any, settings: Settings
) -> None:
    person = joined(work, now, born_on=date(2011, 5, 6))
    minor = enter("qian", person)
    minor.send("/me/guardian", {"guardian_telephone": "10100000002"})
    assert "这是您自己的号码" in minor.get("/me/data").text
    minor.send("/me/guardian", {"guardian_telephone": "12900000001"})
    with work.read() as session:
        sealed = session.scalars(select(OutboxMessage.facts).where(OutboxMessage.kind == "guardian")).one()
    assert "12900000001" not in str(sealed)
    path = f"/g/{guardian_token(settings.secret_key, person_id=person, sealed=sealed['telephone'])}"
    page = client.get(path).text
    assert "钱*" in page
    assert "钱敏" not in page
    client.send(path, {"answer": "agree"})
    with work.read() as session:
        assert session.get_one(Person, person).guardian_consent
    assert "监护人已同意" in minor.get("/me/data").text
    client.send(path, {"answer": "refuse"})
    with work.read() as session:
        assert not session.get_one(Person, person).guardian_consent
    assert client.get(f"{path}x").status_code == 404


def test_it_reads_in_english(world: World, account: Callable[..., int], sign_in: Sign) -> None:
    account("wang", Role.VOLUNTEER, person_id=world.persons[0])
    english = sign_in("wang", language="en")
    for path in ("/me/data", "/me/data/correct", "/me/together"):
        assert english.get(path).status_code == 200
