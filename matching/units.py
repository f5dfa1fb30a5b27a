"""Organisation units: taken in from a city's list, and looked up by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matching.refusals import NotAllowed
from matching.trail import note
from models.authority import Actor, Permission
from models.organisation import OrganisationUnit, UnitLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One unit; `code` has significant digits only, parents come before children."""

    code: str
    name: str
    level: UnitLevel
    parent_code: str | None
    longitude: float | None
    latitude: float | None
    resident_population: int | None = None
    population_on: date | None = None


def store_units(session: Session, actor: Actor, *, rows: Iterable[UnitRow], now: datetime) -> int:
    """Take in units by code: new ones are made, known ones brought up to date, none removed; give how many changed."""
    if not actor.may(Permission.CITY_ACCOUNT_WRITE):
        raise NotAllowed(permission=Permission.CITY_ACCOUNT_WRITE.value)
    listed = list(rows)
    standing = {unit.code: unit for unit in session.scalars(select(OrganisationUnit))}
    fresh = [row for row in listed if row.code not in standing]
    if fresh:
        session.execute(insert(OrganisationUnit), [_values(row) for row in fresh])
        _point_at_parents(session, fresh)
    changed = len(fresh)
    for row in listed:
        unit = standing.get(row.code)
        if unit is not None and any(getattr(unit, name) != value for name, value in _facts(row).items()):
            for name, value in _facts(row).items():
                setattr(unit, name, value)
            changed += 1
    if changed:
        note(session, actor, action="units.stored", subject=("organisation_unit", None), now=now, changed=changed)
    return changed


def unit_names(session: Session) -> dict[str, str]:
    """Give name → code of the units whose name is one unit's only."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, code in session.execute(select(OrganisationUnit.name, OrganisationUnit.code)):
        twice |= {name} if name in found else set()
        found[name] = code
    return {name: code for name, code in found.items() if name not in twice}


def _facts(row: UnitRow) -> dict[str, object]:
    return {
        "name": row.name,
        "level": row.level,
        "longitude": row.longitude,
        "latitude": row.latitude,
        "resident_population": row.resident_population,
        "population_on": row.population_on,
    }


def _values(row: UnitRow) -> dict[str, object]:
    return {"code": row.code, "settings": {}, **_facts(row)}


def _point_at_parents(session: Session, fresh: list[UnitRow]) -> None:
    ids = dict(session.execute(select(OrganisationUnit.code, OrganisationUnit.id)).all())
    pairs = [
        {"id": ids[row.code], "parent_id": ids[row.parent_code]}
        for row in fresh
        if row.parent_code is not None and row.parent_code in ids
    ]
    if pairs:
        session.execute(update(OrganisationUnit), pairs)
