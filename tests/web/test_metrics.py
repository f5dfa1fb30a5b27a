from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from matching.queries.pulse import pulse
from models import OutboxMessage
from models.outbox import MessageState
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import World
from web.database import Work


def test_metrics_count_answers_and_what_waits(client: ProofReadingClient, world: World, work: Work) -> None:
    with work.begin() as session:
        session.add(
            OutboxMessage(
                key="late",
                person_id=world.persons[0],
                kind="offer",
                state=MessageState.WAITING,
                not_before_at=NOW - timedelta(minutes=10),
                created_at=NOW,
            )
        )
    client.get("/how-we-match")
    lines = client.get("/metrics").text.splitlines()
    assert 'linli_requests_total{endpoint="site.rules",status="200"} 1.0' in lines
    assert "linli_database_up 1.0" in lines
    assert "linli_messages_overdue_seconds 600.0" in lines
    assert 'linli_offers{deadline="ahead"} 1.0' in lines


def test_metrics_name_nobody(client: ProofReadingClient, world: World, work: Work) -> None:
    with work.begin() as session:
        name = session.execute(text("SELECT name FROM person WHERE id = :id"), {"id": world.persons[0]}).scalar_one()
    assert name not in client.get("/metrics").text


def test_metrics_are_not_for_others(app: Flask) -> None:
    assert app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404


def test_metrics_of_several_processes_are_one(
    client: ProofReadingClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    assert "linli_database_up 1.0" in client.get("/metrics").text.splitlines()


def test_a_database_that_is_away_does_not_break_the_figures(client: ProofReadingClient, work: Work) -> None:
    with work.begin() as session:
        session.execute(text("ALTER TABLE outbox_message RENAME TO away"))
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "linli_database_up 0.0" in answer.text.splitlines()
    with work.begin() as session:
        session.execute(text("ALTER TABLE away RENAME TO outbox_message"))


def test_the_pulse_of_an_empty_installation_is_calm(work: Work) -> None:
    with work.read() as session:
        beat = pulse(session, now=NOW)
    assert (beat.overdue_seconds, beat.offers_open, beat.steps_failed, beat.last_plan_at) == (0.0, 0, 0, None)
    assert beat.messages == {"waiting": 0, "sending": 0, "failed": 0}
