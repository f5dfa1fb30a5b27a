"""The JSON interface: tokens, the same commands and refusals as the pages, problem+json, a description that holds."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from models import Offer
from models.authority import Role
from models.roster import OfferState
from tests.web.proofreading import ProofReadingClient
from tests.web.world import OTHER_STREET, STREET, WEEK, World
from web.database import Work

Call = Callable[..., Any]

NEED = {
    "title": "周六陪老人散步",
    "category": "elderly",
    "unit_code": STREET,
    "on": "2026-12-05",
    "starts": "09:00",
    "ends": "11:00",
    "roles": [{"name": "陪伴", "min_seats": 2, "needs_tags": ["adult"]}],
}


def test_a_wrong_password_gets_no_token(app: Flask, account: Callable[..., int]) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    answer = app.test_client().post("/api/v1/tokens", json={"login": "zhou", "password": "no"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_without_a_token_nothing_is_given(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/needs")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_forged_token_opens_nothing(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/needs", headers={"Authorization": "Bearer eyJ.forged.x"})
    assert answer.status_code == 401


def test_a_coordinator_posts_reads_and_cancels(call: Call, account: Callable[..., int], world: World) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    made = call("post", "/needs", "zhou", json=NEED)
    assert made.status_code == 201, made.text
    path = f"/needs/{made.json['id']}"
    need = call("get", path, "zhou").json
    assert (need["title"], need["first_starts_at"], need["duration_minutes"]) == (
        "周六陪老人散步",
        "2026-12-05T09:00:00+08:00",
        120,
    )
    assert call("put", path, "zhou", json={**NEED, "ends": "12:00"}).status_code == 200
    assert call("get", path, "zhou").json["duration_minutes"] == 180
    assert call("post", f"{path}/cancel", "zhou").status_code == 204
    assert call("get", path, "zhou").json["state"] == "cancelled"
    again = call("post", f"{path}/cancel", "zhou")
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")
    assert call("post", f"{path}/reopen", "zhou").status_code == 204


def test_faults_come_with_their_paths(call: Call, account: Callable[..., int], world: World) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    wrong = {**NEED, "title": "", "starts": "nine", "roles": [{"name": "陪伴", "min_seats": 900}]}
    answer = call("post", "/needs", "zhou", json=wrong)
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (
        422,
        "application/problem+json",
        "not_valid",
    )
    assert set(answer.json["errors"]) == {"title", "starts", "roles.0.min_seats"}


def test_another_units_need_is_not_there(call: Call, account: Callable[..., int], world: World) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    assert call("get", f"/needs/{world.other_need_id}", "zhou").status_code == 404
    assert call("post", "/needs", "zhou", json={**NEED, "unit_code": OTHER_STREET}).status_code == 404


def test_the_board_and_the_figures(call: Call, account: Callable[..., int], world: World) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    board = call("get", f"/roster?week={WEEK}", "zhou").json
    seats = board["shifts"][0]["roles"][0]["seats"]
    assert [(seat["person_name"], seat["state"], seat["tier"]) for seat in seats[:3]] == [
        ("王秀英", "offered", "essential"),
        ("陈建国", "confirmed", "essential"),
        (None, None, "essential"),
    ]
    assert call("get", "/today", "zhou").status_code == 200
    assert call("get", f"/city?week={WEEK}", "zhou").json["points"] == 41230


def test_a_volunteer_answers(call: Call, account: Callable[..., int], world: World, work: Work) -> None:
    account("wang", Role.VOLUNTEER, person_id=world.persons[0])
    assert call("get", "/me/week", "wang").json["waiting"][0]["offer_id"] == world.open_offer_id
    assert call("get", "/me/profile", "wang").json["name"] == "王秀英"
    answer = call("post", f"/me/offers/{world.open_offer_id}/answer", "wang", json={"answer": "confirm"})
    assert answer.json == {"offer_id": world.open_offer_id, "state": "confirmed", "next_offer_id": None}
    with work.read() as session:
        assert session.get_one(Offer, world.open_offer_id).state is OfferState.CONFIRMED


def test_an_operator_reads_runs(call: Call, account: Callable[..., int], world: World) -> None:
    account("ops", Role.OPERATOR)
    assert call("get", f"/runs/{world.run_id}", "ops").json["line"]["points"] == 41230
    assert [run["run_id"] for run in call("get", "/runs", "ops").json["items"]] == [world.run_id]
    answer = call("post", "/roster/publish", "ops", json={"week": WEEK})
    assert (answer.status_code, answer.json["code"]) == (409, "week_published")


def test_a_session_alone_cannot_be_made_to_write(
    account: Callable[..., int], sign_in: Callable[..., ProofReadingClient], world: World
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou")
    assert client.get("/api/v1/today").status_code == 200
    assert client.post("/api/v1/needs", json=NEED).status_code == 400


def test_a_wrong_method_names_the_right_ones(call: Call, account: Callable[..., int]) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    answer = call("delete", "/needs", "zhou")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(",", " ").split())


def test_the_document_describes_every_route(app: Flask, client: ProofReadingClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api_v1.")}
    assert len(document["paths"]) == len(routes)
    assert client.get("/api/docs").status_code == 200
