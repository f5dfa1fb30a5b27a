"""The organisation units that somebody may choose from, and their names."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matching.access import within
from models.authority import Actor, Permission
from models.organisation import OrganisationUnit, UnitLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictStreets:
    """A district and its streets, each with code and name."""

    name: str
    streets: tuple[tuple[str, str], ...]


def units_within(session: Session, actor: Actor, permission: Permission) -> list[tuple[str, str]]:
    """Give code and name of the units over which `permission` is held, in the order of their codes."""
    held = [OrganisationUnit.code.startswith(code, autoescape=True) for code in actor.units(permission)]
    if not held:
        return []
    query = select(OrganisationUnit.code, OrganisationUnit.name).where(or_(*held)).order_by(OrganisationUnit.code)
    return [(code, name) for code, name in session.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedUnit:
    """A unit that may be chosen, and where it lies; None where that is not known."""

    code: str
    name: str
    longitude: float | None
    latitude: float | None


def placed_units_within(session: Session, actor: Actor, permission: Permission) -> list[PlacedUnit]:
    """Give the units over which `permission` is held, with where they lie, in the order of their codes."""
    columns = (OrganisationUnit.code, OrganisationUnit.name, OrganisationUnit.longitude, OrganisationUnit.latitude)
    query = select(*columns).where(within(OrganisationUnit.code, actor, permission)).order_by(OrganisationUnit.code)
    return [
        PlacedUnit(code=code, name=name, longitude=longitude, latitude=latitude)
        for code, name, longitude, latitude in session.execute(query)
    ]


def streets(session: Session) -> list[DistrictStreets]:
    """Give every street by district, for somebody who says where they live."""
    levels = (UnitLevel.DISTRICT, UnitLevel.STREET)
    rows = session.execute(
        select(OrganisationUnit.code, OrganisationUnit.name, OrganisationUnit.level)
        .where(OrganisationUnit.level.in_(levels))
        .order_by(OrganisationUnit.code)
    ).all()
    districts = {code: name for code, name, level in rows if level is UnitLevel.DISTRICT}
    found: dict[str, list[tuple[str, str]]] = {}
    for code, name, level in rows:
        if level is UnitLevel.STREET:
            found.setdefault(districts.get(code[:6], ""), []).append((code, name))
    return [DistrictStreets(name=district, streets=tuple(here)) for district, here in found.items()]


def unit_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Give the names of the units with `codes`; a code that is no unit's is left out."""
    query = select(OrganisationUnit.code, OrganisationUnit.name).where(OrganisationUnit.code.in_(set(codes)))
    return dict(session.execute(query).all())


def places_with_position(session: Session) -> list[tuple[str, str]]:
    """Give code and whole name of the streets that have a position, in the order of their codes."""
    levels = (UnitLevel.DISTRICT, UnitLevel.STREET)
    rows = session.execute(
        select(OrganisationUnit.code, OrganisationUnit.name, OrganisationUnit.level, OrganisationUnit.longitude)
        .where(OrganisationUnit.level.in_(levels))
        .order_by(OrganisationUnit.code)
    ).all()
    districts = {row.code: row.name for row in rows if row.level is UnitLevel.DISTRICT}
    return [
        (row.code, f"{districts.get(row.code[:6], '')} {row.name}".strip())
        for row in rows
        if row.level is UnitLevel.STREET and row.longitude is not None
    ]
