"""The run of one solve: how long it may take, whether it is still wanted, and whom to tell how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable

from solver.result import Progress


class Run:
    """Deadline, cancellation and progress of one solve.

    Limits by the clock are for people who wait; whether one was hit is kept in `limited`, because a plan that the clock
    ended need not come out the same again.
    """

    def __init__(
        self,
        *,
        seconds: float | None,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._begun = time.monotonic()
        self.seconds, self._progress, self.cancelled = seconds, progress, cancelled
        self.limited = False
        self.points: int | None = None
        self.bound: int | None = None

    def elapsed(self) -> float:
        return time.monotonic() - self._begun

    def left(self, share: float = 1.0) -> float:
        """Seconds left until `share` of the time is spent; a day when there is no limit."""
        return 86400.0 if self.seconds is None else max(0.0, self.seconds * share - self.elapsed())

    def unwanted(self) -> bool:
        """Whether the solve was cancelled."""
        return self.cancelled is not None and self.cancelled()

    def over(self, share: float = 1.0) -> bool:
        """Whether to stop: the time is spent or the solve was cancelled. Remembers a yes."""
        stop = self.left(share) <= 0 or self.unwanted()
        self.limited = self.limited or stop
        return stop

    def tell(self, stage: str, *, points: int | None = None, bound: int | None = None) -> None:
        """Keep the best points and bound so far and pass them on."""
        if points is not None:
            self.points = points if self.points is None else max(points, self.points)
        if bound is not None:
            self.bound = bound if self.bound is None else min(bound, self.bound)
        if self._progress is not None:
            self._progress(Progress(seconds=self.elapsed(), points=self.points, bound=self.bound, stage=stage))
