"""The changes of a repair as people read them: who, from where to where, and why, before anybody is told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.refusals import NotFound
from matching.repairs import ChangeKind
from matching.rosters import has_in_hand
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Need, Seat, Shift, ShiftRole, ShiftState
from models.person import Person
from models.roster import Assignment, AssignmentState, RosterRun, RunKind, RunState


class ChangeReason(StrEnum):
    """Why a change is made."""

    FILLS = "fills"  # a seat that fell empty, or that nobody held
    NEEDED_MORE = "needed_more"  # they move to where more depends on them
    CANCELLED = "cancelled"  # the shift they were in does not take place
    OTHERWISE = "otherwise"  # a rule forbids it by now (paused, away), or the seat serves better otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    role_name: str
    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One change; `to` is None for somebody who is released, `left` for somebody who is newly asked."""

    kind: ChangeKind
    person_id: int
    name: str
    left: Place | None
    to: Place | None
    reason: ChangeReason
    knows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A repair's changes and what stays: `kept` assignments are touched by nothing."""

    lines: tuple[ChangeLine, ...]
    kept: int
    applied: bool
    undone: bool = False

    def count(self, kind: ChangeKind) -> int:
        return sum(line.kind is kind for line in self.lines)

    @property
    def told(self) -> int:
        """How many people hear of it when it is carried out."""
        return sum(line.knows or line.to is not None for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRepair:
    """The newest repair of a unit's week."""

    run_id: int
    state: RunState
    failure: str | None
    started_at: datetime


def newest_repair(session: Session, actor: Actor, *, week: Week, area: str) -> UnitRepair | None:
    """Give the newest repair of a unit's week, None when there was none.

    Raises
    ------
    NotFound
        When the unit is not the actor's.
    """
    if not has_in_hand(actor, area):
        raise NotFound(kind="unit")
    run = session.scalar(
        select(RosterRun)
        .where(RosterRun.week == str(week), RosterRun.area == area, RosterRun.kind == RunKind.REPAIR)
        .order_by(RosterRun.id.desc())
        .limit(1)
    )
    if run is None:
        return None
    return UnitRepair(run_id=run.id, state=run.state, failure=run.failure, started_at=run.started_at)


def repair_changes(session: Session, actor: Actor, *, run_id: int) -> Changes | None:
    """Give the changes of a repair; None for a run that is no repair, or has none yet."""
    run = session.get(RosterRun, run_id)
    if run is None or not (actor.may(Permission.CITY_RUN_READ) or has_in_hand(actor, run.area)):
        raise NotFound(kind="run", id=run_id)
    if "changes" not in run.counts:
        return None
    plain = run.counts["changes"]
    roles = {number for one in plain for number in (one["role"], one["from_role"]) if number is not None}
    places = _places(session, roles)
    names = dict(
        session.execute(select(Person.id, Person.name).where(Person.id.in_({one["person"] for one in plain}))).all()
    )
    known = _known(session, {one["person"] for one in plain}, roles)
    lines = tuple(_line(one, places, names, known) for one in plain)
    added = sum(line.kind is not ChangeKind.DROPPED for line in lines)
    kept = int(run.counts.get("assignments", 0)) - added
    return Changes(
        lines=lines, kept=max(0, kept), applied=bool(run.counts.get("applied")), undone="undone" in run.counts
    )


def _line(
    one: dict[str, int | str | None],
    places: dict[int, tuple[Place, ShiftState]],
    names: dict[int, str],
    known: set[tuple[int, int]],
) -> ChangeLine:
    kind, person = ChangeKind(str(one["kind"])), int(one["person"] or 0)
    role, from_role = int(one["role"] or 0), one["from_role"]
    left_role = role if kind is ChangeKind.DROPPED else (None if from_role is None else int(from_role))
    to = None if kind is ChangeKind.DROPPED else places[role][0]
    return ChangeLine(
        kind=kind,
        person_id=person,
        name=names.get(person, ""),
        left=None if left_role is None else places[left_role][0],
        to=to,
        reason=_reason(kind, None if left_role is None else places[left_role][1]),
        knows=left_role is not None and (person, left_role) in known,
    )


def _reason(kind: ChangeKind, left: ShiftState | None) -> ChangeReason:
    if left is ShiftState.CANCELLED:
        return ChangeReason.CANCELLED
    if kind is ChangeKind.ADDED:
        return ChangeReason.FILLS
    return ChangeReason.NEEDED_MORE if kind is ChangeKind.MOVED else ChangeReason.OTHERWISE


def _places(session: Session, role_ids: set[int]) -> dict[int, tuple[Place, ShiftState]]:
    rows = session.execute(
        select(ShiftRole.id, ShiftRole.name, Need.title, Shift.starts_at, Shift.ends_at, Shift.state)
        .join(Shift, Shift.id == ShiftRole.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .where(ShiftRole.id.in_(role_ids))
    )
    return {
        role_id: (Place(role_name=name, title=title, starts_at=starts_at, ends_at=ends_at), state)
        for role_id, name, title, starts_at, ends_at, state in rows
    }


def _known(session: Session, persons: set[int], roles: set[int]) -> set[tuple[int, int]]:
    """Give the pairs of person and role in which the person was asked: they are told when it changes."""
    rows = session.execute(
        select(Assignment.person_id, Seat.role_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(
            Assignment.person_id.in_(persons),
            Seat.role_id.in_(roles),
            Assignment.state.in_((AssignmentState.OFFERED, AssignmentState.CONFIRMED)),
        )
    )
    return {(person, role) for person, role in rows}
