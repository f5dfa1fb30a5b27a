"""Needs that a unit keeps as templates: named, made from any need, filled into a new one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered


class NeedTemplate(Numbered, Base):
    """One template of a unit. It holds a weekday and no day, and nobody's telephone."""

    __tablename__ = "need_template"

    unit_code: Mapped[str] = mapped_column(
        String(15), index=True, doc="the unit that keeps it; those above and below it may use it"
    )
    name: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(doc="a need's facts: title, category, roles, minute of the day, …")
    used: Mapped[int] = mapped_column(default=0, doc="how often a need was posted from it")
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(doc="put away; kept, so that it can be taken out again")
