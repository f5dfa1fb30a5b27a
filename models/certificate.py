"""Certificates of service as issued: frozen facts, a digest over them, and whether it was revoked (Order 67, 14–17)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered


class Certificate(Numbered, Base):
    """One certificate. What it says never changes; a wrong one is revoked and another issued."""

    __tablename__ = "certificate"
    __table_args__ = (CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked"),)

    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(doc="minutes, lines of service, units; no name and no number")
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary, doc="the name as it was printed")
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), doc="keyed, over number, name and facts")
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoke_reason: Mapped[str | None] = mapped_column(String(200))
