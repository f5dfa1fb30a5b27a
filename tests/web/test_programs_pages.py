"""The page of programs: a token is shown once and ended, a webhook's messages are seen and sent again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models.authority import Role
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, World
from web.database import Work
from web.webhooks.receivers import RecordingReceiver
from web.webhooks.sending import PAUSES, send_webhooks


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_token_is_shown_once_and_ended(
    app: Flask, account: Callable[..., int], sign_in: Callable[..., ProofReadingClient], world: World, language: str
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou", language)
    assert client.get("/programs").status_code == 200
    wrong = client.send("/programs/tokens", {"name": "", "days": "30"})
    assert wrong.status_code == 422
    beyond = client.send("/programs/tokens", {"name": "x", "scopes[]": ["city:run:start"], "days": "30"})
    assert beyond.status_code == 422
    page = client.send("/programs/tokens", {"name": "大屏", "scopes[]": ["unit:need:read"], "days": "30"}).text
    token = page.split("linli_")[1].split("<")[0]
    headers = {"Authorization": f"Bearer linli_{token}"}
    assert app.test_client().get("/api/v1/needs", headers=headers).status_code == 200
    listed = client.get("/programs").text
    assert (token in listed, f"…{token[-4:]}" in listed) == (False, True)
    revoke = re.findall(r"/programs/tokens/\d+/revoke", listed)
    for address in revoke:
        client.send(address)
    assert app.test_client().get("/api/v1/needs", headers=headers).status_code == 401


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_webhook_that_fails_is_seen_and_sent_again(
    account: Callable[..., int],
    sign_in: Callable[..., ProofReadingClient],
    world: World,
    work: Work,
    *,
    language: str,
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou", language)
    assert client.send("/programs/webhooks", {"url": "http://10.0.0.1/"}).status_code == 422
    assert "whsec_" in client.send("/programs/webhooks", {"url": "https://hooks.example.org/x"}).text
    client.send("/programs/webhooks/1/ping")
    at, receiver = NOW, RecordingReceiver(statuses=[500] * 20)
    for pause in (*PAUSES, PAUSES[0]):
        send_webhooks(work, receiver, now=at)
        at += pause
    page: Any = client.get("/programs/webhooks/1")
    assert "/programs/webhooks/1/again/1" in page.text
    assert client.send("/programs/webhooks/1/again/1").status_code == 302
    assert client.send("/programs/webhooks/1/end").status_code == 302
    assert client.get("/programs/webhooks/1").status_code == 404
