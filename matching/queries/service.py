"""Service given, as it is read: the leader's list of a shift, hours that wait for approval, a person's totals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session

from matching.access import access_shift, within
from matching.policy import policy_of
from matching.refusals import NotFound
from models.authority import Actor, Permission
from models.need import Need, Seat, Shift, ShiftRole
from models.person import Person
from models.roster import Assignment, AssignmentState
from models.service import COUNTED, HourChange, HourRecord, HourState, Presence, PresenceKind

#: Hours of service that earn one to five stars.
STAR_HOURS = (100, 300, 600, 1000, 1500)
_ON_LIST = (
    AssignmentState.OFFERED,
    AssignmentState.CONFIRMED,
    AssignmentState.SERVED,
    AssignmentState.ABSENT,
    AssignmentState.EXCUSED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """One line of the leader's list; minutes late and left early are None where nothing is to be said."""

    assignment_id: int
    person_id: int
    name: str
    telephone_masked: str | None
    role_name: str
    state: AssignmentState
    walked_in: bool
    came_at: datetime | None
    left_at: datetime | None
    late_minutes: int | None
    early_minutes: int | None
    record_id: int | None
    minutes: int | None
    hours: HourState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceList:
    """The leader's list; `roles` are ids and names, for who walks in; at `closes_at` nobody can check out any more."""

    shift_id: int
    need_id: int
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    roles: tuple[tuple[int, str], ...]
    attendees: tuple[Attendee, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursLine:
    """Hours that wait for a decision; `is_overdue` when the ten working days are over."""

    record_id: int
    assignment_id: int
    person_id: int
    name: str
    title: str
    served_on: date
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    minutes: int
    over_minutes: int
    state: HourState
    back_filled: bool
    approve_by_on: date | None
    is_overdue: bool
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursAct:
    """One act upon a record, as history."""

    kind: str
    at: datetime
    by_person: bool
    minutes_before: int
    minutes_after: int
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HourTotals:
    """A person's minutes: reported by agencies (united there, each once), served here, and of these approved."""

    reported: int
    served: int
    approved: int
    waiting: int

    @property
    def total(self) -> int:
        return self.reported + self.served

    @property
    def stars(self) -> int:
        return sum(self.total >= hours * 60 for hours in STAR_HOURS)


def attendance_list(session: Session, actor: Actor, *, shift_id: int) -> AttendanceList:
    """Give the leader's list of a shift: everybody who was expected or came, by role and name."""
    shift = access_shift(session, actor, shift_id, Permission.UNIT_ATTENDANCE_WRITE)
    need = session.get_one(Need, shift.need_id)
    rows = session.execute(
        select(Assignment, Person, ShiftRole.name, HourRecord)
        .join(Person, Person.id == Assignment.person_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .outerjoin(HourRecord, (HourRecord.assignment_id == Assignment.id) & (HourRecord.state != HourState.VOID))
        .where(Assignment.shift_id == shift_id, Assignment.state.in_(_ON_LIST))
        .order_by(ShiftRole.position, Person.name_sort, Assignment.id)
    ).all()
    roles = session.execute(
        select(ShiftRole.id, ShiftRole.name).where(ShiftRole.shift_id == shift_id).order_by(ShiftRole.position)
    )
    said = _presence(session, [assignment.id for assignment, *_ in rows])
    policy = policy_of(session)
    grace = policy.late_after_minutes
    return AttendanceList(
        shift_id=shift.id,
        need_id=need.id,
        title=need.title,
        place=need.place,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        closes_at=shift.ends_at + timedelta(minutes=policy.check_out_after_minutes),
        roles=tuple((role_id, name) for role_id, name in roles),
        attendees=tuple(_attendee(*row, said=said, grace_minutes=grace) for row in rows),
    )


def hours_to_approve(
    session: Session, actor: Actor, *, today: date, limit: int = 300, after: tuple[date, int] | None = None
) -> tuple[HoursLine, ...]:
    """Give the hours of the actor's units that wait for a decision, the most urgent first.

    `after` is the last day of approval and the id of the last record that was seen.
    """
    waiting = (HourState.PROPOSED, HourState.RECORDED, HourState.DISPUTED)
    last_day = func.coalesce(HourRecord.approve_by_on, date.max)
    is_later = (
        true() if after is None else or_(last_day > after[0], (last_day == after[0]) & (HourRecord.id > after[1]))
    )
    rows = session.execute(
        select(HourRecord, Person.name, Need.title)
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(Person, Person.id == HourRecord.person_id)
        .where(HourRecord.state.in_(waiting), within(Shift.unit_code, actor, Permission.UNIT_HOURS_APPROVE), is_later)
        .order_by(last_day, HourRecord.id)
        .limit(limit)
    )
    return tuple(hours_line(record, name, title, today) for record, name, title in rows)


def hour_history(session: Session, actor: Actor, *, record_id: int) -> tuple[HoursAct, ...]:
    """Give what was done to a record of hours, oldest first: the person's own, or one of the actor's units."""
    row = session.execute(
        select(HourRecord.person_id, Shift.unit_code)
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(HourRecord.id == record_id)
    ).one_or_none()
    if row is None or not (row[0] == actor.person_id or actor.may(Permission.UNIT_HOURS_APPROVE, row[1])):
        raise NotFound(kind="hour_record", id=record_id)
    changes = session.scalars(select(HourChange).where(HourChange.record_id == record_id).order_by(HourChange.id))
    return tuple(
        HoursAct(
            kind=one.kind.value,
            at=one.at,
            by_person=one.account_id is None,
            minutes_before=one.minutes_before,
            minutes_after=one.minutes_after,
            reason=one.reason,
        )
        for one in changes
    )


def hour_totals(session: Session, *, person_id: int) -> HourTotals:
    """Give a person's totals; whoever calls has checked the right to them."""
    sums = dict(
        session.execute(
            select(HourRecord.state, func.sum(HourRecord.minutes))
            .where(HourRecord.person_id == person_id)
            .group_by(HourRecord.state)
        ).all()
    )
    reported = session.scalars(select(Person.reported_minutes).where(Person.id == person_id)).one()
    return HourTotals(
        reported=reported,
        served=sum(int(sums.get(state, 0)) for state in COUNTED),
        approved=int(sums.get(HourState.APPROVED, 0)),
        waiting=int(sums.get(HourState.PROPOSED, 0)),
    )


def _presence(session: Session, assignment_ids: list[int]) -> dict[tuple[int, PresenceKind], datetime]:
    query = select(Presence.assignment_id, Presence.kind, Presence.at).where(
        Presence.assignment_id.in_(assignment_ids), Presence.replaced_at.is_(None)
    )
    return {(assignment_id, kind): at for assignment_id, kind, at in session.execute(query)}


def _attendee(
    assignment: Assignment,
    person: Person,
    role_name: str,
    record: HourRecord | None,
    *,
    said: dict[tuple[int, PresenceKind], datetime],
    grace_minutes: int,
) -> Attendee:
    came, left = (said.get((assignment.id, kind)) for kind in (PresenceKind.IN, PresenceKind.OUT))
    return Attendee(
        assignment_id=assignment.id,
        person_id=person.id,
        name=person.name,
        telephone_masked=person.telephone_masked,
        role_name=role_name,
        state=assignment.state,
        walked_in=assignment.roster_id is None and not assignment.locked,
        came_at=came,
        left_at=left,
        late_minutes=_beyond(assignment.starts_at, came, grace_minutes),
        early_minutes=_beyond(left, assignment.ends_at, grace_minutes),
        record_id=None if record is None else record.id,
        minutes=None if record is None else record.minutes + record.over_minutes,
        hours=None if record is None else record.state,
    )


def _beyond(earlier: datetime | None, later: datetime | None, grace_minutes: int) -> int | None:
    """Give the whole minutes from one instant to the other when they are more than the grace."""
    if earlier is None or later is None:
        return None
    minutes = int((later - earlier).total_seconds() // 60)
    return minutes if minutes > grace_minutes else None


def hours_line(record: HourRecord, name: str, title: str, today: date) -> HoursLine:
    """Give a record as a line, with what it belongs to."""
    return HoursLine(
        record_id=record.id,
        assignment_id=record.assignment_id,
        person_id=record.person_id,
        name=name,
        title=title,
        served_on=record.served_on,
        checked_in_at=record.checked_in_at,
        checked_out_at=record.checked_out_at,
        minutes=record.minutes,
        over_minutes=record.over_minutes,
        state=record.state,
        back_filled=record.back_filled,
        approve_by_on=record.approve_by_on,
        is_overdue=record.approve_by_on is not None and record.approve_by_on < today,
        note=record.note,
    )
