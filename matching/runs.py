"""A run while it goes on: how far it has come, whether it is still wanted, and what becomes of one that died."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.refusals import NotAllowed, NotFound, WrongState
from matching.trail import note
from models.authority import Actor, Permission
from models.roster import RosterRun, RunState

CANCELLED = "cancelled"
DIED = "process_died"
#: A run whose process was not heard of for so long is given up.
SILENT = timedelta(minutes=5)


def note_progress(
    session: Session, *, run_id: int, stage: str, points: int | None, bound: int | None, now: datetime
) -> None:
    """Write down how far a run has come, while it runs."""
    session.execute(
        update(RosterRun)
        .where(RosterRun.id == run_id, RosterRun.state == RunState.RUNNING)
        .values(stage=stage[:40], points=points, bound=bound, seen_at=now),
        execution_options={"synchronize_session": False},
    )


def is_wanted(session: Session, *, run_id: int) -> bool:
    """Tell whether a run still waits for its plan."""
    return session.scalar(select(RosterRun.state).where(RosterRun.id == run_id)) is RunState.RUNNING


def cancel_run(session: Session, actor: Actor, *, run_id: int, now: datetime) -> None:
    """Stop a run: whoever plans it or a part of it ends within seconds, and nothing is stored.

    Raises
    ------
    NotAllowed, NotFound
    WrongState
        When it has ended already.
    """
    if not actor.may(Permission.CITY_RUN_START):
        raise NotAllowed(permission=Permission.CITY_RUN_START.value)
    run = session.get(RosterRun, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NotFound(kind="run", id=run_id)
    if run.state is not RunState.RUNNING:
        raise WrongState(kind="roster_run", state=run.state.value)
    _end(run, CANCELLED, now=now)
    note(session, actor, action="run.cancelled", subject=("roster_run", run_id), now=now)


def close_dead_runs(session: Session, *, now: datetime) -> int:
    """Give up runs whose process has fallen silent; give how many. The step that began one begins another."""
    seen = RosterRun.seen_at
    dead = session.scalars(
        select(RosterRun)
        .where(RosterRun.state == RunState.RUNNING, (seen < now - SILENT) | (seen > now + SILENT))
        .with_for_update(skip_locked=True)
    ).all()
    for run in dead:
        _end(run, DIED, now=now)
    session.flush()
    return len(dead)


def lock_week(session: Session, *, week: str) -> None:
    """Let nobody else store or publish a plan of this week until the unit of work ends."""
    session.execute(select(RosterRun.id).where(RosterRun.week == week).order_by(RosterRun.id).with_for_update())


def _end(run: RosterRun, code: str, *, now: datetime) -> None:
    run.state, run.failure, run.finished_at, run.stage = RunState.FAILED, code, now, None
