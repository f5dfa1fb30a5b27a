"""Short units of work one after another, with room between them, so that no page that writes waits for a long step."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from web.database import Work, file_of
from web.waiting import let_in

#: How long one unit of work should take.
SLICE_SECONDS = 0.4


class Turns:
    """Units of work one after another that let others in where there is one writer at a time.

    `seconds` is what the last one took.
    """

    def __init__(self, work: Work) -> None:
        self._work, self._file, self.seconds = work, file_of(work.engine), 0.0

    @contextmanager
    def turn(self) -> Iterator[Session]:
        """Open a unit of work, and after it let in whoever waits."""
        with self._work.begin() as session:
            began = time.monotonic()
            yield session
        self.seconds = time.monotonic() - began
        if self._file:
            let_in(self._file)
