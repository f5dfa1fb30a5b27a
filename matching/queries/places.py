"""The organisation units that somebody drills through: one unit, those above it that they may see, those below it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from matching.refusals import NotFound
from models.authority import Actor, Permission
from models.organisation import OrganisationUnit, UnitLevel

#: Which level stands below which.
BELOW: Final[dict[UnitLevel, UnitLevel | None]] = {
    UnitLevel.CITY: UnitLevel.DISTRICT,
    UnitLevel.DISTRICT: UnitLevel.STREET,
    UnitLevel.STREET: UnitLevel.NEIGHBOURHOOD,
    UnitLevel.NEIGHBOURHOOD: UnitLevel.GRID,
    UnitLevel.GRID: None,
}


_FACTS: Final = (
    OrganisationUnit.code,
    OrganisationUnit.name,
    OrganisationUnit.level,
    OrganisationUnit.longitude,
    OrganisationUnit.latitude,
    OrganisationUnit.resident_population,
    OrganisationUnit.population_on,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One unit, with where it is and how many people live there, on which day."""

    code: str
    name: str
    level: UnitLevel
    longitude: float | None
    latitude: float | None
    residents: int | None
    residents_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """A unit with the units above it, the highest first, and those of the level below it."""

    here: Place
    above: tuple[Place, ...]
    below: tuple[Place, ...]


def place_view(session: Session, actor: Actor, *, code: str | None, permission: Permission) -> PlaceView:
    """Give a unit over which `permission` is held; without a code the highest one. Two statements.

    Raises
    ------
    NotFound
    """
    held = actor.units(permission)
    wanted = code or next(iter(held), None)
    if wanted is None or not actor.may(permission, wanted):
        raise NotFound(kind="unit")
    return _view(session, actor, wanted, permission)


def places_on_map(session: Session, *, here: Place, limit: int = 800) -> tuple[Place, ...]:
    """Give the places under a unit that a map shows: neighbourhoods, or of a whole city its streets. One statement."""
    level = UnitLevel.STREET if here.level is UnitLevel.CITY else UnitLevel.NEIGHBOURHOOD
    units = session.execute(
        select(*_FACTS)
        .where(
            OrganisationUnit.level == level,
            OrganisationUnit.code.startswith(here.code, autoescape=True),
            OrganisationUnit.longitude.is_not(None),
            OrganisationUnit.latitude.is_not(None),
        )
        .order_by(OrganisationUnit.code)
        .limit(limit)
    )
    return tuple(_place(unit) for unit in units)


def _view(session: Session, actor: Actor, wanted: str, permission: Permission) -> PlaceView:
    if wanted:
        prefixes = [wanted[:length] for length in range(2, len(wanted) + 1)]
        line = select(*_FACTS).where(OrganisationUnit.code.in_(prefixes)).order_by(OrganisationUnit.code)
    else:
        shortest = select(func.min(func.length(OrganisationUnit.code))).scalar_subquery()
        line = select(*_FACTS).where(func.length(OrganisationUnit.code) == shortest).limit(1)
    chain = [_place(unit) for unit in session.execute(line)]
    if not chain or (wanted and chain[-1].code != wanted):
        raise NotFound(kind="unit")
    here = chain[-1]
    above = tuple(place for place in chain[:-1] if actor.may(permission, place.code))
    level = BELOW[here.level]
    if level is None:
        return PlaceView(here=here, above=above, below=())
    inside = OrganisationUnit.code.startswith(here.code, autoescape=True)
    units = session.execute(
        select(*_FACTS).where(inside, OrganisationUnit.level == level).order_by(OrganisationUnit.code)
    )
    return PlaceView(here=here, above=above, below=tuple(_place(unit) for unit in units))


def _place(row: Row[*tuple[Any, ...]]) -> Place:
    code, name, level, longitude, latitude, residents, residents_on = row
    return Place(
        code=code,
        name=name,
        level=level,
        longitude=longitude,
        latitude=latitude,
        residents=residents,
        residents_on=residents_on,
    )
