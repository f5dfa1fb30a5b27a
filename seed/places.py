"""Homes: committees by their residents, streets, lanes and rooms, and the agencies' ways of writing them."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from seed.divisions import REMOTE_STREET, Size, Unit, units
from seed.streams import Floats, Ints, Texts, draw, texts

_CITY = "上海市"
_COMMITTEE = re.compile(
    r"(（[^）]*）|\(.*\)|第?[一二三四五六七八九十]+)?(居民委员会|村民委员会|居委会|村委会|社区|虚拟生活区)?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The committees where the sample's people live, as parallel arrays indexed 0 … committees − 1."""

    code: Texts
    name: Texts
    road: Texts
    street: Texts
    street_code: Texts
    district: Texts
    district_code: Texts
    weight: Floats


@cache
def places(size: Size) -> Places:
    """Committees of a size of the sample city, without the remote island where nobody of the sample lives."""
    by_code = {unit.code: unit for unit in units(size)}
    homes = [
        unit
        for unit in by_code.values()
        if unit.level == "neighbourhood" and (size == "city" or not unit.code.startswith(REMOTE_STREET))
    ]
    return Places(
        code=texts([unit.code for unit in homes]),
        name=texts([unit.name for unit in homes]),
        road=texts([road_of(unit.name) for unit in homes]),
        street=texts([by_code[unit.code[:9]].name for unit in homes]),
        street_code=texts([unit.code[:9] for unit in homes]),
        district=texts([by_code[unit.code[:6]].name for unit in homes]),
        district_code=texts([unit.code[:6] for unit in homes]),
        weight=np.array([unit.residents for unit in homes], dtype=np.float64),
    )


def road_of(committee: str) -> str:
    """A road to live on, from a committee's name: 云南中路居委会 → 云南中路, 新桥居委会 → 新桥路 (invented)."""
    base = _COMMITTEE.sub("", committee) or committee[:2]
    return base if base.endswith(("路", "街", "弄", "大道")) else f"{base}路"


def homes(rng: np.random.Generator, size: Size, count: int) -> tuple[Ints, Texts]:
    """A committee (index into `places`) and a line from the road to the room for each household."""
    where = draw(rng, len(places(size).weight), count, places(size).weight)
    lane, house, floor, door = (rng.integers(1, high, count).tolist() for high in (600, 40, 19, 5))
    flat = (rng.random(count) < 0.25).tolist()  # noqa: PLR2004 a quarter stand at the road itself
    roads = places(size).road[where].tolist()
    lines = [
        f"{road}{a}号{c}{d:02d}室" if plain else f"{road}{a}弄{b}号{c}{d:02d}室"
        for road, a, b, c, d, plain in zip(roads, lane, house, floor, door, flat, strict=True)
    ]
    return where, texts(lines)


def whole_address(ground: Places, where: Ints, lines: Texts) -> Texts:
    """One line of free text from the district down to the room; a line that names the city keeps it in front."""
    begins = np.char.startswith(lines.astype("U3"), _CITY) if len(lines) else np.zeros(0, dtype=np.bool_)
    plain = texts([line.removeprefix(_CITY) for line in lines.tolist()])
    whole: Texts = np.where(begins, _CITY, texts([""])) + ground.district[where] + ground.street[where] + plain
    return whole


def streets(size: Size) -> list[Unit]:
    """The streets and towns of a size, with the remote one."""
    return [unit for unit in units(size) if unit.level == "street"]
