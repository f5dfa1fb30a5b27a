"""Who waits to write to an SQLite database, known across threads and processes: a shared lock on a file beside it.

SQLite has one writer at a time and tells nobody that others wait. A long step that writes in short units of work looks
here between two of them, and lets others in only when there are any: it neither starves them nor sleeps for nothing.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SUFFIX: Final = "-waiting"
#: How often one looks whether others are through, and how long one lets them in at most.
_LOOK_SECONDS: Final = 0.01
_MOST_SECONDS: Final = 1.0


@contextmanager
def waiting(database: str) -> Iterator[None]:
    """Be known as waiting to write to the database file `database`."""
    with open(database + SUFFIX, "ab") as file:  # noqa: PTH123  once a unit of work: a path would cost more
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def somebody_waits(database: str) -> bool:
    """Say whether anybody waits to write."""
    with open(database + SUFFIX, "ab") as file:  # noqa: PTH123
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def let_in(database: str) -> None:
    """Hold back while others wait, a second at most."""
    until = time.monotonic() + _MOST_SECONDS
    while somebody_waits(database) and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
