"""The golden record: a person once, every attribute with where it came from, and what matching needs of them.

`registry` writes these rows, as a pure function of a person's source records, the survivorship rules and manual edits;
`matching` reads them. Numbers are sealed for display, digested for comparison, masked on pages.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class PersonState(StrEnum):
    ACTIVE = "active"
    MERGED = "merged"  # `merged_into_id` resolves to who they are now
    WITHDRAWN = "withdrawn"  # took their registration back


class Purpose(StrEnum):
    """What a person's data are used for."""

    REGISTER = "register"  # an agency's own register, joined here
    MATCHING = "matching"
    CONTACT = "contact"  # offers, reminders and news by message
    SHARE = "share"  # hours served here, sent back to an agency (PIPL 23)


class Basis(StrEnum):
    """Why a handler may (PIPL 13, 31)."""

    CONSENT = "consent"
    STATUTORY_DUTY = "statutory_duty"
    GUARDIAN_CONSENT = "guardian_consent"


class Person(Numbered, Base):
    """One person, once. The oldest id survives a merge and always resolves."""

    __tablename__ = "person"
    __table_args__ = (
        one_of("state", PersonState),
        CheckConstraint("radius_metres > 0", name="radius_metres"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into"),
        Index("ix_person_home", "unit_code", "state", "id", "longitude", "latitude"),
    )

    state: Mapped[PersonState] = mapped_column(StrEnumType(PersonState), default=PersonState.ACTIVE)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    name_sort: Mapped[str] = mapped_column(String(120), index=True, doc="pinyin: the order of lists, on every database")
    gender: Mapped[str] = mapped_column(
        String(1), default="0", doc="GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated"
    )
    born_on: Mapped[date | None] = mapped_column(Date)
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_masked: Mapped[str | None] = mapped_column(String(24), doc="310101********1234")
    id_number_digest: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)
    telephone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    telephone_masked: Mapped[str | None] = mapped_column(String(24), doc="138****0000")
    telephone_digest: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    unit_code: Mapped[str | None] = mapped_column(
        String(15), doc="the lowest organisation unit of the home that is known"
    )
    longitude: Mapped[float | None] = mapped_column(doc="of the home, or of its unit; degrees, WGS 84")
    latitude: Mapped[float | None]
    workplace: Mapped[str | None] = mapped_column(String(120), doc="school or employer")
    is_student: Mapped[bool] = mapped_column(default=False)
    guardian_consent: Mapped[bool] = mapped_column(default=False)
    held_back: Mapped[bool] = mapped_column(
        default=False, doc="may be under 14 without a guardian's consent: offers no free time until that changes"
    )
    reported_minutes: Mapped[int] = mapped_column(
        default=0, doc="served before, as agencies report it, not counted twice"
    )
    radius_metres: Mapped[int] = mapped_column(default=5000)
    max_minutes_week: Mapped[int | None] = mapped_column(doc="null: no limit")
    max_shifts_week: Mapped[int | None] = mapped_column(doc="null: no limit")
    max_shifts_day: Mapped[int | None] = mapped_column(doc="null: no limit")
    paused_until: Mapped[date | None] = mapped_column(Date, doc="not asked before this day")
    by_people_only: Mapped[bool] = mapped_column(default=False, doc="asks not to be assigned by a program (PIPL 24)")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    provenance: Mapped[dict[str, Any]] = mapped_column(
        default=dict,
        doc="attribute → [source record, rule]; a pure function of the records, rules and standing choices",
    )


class PersonAttribute(Base):
    """A standing choice: this attribute is taken from that source record, or has this value, whatever the rules say."""

    __tablename__ = "person_attribute"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    attribute: Mapped[str] = mapped_column(String(40), primary_key=True)
    source_record_id: Mapped[int | None] = mapped_column(ForeignKey("source_record.id"), doc="null: `sealed` holds it")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, doc="the value of a manual edit, JSON")
    as_of: Mapped[datetime]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class PersonTag(Base):
    """A skill, certificate or quality of the taxonomy, and until when it holds."""

    __tablename__ = "person_tag"
    __table_args__ = (Index("ix_person_tag_tag_person_id", "tag", "person_id"), {"sqlite_with_rowid": False})

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True)
    valid_until: Mapped[date | None] = mapped_column(Date, doc="the last day on which it holds; null: no end")
    source_record_id: Mapped[int | None] = mapped_column(BigInteger, doc="where it is said; null: derived")


class PersonFree(Base):
    """A span of an ordinary week in which the person offers to serve; local wall-clock minutes, half-open."""

    __tablename__ = "person_free"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("start_minute >= 0 AND start_minute < end_minute AND end_minute <= 1440", name="span"),
        {"sqlite_with_rowid": False},
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, doc="0 is Monday")
    start_minute: Mapped[int] = mapped_column(primary_key=True)
    end_minute: Mapped[int]


class PersonLike(Base):
    """A category of service that the person would like."""

    __tablename__ = "person_like"
    __table_args__ = ({"sqlite_with_rowid": False},)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    category: Mapped[str] = mapped_column(String(40), primary_key=True)


class Consent(Numbered, Base):
    """The basis on which a handler may use a person's data for a purpose (PIPL 13, 23, 31)."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("person_id", "purpose", "handler"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(40), doc="a :class:`Purpose`")
    handler: Mapped[str] = mapped_column(String(32), doc="a feed's code, or linli")
    basis: Mapped[str] = mapped_column(String(32), doc="a :class:`Basis`")
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Departure(Base):
    """Somebody who leaves: until `erase_on` they may come back, then what no law keeps is erased."""

    __tablename__ = "departure"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    left_at: Mapped[datetime]
    erase_on: Mapped[date] = mapped_column(Date, index=True)
    erased_at: Mapped[datetime | None]
