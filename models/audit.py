"""What was done, by whom, to what: append-only, ids and codes, never a name or a number."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identifier, Numbered


class AuditEvent(Numbered, Base):
    """One act. `subject_kind` is a table's name; reads of whole numbers are acts too."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_kind", "subject_id"),)

    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True, doc="null: the program itself")
    action: Mapped[str] = mapped_column(String(64), doc="a constant name: review.decided, number.revealed")
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int | None] = mapped_column(Identifier)
    reason: Mapped[str | None] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="ids, codes and counts only")
