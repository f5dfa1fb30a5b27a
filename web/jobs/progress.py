"""How far a plan has come, kept in its run's row, and whether the run is still wanted."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from matching.runs import is_wanted, note_progress
from solver import Progress
from web.database import Work
from web.jobs.alive import alive, try_to_say

TOLD_SECONDS = 2.0
ASKED_SECONDS = 1.0
ALIVE_SECONDS = 15.0

Watch = Callable[[Progress], None]


class RunTeller:
    """Writes a run's progress every other second, and passes it on."""

    def __init__(self, work: Work, run_id: int, watch: Watch | None = None) -> None:
        self._work, self._run_id, self._watch = work, run_id, watch
        self._told = -TOLD_SECONDS
        self._last = Progress(seconds=0.0, points=None, bound=None, stage="snapshot")

    def __call__(self, progress: Progress) -> None:
        self._last = progress
        if time.monotonic() - self._told >= TOLD_SECONDS:
            self._told = time.monotonic()
            self._tell()
        if self._watch is not None:
            self._watch(progress)

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Say now and then that the run goes on, also while the solver has nothing new."""
        with alive(self._work, self._say, seconds=ALIVE_SECONDS, name=f"linli-run-{self._run_id}"):
            yield

    def _tell(self) -> None:
        try_to_say(self._work, self._say)

    def _say(self, session: Session) -> None:
        last = self._last
        note_progress(
            session,
            run_id=self._run_id,
            stage=last.stage,
            points=last.points,
            bound=last.bound,
            now=self._work.now(),
        )


def asker(work: Work, run_id: int) -> Callable[[], bool]:
    """Give a question for a solver: was the run cancelled? The database is asked once a second."""
    asked, cancelled = -ASKED_SECONDS, False

    def ask() -> bool:
        nonlocal asked, cancelled
        if not cancelled and time.monotonic() - asked >= ASKED_SECONDS:
            asked = time.monotonic()
            try:
                with work.read() as session:
                    cancelled = not is_wanted(session, run_id=run_id)
            except DBAPIError:  # a database that is away says nothing
                return False
        return cancelled

    return ask
