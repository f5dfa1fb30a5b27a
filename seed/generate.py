"""Writes a sample city: five agencies' exports, the truth about them, the needs of a week, the hotline's tickets."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from seed.blocks import city_blocks
from seed.divisions import Size
from seed.exports import Progress, write_exports
from seed.hotline import write_hotline
from seed.identity import IssuedNumbers
from seed.mess import ErrorRates
from seed.needs import write_needs
from seed.people import World
from seed.records import Source

#: People registered with at least one agency.
POPULATIONS: Final[dict[Size, int]] = {"small": 3_000, "district": 100_000, "city": 1_000_000}
DEFAULT_WEEK: Final = "2026-W48"
DEFAULT_RATES: Final = ErrorRates()


@dataclass(frozen=True, slots=True, kw_only=True)
class CityFiles:
    """What was written where.

    Attributes
    ----------
    agencies : dict
        Source code → its export.
    records : dict
        Source records of each source, unusable rows not counted; `rows` counts all below the headings.
    unusable_rows : dict
        Source → fault → rows.
    """

    folder: Path
    agencies: dict[Source, Path]
    truth: Path
    traps: Path
    unusable: Path
    needs: Path
    hotline: Path
    people: int
    records: dict[Source, int]
    rows: dict[Source, int]
    unusable_rows: dict[Source, dict[str, int]]
    trap_pairs: int
    need_count: int
    ticket_count: int


def monday_of(week: str) -> date:
    """The Monday of an ISO week such as ``2026-W48``."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def world_of(size: Size, seed: int, week: str, *, population: int | None = None) -> World:
    """The world of a sample city; ages and exports are taken on the week's Monday."""
    people = POPULATIONS[size] if population is None else population
    return World(seed=seed, size=size, on=np.datetime64(monday_of(week)), issued=IssuedNumbers(seed, 2 * people))


def write_city(
    folder: Path,
    *,
    size: Size = "small",
    seed: int = 1,
    week: str = DEFAULT_WEEK,
    rates: ErrorRates = DEFAULT_RATES,
    population: int | None = None,
    progress: Progress | None = None,
) -> CityFiles:
    """Write a sample city into `folder`; the same arguments give the same files.

    Parameters
    ----------
    week : str
        ISO week that the needs are for.
    population : int, optional
        Registered people, if not the size's own number (`POPULATIONS`).
    progress : callable, optional
        Called with people done and people in all, a few times a second.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = POPULATIONS[size] if population is None else population
    world = world_of(size, seed, week, population=wanted)
    written = write_exports(
        folder, world, rates, city_blocks(world, rates, population=wanted), wanted=wanted, progress=progress
    )
    needs = write_needs(folder / "needs.csv", size=size, seed=seed, week=week)
    tickets = write_hotline(folder / "hotline.csv", size=size, seed=seed, week=week)
    return CityFiles(
        folder=folder,
        agencies=written.agencies,
        truth=folder / "truth.csv",
        traps=folder / "traps.csv",
        unusable=folder / "unusable.csv",
        needs=folder / "needs.csv",
        hotline=folder / "hotline.csv",
        people=written.people,
        records=written.account.records,
        rows=written.account.rows,
        unusable_rows=written.account.unusable,
        trap_pairs=written.trap_pairs,
        need_count=needs,
        ticket_count=tickets,
    )
