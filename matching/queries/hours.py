"""Hours as a coordinator decides them: what waits, sorted by what it wants of her; one record; what to spot-check."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import within
from matching.approvals import SPOT_CHECKED
from matching.queries.service import HoursLine, hours_line, hours_to_approve
from matching.refusals import NotFound
from models.audit import AuditEvent
from models.authority import Actor, Permission
from models.need import Need, Shift
from models.person import Person
from models.roster import Assignment
from models.service import HourRecord, HourState

#: One approved record in so many is drawn for a spot check, by its number: the same for everybody who looks.
SPOT_ONE_IN = 20
SPOT_DAYS = 30
_GOLDEN = 2654435761


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Hours that wait: plain ones to approve in bulk, those that want a look, and those written after the day."""

    plain: tuple[HoursLine, ...]
    look: tuple[HoursLine, ...]
    back_filled: tuple[HoursLine, ...]

    @property
    def overdue(self) -> int:
        return sum(line.is_overdue for line in (*self.plain, *self.look, *self.back_filled))


def hours_waiting(session: Session, actor: Actor, *, today: date) -> Waiting:
    """Give the hours of the actor's units that wait for a decision, the most urgent first in each part."""
    lines = hours_to_approve(session, actor, today=today)
    plain = [line for line in lines if _is_plain(line)]
    filled = [line for line in lines if line.back_filled and line.state is HourState.RECORDED]
    look = [line for line in lines if not _is_plain(line) and line not in filled]
    return Waiting(plain=tuple(plain), look=tuple(look), back_filled=tuple(filled))


def hours_one(session: Session, actor: Actor, *, record_id: int, today: date) -> HoursLine:
    """Give one record of the actor's units."""
    found = _lines(session, actor, [record_id], today=today)
    if not found:
        raise NotFound(kind="hour_record", id=record_id)
    return found[0]


def spot_sample(session: Session, actor: Actor, *, now: datetime, today: date) -> tuple[HoursLine, ...]:
    """Give the approved records of the last month that were drawn, and that nobody has compared yet."""
    since = now - timedelta(days=SPOT_DAYS)
    ids = session.scalars(
        select(HourRecord.id)
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            HourRecord.state == HourState.APPROVED,
            HourRecord.approved_at > since,
            within(Shift.unit_code, actor, Permission.UNIT_HOURS_APPROVE),
        )
    )
    drawn = [one for one in ids if one * _GOLDEN % 2**32 % SPOT_ONE_IN == 0]
    checked = set(
        session.scalars(
            select(AuditEvent.subject_id).where(
                AuditEvent.subject_kind == "hour_record",
                AuditEvent.subject_id.in_(drawn),
                AuditEvent.action == SPOT_CHECKED,
            )
        )
    )
    wanted = [one for one in drawn if one not in checked][:20]
    return tuple(_lines(session, actor, wanted, today=today)) if wanted else ()


def _lines(session: Session, actor: Actor, record_ids: list[int], *, today: date) -> list[HoursLine]:
    rows = session.execute(
        select(HourRecord, Person.name, Need.title)
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(Person, Person.id == HourRecord.person_id)
        .where(HourRecord.id.in_(record_ids), within(Shift.unit_code, actor, Permission.UNIT_HOURS_APPROVE))
        .order_by(HourRecord.served_on, HourRecord.id)
    )
    return [hours_line(record, name, title, today) for record, name, title in rows]


def _is_plain(line: HoursLine) -> bool:
    return line.state is HourState.RECORDED and not line.back_filled and line.over_minutes == 0
