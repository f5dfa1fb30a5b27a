"""Repairing a published week with the fewest changes: planned anew around what stands, shown, then sent.

The published roster is in the problem: what was confirmed or pinned is locked, what was only offered costs points to
change (the weight ``kept``), and whoever declined a shift is barred from it. Planning goes through
:func:`matching.rosters.begin_plan` with the kind ``repair``; :func:`store_repair` keeps the list of changes and
:func:`apply_repair` carries it out.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.asking import ask, ask_back
from matching.assignments import let_go
from matching.explanation import store_explanation
from matching.locks import lock_persons, lock_shifts
from matching.refusals import AlreadyBooked, NotAllowed, NotFound, NothingToRepair, SeatTaken, WrongState
from matching.rosters import finish_run, has_in_hand, published_roster, refuse_broken, running_run
from matching.snapshot import number
from matching.trail import note
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Seat, Shift, ShiftRole
from models.roster import HOLDING, Assignment, AssignmentState, Offer, RosterRun, RunState
from solver import Problem, Result


class ChangeKind(StrEnum):
    KEPT = "kept"
    ADDED = "added"
    DROPPED = "dropped"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a repair; a move leaves `from_role_id` for `role_id`."""

    kind: ChangeKind
    person_id: int
    role_id: int
    from_role_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What turning a repair back did; `stays` are changes that could not be turned back any more."""

    let_go: int
    asked_back: int
    stays: int


def store_repair(
    session: Session, actor: Actor, *, run_id: int, problem: Problem, result: Result, now: datetime
) -> tuple[Change, ...]:
    """Check a repair's result and keep its changes with the run, to be looked at before they are sent."""
    refuse_broken(problem, result)
    run = running_run(session, run_id)
    changes = changes_between(problem.pairs("published"), result.assignments)
    store_explanation(session, run.id, result)
    finish_run(session, run, problem, result, now=now)
    run.counts = {**run.counts, "changes": [_plain(change) for change in changes], "applied": False}
    note(session, actor, action="repair.proposed", subject=("roster_run", run.id), now=now, changes=len(changes))
    return changes


def apply_repair(session: Session, actor: Actor, *, run_id: int, now: datetime) -> int:
    """Carry out a repair's changes as they were shown: release, ask; give how many were made.

    A change that somebody forestalled in the meantime (a seat taken, a person booked) is left out: the database says.

    Raises
    ------
    NotFound
        When there is no such run.
    WrongState
        When it was applied already, or is no repair.
    """
    run = access_repair(session, actor, run_id)
    if run.state is not RunState.STORED or run.counts.get("applied", True):
        raise WrongState(kind="roster_run", state=run.state.value)
    roster = published_roster(session, week=Week.parse(run.week), area=run.area)
    if roster is None:
        raise NothingToRepair(week=run.week, area=run.area)
    changes = [_read(plain) for plain in run.counts["changes"]]
    _lock(session, changes)
    left = [_drop(session, change, now=now) for change in changes if change.kind is not ChangeKind.ADDED]
    came = [
        _add(session, change, roster_id=roster.id, now=now)
        for change in changes
        if change.kind is not ChangeKind.DROPPED
    ]
    gone, made = [one for one in left if one is not None], [one for one in came if one is not None]
    run.counts = {**run.counts, "applied": True, "left": gone, "came": made}
    note(session, actor, action="repair.applied", subject=("roster_run", run.id), now=now, changes=len(gone + made))
    return len(gone) + len(made)


def undo_repair(session: Session, actor: Actor, *, run_id: int, now: datetime) -> Undone:
    """Turn a repair back where it still can be: who has not answered is let go, who was let go is asked again.

    Whoever has said yes by now keeps the seat, and is not asked for the one that they were moved from as well; a seat
    that somebody holds by now is not given to another.

    Raises
    ------
    NotFound, NotAllowed
    WrongState
        When it was not carried out, or was turned back already.
    """
    run = access_repair(session, actor, run_id)
    if not run.counts.get("applied") or "came" not in run.counts or run.counts.get("undone"):
        raise WrongState(kind="roster_run", state=run.state.value)
    came, left = (_assignments(session, run.counts[name]) for name in ("came", "left"))
    lock_shifts(session, (one.shift_id for one in (*came, *left)))
    lock_persons(session, (one.person_id for one in (*came, *left)))
    for one in (*came, *left):
        session.refresh(one)
    open_ = [one for one in came if one.state is AssignmentState.OFFERED and one.starts_at > now]
    for one in open_:
        let_go(session, one, reason="turned_back", now=now)
    settled = {one.person_id for one in came if one.state in HOLDING}
    gone = [one for one in left if one.starts_at > now and one.person_id not in settled]
    back = [one for one in gone if _asked_back(session, one, now=now)]
    run.counts = {**run.counts, "undone": True}
    note(session, actor, action="repair.undone", subject=("roster_run", run.id), now=now, back=len(back))
    return Undone(let_go=len(open_), asked_back=len(back), stays=len(came) + len(left) - len(open_) - len(back))


def access_repair(session: Session, actor: Actor, run_id: int) -> RosterRun:
    """Lock a repair that the actor may carry out: any, for whoever publishes; a unit's own, for its coordinator."""
    run = session.get(RosterRun, run_id, with_for_update=True, populate_existing=True)
    may = actor.may(Permission.CITY_ROSTER_PUBLISH)
    if run is None or not (may or has_in_hand(actor, run.area)):
        if run is not None and actor.may(Permission.CITY_RUN_READ):
            raise NotAllowed(permission=Permission.CITY_ROSTER_PUBLISH.value)
        raise NotFound(kind="run", id=run_id)
    return run


def changes_between(
    published: list[tuple[str, str]], planned: tuple[tuple[str, str], ...] | list[tuple[str, str]]
) -> tuple[Change, ...]:
    """Give what changes from a published plan to another, kept pairs left out; a drop and an add of one person move."""
    before, after = set(published), set(planned)
    dropped = sorted(before - after, key=_order)
    added = sorted(after - before, key=_order)
    leaving: dict[str, list[str]] = {}
    for person, role in dropped:
        leaving.setdefault(person, []).append(role)
    changes: list[Change] = []
    for person, role in added:
        from_role = leaving[person].pop(0) if leaving.get(person) else None
        kind = ChangeKind.MOVED if from_role else ChangeKind.ADDED
        changes.append(
            Change(
                kind=kind,
                person_id=number(person),
                role_id=number(role),
                from_role_id=number(from_role) if from_role else None,
            )
        )
    changes += [
        Change(kind=ChangeKind.DROPPED, person_id=number(person), role_id=number(role))
        for person, roles in leaving.items()
        for role in roles
    ]
    return tuple(changes)


def _order(pair: tuple[str, str]) -> tuple[int, int]:
    return number(pair[1]), number(pair[0])


def _plain(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "person": change.person_id,
        "role": change.role_id,
        "from_role": change.from_role_id,
    }


def _read(plain: dict[str, Any]) -> Change:
    return Change(
        kind=ChangeKind(plain["kind"]),
        person_id=plain["person"],
        role_id=plain["role"],
        from_role_id=plain["from_role"],
    )


def _lock(session: Session, changes: list[Change]) -> None:
    """Lock every shift and then every person of a repair, in the house's order."""
    roles = {role for change in changes for role in (change.role_id, change.from_role_id) if role is not None}
    lock_shifts(session, session.scalars(select(ShiftRole.shift_id).where(ShiftRole.id.in_(roles))))
    lock_persons(session, (change.person_id for change in changes))


def _assignments(session: Session, ids: list[int]) -> list[Assignment]:
    return list(session.scalars(select(Assignment).where(Assignment.id.in_(ids)).order_by(Assignment.id)))


def _asked_back(session: Session, left: Assignment, *, now: datetime) -> bool:
    try:
        ask_back(session, left, now=now)
    except (SeatTaken, AlreadyBooked):
        return False
    return True


def _drop(session: Session, change: Change, *, now: datetime) -> int | None:
    """Let somebody go; give the assignment, None when they hold it no longer."""
    role_id = change.from_role_id if change.kind is ChangeKind.MOVED else change.role_id
    assignment = session.scalar(
        select(Assignment)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(Seat.role_id == role_id, Assignment.person_id == change.person_id, Assignment.state.in_(HOLDING))
    )
    if assignment is None:
        return None
    let_go(session, assignment, reason="repaired", now=now)
    return assignment.id


def _add(session: Session, change: Change, *, roster_id: int, now: datetime) -> int | None:
    """Ask somebody; give the assignment, None when the seat or the person is taken by now."""
    shift = session.get_one(Shift, session.get_one(ShiftRole, change.role_id).shift_id)
    person_id = change.person_id
    try:
        offer = ask(session, role_id=change.role_id, shift=shift, person_id=person_id, roster_id=roster_id, now=now)
    except (SeatTaken, AlreadyBooked):
        return None
    return session.get_one(Offer, offer).assignment_id
