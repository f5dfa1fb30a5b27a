"""Fixtures: the same suite on SQLite and on a real PostgreSQL, a real Valkey, and a report of what was left out."""

import itertools
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from models.migrations import upgrade
from models.sealing import Keyring
from tests import servers
from web.database import Work, make_engine

STRICT = os.environ.get("STRICT", "0") not in {"", "0"}
LEFT_OUT = "left out for want of "
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
KEYRING = Keyring(sealing={1: b"s" * 32}, current=1, digesting=b"d" * 32)
_numbers = itertools.count(1)


def leave_out(what: str, how: str) -> None:
    """Skip a test for want of `what`, saying how to have it; under STRICT that is a failure."""
    message = f"{LEFT_OUT}{what}: {how}"
    if STRICT:
        pytest.fail(message)
    pytest.skip(message)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, also when the tests ran in several processes."""
    reasons = [report.longrepr[2] for report in terminalreporter.getreports("skipped") if report.longrepr]
    missing = Counter(reason[reason.index(LEFT_OUT) :] for reason in reasons if LEFT_OUT in reason)
    for message, count in missing.items():
        terminalreporter.write_line(f"{count} tests {message}", yellow=True)


class Databases:
    """Makes databases that hold the tables and nothing else, by copying one that was migrated."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self._sqlite: Path | None = None
        self._postgres: str | None = None
        self._missing: str | None = None

    def url(self, dialect: str) -> str:
        return self._new_sqlite() if dialect == "sqlite" else self._new_postgres()

    def _new_sqlite(self) -> str:
        if self._sqlite is None:
            self._sqlite = self.folder / "template.sqlite"
            engine = make_engine(f"sqlite:///{self._sqlite}")
            upgrade(engine)
            with engine.connect() as connection:
                connection.execution_options(linli_begin="DEFERRED")
            engine.dispose()
        copy = self.folder / f"copy-{next(_numbers)}.sqlite"
        shutil.copyfile(self._sqlite, copy)
        return f"sqlite:///{copy}"

    def _new_postgres(self) -> str:
        if self._missing:
            leave_out("PostgreSQL", self._missing)
        if self._postgres is None:
            try:
                self._postgres = self.stack.enter_context(servers.postgres())
            except servers.ServerMissing as error:
                self._missing = str(error)
                leave_out("PostgreSQL", self._missing)
            self._administer("CREATE DATABASE linli_template")
            engine = make_engine(self._postgres.format("linli_template"))
            upgrade(engine)
            engine.dispose()
        name = f"linli_{os.getpid()}_{next(_numbers)}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE linli_template")
        return self._postgres.format(name)

    def _administer(self, statement: str) -> None:
        assert self._postgres is not None
        engine = make_engine(self._postgres.format("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with ExitStack() as stack:
        yield Databases(tmp_path_factory.mktemp("databases"), stack)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def dialect(request: pytest.FixtureRequest) -> str:
    """The database of this run of a test; every test that asks for one runs on both."""
    return str(request.param)


@pytest.fixture
def work(databases: Databases, dialect: str) -> Iterator[Work]:
    """Units of work on a database of this test's own, that really commit."""
    work = Work(make_engine(databases.url(dialect)), KEYRING)
    yield work
    work.dispose()


@pytest.fixture(scope="module")
def shared_engine(databases: Databases, dialect: str) -> Iterator[Engine]:
    engine = make_engine(databases.url(dialect))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(shared_engine: Engine) -> Iterator[Connection]:
    with shared_engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session whose work is taken back at the end of the test; commits become savepoints."""
    with Session(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False, info={"keyring": KEYRING}
    ) as session:
        yield session


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    try:
        with servers.valkey() as url:
            yield url
    except servers.ServerMissing as error:
        leave_out("Valkey", str(error))


@pytest.fixture
def now() -> datetime:
    """The instant at which a test happens: Wednesday 2026-11-25, 18:00 in Shanghai."""
    return NOW
