"""``linli units``: the organisation units of a city."""

import csv
from pathlib import Path

import click

from matching.units import UnitRow, store_units
from models.organisation import UnitLevel
from web.cli.console import say
from web.cli.opening import OPERATOR, opened
from web.database import clock


@click.group()
def units() -> None:
    """Cities, districts, streets, neighbourhoods, by administrative division code."""


@units.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path) -> None:
    """Take in units from a CSV with the columns code, name, level, parent, longitude, latitude, residents."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = [_row(number, row) for number, row in enumerate(csv.DictReader(handle), 2)]
    with opened() as (_, work), work.begin() as session:
        changed = store_units(session, OPERATOR, rows=sorted(rows, key=lambda row: len(row.code)), now=clock())
    say(f"{len(rows):,} units read, {changed:,} new or changed")


def _row(number: int, row: dict[str, str]) -> UnitRow:
    try:
        return UnitRow(
            code=row["code"],
            name=row["name"],
            level=UnitLevel(row["level"]),
            parent_code=row.get("parent") or None,
            longitude=float(row["longitude"]) if row.get("longitude") else None,
            latitude=float(row["latitude"]) if row.get("latitude") else None,
            resident_population=int(row["residents"]) if row.get("residents") else None,
        )
    except (KeyError, ValueError) as error:
        raise click.ClickException(f"line {number}: {error}") from error
