"""Saying now and then that this process is alive, while it does something long."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from web.database import Work

Say = Callable[[Session], object]


@contextmanager
def alive(work: Work, say: Say, *, seconds: float, name: str) -> Iterator[None]:
    """Call `say` in a unit of work of its own every so many seconds, in a thread, until the block ends."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(seconds):
            try_to_say(work, say)

    thread = threading.Thread(target=beat, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def try_to_say(work: Work, say: Say) -> None:
    """Say it once; a database that is busy or away is told the next time."""
    with suppress(DBAPIError), work.begin() as session:
        say(session)
