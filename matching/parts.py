"""Parts of a run that are planned apart: stored, claimed by one process at a time, kept, joined.

A part is claimed by changing its row, so a task that is delivered twice finds it taken or solved. While a process
solves one it says that it is alive; a part whose process fell silent may be claimed again, so often. What a part comes
to depends on its problem and seed alone, so it is the same whoever solves it, and how often.
"""

import gzip
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from models.part import PartState, RunPart
from models.roster import RosterRun, RunState
from solver import Problem, Result, parse_problem, parse_solution, write_problem, write_solution

MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPart:
    """A part that this process has taken, and how it is to be solved."""

    part_id: int
    run_id: int
    number: int
    attempt: int
    seed: int
    seconds: float | None
    problem: bytes

    def read(self) -> Problem:
        return parse_problem(gzip.decompress(self.problem))


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsProgress:
    """How far the parts of a run have come; `failure` is that of the first part that has no plan."""

    total: int
    solved: int
    solving: int
    points: int | None
    failure: str | None


def store_parts(session: Session, *, run_id: int, problems: Sequence[Problem], seconds: float | None) -> list[int]:
    """Keep the parts of a run, to be claimed; give their numbers."""
    rows = [
        {
            "run_id": run_id,
            "number": number,
            "state": PartState.WAITING,
            "problem": file_of(problem),
            "volunteers": len(problem.volunteers),
            "shifts": len(problem.shifts),
            "attempts": 0,
            "seconds_limit": seconds,
        }
        for number, problem in enumerate(problems, 1)
    ]
    session.execute(insert(RunPart), rows)
    return list(range(1, len(rows) + 1))


def claim_part(
    session: Session, *, run_id: int, number: int | None, silent: timedelta, now: datetime
) -> ClaimedPart | None:
    """Take a part that waits or whose process was not heard of for `silent`; None when there is none to take.

    Parameters
    ----------
    number
        The part to take; None takes the last that is free, since tasks begin with the first.
    """
    query = (
        select(RunPart, RosterRun.seed)
        .join(RosterRun, RosterRun.id == RunPart.run_id)
        .where(RunPart.run_id == run_id, RosterRun.state == RunState.RUNNING, _free(silent, now=now))
        .order_by(RunPart.number.desc())
        .limit(1)
        .with_for_update(skip_locked=True, of=RunPart)
    )
    found = session.execute(query if number is None else query.where(RunPart.number == number)).first()
    if found is None:
        return None
    part, seed = found
    if part.attempts >= MOST_ATTEMPTS:
        part.state, part.failure, part.finished_at = PartState.FAILED, "process_died", now
        return None
    part.state, part.attempts, part.seen_at = PartState.SOLVING, part.attempts + 1, now
    session.flush()
    assert part.problem is not None
    return ClaimedPart(
        part_id=part.id,
        run_id=run_id,
        number=part.number,
        attempt=part.attempts,
        seed=seed,
        seconds=part.seconds_limit,
        problem=part.problem,
    )


def note_part(session: Session, *, part_id: int, points: int | None, now: datetime) -> None:
    """Say that the process which solves a part is alive, and what its best plan is worth."""
    values = {"seen_at": now} if points is None else {"seen_at": now, "points": points}
    session.execute(
        update(RunPart).where(RunPart.id == part_id, RunPart.state == PartState.SOLVING).values(**values),
        execution_options={"synchronize_session": False},
    )


def keep_part(session: Session, *, part_id: int, result: Result, now: datetime) -> None:
    """Keep a part's answer; of two processes that solved it the first one counts."""
    _finish(session, part_id, PartState.SOLVED, solution=solution_of(result), points=result.points, now=now)


def fail_part(session: Session, *, part_id: int, code: str, now: datetime) -> None:
    """Write down that a part has no plan, and why."""
    _finish(session, part_id, PartState.FAILED, failure=code, now=now)


def parts_progress(session: Session, *, run_id: int) -> PartsProgress:
    """Give how far a run's parts have come; of a run that was planned whole there are none."""
    rows = session.execute(
        select(RunPart.state, func.count(), func.sum(RunPart.points), func.min(RunPart.failure))
        .where(RunPart.run_id == run_id)
        .group_by(RunPart.state)
    ).all()
    counts = {state: count for state, count, _, _ in rows}
    points = [int(points) for _, _, points, _ in rows if points is not None]
    return PartsProgress(
        total=sum(counts.values()),
        solved=counts.get(PartState.SOLVED, 0),
        solving=counts.get(PartState.SOLVING, 0),
        points=sum(points) if points else None,
        failure=next((failure for *_, failure in rows if failure), None),
    )


def part_results(session: Session, *, run_id: int) -> list[Result]:
    """Read the answers of all parts, in their order."""
    rows = session.scalars(select(RunPart.solution).where(RunPart.run_id == run_id).order_by(RunPart.number))
    return [parse_solution(gzip.decompress(solution or b"")) for solution in rows]


def drop_contents(session: Session, *, run_id: int) -> None:
    """Let go of the parts' problems and answers, once they are joined or given up; their figures stay."""
    session.execute(
        update(RunPart).where(RunPart.run_id == run_id).values(problem=None, solution=None),
        execution_options={"synchronize_session": False},
    )


def file_of(problem: Problem) -> bytes:
    """Give the problem as a gzipped ``linli.problem/1`` file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.json.gz"
        write_problem(problem, path)
        return path.read_bytes()


def solution_of(result: Result) -> bytes:
    """Give the result as a gzipped ``linli.solution/1`` file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "solution.json.gz"
        write_solution(result, path)
        return path.read_bytes()


def _free(silent: timedelta, *, now: datetime) -> ColumnElement[bool]:
    """Waiting, or taken by a process that is gone: also one that was last seen in a future that a clock jumped to."""
    gone = (RunPart.seen_at < now - silent) | (RunPart.seen_at > now + silent)
    return (RunPart.state == PartState.WAITING) | ((RunPart.state == PartState.SOLVING) & gone)


def _finish(
    session: Session,
    part_id: int,
    state: PartState,
    *,
    now: datetime,
    solution: bytes | None = None,
    points: int | None = None,
    failure: str | None = None,
) -> None:
    session.execute(
        update(RunPart)
        .where(RunPart.id == part_id, RunPart.state == PartState.SOLVING)
        .values(state=state, solution=solution, points=points, failure=failure, finished_at=now),
        execution_options={"synchronize_session": False},
    )
