"""Waits for an engine that cannot ask whether it is still wanted, and keeps asking in its place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")

_ASK_EVERY = 0.1
"""Seconds between two questions; a cancel is honoured well within a second."""


class Abandoned(Exception):
    """The work was cancelled and could not be stopped: its thread ends by its own limits, its answer is lost."""


def patiently(
    work: Callable[[], R], *, cancelled: Callable[[], bool] | None, stop: Callable[[], object] | None = None
) -> R:
    """The result of `work`, done in a thread while this one asks `cancelled`.

    Parameters
    ----------
    stop
        Tells the engine to end early and answer with what it has. Without it a cancel raises `Abandoned`.
    """
    if cancelled is None:
        return work()
    results: list[R] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 passed on to the caller below
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_ASK_EVERY)
        if thread.is_alive() and cancelled():
            if stop is None:
                raise Abandoned
            stop()
            thread.join()
    if errors:
        raise errors[0]
    return results[0]
