"""Errors come at the stated rates. Five blocks, so the tolerances are three standard deviations and a little."""

import math
import re

import numpy as np
import pytest

from seed.blocks import city_blocks
from seed.generate import world_of
from seed.mess import ErrorRates


@pytest.fixture(scope="module")
def blocks():
    return list(city_blocks(world_of("district", 11, "2026-W48", population=20_000), ErrorRates(), population=20_000))


def share(flags) -> tuple[float, int]:
    flags = np.asarray(list(flags))
    return float(flags.mean()), len(flags)


def near(found: tuple[float, int], rate: float, slack: float = 0.0) -> bool:
    value, size = found
    return abs(value - rate) <= 3.5 * math.sqrt(rate * (1 - rate) / size) + slack


def parts(blocks, source):
    return [(block.people, block.records[source]) for block in blocks]


def test_missing_telephones(blocks):
    missing = share(t in {"", "无"} for _, part in parts(blocks, "civil_affairs") for t in part.telephone)
    assert near(missing, ErrorRates().telephone_missing)


def test_masked_and_missing_numbers_of_the_youth_league(blocks):
    numbers = [n for _, part in parts(blocks, "youth_league") for n in part.identity]
    assert near(share(n == "" for n in numbers), 1 - 0.98 * 0.92, 0.002)
    assert near(share("*" in n for n in numbers if n), 0.82, 0.002)
    assert all(re.fullmatch(r".{6}\*{8}.{4}", n) for n in numbers if "*" in n)


def test_records_twice_in_one_export(blocks):
    for source in ("civilisation", "civil_affairs"):
        twice = sum(len(part) - len(set(part.row.tolist())) for _, part in parts(blocks, source))
        total = sum(len(part) for _, part in parts(blocks, source))
        assert near((twice / total, total), ErrorRates().duplicate, 0.0005)


def test_names_that_differ_from_the_true_ones(blocks):
    rates = ErrorRates()
    wrong = share(
        name != true
        for people, part in parts(blocks, "civilisation")
        for name, true in zip(part.name, people.name[part.row], strict=True)
    )
    certain = rates.spaced + rates.invisible + rates.suffix + rates.nickname
    most = certain + rates.homophone + rates.look_alike + rates.traditional + 0.004
    assert certain - 0.003 < wrong[0] < most + 0.003


def test_homophones_and_look_alikes_are_frequent_enough(blocks):
    """Of the characters in use, the hand-written groups know nearly all: the stated rate is nearly the real one."""
    from seed.confusions import misheard, misread  # noqa: PLC0415

    names = [name for people, _ in parts(blocks, "civilisation") for name in people.name]
    assert share(misheard(name, 0.5) != name for name in names)[0] > 0.85
    assert share(misread(name, 0.5) != name for name in names)[0] > 0.6


def test_minors_with_a_parents_telephone(blocks):
    shared = share(
        owner != row
        for people, part in parts(blocks, "youth_league")
        for owner, row in zip(part.telephone_owner, part.row, strict=True)
        if people.age[row] < 18 and owner >= 0
    )
    assert near(shared, ErrorRates().telephone_of_parent, 0.01)


def test_old_telephones_are_fewer_where_the_agency_asks_often(blocks):
    def stale(source):
        return share(
            number == old
            for people, part in parts(blocks, source)
            for number, old in zip(part.telephone, people.old_telephone[part.row], strict=True)
        )[0]

    assert 0.02 < stale("civil_affairs") < stale("civilisation") < stale("red_cross") < 0.2


def test_legacy_numbers_of_the_red_cross(blocks):
    aged = [
        number
        for people, part in parts(blocks, "red_cross")
        for number, row in zip(part.identity, part.row, strict=True)
        if people.birth[row] < np.datetime64("1990-01-01") and people.identity_kind[row] == 0 and number
    ]
    assert near(share(len(number) == 15 for number in aged), ErrorRates().legacy_id, 0.01)


def test_records_a_person_are_about_one_and_three_quarters(blocks):
    records, people = (sum(values) for values in zip(*((len(b), int(b.registered.sum())) for b in blocks), strict=True))
    assert 1.70 < records / people < 1.80
