from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from models import Account
from models.authority import Role
from tests.conftest import NOW
from tests.web.conftest import PASSWORD
from tests.web.proofreading import ProofReadingClient
from web.accounts.codes import code_for, send_code, use_code, window_of
from web.accounts.signing_in import telephone_login
from web.database import Work

Sign = Callable[..., ProofReadingClient]


def test_a_right_password_opens_the_site(client: ProofReadingClient, account: Callable[..., int], work: Work) -> None:
    number = account("li", Role.STEWARD)
    answer = client.send("/sign-in", {"login": "li", "password": PASSWORD, "next": "/how-we-match"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/how-we-match")
    assert "李明" in client.get("/how-we-match").text
    with work.read() as session:
        assert session.get_one(Account, number).last_signed_in_at == NOW


def test_a_wrong_password_and_an_unknown_login_look_the_same(
    client: ProofReadingClient, account: Callable[..., int]
) -> None:
    account("li", Role.STEWARD)
    wrong = client.send("/sign-in", {"login": "li", "password": "no"})
    unknown = client.send("/sign-in", {"login": "wang", "password": "no"})
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    for page in (wrong.text, unknown.text):
        assert "名称和密码不匹配" in page
        assert PASSWORD not in page
    assert 'value="li"' in wrong.text


def test_nobody_is_sent_elsewhere_after_signing_in(client: ProofReadingClient, account: Callable[..., int]) -> None:
    account("li")
    for wanted in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        answer = client.send("/sign-in", {"login": "li", "password": PASSWORD, "next": wanted})
        assert answer.headers["Location"] == "/"
        client.send("/sign-out")


def test_signing_out_ends_the_session(sign_in: Sign, account: Callable[..., int]) -> None:
    account("li")
    client = sign_in("li")
    assert client.send("/sign-out").status_code == 302
    assert "李明" not in client.get("/how-we-match").text


def test_a_new_password_ends_other_sessions(sign_in: Sign, account: Callable[..., int], work: Work) -> None:
    number = account("li")
    client = sign_in("li")
    with work.begin() as session:
        session.get_one(Account, number).password_hash = "other"
    assert "李明" not in client.get("/how-we-match").text


def test_a_closed_account_does_not_open(client: ProofReadingClient, account: Callable[..., int], work: Work) -> None:
    number = account("li")
    with work.begin() as session:
        session.get_one(Account, number).is_active = False
    assert client.send("/sign-in", {"login": "li", "password": PASSWORD}).status_code == 422


def test_a_form_without_its_token_is_refused(app: Flask, account: Callable[..., int]) -> None:
    account("li")
    answer = app.test_client().post("/sign-in", data={"login": "li", "password": PASSWORD})
    assert answer.status_code == 400


def test_a_volunteer_signs_in_by_telephone(
    client: ProofReadingClient, account: Callable[..., int], work: Work, app: Flask
) -> None:
    with work.read() as session:
        login = telephone_login(session, "12800000000")
    account(login)
    assert client.send("/sign-in/telephone", {"telephone": "128 0000 0000"}).headers["Location"] == "/sign-in/code"
    code = code_for(app.config["SECRET_KEY"], "12800000000", window_of(NOW))
    assert code in client.get("/sign-in/code").text
    assert client.send("/sign-in/code", {"code": "000000"}).status_code == 422
    assert client.send("/sign-in/code", {"code": code}).status_code == 302
    assert "李明" in client.get("/how-we-match").text


def test_a_number_that_is_none_is_said_beside_the_field(client: ProofReadingClient) -> None:
    answer = client.send("/sign-in/telephone", {"telephone": "12345"})
    assert answer.status_code == 422
    assert 'value="12345"' in answer.text
    assert "这不是中国大陆的手机号码" in answer.text


@pytest.fixture
def code(work: Work) -> str:
    with work.begin() as session:
        return send_code(session, secret="secret", telephone="12800000000", now=NOW)


def used(work: Work, code: str, now: datetime = NOW) -> bool:
    with work.begin() as session:
        return use_code(session, secret="secret", telephone="12800000000", code=code, now=now)


def test_a_code_is_good_once(work: Work, code: str) -> None:
    assert [used(work, code), used(work, code)] == [True, False]
    with work.begin() as session:
        following = send_code(session, secret="secret", telephone="12800000000", now=NOW)
    assert following != code
    assert used(work, following)


@pytest.mark.parametrize(("minute", "good"), [(9, True), (19, True), (20, False)])
def test_a_code_ends_after_its_second_window(work: Work, code: str, minute: int, good: bool) -> None:
    assert used(work, code, NOW.replace(minute=minute)) is good


def test_a_code_that_is_guessed_at_ends(work: Work, code: str) -> None:
    wrong = "000000" if code != "000000" else "111111"
    assert [used(work, wrong) for _ in range(5)] == [False] * 5
    assert not used(work, code)


def test_a_code_that_nobody_asked_for_opens_nothing(work: Work) -> None:
    assert not used(work, code_for("secret", "12800000000", window_of(NOW)))


def test_the_language_is_kept(client: ProofReadingClient, account: Callable[..., int], work: Work) -> None:
    assert 'lang="zh-Hans"' in client.get("/").text
    client.send("/language", {"language": "en", "next": "/"})
    assert '<html lang="en"' in client.get("/").text
    assert '<html lang="en"' in client.get("/nothing").text


def test_large_type_is_kept(client: ProofReadingClient) -> None:
    client.send("/type-size", {"size": "large"})
    assert 'class="large"' in client.get("/").text


def test_every_answer_carries_its_headers(client: ProofReadingClient) -> None:
    headers = client.get("/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Request-Id"]


def test_a_missing_page_says_so_in_both_ways(client: ProofReadingClient) -> None:
    assert client.get("/nothing").status_code == 404
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json is not None
    assert answer.json["code"] == "http_404"
