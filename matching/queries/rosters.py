"""The week's roster as a board, why it is short, and the runs that made it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matching.access import under_code, within
from matching.parts import PartsProgress, parts_progress
from matching.queries.boards import is_short, span_of
from matching.queries.needs import behind
from matching.refusals import NotFound
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Need, Seat, Shift, ShiftRole, ShiftState, Tier
from models.organisation import OrganisationUnit
from models.person import Person
from models.roster import (
    HOLDING,
    Assignment,
    AssignmentState,
    Backup,
    Roster,
    RosterRun,
    RosterState,
    RunKind,
    RunState,
    Shortfall,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatView:
    """One seat; person and state are None when it is empty."""

    seat_id: int
    number: int
    tier: Tier
    assignment_id: int | None
    person_id: int | None
    person_name: str | None
    state: AssignmentState | None
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Why seats of a tier stay empty: volunteers by the first rule that keeps them out, and what would fill them."""

    tier: str
    missing: int
    eligible: int
    blocked: tuple[tuple[str, int], ...]
    would_fill: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    role_id: int
    name: str
    needs_tags: tuple[str, ...]
    seats: tuple[SeatView, ...]
    lacks: tuple[Lack, ...]
    backups: int

    @property
    def missing(self) -> int:
        """Seats below the target that nobody holds."""
        return sum(seat.person_id is None and seat.tier is not Tier.EXTRA for seat in self.seats)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftView:
    shift_id: int
    need_id: int
    title: str
    category: str
    unit_code: str
    unit_name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    priority: int
    all_or_nothing: bool
    state: ShiftState
    roles: tuple[RoleView, ...]

    @property
    def missing(self) -> int:
        return sum(role.missing for role in self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterView:
    """The week of the actor's units. `state` is that of the newest roster that covers them, None before any."""

    week: Week
    state: RosterState | None
    version: int | None
    published_at: datetime | None
    shifts: tuple[ShiftView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    run_id: int
    week: str
    area: str
    kind: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    status: str | None
    points: int | None
    bound: int | None
    gap: float | None
    solve_seconds: float | None
    counts: dict[str, Any]
    failure: str | None
    stage: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One run, with what makes it possible to make it again."""

    line: RunLine
    account_id: int | None
    problem_digest: str | None
    has_problem: bool
    seed: int
    workers: int
    seconds_limit: float | None
    weights: dict[str, Any]
    versions: dict[str, Any]
    engine: str | None
    terms: dict[str, Any]
    roster_id: int | None
    roster_state: RosterState | None
    parts: PartsProgress | None


def roster_week(
    session: Session,
    actor: Actor,
    *,
    week: Week,
    unit_code: str = "",
    day: date | None = None,
    only_short: bool = False,
    limit: int = 300,
    offset: int = 0,
    after: tuple[datetime, int] | None = None,
) -> RosterView:
    """Give the board of `week`, or of a day of it, for the actor's units under `unit_code`.

    Six statements whatever its size. `after` is the beginning and id of the last shift that was seen.
    """
    wanted = [
        under_code(Shift.unit_code, unit_code),
        within(Shift.unit_code, actor, Permission.UNIT_ROSTER_READ),
        behind(after),
        *([is_short()] if only_short else []),
    ]
    shifts = _shifts(session, span_of(session, week, day), wanted, limit=limit, offset=offset)
    ids = [shift.id for shift, *_ in shifts]
    roles = _roles(session, ids)
    views = [_shift_view(shift, texts, roles.get(shift.id, ())) for shift, *texts in shifts]
    roster = _roster_over(session, week, unit_code or _scope(actor))
    return RosterView(
        week=week,
        state=None if roster is None else roster.state,
        version=None if roster is None else roster.version,
        published_at=None if roster is None else roster.published_at,
        shifts=tuple(views),
    )


def runs(
    session: Session,
    actor: Actor,
    *,
    limit: int = 50,
    before_id: int | None = None,
    since_id: int | None = None,
    week: Week | None = None,
    kind: RunKind | None = None,
) -> tuple[RunLine, ...]:
    """Give the newest runs first: those before one, since one, of a week, of a kind."""
    if not actor.may(Permission.CITY_RUN_READ):
        raise NotFound(kind="run")
    query = select(RosterRun).order_by(RosterRun.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(RosterRun.id < before_id)
    if since_id is not None:
        query = query.where(RosterRun.id > since_id)
    if week is not None:
        query = query.where(RosterRun.week == str(week))
    if kind is not None:
        query = query.where(RosterRun.kind == kind)
    return tuple(_run_line(run) for run in session.scalars(query))


def run_view(session: Session, actor: Actor, *, run_id: int) -> RunView:
    """Give one run whole."""
    run = session.get(RosterRun, run_id) if actor.may(Permission.CITY_RUN_READ) else None
    if run is None:
        raise NotFound(kind="run", id=run_id)
    roster = session.scalar(select(Roster).where(Roster.run_id == run_id))
    return RunView(
        line=_run_line(run),
        account_id=run.account_id,
        problem_digest=run.problem_digest,
        has_problem=bool(session.scalar(select(RosterRun.problem.is_not(None)).where(RosterRun.id == run_id))),
        seed=run.seed,
        workers=run.workers,
        seconds_limit=run.seconds_limit,
        weights=dict(run.weights),
        versions=dict(run.versions),
        engine=run.engine,
        terms=dict(run.terms),
        roster_id=None if roster is None else roster.id,
        roster_state=None if roster is None else roster.state,
        parts=parts_progress(session, run_id=run_id) if run.state is RunState.RUNNING else None,
    )


def lacks_of(session: Session, role_ids: Sequence[int]) -> dict[int, tuple[Lack, ...]]:
    """Give, for each role, why its seats stay empty, as the newest run that speaks of it says."""
    newest = (
        select(Shortfall.role_id, func.max(Shortfall.run_id).label("run_id"))
        .where(Shortfall.role_id.in_(role_ids))
        .group_by(Shortfall.role_id)
        .subquery()
    )
    query = (
        select(Shortfall)
        .join(newest, (newest.c.role_id == Shortfall.role_id) & (newest.c.run_id == Shortfall.run_id))
        .order_by(Shortfall.role_id, Shortfall.tier)
    )
    found: dict[int, list[Lack]] = defaultdict(list)
    for row in session.scalars(query):
        blocked = sorted(row.blocked.items(), key=lambda item: (-item[1], item[0]))
        found[row.role_id].append(
            Lack(
                tier=row.tier,
                missing=row.missing,
                eligible=row.eligible,
                blocked=tuple((rule, int(count)) for rule, count in blocked if count),
                would_fill=tuple(row.would_fill),
            )
        )
    return {role_id: tuple(lacks) for role_id, lacks in found.items()}


def _shifts(
    session: Session,
    span: tuple[datetime, datetime],
    wanted: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    offset: int,
) -> Sequence[tuple[Shift, str, str, str]]:
    query = (
        select(Shift, Need.title, Need.place, OrganisationUnit.name)
        .join(Need, Need.id == Shift.need_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .where(Shift.starts_at >= span[0], Shift.starts_at < span[1], Shift.state == ShiftState.OPEN, *wanted)
        .order_by(Shift.starts_at, Shift.id)
        .limit(limit)
        .offset(offset)
    )
    return session.execute(query).all()


def _roles(session: Session, shift_ids: Sequence[int]) -> dict[int, list[RoleView]]:
    columns = (ShiftRole.id, ShiftRole.shift_id, ShiftRole.name, ShiftRole.needs_tags)
    roles = session.execute(
        select(*columns).where(ShiftRole.shift_id.in_(shift_ids)).order_by(ShiftRole.shift_id, ShiftRole.position)
    ).all()
    role_ids = [role.id for role in roles]
    seats = _seats(session, role_ids)
    lacks = lacks_of(session, role_ids)
    backups = dict(
        session.execute(
            select(Backup.role_id, func.count()).where(Backup.role_id.in_(role_ids)).group_by(Backup.role_id)
        ).all()
    )
    found: dict[int, list[RoleView]] = defaultdict(list)
    for role in roles:
        found[role.shift_id].append(
            RoleView(
                role_id=role.id,
                name=role.name,
                needs_tags=tuple(role.needs_tags),
                seats=tuple(seats.get(role.id, ())),
                lacks=lacks.get(role.id, ()),
                backups=backups.get(role.id, 0),
            )
        )
    return found


def _seats(session: Session, role_ids: Sequence[int]) -> dict[int, list[SeatView]]:
    holds = (Assignment.id, Assignment.person_id, Assignment.state, Assignment.locked, Person.name)
    query = (
        select(Seat.role_id, Seat.id, Seat.number, Seat.tier, *holds)
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.state.in_(HOLDING))
        .outerjoin(Person, Person.id == Assignment.person_id)
        .where(Seat.role_id.in_(role_ids))
        .order_by(Seat.role_id, Seat.number)
    )
    found: dict[int, list[SeatView]] = defaultdict(list)
    for role_id, seat_id, number, tier, assignment_id, person_id, state, locked, name in session.execute(query):
        found[role_id].append(
            SeatView(
                seat_id=seat_id,
                number=number,
                tier=tier,
                assignment_id=assignment_id,
                person_id=person_id,
                person_name=name,
                state=state,
                locked=bool(locked),
            )
        )
    return found


def _shift_view(shift: Shift, texts: Sequence[str], roles: Sequence[RoleView]) -> ShiftView:
    title, place, unit_name = texts
    return ShiftView(
        shift_id=shift.id,
        need_id=shift.need_id,
        title=title,
        category=shift.category,
        unit_code=shift.unit_code,
        unit_name=unit_name,
        place=place,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        priority=shift.priority,
        all_or_nothing=shift.all_or_nothing,
        state=shift.state,
        roles=tuple(roles),
    )


def _scope(actor: Actor) -> str:
    units = actor.units(Permission.UNIT_ROSTER_READ)
    return units[0] if units else ""


def _roster_over(session: Session, week: Week, code: str) -> Roster | None:
    found = session.scalars(
        select(Roster)
        .where(Roster.week == str(week), Roster.state != RosterState.SUPERSEDED)
        .order_by(Roster.state.desc(), Roster.id.desc())
    )
    return next((one for one in found if code.startswith(one.area) or one.area.startswith(code)), None)


def _run_line(run: RosterRun) -> RunLine:
    return RunLine(
        run_id=run.id,
        week=run.week,
        area=run.area,
        kind=run.kind.value,
        state=run.state.value,
        started_at=run.started_at,
        finished_at=run.finished_at,
        status=run.status,
        points=run.points,
        bound=run.bound,
        gap=run.gap,
        solve_seconds=run.solve_seconds,
        counts=dict(run.counts),
        failure=run.failure,
        stage=run.stage,
    )
