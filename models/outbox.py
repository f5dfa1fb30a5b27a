"""Messages to leave: written in the transaction that decides them, sent after it commits, exactly one row a message."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class MessageState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class OutboxMessage(Numbered, Base):
    """One message to one person; the text is made when it leaves, in the reader's language."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        one_of("state", MessageState),
        Index("ix_outbox_message_state_not_before_at", "state", "not_before_at"),
    )

    key: Mapped[str] = mapped_column(
        String(80), unique=True, doc="what it is about: the same message is never made twice"
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40), doc="offer, reminder, released, …")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="ids only")
    state: Mapped[MessageState] = mapped_column(StrEnumType(MessageState), default=MessageState.WAITING)
    not_before_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    channel: Mapped[str | None] = mapped_column(String(16))
    failure: Mapped[str | None] = mapped_column(String(80))
