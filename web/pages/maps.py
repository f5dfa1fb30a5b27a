"""A map drawn from what is known: each place below a unit as a circle where it lies, as large as its need is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Final

from matching.queries.choices import PlacedUnit
from matching.queries.indicators import Rate
from matching.queries.places import Place
from web.pages.leading import Board

WIDTH: Final = 640
HEIGHT: Final = 420
_MARGIN: Final = 46
_LEAST: Final = 5.0
_LARGEST: Final = 20.0
_NOTHING: Final = 2.5
_LABELLED: Final = 10
_MOST_PINS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place: where it is drawn, how large, how full, and whether its name stands beside it."""

    name: str
    x: float
    y: float
    radius: float
    rate: Rate
    labelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    width: int
    height: int
    spots: tuple[Spot, ...]


def map_of(board: Board) -> Map | None:
    """Give the map of the places under a unit; None when fewer than two of them have a position."""
    if len(board.spots) < 2:  # noqa: PLR2004  one place alone is no map
        return None
    points = _flat([place for place, _ in board.spots])
    most = max(rate.asked for _, rate in board.spots) or 1
    lacking = sorted((item for item in board.spots if item[1].asked), key=_by_lack)[:_LABELLED]
    labelled = {place.code for place, _ in lacking}
    spots = [
        Spot(
            name=place.name,
            x=round(x, 1),
            y=round(y, 1),
            radius=round(_LEAST + (_LARGEST - _LEAST) * sqrt(rate.asked / most), 1) if rate.asked else _NOTHING,
            rate=rate,
            labelled=place.code in labelled,
        )
        for (place, rate), (x, y) in zip(board.spots, points, strict=True)
    ]
    return Map(width=WIDTH, height=HEIGHT, spots=tuple(sorted(spots, key=lambda spot: -spot.radius)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One unit that a form may choose, where it is drawn."""

    code: str
    name: str
    x: float
    y: float


def pins_of(units: Sequence[PlacedUnit]) -> tuple[Pin, ...]:
    """Give a pin for each of the lowest units that have a position; none for fewer than two, or too many to see."""
    codes = [unit.code for unit in units]
    lowest = [
        unit
        for unit in units
        if unit.longitude is not None
        and unit.latitude is not None
        and not any(other != unit.code and other.startswith(unit.code) for other in codes)
    ]
    if not 2 <= len(lowest) <= _MOST_PINS:  # noqa: PLR2004  one place alone is no map
        return ()
    return tuple(
        Pin(code=unit.code, name=unit.name, x=round(x, 1), y=round(y, 1))
        for unit, (x, y) in zip(lowest, _flat(lowest), strict=True)
    )


def _by_lack(item: tuple[Place, Rate]) -> tuple[int, int]:
    """Put first what lacks most, then what asks for most: those are named on the map."""
    return -item[1].missing, -item[1].asked


def _flat(places: Sequence[Place] | Sequence[PlacedUnit]) -> list[tuple[float, float]]:
    """Lay degrees out on the sheet: equal lengths east and north at the places' own latitude."""
    east = [place.longitude or 0.0 for place in places]
    north = [place.latitude or 0.0 for place in places]
    narrow = cos(radians((min(north) + max(north)) / 2))
    wide, high = (max(east) - min(east)) * narrow, max(north) - min(north)
    room_x, room_y = WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN
    scale = min(room_x / wide if wide else float("inf"), room_y / high if high else float("inf"))
    scale = scale if scale != float("inf") else 1.0
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
    return [
        (left + (x - min(east)) * narrow * scale, top + (max(north) - y) * scale)
        for x, y in zip(east, north, strict=True)
    ]
