"""Organisation units: city, district, street, neighbourhood and grid, by administrative division code.

The hierarchy is the code's own (GB/T 2260, GB/T 10114): 2 + 2 + 2 digits to the district, 3 more to the street or
town, 3 more to the neighbourhood committee, and a suffix for a grid. A unit's descendants are the codes it prefixes.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class UnitLevel(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    NEIGHBOURHOOD = "neighbourhood"
    GRID = "grid"


class OrganisationUnit(Numbered, Base):
    """A place that posts needs, and a scope of what somebody may see."""

    __tablename__ = "organisation_unit"
    __table_args__ = (one_of("level", UnitLevel),)

    code: Mapped[str] = mapped_column(String(15), unique=True, doc="significant digits only: 31, 310101, 310101002, …")
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[UnitLevel] = mapped_column(StrEnumType(UnitLevel))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation_unit.id"), index=True)
    longitude: Mapped[float | None] = mapped_column(doc="degrees, WGS 84")
    latitude: Mapped[float | None] = mapped_column(doc="degrees, WGS 84")
    resident_population: Mapped[int | None] = mapped_column(doc="the denominator of the registered ratio")
    population_on: Mapped[date | None] = mapped_column(Date, doc="the day of that figure")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="what this unit and those below do differently")
