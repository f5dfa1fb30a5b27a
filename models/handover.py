"""Handing a confirmed seat on: who looks for a stand-in, who was asked, and the swap that came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class HandoverState(StrEnum):
    OPEN = "open"
    DONE = "done"  # somebody else holds the seat
    WITHDRAWN = "withdrawn"  # the holder comes after all
    UNDONE = "undone"  # a coordinator turned it back


class ReplyState(StrEnum):
    ASKED = "asked"
    DECLINED = "declined"
    SWAP = "swap"  # offers a seat of their own in exchange; the holder decides
    REFUSED = "refused"  # the holder does not want that exchange
    TOOK = "took"


class Handover(Numbered, Base):
    """One search for a stand-in. The holder keeps the seat until another accepts, so that it never falls empty."""

    __tablename__ = "handover"
    __table_args__ = (
        one_of("state", HandoverState),
        Index(
            "uq_handover_open",
            "assignment_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True, doc="the seat to hand on")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, doc="who holds it")
    state: Mapped[HandoverState] = mapped_column(StrEnumType(HandoverState), default=HandoverState.OPEN)
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None] = mapped_column(
        doc="when people who stand by were last asked; null: only by a link"
    )
    closed_at: Mapped[datetime | None]
    back_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), doc="what the holder got by a swap")


class HandoverReply(Base):
    """One person who was asked, or came by the holder's link, and what they said."""

    __tablename__ = "handover_reply"
    __table_args__ = (one_of("state", ReplyState),)

    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    state: Mapped[ReplyState] = mapped_column(StrEnumType(ReplyState), default=ReplyState.ASKED)
    by_link: Mapped[bool] = mapped_column(default=False, doc="came by the holder's own link: the two know each other")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    offered_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), doc="their own seat, in exchange")
    made_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), doc="the seat as they hold it now")
