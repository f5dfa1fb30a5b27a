"""What programs rely on: tokens within scopes, one effect a key, pages that neither repeat nor hide, limits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from models import ApiToken, KeptAnswer, Need
from models.authority import Permission, Role
from models.program import KeptState
from tests.conftest import NOW
from tests.web.conftest import PASSWORD
from tests.web.test_api import NEED
from tests.web.world import STREET, WEEK, World
from web.app import create_app
from web.database import Work
from web.settings import Settings

Call = Callable[..., Any]


def token(app: Flask, **wanted: Any) -> Any:
    return app.test_client().post("/api/v1/tokens", json={"login": "zhou", "password": PASSWORD, **wanted})


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json['token']}"}


def count(work: Work, kind: type) -> int:
    with work.read() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_token_does_what_its_scopes_allow(app: Flask, account: Callable[..., int], world: World) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    reading = token(app, name="屏幕", scopes=[Permission.UNIT_NEED_READ], days=30)
    assert (reading.status_code, reading.json["scopes"]) == (201, ["unit:need:read"])
    client, headers = app.test_client(), bearer(reading)
    assert client.get("/api/v1/needs", headers=headers).status_code == 200
    assert client.post("/api/v1/needs", headers=headers, json=NEED).status_code == 404
    assert client.get("/api/v1/me", headers=headers).json["scopes"] == ["unit:need:read"]
    too_much = token(app, scopes=[Permission.CITY_RUN_START])
    assert (too_much.status_code, too_much.json["code"]) == (422, "scope_too_wide")


def test_token_is_kept_as_a_digest_and_its_use_is_noted(
    app: Flask, account: Callable[..., int], world: World, work: Work
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    made = token(app)
    with work.read() as session:
        row = session.scalars(select(ApiToken)).one()
        assert made.json["token"] not in {row.digest, row.hint, row.name}
        assert row.last_used_at is None
    app.test_client().get("/api/v1/me", headers=bearer(made))
    with work.read() as session:
        assert session.scalars(select(ApiToken.last_used_at)).one() == NOW


@pytest.mark.parametrize(
    "change", [{"revoked_at": NOW}, {"expires_at": NOW}, {"expires_at": NOW - timedelta(days=1)}, {"seal": "old"}]
)
def test_token_that_ended_opens_nothing(
    app: Flask, account: Callable[..., int], world: World, work: Work, change: dict[str, Any]
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    made = token(app)
    assert app.test_client().get("/api/v1/me", headers=bearer(made)).status_code == 200
    with work.begin() as session:
        session.execute(update(ApiToken).values(**change))
    answer = app.test_client().get("/api/v1/me", headers=bearer(made))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_token_is_revoked_by_its_account_alone(app: Flask, account: Callable[..., int], call: Call) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    account("shen", Role.STEWARD)
    made = token(app).json["token_id"]
    assert call("delete", f"/tokens/{made}", "shen").status_code == 404
    assert call("delete", f"/tokens/{made}", "zhou").status_code == 204
    assert made not in [line["token_id"] for line in call("get", "/tokens", "zhou").json["items"]]


def test_telephone_and_code_lead_to_an_account(app: Flask, world: World) -> None:
    client, telephone = app.test_client(), "12800000077"
    code = client.post("/api/v1/codes", json={"telephone": telephone}).json["demo_code"]
    wrong = client.post("/api/v1/tokens", json={"telephone": telephone, "code": "00000"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "code_expired")
    nobody = client.post("/api/v1/tokens", json={"telephone": telephone, "code": code})
    assert (nobody.status_code, nobody.json["code"]) == (404, "no_account")
    facts = {"telephone": telephone, "code": code, "name": "顾小雨", "agreed": True, "born_on": "1990-05-06"}
    made = client.post("/api/v1/sign-up", json={**facts, "unit_code": STREET, "free": ["5-9", "5-10"]})
    assert made.status_code == 201, made.text
    profile = client.get("/api/v1/me/profile", headers=bearer(made)).json
    assert (profile["name"], profile["free"]) == ("顾小雨", [[5, 540, 660]])
    used = client.post("/api/v1/tokens", json={"telephone": telephone, "code": code})
    assert (used.status_code, used.json["code"]) == (422, "code_expired")
    code = client.post("/api/v1/codes", json={"telephone": telephone}).json["demo_code"]
    known = client.post("/api/v1/tokens", json={"telephone": telephone, "code": code})
    assert known.status_code == 201


def test_one_key_has_one_effect(call: Call, account: Callable[..., int], world: World, work: Work) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    before, key = count(work, Need), {"Idempotency-Key": "a-1"}
    first = call("post", "/needs", "zhou", json=NEED, headers=key)
    again = call("post", "/needs", "zhou", json=NEED, headers=key)
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert (again.headers["Idempotent-Replayed"], count(work, Need)) == ("true", before + 1)
    other = call("post", "/needs", "zhou", json={**NEED, "title": "别的"}, headers=key)
    assert (other.status_code, other.json["code"]) == (422, "key_reused")


def test_refusal_is_kept_like_any_answer(call: Call, account: Callable[..., int], world: World, work: Work) -> None:
    account("ops", Role.OPERATOR)
    answers = [
        call("post", "/roster/publish", "ops", json={"week": WEEK}, headers={"Idempotency-Key": "p"}) for _ in (1, 2)
    ]
    assert [answer.json["code"] for answer in answers] == ["week_published", "week_published"]
    assert answers[0].json["request_id"] == answers[1].json["request_id"]


@pytest.mark.parametrize("lost", [(KeptState.STARTED, "key_in_use"), (KeptState.DONE, "answer_lost")])
def test_key_whose_first_send_did_not_answer(
    call: Call, account: Callable[..., int], world: World, work: Work, lost: tuple[KeptState, str]
) -> None:
    state, code = lost
    account("zhou", Role.COORDINATOR, STREET)
    key = {"Idempotency-Key": "a-1"}
    assert call("post", "/needs", "zhou", json=NEED, headers=key).status_code == 201
    before = count(work, Need)
    with work.begin() as session:
        session.execute(update(KeptAnswer).values(state=state, answer_sealed=None, status=None))
    answer = call("post", "/needs", "zhou", json=NEED, headers=key)
    assert (answer.status_code, answer.json["code"], count(work, Need)) == (409, code, before)
    with work.begin() as session:
        session.execute(update(KeptAnswer).values(created_at=NOW - timedelta(hours=24)))
    assert call("post", "/needs", "zhou", json=NEED, headers=key).status_code == 201


def test_effect_and_its_mark_are_committed_together(
    call: Call, account: Callable[..., int], world: World, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    monkeypatch.setattr("web.api.blueprint.keep_answer", lambda response: response)
    assert call("post", "/needs", "zhou", json=NEED, headers={"Idempotency-Key": "a-1"}).status_code == 201
    with work.read() as session:
        assert session.scalars(select(KeptAnswer.state)).one() is KeptState.DONE


def test_pages_hold_every_line_once(call: Call, account: Callable[..., int], world: World) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    for title in ("甲", "乙"):
        assert call("post", "/needs", "zhou", json={**NEED, "title": title}).status_code == 201
    whole = [line["shift_id"] for line in call("get", f"/needs?week={WEEK}", "zhou").json["items"]]
    address, seen = f"/api/v1/needs?week={WEEK}&limit=1", []
    while address:
        answer = call("get", address, "zhou").json
        seen += [line["shift_id"] for line in answer["items"]]
        address = answer["next"]
    assert (seen, len(seen) > 1) == (whole, True)
    board = call("get", f"/roster?week={WEEK}&limit=1", "zhou").json
    assert len(board["shifts"]) == 1
    assert call("get", board["next"], "zhou").json["shifts"][0]["shift_id"] != board["shifts"][0]["shift_id"]


@pytest.mark.parametrize("after", ["x", "bnVsbA", "WzFd", "WyJ4IiwxXQ", "W10"])
def test_cursor_of_nothing_is_refused(call: Call, account: Callable[..., int], world: World, after: str) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    answer = call("get", f"/needs?after={after}", "zhou")
    assert (answer.status_code, answer.json["code"]) == (422, "cursor_unreadable")


@pytest.mark.parametrize(
    "asked",
    [
        ("get", "/nothing", {}, 404),
        ("delete", "/needs", {}, 405),
        ("post", "/needs", {"data": "a=b", "content_type": "application/x-www-form-urlencoded"}, 415),
        ("post", "/needs", {"data": "{", "content_type": "application/json"}, 422),
        ("post", "/needs", {"json": {}}, 422),
        ("get", "/needs?limit=0", {}, 422),
    ],
)
def test_every_fault_is_a_problem(
    call: Call, account: Callable[..., int], world: World, asked: tuple[str, str, dict[str, Any], int]
) -> None:
    method, path, options, status = asked
    account("zhou", Role.COORDINATOR, STREET)
    answer = call(method, path, "zhou", **options)
    assert (answer.status_code, answer.mimetype, answer.json["status"]) == (
        status,
        "application/problem+json",
        status,
    )


def test_too_many_requests_are_told_when_to_come_back(
    settings: Settings, work: Work, account: Callable[..., int]
) -> None:
    work.now = lambda: NOW
    limited = {"TESTING": True, "LINLI_CHEAP_PASSWORDS": True, "RATELIMIT_ENABLED": True}
    app = create_app(settings, work, limited)
    wrong = {"login": "nobody", "password": "x"}
    answers = [app.test_client().post("/api/v1/tokens", json=wrong) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    last = answers[-1]
    assert (last.mimetype, last.headers["X-RateLimit-Remaining"]) == ("application/problem+json", "0")
    assert int(last.headers["Retry-After"]) > 0


def test_plan_is_started_and_polled(call: Call, account: Callable[..., int], world: World) -> None:
    account("ops", Role.OPERATOR)
    refused = call("post", "/runs", "ops", json={"week": WEEK})
    assert (refused.status_code, refused.json["code"]) == (409, "week_published")
    started = call("post", "/runs", "ops", json={"week": WEEK, "kind": "repair"})
    assert (started.status_code, started.headers["Location"]) == (202, started.json["poll"])
    progress = call("get", started.json["poll"], "ops").json
    assert (progress["state"], progress["run"]["line"]["kind"]) == ("stored", "repair")
    later = started.json["poll"].replace(f"since={world.run_id}", "since=999999")
    assert call("get", later, "ops").json == {"state": "waiting", "run": None}
