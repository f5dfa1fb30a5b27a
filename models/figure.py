"""Figures that are counted beside the pages, since it takes longer than a page may; each says when it was."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, StrEnumType, one_of


class FigureKind(StrEnum):
    REGISTRY = "registry"  # by day: what each agency's records are worth
    PEOPLE = "people"  # by organisation unit: who lives there, what they hold, when they could come


class KeptFigure(Base):
    """One set of figures, as it was counted last for its key."""

    __tablename__ = "kept_figure"
    __table_args__ = (one_of("kind", FigureKind),)

    kind: Mapped[FigureKind] = mapped_column(StrEnumType(FigureKind), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True, doc="a day, or a unit's code; empty is everywhere")
    counted_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(doc="whole numbers and shares by name; nobody's data")
