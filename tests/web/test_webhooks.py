"""Webhooks: told with the act itself, of what their account may see, signed, tried again, given up, replayed."""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select

from models import Happening, WebhookDelivery
from models.authority import Role
from models.program import DeliveryState
from tests.conftest import NOW
from tests.web.test_api import NEED
from tests.web.world import OTHER_STREET, STREET, World
from web.database import Work
from web.refusals import AddressRefused
from web.webhooks.receivers import HttpReceiver, NotReached, Received, RecordingReceiver, checked_url
from web.webhooks.sending import PAUSES, send_webhooks, spread

Call = Callable[..., Any]
URL = "https://hooks.example.org/linli"


@pytest.fixture
def hook(call: Call, account: Callable[..., int], world: World, work: Work) -> dict[str, Any]:
    account("zhou", Role.COORDINATOR, STREET)
    account("other", Role.COORDINATOR, OTHER_STREET)
    spread(work, now=NOW)
    made: dict[str, Any] = call("post", "/webhooks", "zhou", json={"url": URL, "events": ["need.posted"]}).json
    return made


def is_genuine(message: Received, secret: str) -> bool:
    """What a receiver does, written as in the guide."""
    head = message.headers
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + message.body
    expected = hmac.new(b64decode(secret.removeprefix("whsec_")), signed, sha256).digest()
    return head["webhook-signature"] == "v1," + b64encode(expected).decode()


def test_event_reaches_the_webhook_signed(call: Call, hook: dict[str, Any], work: Work) -> None:
    need_id = call("post", "/needs", "zhou", json=NEED).json["id"]
    assert spread(work, now=NOW) == 1
    receiver = RecordingReceiver()
    assert send_webhooks(work, receiver, now=NOW)[DeliveryState.SENT] == 1
    (message,) = receiver.messages
    assert json.loads(message.body) == {
        "type": "need.posted",
        "timestamp": NOW.isoformat(),
        "data": {"subject": "need", "id": need_id},
    }
    assert (message.url, is_genuine(message, hook["secret"])) == (URL, True)
    assert not is_genuine(Received(url=URL, headers=message.headers, body=b"{}"), hook["secret"])
    assert send_webhooks(work, receiver, now=NOW)[DeliveryState.SENT] == 0


def test_nobody_is_told_of_what_is_not_theirs(call: Call, hook: dict[str, Any], work: Work) -> None:
    assert call("post", "/needs", "other", json={**NEED, "unit_code": OTHER_STREET}).status_code == 201
    assert spread(work, now=NOW) == 0
    beyond = call("post", "/webhooks", "zhou", json={"url": URL, "events": ["run.failed"]})
    assert (beyond.status_code, beyond.json["code"]) == (422, "scope_too_wide")
    assert call("get", f"/webhooks/{hook['webhook_id']}/deliveries", "other").status_code == 404


def test_act_that_is_rolled_back_tells_nothing(call: Call, hook: dict[str, Any], work: Work) -> None:
    assert call("post", "/needs", "zhou", json={**NEED, "title": ""}).status_code == 422
    with work.read() as session:
        assert session.scalar(select(func.count()).select_from(Happening)) == 0


def test_failed_message_is_tried_again_then_given_up_then_replayed(
    call: Call, hook: dict[str, Any], work: Work
) -> None:
    call("post", f"/webhooks/{hook['webhook_id']}/ping", "zhou")
    receiver, at = RecordingReceiver(statuses=[500, 0, *([503] * len(PAUSES))]), NOW
    for pause in PAUSES:
        assert send_webhooks(work, receiver, now=at)[DeliveryState.WAITING] == 1
        assert send_webhooks(work, receiver, now=at + pause - timedelta(seconds=1))[DeliveryState.WAITING] == 0
        at += pause
    assert send_webhooks(work, receiver, now=at)[DeliveryState.DEAD] == 1
    path = f"/webhooks/{hook['webhook_id']}/deliveries"
    (dead,) = call("get", f"{path}?state=dead", "zhou").json["items"]
    assert (dead["attempts"], dead["status"], dead["failure"]) == (len(PAUSES) + 1, 503, "refused")
    assert call("get", "/webhooks", "zhou").json["items"][0]["dead"] == 1
    assert call("post", f"{path}/{dead['delivery_id']}/replay", "zhou").status_code == 204
    fresh = RecordingReceiver()
    assert send_webhooks(work, fresh, now=at)[DeliveryState.SENT] == 1
    assert {one.headers["webhook-id"] for one in (*receiver.messages, *fresh.messages)} == {dead["message_id"]}
    again = call("post", f"{path}/{dead['delivery_id']}/replay", "zhou")
    assert again.status_code == 204


def test_claim_whose_process_died_is_taken_up(call: Call, hook: dict[str, Any], work: Work) -> None:
    call("post", f"/webhooks/{hook['webhook_id']}/ping", "zhou")
    with work.begin() as session:
        row = session.scalars(select(WebhookDelivery)).one()
        row.state, row.not_before_at = DeliveryState.SENDING, NOW
    assert send_webhooks(work, RecordingReceiver(), now=NOW + timedelta(minutes=1))[DeliveryState.SENT] == 0
    assert send_webhooks(work, RecordingReceiver(), now=NOW + timedelta(minutes=6))[DeliveryState.SENT] == 1


def test_webhook_that_ended_gets_nothing(call: Call, hook: dict[str, Any], work: Work) -> None:
    call("post", f"/webhooks/{hook['webhook_id']}/ping", "zhou")
    assert call("delete", f"/webhooks/{hook['webhook_id']}", "zhou").status_code == 204
    receiver = RecordingReceiver()
    assert send_webhooks(work, receiver, now=NOW)[DeliveryState.DEAD] == 1
    assert (receiver.messages, call("get", "/webhooks", "zhou").json["items"]) == ([], [])


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "https://127.0.0.1/",
        "https://10.0.0.8/x",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://intranet/",
        "https://user:word@hooks.example.org/",
        "ftp://hooks.example.org/",
        "nonsense",
    ],
)
def test_private_address_is_refused(call: Call, account: Callable[..., int], url: str) -> None:
    account("ops", Role.OPERATOR)
    answer = call("post", "/webhooks", "ops", json={"url": url})
    assert (answer.status_code, answer.json["code"]) == (422, "address_refused")
    with pytest.raises(AddressRefused):
        checked_url(url, private_allowed=False)


def test_name_that_points_inside_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [(2, 1, 6, "", ("192.168.1.5", 443))]
    monkeypatch.setattr("web.webhooks.receivers.socket.getaddrinfo", lambda *_args, **_options: inside)
    with pytest.raises(NotReached, match="address_refused"):
        HttpReceiver().post(URL, headers={}, body=b"{}")
