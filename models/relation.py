"""What stands between two persons, or between a person and a need: wishes and bars that planning obeys."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, StrEnumType, one_of


class PairKind(StrEnum):
    TOGETHER = "together"
    APART = "apart"


class PersonPair(Base):
    """Two people who serve together or not at all, or never in one shift."""

    __tablename__ = "person_pair"
    __table_args__ = (CheckConstraint("left_id < right_id", name="ordered"), one_of("kind", PairKind))

    left_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    right_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[PairKind] = mapped_column(StrEnumType(PairKind))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class NeedBar(Base):
    """A person is not asked for this need again."""

    __tablename__ = "need_bar"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(40), doc="a code: not_this_kind, asked_by_coordinator, …")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class PersonDislike(Base):
    """A category that a person asked not to be assigned to; planning leaves them out of it until they say otherwise."""

    __tablename__ = "person_dislike"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    category: Mapped[str] = mapped_column(String(40), primary_key=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"), doc="the offer answered so; null: said apart")
    created_at: Mapped[datetime]
