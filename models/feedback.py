"""What people say of each other after a service: the volunteer of the service, the leader of the volunteer."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class FeedbackSide(StrEnum):
    VOLUNTEER = "volunteer"
    LEADER = "leader"


class Feedback(Numbered, Base):
    """One side's word on one assignment, said again in place of what was said before.

    The note is apart from the rating: a volunteer's is for the unit's coordinators, a leader's for themselves.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("assignment_id", "side"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        one_of("side", FeedbackSide),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    side: Mapped[FeedbackSide] = mapped_column(StrEnumType(FeedbackSide))
    rating: Mapped[int | None] = mapped_column(doc="1 to 5, of the service; null: not said, and a leader rates nobody")
    again: Mapped[bool | None] = mapped_column(doc="would come, or would have them, again; null: not said")
    note: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), doc="null: the person")
