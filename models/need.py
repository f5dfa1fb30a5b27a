"""What communities ask for: need → shift → role → seat.

A seat is a row: one place for one volunteer. That is what makes over-filling impossible without a lock.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Numbered, StrEnumType, one_of


class NeedState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CANCELLED = "cancelled"


class ShiftState(StrEnum):
    OPEN = "open"
    CANCELLED = "cancelled"


class HolidayRule(StrEnum):
    """What an occurrence on a Chinese public holiday does; days worked in exchange count as working days."""

    KEEP = "keep"
    SKIP = "skip"
    ONLY = "only"  # on public holidays and nowhere else


class Tier(StrEnum):
    """How much a seat matters within its role: below `min`, below `target`, below `max`."""

    ESSENTIAL = "essential"
    WANTED = "wanted"
    EXTRA = "extra"


class Need(Numbered, Base):
    """What a community asks for, once or by a recurrence rule."""

    __tablename__ = "need"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        one_of("state", NeedState),
        one_of("holidays", HolidayRule),
        CheckConstraint("priority BETWEEN 1 AND 3", name="priority"),
    )

    source: Mapped[str] = mapped_column(String(32), default="linli", doc="linli, hotline, or a mapping's name")
    external_id: Mapped[str | None] = mapped_column(String(64), doc="编号; null for a need posted here")
    title: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(40), doc="a code of the taxonomy")
    description: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation_unit.id"), index=True)
    place: Mapped[str] = mapped_column(String(120), default="")
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    priority: Mapped[int] = mapped_column(default=2, doc="1 is the most urgent")
    recurrence: Mapped[str | None] = mapped_column(String(200), doc="RFC 5545 RRULE; null: once")
    holidays: Mapped[HolidayRule] = mapped_column(
        StrEnumType(HolidayRule), default=HolidayRule.KEEP, doc="what a recurring need does on public holidays"
    )
    first_starts_at: Mapped[datetime]
    duration_minutes: Mapped[int]
    contact_name: Mapped[str | None] = mapped_column(String(40))
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[NeedState] = mapped_column(StrEnumType(NeedState), default=NeedState.OPEN)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(16), doc="of the imported rows: equal means unchanged")
    roles: Mapped[list[Any]] = mapped_column(default=list, doc="the roles each occurrence is made with")
    all_or_nothing: Mapped[bool] = mapped_column(default=False)
    team: Mapped[list[Any]] = mapped_column(default=list, doc='[{"tag": "experienced", "at_least": 1}]')
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    shifts: Mapped[list["Shift"]] = relationship(back_populates="need", order_by="Shift.starts_at")


class Shift(Numbered, Base):
    """One occurrence of a need: a span of time at a place."""

    __tablename__ = "shift"
    __table_args__ = (
        UniqueConstraint("need_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint("priority BETWEEN 1 AND 3", name="priority"),
        one_of("state", ShiftState),
        Index("ix_shift_starts_at", "starts_at"),
        Index("ix_shift_unit_code_starts_at", "unit_code", "starts_at"),
    )

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    unit_code: Mapped[str] = mapped_column(String(15), doc="the need's unit, repeated for reading by prefix")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    category: Mapped[str] = mapped_column(String(40))
    priority: Mapped[int]
    all_or_nothing: Mapped[bool] = mapped_column(default=False)
    team: Mapped[list[Any]] = mapped_column(default=list, doc='[{"tag": "experienced", "at_least": 1}]')
    state: Mapped[ShiftState] = mapped_column(StrEnumType(ShiftState), default=ShiftState.OPEN)

    need: Mapped[Need] = relationship(back_populates="shifts")
    roles: Mapped[list["ShiftRole"]] = relationship(back_populates="shift", order_by="ShiftRole.position")


class ShiftRole(Numbered, Base):
    """What is done in a shift, by how many, with which tags."""

    __tablename__ = "shift_role"
    __table_args__ = (
        UniqueConstraint("shift_id", "position"),
        CheckConstraint("0 <= min_seats AND min_seats <= target_seats AND target_seats <= max_seats", name="seats"),
    )

    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    needs_tags: Mapped[list[str]] = mapped_column(default=list, doc="codes of the taxonomy")
    min_seats: Mapped[int]
    target_seats: Mapped[int]
    max_seats: Mapped[int]

    shift: Mapped[Shift] = relationship(back_populates="roles")
    seats: Mapped[list["Seat"]] = relationship(back_populates="role", order_by="Seat.number")


class Seat(Numbered, Base):
    """One place for one volunteer."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("role_id", "number"), one_of("tier", Tier))

    role_id: Mapped[int] = mapped_column(ForeignKey("shift_role.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(doc="from 1, essential seats first")
    tier: Mapped[Tier] = mapped_column(StrEnumType(Tier))

    role: Mapped[ShiftRole] = relationship(back_populates="seats")
