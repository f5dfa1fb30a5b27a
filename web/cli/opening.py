"""What a command stands on: the settings and the units of work; on SQLite the tables are made or upgraded by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from models.authority import SYSTEM, Actor
from models.migrations import upgrade
from web.database import Work, open_work
from web.settings import Settings, read_settings

#: Whoever can run a command on the machine acts as the program itself.
OPERATOR: Actor = SYSTEM


@contextmanager
def opened() -> Iterator[tuple[Settings, Work]]:
    """Open the installation of the environment for one command."""
    settings = read_settings()
    work = open_work(settings)
    try:
        if settings.is_sqlite:
            upgrade(work.engine)
        yield settings, work
    finally:
        work.dispose()
