"""The day as volunteers and printers read it: where I am expected today, and one sheet a shift to sign on paper."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import under_code, within
from matching.policy import policy_of
from matching.week import Week
from models.authority import Actor, Permission
from models.feedback import Feedback, FeedbackSide
from models.need import Need, Seat, Shift, ShiftRole, ShiftState
from models.organisation import OrganisationUnit
from models.person import Person
from models.roster import Assignment, AssignmentState
from models.service import Presence, PresenceKind

_EXPECTED = (AssignmentState.OFFERED, AssignmentState.CONFIRMED, AssignmentState.SERVED, AssignmentState.ABSENT)
_MINE = (AssignmentState.OFFERED, AssignmentState.CONFIRMED, AssignmentState.SERVED)
#: Blank lines on a sheet, for those who come unasked.
BLANK_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MyShift:
    """A shift of today that one was asked for or confirmed; the code is good from `opens_at` until `closes_at`."""

    shift_id: int
    assignment_id: int
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    came_at: datetime | None
    left_at: datetime | None
    has_said: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    name: str
    telephone_masked: str | None
    role_name: str
    has_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page: a shift, who is expected, and blank lines."""

    shift_id: int
    title: str
    place: str
    unit_name: str
    contact_name: str | None
    starts_at: datetime
    ends_at: datetime
    asked: int
    lines: tuple[SheetLine, ...]
    blank: int = BLANK_LINES


def my_day(session: Session, actor: Actor, *, now: datetime) -> tuple[MyShift, ...]:
    """Give one's own shifts of today, and those that began yesterday and last into it."""
    policy = policy_of(session)
    midnight = now.astimezone(policy.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = session.execute(
        select(Assignment, Need.title, Need.place)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .where(
            Assignment.person_id == actor.person_id,
            Assignment.state.in_(_MINE),
            Assignment.starts_at < midnight + timedelta(days=1),
            Assignment.ends_at > midnight - timedelta(minutes=policy.check_out_after_minutes),
        )
        .order_by(Assignment.starts_at)
    ).all()
    ids = [assignment.id for assignment, _, _ in rows]
    said = _said(session, ids)
    spoken = set(
        session.scalars(
            select(Feedback.assignment_id).where(
                Feedback.assignment_id.in_(ids), Feedback.side == FeedbackSide.VOLUNTEER
            )
        )
    )
    return tuple(
        MyShift(
            shift_id=assignment.shift_id,
            assignment_id=assignment.id,
            title=title,
            place=place,
            starts_at=assignment.starts_at,
            ends_at=assignment.ends_at,
            opens_at=assignment.starts_at - timedelta(minutes=policy.check_in_before_minutes),
            closes_at=assignment.ends_at + timedelta(minutes=policy.check_out_after_minutes),
            came_at=said.get((assignment.id, PresenceKind.IN)),
            left_at=said.get((assignment.id, PresenceKind.OUT)),
            has_said=assignment.id in spoken,
        )
        for assignment, title, place in rows
    )


def sheets(
    session: Session,
    actor: Actor,
    *,
    week: Week,
    unit_code: str = "",
    day: date | None = None,
    shift_id: int | None = None,
    limit: int = 200,
) -> tuple[Sheet, ...]:
    """Give the sheets of a week's shifts under `unit_code`, of one day or one shift of it, in three statements."""
    zone = policy_of(session).zone
    start, end = week.span(zone)
    if day is not None:
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        end = start + timedelta(days=1)
    query = (
        select(Shift, Need.title, Need.place, Need.contact_name, OrganisationUnit.name)
        .join(Need, Need.id == Shift.need_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .where(
            Shift.starts_at >= start,
            Shift.starts_at < end,
            Shift.state == ShiftState.OPEN,
            under_code(Shift.unit_code, unit_code),
            within(Shift.unit_code, actor, Permission.UNIT_ATTENDANCE_WRITE),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(limit)
    )
    rows = session.execute(query if shift_id is None else query.where(Shift.id == shift_id)).all()
    lines = _lines(session, [shift.id for shift, *_ in rows])
    asked = _asked(session, [shift.id for shift, *_ in rows])
    return tuple(
        Sheet(
            shift_id=shift.id,
            title=title,
            place=place,
            unit_name=unit,
            contact_name=contact,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            asked=asked.get(shift.id, 0),
            lines=tuple(lines.get(shift.id, ())),
        )
        for shift, title, place, contact, unit in rows
    )


def _said(session: Session, assignment_ids: list[int]) -> dict[tuple[int, PresenceKind], datetime]:
    query = select(Presence.assignment_id, Presence.kind, Presence.at).where(
        Presence.assignment_id.in_(assignment_ids), Presence.replaced_at.is_(None)
    )
    return {(assignment_id, kind): at for assignment_id, kind, at in session.execute(query)}


def _lines(session: Session, shift_ids: list[int]) -> dict[int, list[SheetLine]]:
    rows = session.execute(
        select(Assignment.shift_id, Assignment.state, Person.name, Person.telephone_masked, ShiftRole.name)
        .join(Person, Person.id == Assignment.person_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .where(Assignment.shift_id.in_(shift_ids), Assignment.state.in_(_EXPECTED))
        .order_by(Assignment.shift_id, ShiftRole.position, Person.name_sort, Assignment.id)
    )
    found: dict[int, list[SheetLine]] = defaultdict(list)
    for shift_id, state, name, telephone, role in rows:
        confirmed = state is not AssignmentState.OFFERED
        line = SheetLine(name=name, telephone_masked=telephone, role_name=role, has_confirmed=confirmed)
        found[shift_id].append(line)
    return found


def _asked(session: Session, shift_ids: list[int]) -> dict[int, int]:
    query = select(ShiftRole.shift_id, ShiftRole.target_seats).where(ShiftRole.shift_id.in_(shift_ids))
    found: dict[int, int] = defaultdict(int)
    for shift_id, target in session.execute(query):
        found[shift_id] += target
    return found
