"""The engine and the unit of work: who opens a session, and who commits it.

One owner of the transaction: ``with work.begin() as session`` commits at the end or not at all, then sends the jobs
that use cases asked for. On SQLite a unit of work begins with ``BEGIN IMMEDIATE``: two writers never read the same
state, which is what row locks do on PostgreSQL. Reads open a deferred transaction.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from models.sealing import Keyring
from web.settings import Settings
from web.waiting import waiting

BUSY_SECONDS = 30

#: What is written with whatever a unit of work commits: the mark of a request that must have one effect only.
WITH_COMMIT: ContextVar[Callable[[Session], None] | None] = ContextVar("WITH_COMMIT", default=None)


def clock() -> datetime:
    """Give the present instant; the only place that reads it."""
    return datetime.now(UTC)


def make_engine(url: str, **options: Any) -> Engine:
    """Make the engine for `url` with the house's habits for its dialect."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, **options)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **options)
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _record: Any) -> None:
    """Take transactions out of the driver's hands, and keep foreign keys."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.execute("PRAGMA wal_autocheckpoint=8192")  # pages: large files write each page fewer times
    cursor.close()


def _sqlite_begin(connection: Any) -> None:
    mode = connection.get_execution_options().get("linli_begin", "IMMEDIATE")
    file = file_of(connection.engine)
    with waiting(file) if file and mode == "IMMEDIATE" else nullcontext():
        connection.exec_driver_sql(f"BEGIN {mode}")


def file_of(engine: Engine) -> str | None:
    """Give the file of an SQLite database; None in memory and on a server."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return None if not name or name == ":memory:" or name.startswith("file:") else name


class Work:
    """Opens units of work on one database.

    Parameters
    ----------
    engine
        From :func:`make_engine`.
    keyring
        Travels on every session.
    now
        Gives the present instant to whatever works on its own, without a caller who says what time it is.
    hands
        Processes over which much work of the registry is spread; 1: all in this one.
    """

    def __init__(
        self, engine: Engine, keyring: Keyring, now: Callable[[], datetime] = clock, *, hands: int = 1
    ) -> None:
        self.engine = engine
        self.keyring = keyring
        self.now = now
        self.hands = hands
        self._reading = engine.execution_options(linli_begin="DEFERRED")

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a unit of work that commits at its end, and rolls back when anything is raised."""
        with Session(self.engine, expire_on_commit=False, info={"keyring": self.keyring}) as session, session.begin():
            yield session
            mark = WITH_COMMIT.get()
            if mark is not None:
                mark(session)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for reading; whatever was changed in it is rolled back."""
        with Session(self._reading, autoflush=False, info={"keyring": self.keyring}) as session:
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def open_work(settings: Settings) -> Work:
    """Give the units of work of an installation."""
    return Work(make_engine(settings.database_url), settings.keyring, hands=settings.hands)
