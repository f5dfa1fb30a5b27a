"""How far a run has come, kept in its row while the solver thinks, for whoever looks from another process."""

from sqlalchemy.orm import Session

from models.roster import RosterRun, RunState
from solver import Progress


def keep_progress(session: Session, *, run_id: int, progress: Progress) -> None:
    """Keep the newest word of a run that is running; a finished one keeps its counts."""
    run = session.get(RosterRun, run_id, with_for_update={"skip_locked": True})
    if run is None or run.state is not RunState.RUNNING:
        return
    said = {
        "stage": progress.stage,
        "points": progress.points,
        "bound": progress.bound,
        "seconds": round(progress.seconds, 1),
    }
    run.counts = {**run.counts, "progress": said}
