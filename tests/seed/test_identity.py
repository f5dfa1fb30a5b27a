"""Numbers look right and belong to nobody."""

import re
import unicodedata

import numpy as np
import pytest

from seed import identity
from seed.divisions import units
from seed.streams import stream

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
#: Where a telephone stands in each export.
TELEPHONES = {
    "civilisation": (6,),
    "youth_league": (4,),
    "red_cross": (5, 15),
    "civil_affairs": (13,),
    "education": (7, 8),
}
NUMBERS = {"civilisation": 4, "youth_league": 3, "red_cross": 4, "civil_affairs": 3}


def is_valid(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_check_digit_of_public_test_numbers(number):
    assert identity.check_digit(number[:17]) == number[17]


def test_issued_numbers_are_valid_distinct_and_true_to_birth_and_sex():
    issued = identity.IssuedNumbers(1, 20_000)
    rng = stream(1, "test")
    birth = np.datetime64("1980-01-01") + rng.integers(0, 30, 10_000).astype("timedelta64[D]")
    female = rng.random(10_000) < 0.5
    division = identity.divisions(rng, rng.random(10_000) < 0.5)
    numbers = [*issued.issue(0, division, birth, female), *issued.issue(1, division, birth, female)]
    assert len(set(numbers)) == 20_000
    assert all(is_valid(number) and identity.INVENTED_ID.match(number) for number in numbers)
    expected = [str(day).replace("-", "") for day in birth]
    assert [number[6:14] for number in numbers[:10_000]] == expected
    assert [int(number[16]) % 2 == 0 for number in numbers[:10_000]] == female.tolist()


def test_legacy_form_drops_century_and_check():
    assert identity.legacy("319901198001025401") == "319901800102540"


def test_no_invented_division_is_a_real_one():
    assert not [unit.code for unit in units() if unit.code[2:4] == identity.NEVER_ISSUED]


def test_no_number_of_the_city_stands_under_an_issued_division(usable):
    for source, column in NUMBERS.items():
        for row in usable[source]:
            plain = unicodedata.normalize("NFKC", str(row[column] or ""))
            if re.match(r"^\d{6}(\d{9}|\d{11}.|\*{8}.{4})$", plain):
                assert plain[2:4] == "99", plain


def test_most_whole_numbers_of_the_city_have_a_valid_check_digit(usable):
    whole = [row[4] for row in usable["civilisation"] if re.fullmatch(r"\d{17}[\dXx]", row[4])]
    assert len(whole) > 1_500
    assert 0.975 < sum(map(is_valid, whole)) / len(whole) < 0.995


def test_no_telephone_of_the_city_is_in_an_assigned_range(usable):
    for source, columns in TELEPHONES.items():
        for row in usable[source]:
            for column in columns:
                digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", str(row[column] or "")))
                digits = digits.removeprefix("86")
                assert digits == "" or identity.INVENTED_TELEPHONE.match(digits), digits


def test_telephones_do_not_repeat_over_two_generations():
    people = np.arange(100_000)
    now, before = (identity.telephones(1, people, generation) for generation in (0, 1))
    assert len({*now.tolist(), *before.tolist()}) == 200_000
