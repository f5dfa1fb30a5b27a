"""Approving many hours at once, and spot checks of what was approved (Order 67, article 21).

Only what nobody could dispute is approved in bulk: recorded on the day, inside the day's limit, by somebody else. The
rest wants a look at one record each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import access_assignment
from matching.hours import approve_hours
from matching.refusals import NotAllowed, NotFound, WrongState
from matching.trail import note
from models.authority import Actor, Permission
from models.roster import Assignment
from models.service import HourRecord, HourState

SPOT_CHECKED = "hours.spot_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What became of a bulk approval: records approved, and those that were left for a look."""

    approved: int
    left: int


def approve_undisputed(session: Session, actor: Actor, *, record_ids: Sequence[int], now: datetime) -> Approved:
    """Approve those of the records that are plain; others are left as they are, and so are those of other units."""
    query = (
        select(HourRecord)
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .where(HourRecord.id.in_(record_ids))
        .order_by(Assignment.shift_id, HourRecord.id)  # as locks are taken
    )
    approved = 0
    for record in session.scalars(query).all():
        if not is_plain(record):
            continue
        try:
            approve_hours(session, actor, record_id=record.id, now=now)
        except (NotAllowed, NotFound, WrongState):
            continue
        approved += 1
    return Approved(approved=approved, left=len(set(record_ids)) - approved)


def is_plain(record: HourRecord) -> bool:
    """Say whether a record can be approved without a look."""
    return record.state is HourState.RECORDED and not record.back_filled and record.over_minutes == 0


def note_spot_check(session: Session, actor: Actor, *, record_id: int, is_right: bool, now: datetime) -> None:
    """Write down that approved hours were compared with paper or people, and whether they are right.

    Raises
    ------
    NotFound
    WrongState
        When they are not approved.
    """
    record = session.get(HourRecord, record_id)
    if record is None:
        raise NotFound(kind="hour_record", id=record_id)
    access_assignment(session, actor, record.assignment_id, Permission.UNIT_HOURS_APPROVE)
    if record.state is not HourState.APPROVED:
        raise WrongState(kind="hour_record", state=record.state.value)
    note(session, actor, action=SPOT_CHECKED, subject=("hour_record", record_id), now=now, right=is_right)
