"""How source records became persons: keys, links, pairs for clerical review, verdicts that win for ever, and events."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class VerdictKind(StrEnum):
    SAME = "same"
    DIFFERENT = "different"


class ReviewState(StrEnum):
    WAITING = "waiting"
    DECIDED = "decided"
    MOOT = "moot"  # something else answered the question


class PersonEventKind(StrEnum):
    CREATED = "created"
    MERGED = "merged"
    SPLIT = "split"
    UNDONE = "undone"
    EDITED = "edited"


class RecordFeature(Base):
    """What linkage compares of a source record: one fixed-size structure of digests and numbers, sealed."""

    __tablename__ = "record_feature"

    source_record_id: Mapped[int] = mapped_column(
        ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary, doc="registry.linkage.features.FEATURE, AES-256-GCM")


class LinkKey(Base):
    """A keyed digest by which records find each other without a whole number being kept in the clear.

    `key` is SipHash-2-4 under a key of its own, as a signed number. A record's keys are a function of its features,
    so they are taken away by value and need no second index.
    """

    __tablename__ = "link_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source_record_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class LinkQueue(Base):
    """A source record that is new, changed or taken back since it was last consolidated."""

    __tablename__ = "link_queue"

    source_record_id: Mapped[int] = mapped_column(
        ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class Scorecard(Numbered, Base):
    """The weights in force (the newest row), what they were trained on, and how common names were then."""

    __tablename__ = "scorecard"

    made_at: Mapped[datetime]
    weights: Mapped[dict[str, Any]] = mapped_column(doc="comparison → level → match weight, log2; prior; thresholds")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="records, labelled pairs, calibration")
    frequencies: Mapped[bytes] = mapped_column(LargeBinary, doc="counts of name readings by hash bucket, deflated")


class PersonLink(Base):
    """A source record belongs to exactly one person; why it does."""

    __tablename__ = "person_link"
    __table_args__ = (Index("ix_person_link_person_id", "person_id"),)

    source_record_id: Mapped[int] = mapped_column(ForeignKey("source_record.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rule: Mapped[str] = mapped_column(
        String(40), doc="the step that linked it: single, exact_id, scorecard, verdict, …"
    )
    weight: Mapped[float | None] = mapped_column(doc="match weight of the strongest edge, log2; null: no pair")
    linked_at: Mapped[datetime]


class ReviewPair(Numbered, Base):
    """Two source records that a steward must decide about."""

    __tablename__ = "review_pair"
    __table_args__ = (
        UniqueConstraint("left_id", "right_id"),
        CheckConstraint("left_id < right_id", name="ordered"),
        one_of("state", ReviewState),
        Index("ix_review_pair_state_weight", "state", "weight"),
    )

    left_id: Mapped[int] = mapped_column(ForeignKey("source_record.id"))
    right_id: Mapped[int] = mapped_column(ForeignKey("source_record.id"), index=True)
    weight: Mapped[float] = mapped_column(doc="match weight, log2")
    probability: Mapped[float]
    reason: Mapped[str] = mapped_column(String(40), doc="why a machine did not decide")
    comparisons: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="comparison → level and weight")
    state: Mapped[ReviewState] = mapped_column(StrEnumType(ReviewState), default=ReviewState.WAITING)
    created_at: Mapped[datetime]
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    claimed_until: Mapped[datetime | None]


class Verdict(Numbered, Base):
    """What a steward decided about two records. It wins over every machine, for ever, until withdrawn."""

    __tablename__ = "verdict"
    __table_args__ = (
        CheckConstraint("left_id < right_id", name="ordered"),
        one_of("kind", VerdictKind),
        Index(
            "uq_verdict_standing",
            "left_id",
            "right_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    left_id: Mapped[int] = mapped_column(ForeignKey("source_record.id"))
    right_id: Mapped[int] = mapped_column(ForeignKey("source_record.id"), index=True)
    kind: Mapped[VerdictKind] = mapped_column(StrEnumType(VerdictKind))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(String(200))
    withdrawn_at: Mapped[datetime | None]


class PersonEvent(Numbered, Base):
    """A merge, split, edit or its undoing: who, when, why, and what is needed to take it back exactly."""

    __tablename__ = "person_event"
    __table_args__ = (one_of("kind", PersonEventKind),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[PersonEventKind] = mapped_column(StrEnumType(PersonEventKind))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), doc="null: consolidation")
    reason: Mapped[str | None] = mapped_column(String(200))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="ids of what was moved, and from where")
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person_event.id"))
