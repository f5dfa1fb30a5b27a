"""Planning a large week as parts: cut, claimed and solved by whoever is free, joined.

The truth is in the parts' rows, not in the broker. With a broker one task a part wakes the workers, and the process
that planned helps; without one the threads of this process do it all. Either way a part is solved with one core and the
run's seed, so the plan is the same. Whoever plans waits until every part has its answer: a part whose solver fell
silent is taken over, so a killed worker costs time and nothing else.
"""

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from matching.parts import (
    ClaimedPart,
    PartsProgress,
    claim_part,
    drop_contents,
    fail_part,
    keep_part,
    note_part,
    part_results,
    parts_progress,
    store_parts,
)
from matching.runs import CANCELLED
from solver import Parts, Problem, Progress, Result, Status, cut_parts, join_results, solve
from web.database import Work
from web.jobs.alive import alive
from web.jobs.progress import RunTeller, asker
from web.settings import Settings

SILENT = timedelta(seconds=60)
ALIVE_SECONDS = 3.0
WAIT_SECONDS = 0.5
#: Of a limit on the whole plan: what the parts may use; the rest is for cutting and joining.
SHARE_OF_PARTS = 0.7

Send = Callable[[int, int], None]


class NoPlan(RuntimeError):
    """The solver gave no plan; `code` says why, and the run keeps it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a large week is shared out.

    Attributes
    ----------
    parts_from
        Volunteers from which a week is planned as parts; None never does.
    part_size
        Volunteers of a part, about.
    send
        Tells the workers of a run and a part's number; None without workers.
    """

    parts_from: int | None
    part_size: int
    send: Send | None = None


def spread_of(settings: Settings) -> Spread:
    """Give how this installation shares out a large week."""
    return Spread(
        parts_from=settings.parts_from,
        part_size=settings.part_size,
        send=None if settings.is_embedded else _sender(settings),
    )


def solve_as_parts(
    work: Work,
    *,
    run_id: int,
    problem: Problem,
    spread: Spread,
    seed: int,
    workers: int,
    seconds: float | None,
    tell: RunTeller,
) -> Result:
    """Plan a run's week as parts and give the joined result.

    Raises
    ------
    NoPlan
        When the run was cancelled, or a part has no plan.
    """
    began = time.monotonic()
    tell(Progress(seconds=0.0, points=None, bound=None, stage="cutting"))
    count = max(2, math.ceil(len(problem.volunteers) / spread.part_size))
    parts = cut_parts(problem, count, workers=workers)
    with work.begin() as session:
        limit = _limit_of_part(seconds, began, workers, len(parts.problems))
        numbers = store_parts(session, run_id=run_id, problems=parts.problems, seconds=limit)
    if spread.send is not None:
        for number in numbers:
            spread.send(run_id, number)
    _solve_all(work, run_id, parts, hands=1 if spread.send else workers, tell=tell, began=began)
    with work.begin() as session:
        results = part_results(session, run_id=run_id)
        drop_contents(session, run_id=run_id)
    left = None if seconds is None else max(1.0, seconds - (time.monotonic() - began))
    joined = join_results(
        problem,
        results,
        parts=parts,
        workers=workers,
        seed=seed,
        seconds=left,
        progress=tell,
        cancelled=asker(work, run_id),
    )
    return replace(joined, seconds=time.monotonic() - began)


def solve_part(work: Work, *, run_id: int, number: int | None = None) -> bool:
    """Claim a part and solve it; False when there was none to claim: taken, solved, or the run has ended."""
    with work.begin() as session:
        claimed = claim_part(session, run_id=run_id, number=number, silent=SILENT, now=work.now())
    if claimed is None:
        return False
    best: list[int] = []

    def say(session: Session) -> None:
        note_part(session, part_id=claimed.part_id, points=best[-1] if best else None, now=work.now())

    def watch(progress: Progress) -> None:
        if progress.points is not None:
            best[:] = [progress.points]

    with alive(work, say, seconds=ALIVE_SECONDS, name=f"linli-part-{run_id}-{claimed.number}"):
        _answer(work, claimed, watch)
    return True


def _answer(work: Work, claimed: ClaimedPart, watch: Callable[[Progress], None]) -> None:
    cancelled = asker(work, claimed.run_id)
    try:
        result = solve(
            claimed.read(),
            seconds=claimed.seconds,
            workers=1,
            seed=claimed.seed,
            progress=watch,
            cancelled=cancelled,
            explain=False,
        )
    except Exception:
        with work.begin() as session:
            fail_part(session, part_id=claimed.part_id, code="solver_failed", now=work.now())
        raise
    if cancelled():  # an answer that was broken off is nobody's
        return
    with work.begin() as session:
        if result.status in {Status.OPTIMAL, Status.FEASIBLE}:
            keep_part(session, part_id=claimed.part_id, result=result, now=work.now())
        else:
            fail_part(session, part_id=claimed.part_id, code=str(result.status), now=work.now())


def _solve_all(work: Work, run_id: int, parts: Parts, *, hands: int, tell: RunTeller, began: float) -> None:
    """Help with the parts until all have an answer; raise :class:`NoPlan` when that cannot be."""
    cancelled = asker(work, run_id)
    with ThreadPoolExecutor(hands, thread_name_prefix=f"linli-parts-{run_id}") as pool:
        helping = [pool.submit(_help, work, run_id) for _ in range(hands)]
        while True:
            state = _state(work, run_id)
            tell(_progress(state, parts, time.monotonic() - began))
            if cancelled():
                raise NoPlan(CANCELLED)
            if state.failure is not None:
                raise NoPlan(state.failure)
            if state.solved == state.total:
                return
            time.sleep(WAIT_SECONDS)
            helping = [one if not one.done() else pool.submit(_help, work, run_id) for one in helping]


def _help(work: Work, run_id: int) -> None:
    while solve_part(work, run_id=run_id):
        pass


def _state(work: Work, run_id: int) -> PartsProgress:
    with work.read() as session:
        return parts_progress(session, run_id=run_id)


def _progress(state: PartsProgress, parts: Parts, seconds: float) -> Progress:
    return Progress(
        seconds=seconds, points=state.points, bound=parts.bound, stage=f"parts {state.solved}/{state.total}"
    )


def _limit_of_part(seconds: float | None, began: float, workers: int, parts: int) -> float | None:
    """Share what is left of a limit among the parts, as many at a time as there are workers."""
    if seconds is None:
        return None
    left = max(1.0, seconds - (time.monotonic() - began))
    return max(1.0, left * SHARE_OF_PARTS / math.ceil(parts / workers))


def _sender(settings: Settings) -> Send:
    from web.jobs.celery_app import make_celery  # noqa: PLC0415  Celery is loaded where there is a broker

    app = make_celery(settings)

    def send(run_id: int, number: int) -> None:
        app.send_task("linli.plan_part", args=[run_id, number])

    return send
