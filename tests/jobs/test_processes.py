"""The service as processes: everything in one on SQLite, and a worker on a real Valkey with a real PostgreSQL."""

from pathlib import Path

import pytest
from celery import Celery
from sqlalchemy import func, select

from models.outbox import MessageState, OutboxMessage
from models.schedule import StepRun
from tests.conftest import KEYRING, Databases
from tests.jobs.processes import answers, eventually, free_port, running
from web.cli import main
from web.database import Work, make_engine


def ticked(work: Work) -> bool:
    with work.read() as session:
        return session.scalar(select(func.count()).select_from(StepRun).where(StepRun.step == "first_tick")) == 1


def test_one_process_serves_works_and_keeps_the_schedule(tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    environment = {"LINLI_INSTANCE": str(tmp_path), "DATABASE_URL": "", "CELERY_BROKER_URL": ""}
    with running("serve", "--all", "--port", str(port), environment=environment, log=log):
        eventually(lambda: answers(port), log)
        work = Work(make_engine(f"sqlite:///{tmp_path / 'linli.sqlite'}"), KEYRING)
        eventually(lambda: ticked(work), log)
        work.dispose()


@pytest.mark.redis
@pytest.mark.postgres
def test_worker_on_a_broker_takes_tasks(databases: Databases, valkey_url: str, tmp_path: Path) -> None:
    url, log = databases.url("postgresql"), tmp_path / "log"
    work = Work(make_engine(url), KEYRING)
    with work.begin() as session:
        now = session.scalar(select(func.now()))
        session.add(OutboxMessage(key="offer/0", kind="offer", facts={}, not_before_at=now, created_at=now))
    environment = {"LINLI_INSTANCE": str(tmp_path), "DATABASE_URL": url, "CELERY_BROKER_URL": valkey_url}
    with running("worker", "--concurrency", "1", environment=environment, log=log):
        sender = Celery("sender", broker=valkey_url)
        sender.send_task("linli.tick", queue="tick")
        sender.send_task("linli.send", queue="send")
        eventually(lambda: ticked(work), log)

        def moot() -> bool:
            with work.read() as session:
                return session.scalars(select(OutboxMessage.state)).one() is MessageState.FAILED

        eventually(moot, log)
        sender.close()
    work.dispose()


def test_worker_without_a_broker_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINLI_INSTANCE", str(tmp_path))
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    assert main(["worker"]) == 2
    assert "linli serve --all" in capsys.readouterr().err
