"""Which shifts a board shows: the days of a week with how many each has, how it stands, and what is short."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matching.access import under_code, within
from matching.policy import policy_of
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Seat, Shift, ShiftRole, ShiftState, Tier
from models.roster import HOLDING, Assignment, AssignmentState


def board_days(
    session: Session, actor: Actor, *, week: Week, unit_code: str = "", only_short: bool = False
) -> dict[date, int]:
    """Count the shifts of each day of a week that a board of the actor's units shows; empty days are left out."""
    zone = policy_of(session).zone
    start, end = week.span(zone)
    query = (
        select(Shift.starts_at, func.count())
        .where(
            Shift.starts_at >= start,
            Shift.starts_at < end,
            Shift.state == ShiftState.OPEN,
            under_code(Shift.unit_code, unit_code),
            within(Shift.unit_code, actor, Permission.UNIT_ROSTER_READ),
        )
        .group_by(Shift.starts_at)
        .order_by(Shift.starts_at)
    )
    if only_short:
        query = query.where(is_short())
    counts: dict[date, int] = {}
    for starts_at, count in session.execute(query):
        day = starts_at.astimezone(zone).date()
        counts[day] = counts.get(day, 0) + count
    return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardTotals:
    """How a board stands: shifts and those that are short; essential and wanted seats asked for, held, confirmed."""

    shifts: int
    short: int
    asked: int
    held: int
    confirmed: int


def board_totals(
    session: Session, actor: Actor, *, week: Week, day: date | None = None, unit_code: str = ""
) -> BoardTotals:
    """Count the board of a week, or of a day of it, for the actor's units under `unit_code`; one statement."""
    start, end = span_of(session, week, day)
    held = func.count(Assignment.id)
    sure = func.count(Assignment.id).filter(Assignment.state.in_((AssignmentState.CONFIRMED, AssignmentState.SERVED)))
    by_shift = (
        select(func.count(Seat.id).label("asked"), held.label("held"), sure.label("confirmed"))
        .select_from(Shift)
        .join(ShiftRole, ShiftRole.shift_id == Shift.id)
        .join(Seat, (Seat.role_id == ShiftRole.id) & (Seat.tier != Tier.EXTRA))
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.state.in_(HOLDING))
        .where(
            Shift.starts_at >= start,
            Shift.starts_at < end,
            Shift.state == ShiftState.OPEN,
            under_code(Shift.unit_code, unit_code),
            within(Shift.unit_code, actor, Permission.UNIT_ROSTER_READ),
        )
        .group_by(Shift.id)
        .subquery()
    )
    count = func.coalesce
    row = session.execute(
        select(
            func.count(),
            func.count().filter(by_shift.c.held < by_shift.c.asked),
            count(func.sum(by_shift.c.asked), 0),
            count(func.sum(by_shift.c.held), 0),
            count(func.sum(by_shift.c.confirmed), 0),
        ).select_from(by_shift)
    ).one()
    return BoardTotals(shifts=row[0], short=row[1], asked=int(row[2]), held=int(row[3]), confirmed=int(row[4]))


def is_short() -> ColumnElement[bool]:
    """Give the condition that a shift has an essential or wanted seat that nobody holds."""
    held = select(Assignment.id).where(Assignment.seat_id == Seat.id, Assignment.state.in_(HOLDING))
    empty = (
        select(Seat.id)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .where(ShiftRole.shift_id == Shift.id, Seat.tier != Tier.EXTRA, ~held.exists())
    )
    return empty.exists()


def span_of(session: Session, week: Week, day: date | None) -> tuple[datetime, datetime]:
    """Give the instants between which the shifts of a week, or of one day, begin."""
    zone = policy_of(session).zone
    if day is None:
        return week.span(zone)
    start = datetime.combine(day, time(0), zone)
    return start, datetime.combine(day + timedelta(days=1), time(0), zone)
