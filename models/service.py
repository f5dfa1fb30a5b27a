"""Service that was given: minutes, as recorded and approved (Civil Affairs Order 67, articles 7 and 11)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class HourState(StrEnum):
    RECORDED = "recorded"
    APPROVED = "approved"
    DISPUTED = "disputed"
    VOID = "void"


class HourRecord(Numbered, Base):
    """Minutes served in one assignment. Travel is not service time."""

    __tablename__ = "hour_record"
    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes"), one_of("state", HourState))

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    served_on: Mapped[date] = mapped_column(Date)
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    minutes: Mapped[int]
    state: Mapped[HourState] = mapped_column(StrEnumType(HourState), default=HourState.RECORDED)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(200))
