"""Guards over the whole URL map: each route decides who may open it, and none vanishes unnoticed."""

from pathlib import Path

from flask import Flask

from tests.web.proofreading import ProofReadingClient
from web.access import PUBLIC, access_of

LIST = Path(__file__).with_name("urls.txt")

#: What strangers may open; a new name here is a decision that somebody reads.
OPEN = {
    "accounts.code",
    "accounts.code_send",
    "accounts.sign_in",
    "accounts.sign_in_send",
    "accounts.sign_out",
    "accounts.telephone",
    "accounts.telephone_send",
    "api.openapi",
    "api.page",
    "api_v1.ask_for_code",
    "api_v1.make_token",
    "api_v1.prove",
    "api_v1.register",
    "api_v1.verify",
    "health",
    "metrics",
    "my_hours.feed",
    "my_hours.verify",
    "notifications.prove",
    "notifications.prove_send",
    "sign_up.about",
    "sign_up.about_send",
    "sign_up.claim",
    "sign_up.claim_send",
    "sign_up.first",
    "sign_up.first_send",
    "site.home",
    "site.language",
    "site.manifest",
    "site.offline",
    "site.worker",
    "site.privacy",
    "site.program",
    "site.rules",
    "site.type_size",
    "stand_ins.asked",
    "stand_ins.asked_send",
    "static",
    "together.guardian",
    "together.guardian_send",
    "unit_calendars.feed",
    "volunteer.offer",
    "volunteer.offer_send",
    "volunteer.offer_undo",
}


def test_every_route_says_who_may_open_it(words_app: Flask) -> None:
    undecided = [
        rule.endpoint for rule in words_app.url_map.iter_rules() if access_of(words_app, rule.endpoint) is None
    ]
    assert undecided == []


def test_what_strangers_may_open_is_listed(words_app: Flask) -> None:
    assert {name for name in words_app.view_functions if access_of(words_app, name) == PUBLIC} == OPEN


def test_no_url_vanishes_unnoticed(words_app: Flask) -> None:
    lines = sorted(
        f"{rule.rule} {' '.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))}"
        for rule in words_app.url_map.iter_rules()
    )
    assert lines == LIST.read_text(encoding="utf-8").splitlines(), "when this is meant, write the new list to urls.txt"


def test_a_route_without_a_decision_is_closed(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert app.test_client().get("/forgotten").status_code == 404


def test_strangers_are_asked_to_sign_in_or_get_in(app: Flask, client: ProofReadingClient) -> None:
    """Every page without a parameter answers a stranger with itself or with the way to sign in."""
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or set()):
            continue
        answer = client.get(rule.rule)
        if access_of(app, rule.endpoint) == PUBLIC:
            assert answer.status_code in {200, 302}, rule.rule
        elif rule.rule.startswith("/api/"):
            assert answer.status_code == 401, rule.rule
        else:
            assert answer.headers["Location"].startswith("/sign-in"), rule.rule
