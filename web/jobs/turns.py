"""Short units of work one after another, with room between them, so that no page that writes waits for a long step."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from web.database import Work

#: How long one unit of work should take, and how long others are let in when the lock was held for half as long.
#: SQLite's waiting writers look every tenth of a second whether they may.
SLICE_SECONDS = 0.4
PAUSE_SECONDS = 0.1


class Turns:
    """Units of work one after another that let others in where there is one writer at a time.

    `seconds` is what the last one took.
    """

    def __init__(self, work: Work) -> None:
        self._work, self._held, self.seconds = work, 0.0, 0.0

    @contextmanager
    def turn(self) -> Iterator[Session]:
        """Open a unit of work, and wait a little after it when the lock has been held for long."""
        with self._work.begin() as session:
            began = time.monotonic()
            yield session
        self.seconds = time.monotonic() - began
        self._held += self.seconds
        if self._work.engine.dialect.name == "sqlite" and self._held > SLICE_SECONDS / 2:
            time.sleep(PAUSE_SECONDS)
            self._held = 0.0
