"""Service that was given: who came when, the minutes, and how they were put right (Order 67, articles 7, 11 and 13)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class PresenceKind(StrEnum):
    IN = "in"
    OUT = "out"


class PresenceVia(StrEnum):
    CODE = "code"  # six digits shown at the place
    TOKEN = "token"  # noqa: S105  the QR code at the place
    LEADER = "leader"  # the leader's list
    CORRECTION = "correction"


class Presence(Numbered, Base):
    """One arrival or departure as it was said. It is never changed: a correction is a row that replaces it."""

    __tablename__ = "presence"
    __table_args__ = (
        one_of("kind", PresenceKind),
        one_of("via", PresenceVia),
        Index(
            "uq_presence_standing",
            "assignment_id",
            "kind",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_presence_person_id_at", "person_id", "at"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[PresenceKind] = mapped_column(StrEnumType(PresenceKind))
    at: Mapped[datetime]
    via: Mapped[PresenceVia] = mapped_column(StrEnumType(PresenceVia))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), doc="null: the person")
    replaced_at: Mapped[datetime | None] = mapped_column(doc="when a correction took its place")


class HourState(StrEnum):
    PROPOSED = "proposed"  # the check-out was forgotten: a proposal, counted nowhere until approved
    RECORDED = "recorded"
    APPROVED = "approved"
    DISPUTED = "disputed"
    VOID = "void"


#: The states in which minutes count.
COUNTED = (HourState.RECORDED, HourState.APPROVED, HourState.DISPUTED)


class HourRecord(Numbered, Base):
    """Minutes served in one assignment. Travel is not service time.

    `minutes` count; `over_minutes` lie beyond the day's limit and count once they are approved with a reason.
    """

    __tablename__ = "hour_record"
    __table_args__ = (
        CheckConstraint("minutes >= 0 AND over_minutes >= 0", name="minutes"),
        one_of("state", HourState),
        Index("ix_hour_record_state_approve_by_on", "state", "approve_by_on"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    served_on: Mapped[date] = mapped_column(Date)
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    minutes: Mapped[int]
    over_minutes: Mapped[int] = mapped_column(default=0)
    back_filled: Mapped[bool] = mapped_column(default=False, doc="written after the day of service")
    approve_by_on: Mapped[date | None] = mapped_column(Date, doc="the tenth working day after the service")
    state: Mapped[HourState] = mapped_column(StrEnumType(HourState), default=HourState.RECORDED)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(200))


class HourChangeKind(StrEnum):
    CORRECTED = "corrected"
    DISPUTED = "disputed"
    APPROVED = "approved"
    VOIDED = "voided"


class HourChange(Numbered, Base):
    """One act upon a record of hours: what it was before, what after, by whom and why. Never changed."""

    __tablename__ = "hour_change"
    __table_args__ = (one_of("kind", HourChangeKind),)

    record_id: Mapped[int] = mapped_column(ForeignKey("hour_record.id"), index=True)
    kind: Mapped[HourChangeKind] = mapped_column(StrEnumType(HourChangeKind))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), doc="null: the person")
    minutes_before: Mapped[int]
    minutes_after: Mapped[int]
    reason: Mapped[str | None] = mapped_column(String(200))
