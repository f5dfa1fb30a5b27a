"""Consolidation as a long step: one short unit of work after another, so that no page that writes waits for it.

Killed at any moment, what was committed stands and the rest is still in the queue: the next run does it.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from models import Actor, Permission
from registry.access import require
from registry.bulk import collector_paused, parts
from registry.carrying_out import Written, carry_out
from registry.consolidate import (
    ConsolidationReport,
    consolidate,
    draft_of,
    finish,
    keep_weights,
    links_everything,
    prepare,
)
from registry.draft import Draft, Progress, Unit
from registry.frames import queued_records
from web.database import Work

#: How long one unit of work should take, and how long others are let in between two. SQLite's waiting writers look
#: every tenth of a second whether they may.
SLICE_SECONDS = 0.4
PAUSE_SECONDS = 0.1
#: Records in the first slice, and the bounds of what is tried after it.
FIRST, FEWEST, MOST = 400, 50, 5_000
#: Queued records whose keys are stored in one unit of work.
KEYS_AT_ONCE = 4_000
#: Drafts made anew because others changed what was drafted; then one unit of work does what is left.
ROUNDS = 5


def consolidate_in_slices(
    work: Work, actor: Actor, *, now: datetime, progress: Progress | None = None
) -> ConsolidationReport:
    """Consolidate everything that has come in since the last time, committing as it goes.

    Parameters
    ----------
    progress
        Called with records written and their number.

    Raises
    ------
    NotPermitted
        Without ``city:import:write``.
    """
    require(actor, Permission.CITY_IMPORT_WRITE)
    total = Written()
    with collector_paused():
        for _ in range(ROUNDS):
            draft = _drafted(work, now)
            written = _write(work, draft, now, progress)
            total.add(written)
            if not written.left:
                with work.begin() as session:
                    return finish(session, actor, draft, total, now=now)
    with work.begin() as session:
        return consolidate(session, actor, now=now)


def _drafted(work: Work, now: datetime) -> Draft:
    """Store keys and draft; what an increment is linked by must be stored before, what a whole registry is, after."""
    with work.read() as session:
        queued = queued_records(session)
        everything = links_everything(session, queued)
    keys = list(parts(range(len(queued)), KEYS_AT_ONCE))
    if not everything:
        for part in keys:
            with _slice(work) as session:
                prepare(session, queued[part])
    with work.read() as session:
        draft = draft_of(session, queued)
    with work.begin() as session:
        keep_weights(session, draft, now=now)
    if draft.frame.whole:
        for part in keys:
            with _slice(work) as session:
                prepare(session, queued[part], draft)
    return draft


def _write(work: Work, draft: Draft, now: datetime, progress: Progress | None) -> Written:
    started = time.perf_counter()
    total, done, size, place = Written(), 0, FIRST, 0
    while place < len(draft.units):
        units = _some(draft.units, place, size)
        began = time.monotonic()
        with _slice(work) as session:
            total.add(carry_out(session, draft, units, now=now))
            took = time.monotonic() - began
        place, done = place + len(units), done + sum(len(unit.records) for unit in units)
        size = max(FEWEST, min(MOST, int(size * SLICE_SECONDS / max(took, 0.01))))
        if progress:
            progress(done, len(draft.belongs) + draft.records)
    draft.seconds["write"] = round(time.perf_counter() - started, 3)
    return total


def _some(units: Sequence[Unit], place: int, records: int) -> list[Unit]:
    """Give the units from `place` on that hold about so many records, one at least."""
    chosen: list[Unit] = []
    count = 0
    while place + len(chosen) < len(units) and count < records:
        chosen.append(units[place + len(chosen)])
        count += len(chosen[-1].records)
    return chosen


@contextmanager
def _slice(work: Work) -> Iterator[Session]:
    """Open a unit of work, and let others in after it where there is one writer at a time."""
    with work.begin() as session:
        yield session
    if work.engine.dialect.name == "sqlite":
        time.sleep(PAUSE_SECONDS)
