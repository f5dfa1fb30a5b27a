"""The ground: codes, names, points and residents of Shanghai."""

import math
from collections import Counter

from seed.divisions import units


def test_the_city_is_whole():
    levels = Counter(unit.level for unit in units("city"))
    assert levels == {"city": 1, "district": 16, "street": 234, "neighbourhood": 6509}


def test_parents_come_first_and_codes_nest():
    known = set()
    for unit in units("city"):
        assert unit.parent is None or (unit.parent in known and unit.code.startswith(unit.parent))
        known.add(unit.code)


def test_names_are_distinct_under_a_parent():
    uses = Counter((unit.parent, unit.name) for unit in units("city"))
    assert set(uses.values()) == {1}


def test_residents_add_up_to_the_census():
    city = list(units("city"))
    assert city[0].residents == 24_870_895
    below = Counter()
    for unit in city[1:]:
        below[unit.parent] += unit.residents
    with_children = {unit.code for unit in city if unit.code in below}
    assert all(below[unit.code] == unit.residents for unit in city if unit.code in with_children)


def test_streets_lie_inside_their_district():
    by_code = {unit.code: unit for unit in units("city")}
    for unit in by_code.values():
        if unit.level == "street":
            district = by_code[unit.code[:6]]
            north = (unit.latitude - district.latitude) * 111.32
            east = (unit.longitude - district.longitude) * 111.32 * math.cos(math.radians(31.2))
            assert math.hypot(north, east) < 50, unit


def test_small_is_two_adjoining_districts_and_an_island():
    found = list(units("small"))
    assert [unit.name for unit in found if unit.level == "district"] == ["黄浦区", "虹口区", "崇明区"]
    assert len([unit for unit in found if unit.level == "street"]) == 13
