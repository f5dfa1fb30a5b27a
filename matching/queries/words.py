"""What people said of a need's services, as its coordinators read it: ratings counted, notes without a name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.access import access_need
from models.authority import Actor, Permission
from models.feedback import Feedback, FeedbackSide
from models.need import Shift
from models.roster import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`mean` is None while nobody has rated; notes are volunteers' own, the newest first, by the day of the service."""

    rated: int
    mean: float | None
    again: int
    not_again: int
    notes: tuple[tuple[datetime, str], ...]


def words_on(session: Session, actor: Actor, *, need_id: int, limit: int = 20) -> Words:
    """Give what volunteers said of a need of the actor's units."""
    access_need(session, actor, need_id, Permission.UNIT_ATTENDANCE_WRITE)
    rows = session.execute(
        select(Feedback.rating, Feedback.again, Feedback.note, Shift.starts_at)
        .join(Assignment, Assignment.id == Feedback.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Shift.need_id == need_id, Feedback.side == FeedbackSide.VOLUNTEER)
        .order_by(Shift.starts_at.desc(), Feedback.id.desc())
        .limit(500)
    ).all()
    ratings = [rating for rating, *_ in rows if rating is not None]
    return Words(
        rated=len(ratings),
        mean=sum(ratings) / len(ratings) if ratings else None,
        again=sum(again is True for _, again, *_ in rows),
        not_again=sum(again is False for _, again, *_ in rows),
        notes=tuple((starts_at, note) for *_, note, starts_at in rows if note)[:limit],
    )
