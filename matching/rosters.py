"""Planning a week: snapshot, solve, check, store as a proposal; then publish it as offers.

Planning is three steps, because no transaction is open while the solver thinks: :func:`begin_plan` writes the run and
gives the problem, the caller solves it, and :func:`store_plan` checks the result independently and stores it, or
:func:`fail_plan` says why there is none.
"""

import gzip
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from matching.explanation import store_explanation
from matching.needs import open_week
from matching.parts import file_of, solution_of
from matching.policy import policy_of
from matching.reasons import reasons_for
from matching.refusals import NotAllowed, PlanUnsound, WeekPublished, WrongState
from matching.runs import lock_week
from matching.snapshot import number, planned_assignments, snapshot
from matching.trail import note
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Seat, Shift, ShiftRole
from models.roster import (
    HOLDING,
    Assignment,
    AssignmentState,
    Roster,
    RosterRun,
    RosterState,
    RunKind,
    RunState,
)
from solver import Problem, Result, check, problem_digest

LIBRARIES = ("ortools", "numpy", "scipy", "numba")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run that waits for its result."""

    run_id: int
    problem: Problem
    set_aside: tuple[int, ...]


def begin_plan(
    session: Session,
    actor: Actor,
    *,
    week: Week,
    area: str,
    kind: RunKind = RunKind.PLAN,
    seed: int = 1,
    workers: int = 2,
    seconds: float | None = None,
    now: datetime,
) -> OpenRun:
    """Open the week's occurrences, take its snapshot, and write the run that will answer it.

    Raises
    ------
    NotAllowed
        When the actor may not start runs; whoever has a unit in hand may repair its own week.
    WeekPublished
        When a plan is asked for and the week is published already.
    """
    if not (actor.may(Permission.CITY_RUN_START) or (kind is RunKind.REPAIR and has_in_hand(actor, area))):
        raise NotAllowed(permission=Permission.CITY_RUN_START.value)
    if kind is RunKind.PLAN and published_roster(session, week=week, area=area) is not None:
        raise WeekPublished(week=str(week), area=area)
    open_week(session, now=now)
    taken = snapshot(session, week=week, area=area, kind=kind, now=now)
    run = RosterRun(
        week=str(week),
        area=area,
        kind=kind,
        state=RunState.RUNNING,
        started_at=now,
        seen_at=now,
        account_id=actor.account_id,
        problem_digest=problem_digest(taken.problem),
        problem=file_of(taken.problem),
        seed=seed,
        workers=workers,
        seconds_limit=seconds,
        weights=asdict(policy_of(session).weights),
        versions={name: version(name) for name in LIBRARIES},
    )
    session.add(run)
    session.flush()
    note(session, actor, action="run.started", subject=("roster_run", run.id), now=now, week=str(week), area=area)
    return OpenRun(run_id=run.id, problem=taken.problem, set_aside=taken.set_aside)


def has_in_hand(actor: Actor, area: str) -> bool:
    """Say whether a coordinator has all of an area in hand, the whole city never counted."""
    return bool(area) and actor.may(Permission.UNIT_ROSTER_WRITE, area)


def store_plan(session: Session, actor: Actor, *, run_id: int, problem: Problem, result: Result, now: datetime) -> int:
    """Check a result and store it as the week's proposal, in place of an earlier one; give the roster's id.

    Raises
    ------
    PlanUnsound
        When the independent check finds a broken rule; nothing is stored.
    WrongState
        When the run has ended meanwhile: cancelled, given up, or stored by somebody else.
    WeekPublished
        When the week was published while the solver thought.
    """
    refuse_broken(problem, result)
    run = running_run(session, run_id)
    week = Week.parse(run.week)
    if published_roster(session, week=week, area=run.area) is not None:
        raise WeekPublished(week=run.week, area=run.area)
    _supersede(session, week=week, area=run.area, now=now)
    roster = _new_roster(session, run, RosterState.PROPOSED, now=now)
    _seat(session, roster, problem, result, now=now)
    store_explanation(session, run.id, result)
    finish_run(session, run, problem, result, now=now)
    note(session, actor, action="roster.proposed", subject=("roster", roster.id), now=now, run=run.id)
    return roster.id


def fail_plan(session: Session, actor: Actor, *, run_id: int, code: str, now: datetime) -> None:
    """Write down that a run ended without a plan, and why."""
    run = session.get_one(RosterRun, run_id, with_for_update=True, populate_existing=True)
    if run.state is not RunState.RUNNING:  # cancelled meanwhile, or given up
        return
    run.state, run.failure, run.finished_at, run.stage = RunState.FAILED, code, now, None
    note(session, actor, action="run.failed", subject=("roster_run", run_id), reason=code, now=now)


def running_run(session: Session, run_id: int) -> RosterRun:
    """Give a run that waits for its plan, with its week locked; raises :class:`WrongState` when it has ended."""
    run = session.get_one(RosterRun, run_id)
    lock_week(session, week=run.week)
    session.refresh(run)
    if run.state is not RunState.RUNNING:
        raise WrongState(kind="roster_run", state=run.state.value)
    return run


def refuse_broken(problem: Problem, result: Result) -> None:
    """Raise :class:`PlanUnsound` unless the checker finds `result` feasible and its points as stated."""
    verdict = check(problem, result.assignments)
    if not verdict.feasible:
        first = verdict.violations[0]
        raise PlanUnsound(rule=str(first.code), place=" ".join(first.place), count=len(verdict.violations))
    if verdict.points != result.points:
        raise PlanUnsound(rule="points", place=f"{verdict.points} stated as {result.points}", count=1)


def published_roster(session: Session, *, week: Week, area: str) -> Roster | None:
    """Give the published roster of a week that covers `area`, if there is one."""
    rosters = session.scalars(
        select(Roster).where(Roster.week == str(week), Roster.state == RosterState.PUBLISHED).order_by(Roster.id)
    )
    return next((one for one in rosters if area.startswith(one.area) or one.area.startswith(area)), None)


def proposed_roster(session: Session, *, week: Week, area: str) -> Roster | None:
    """Give the newest proposal of a week and area, if there is one."""
    return session.scalar(
        select(Roster)
        .where(Roster.week == str(week), Roster.area == area, Roster.state == RosterState.PROPOSED)
        .order_by(Roster.version.desc())
        .limit(1)
    )


def problem_text(run: RosterRun) -> bytes:
    """Give a run's problem as JSON, to solve it again elsewhere; empty when it was not kept."""
    return gzip.decompress(run.problem) if run.problem else b""


def solution_text(run: RosterRun) -> bytes:
    """Give a run's answer as JSON, to be checked elsewhere; empty when it was not kept."""
    return gzip.decompress(run.solution) if run.solution else b""


def _supersede(session: Session, *, week: Week, area: str, now: datetime) -> None:
    """Let go of what earlier proposals hold and nobody pinned."""
    policy = policy_of(session)
    inside = planned_assignments(week=week, area=area, policy=policy, now=now)
    session.execute(
        update(Assignment)
        .where(Assignment.id.in_(inside), Assignment.state == AssignmentState.PROPOSED, Assignment.locked.is_(False))
        .values(state=AssignmentState.SUPERSEDED, changed_at=now),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Roster)
        .where(
            Roster.week == str(week),
            Roster.state == RosterState.PROPOSED,
            Roster.area.startswith(area, autoescape=True),
        )
        .values(state=RosterState.SUPERSEDED),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def _new_roster(session: Session, run: RosterRun, state: RosterState, *, now: datetime) -> Roster:
    latest = session.scalar(select(func.max(Roster.version)).where(Roster.week == run.week, Roster.area == run.area))
    roster = Roster(week=run.week, area=run.area, version=(latest or 0) + 1, state=state, run_id=run.id, created_at=now)
    session.add(roster)
    session.flush()
    return roster


def _seat(session: Session, roster: Roster, problem: Problem, result: Result, *, now: datetime) -> None:
    """Give every assignment of the plan a seat: those that hold one keep it, the rest take the free ones in order."""
    pairs = [(number(person), number(role)) for person, role in result.assignments]
    role_ids = sorted({role for _, role in pairs})
    held = _held_in(session, role_ids)
    free = free_seats(session, role_ids)
    spans = _spans(session, role_ids)
    reasons = reasons_for(session, problem, result)
    rows = [
        {
            "seat_id": free[role].pop(0),
            "shift_id": spans[role][0],
            "person_id": person,
            "roster_id": roster.id,
            "starts_at": spans[role][1],
            "ends_at": spans[role][2],
            "state": AssignmentState.PROPOSED,
            "locked": False,
            "reasons": reasons.get((person, role), {}),
            "created_at": now,
            "changed_at": now,
        }
        for person, role in pairs
        if (person, role) not in held
    ]
    if rows:
        session.execute(insert(Assignment), rows)
    kept = [held[pair] for pair in pairs if pair in held]
    if kept:
        session.execute(update(Assignment), [{"id": number_, "roster_id": roster.id} for number_ in kept])


def _held_in(session: Session, role_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    query = (
        select(Assignment.id, Assignment.person_id, Seat.role_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(Assignment.state.in_(HOLDING))
    )
    wanted = set(role_ids)
    return {(person, role): number_ for number_, person, role in session.execute(query) if role in wanted}


def free_seats(session: Session, role_ids: Sequence[int]) -> dict[int, list[int]]:
    """Give the ids of the free seats of each role, in order."""
    held = select(Assignment.seat_id).where(Assignment.state.in_(HOLDING))
    query = (
        select(Seat.role_id, Seat.id)
        .where(Seat.id.not_in(held), Seat.role_id.between(min(role_ids, default=0), max(role_ids, default=0)))
        .order_by(Seat.role_id, Seat.number)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for role, seat in session.execute(query):
        found[role].append(seat)
    return found


def _spans(session: Session, role_ids: Sequence[int]) -> dict[int, tuple[int, datetime, datetime]]:
    query = (
        select(ShiftRole.id, Shift.id, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.id == ShiftRole.shift_id)
        .where(ShiftRole.id.between(min(role_ids, default=0), max(role_ids, default=0)))
    )
    return {role: (shift, starts_at, ends_at) for role, shift, starts_at, ends_at in session.execute(query)}


def finish_run(session: Session, run: RosterRun, problem: Problem, result: Result, *, now: datetime) -> None:
    """Write down what the solver answered, and the counts that a summary shows."""
    run.state, run.finished_at, run.stage = RunState.STORED, now, None
    run.status, run.engine = str(result.status), result.engine
    run.points, run.bound, run.gap = result.points, result.bound, result.gap
    run.solution = solution_of(result)
    run.terms = dict(result.terms)
    run.solve_seconds = result.seconds
    run.counts = counts_of(problem, result)
    session.flush()


def counts_of(problem: Problem, result: Result) -> dict[str, Any]:
    """Count volunteers, shifts, and seats wanted and filled by tier."""
    filled: dict[str, int] = defaultdict(int)
    for _, role in result.assignments:
        filled[role] += 1
    seats = {"essential": [0, 0], "wanted": [0, 0], "extra": [0, 0]}
    roles = problem.roles
    columns = zip(roles.ids, roles.min.tolist(), roles.target.tolist(), roles.max.tolist(), strict=True)
    for role, least, target, most in columns:
        people = filled.get(role, 0)
        for tier, low, high in (("essential", 0, least), ("wanted", least, target), ("extra", target, most)):
            seats[tier][0] += high - low
            seats[tier][1] += max(0, min(people, high) - low)
    return {
        "volunteers": len(problem.volunteers),
        "shifts": len(problem.shifts),
        "roles": len(roles.ids),
        "assignments": len(result.assignments),
        "served_people": len({person for person, _ in result.assignments}),
        "seats": {tier: {"asked": asked, "filled": done} for tier, (asked, done) in seats.items()},
    }
