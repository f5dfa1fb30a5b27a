"""Consolidation as a long step: one short unit of work after another, so that no page that writes waits for it.

Killed at any moment, what was committed stands and the rest is still in the queue: the next run does it.
"""

import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime

import numpy as np

from models import Actor, Permission
from registry.access import require
from registry.bulk import collector_paused, parts
from registry.carrying_out import SHANGHAI, Ahead, Written, carry_out, members_of
from registry.consolidate import (
    ConsolidationReport,
    consolidate,
    draft_from,
    finish,
    frame_of,
    keep_weights,
    links_everything,
    prepare,
)
from registry.draft import Draft, Progress, Unit
from registry.frames import Frame, queued_records
from registry.hands import spread
from registry.keystore import insert_keys, key_rows
from registry.person_rows import Computation
from registry.scorecards import current_scorecard
from web.database import Work, file_of
from web.jobs.turns import SLICE_SECONDS, Turns

#: Records in the first slice, and the bounds of what is tried after it.
FIRST, FEWEST, MOST = 400, 50, 20_000
#: Queued records whose keys are stored in one unit of work, and keys when all of them are put in order first.
KEYS_AT_ONCE, ORDERED_AT_ONCE = 4_000, 250_000
#: From so many records on, golden records are computed by processes beside this one.
MANY = 20_000
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
    """Store keys and draft; what an increment is linked by is stored before, what a whole registry is, meanwhile."""
    with work.read() as session:
        queued = queued_records(session)
        everything = links_everything(session, queued)
    if not everything:
        turns = Turns(work)
        for part in parts(range(len(queued)), KEYS_AT_ONCE):
            with turns.turn() as session:
                prepare(session, queued[part])
    with ThreadPoolExecutor(1, "linli-keys") as beside:
        with work.read() as session:
            began = time.perf_counter()
            known = current_scorecard(session)
            frame = frame_of(session, queued, known)
            read = round(time.perf_counter() - began, 3)
            keys = beside.submit(_store_keys, work, frame) if frame.whole else None
            draft = draft_from(session, frame, known)
        draft.seconds = {"read": read} | draft.seconds
        if keys is not None:
            draft.seconds["keys"] = keys.result()
    with work.begin() as session:
        keep_weights(session, draft, now=now)
    return draft


def _store_keys(work: Work, frame: Frame) -> float:
    """Store the keys of a whole registry's queued records, in the order of the table; give the seconds it took."""
    began, turns = time.perf_counter(), Turns(work)
    rows = key_rows(work.keyring, frame.features[np.searchsorted(frame.ids, frame.queued)], frame.queued)
    for start in range(0, len(rows), ORDERED_AT_ONCE):
        with turns.turn() as session:
            insert_keys(session, rows[start : start + ORDERED_AT_ONCE])
    return round(time.perf_counter() - began, 3)


def _write(work: Work, draft: Draft, now: datetime, progress: Progress | None) -> Written:
    began, total, done, turns = time.perf_counter(), Written(), 0, Turns(work)
    slices = _Slices(draft.units)
    with closing(_computed(work, draft, slices, now)) as computed:
        for units, ahead in computed:
            with turns.turn() as session:
                total.add(carry_out(session, draft, units, now=now, ahead=ahead))
            slices.took(turns.seconds)
            done += sum(len(unit.records) for unit in units)
            if progress:
                progress(done, len(draft.belongs) + draft.records)
    draft.seconds["write"] = round(time.perf_counter() - began, 3)
    return total


def _computed(work: Work, draft: Draft, slices: "_Slices", now: datetime) -> Generator[tuple[list[Unit], Ahead | None]]:
    """Give slices, with what other processes computed of them if it is worth it; close it, for they may be at work."""
    url = work.engine.url
    in_memory = work.engine.dialect.name == "sqlite" and file_of(work.engine) is None
    if work.hands <= 1 or in_memory or draft.records < MANY:
        for units in slices:
            yield units, None
        return
    under_way: deque[list[Unit]] = deque()

    def jobs() -> Iterator[dict[int, list[int]]]:
        for units in slices:
            under_way.append(units)
            yield members_of(draft, units)

    make = Computation(url=url, keyring=work.keyring, today=(now + SHANGHAI).date())
    for ahead in spread(make, jobs(), hands=work.hands):
        yield under_way.popleft(), ahead


class _Slices:
    """Units in slices of about as many records as one unit of work has time for."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._units, self._size = units, FIRST

    def __iter__(self) -> Iterator[list[Unit]]:
        chosen: list[Unit] = []
        count = 0
        for unit in self._units:
            chosen.append(unit)
            count += len(unit.records)
            if count >= self._size:
                yield chosen
                chosen, count = [], 0
        if chosen:
            yield chosen

    def took(self, seconds: float) -> None:
        """Take more of them next time if the last ones were quick."""
        self._size = max(FEWEST, min(MOST, int(self._size * SLICE_SECONDS / max(seconds, 0.01))))
