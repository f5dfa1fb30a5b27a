"""Taking away shifts in which nobody ever held a seat; shifts with a history stay."""

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from models.need import Seat, Shift, ShiftRole
from models.roster import Assignment, Backup, Shortfall


def drop_vacant_shifts(session: Session, need_id: int, *, after: datetime) -> int:
    """Delete the need's shifts that start after `after` and were never assigned to anybody; give how many."""
    used = exists().where(Assignment.shift_id == Shift.id)
    shift_ids = session.scalars(select(Shift.id).where(Shift.need_id == need_id, Shift.starts_at > after, ~used)).all()
    role_ids = session.scalars(select(ShiftRole.id).where(ShiftRole.shift_id.in_(shift_ids))).all()
    for table, column, ids in (
        (Shortfall, Shortfall.role_id, role_ids),
        (Backup, Backup.role_id, role_ids),
        (Seat, Seat.role_id, role_ids),
        (ShiftRole, ShiftRole.id, role_ids),
        (Shift, Shift.id, shift_ids),
    ):
        session.execute(delete(table).where(column.in_(ids)))
    session.expire_all()
    return len(shift_ids)
