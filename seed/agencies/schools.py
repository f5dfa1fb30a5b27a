"""Invented schools, one to a street or town; pupils go to the one where they live."""

from collections import Counter
from functools import cache

from seed.divisions import Size
from seed.people import People
from seed.places import places
from seed.streams import Texts, texts

_ENDINGS = ("街道", "镇", "乡", "工业区", "农场", "林场", "开发区", "园区")


@cache
def schools(size: Size) -> dict[str, str]:
    """Street code → name of its school, each name once and short enough for a sheet (31 characters)."""
    ground = places(size)
    streets = dict(zip(ground.street_code, zip(ground.street, ground.district, strict=True), strict=True))
    bases = {code: _base(street) for code, (street, _) in streets.items()}
    uses = Counter(bases.values())
    return {
        code: f"{'' if uses[base] == 1 else streets[code][1].removesuffix('区')}{base}邻里中学"
        for code, base in bases.items()
    }


def school_of(people: People, size: Size) -> Texts:
    """The school of each person's street, pupil or not."""
    names = schools(size)
    by_committee = texts([names[code] for code in places(size).street_code])
    return by_committee[people.where]


def _base(street: str) -> str:
    plain = "".join(char for char in street if char not in "（）()/\\?*[]:·")
    ending = next((ending for ending in _ENDINGS if plain.endswith(ending)), "")
    return plain.removesuffix(ending)[:12] if len(plain) > len(ending) + 1 else plain[:12]
