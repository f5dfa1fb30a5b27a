"""Errors by ear, eye and hand; none of them made with a library that the registry normalises with."""

import ast
from pathlib import Path

import pytest

import seed
from seed import confusions


def test_the_generator_knows_no_pronunciation_or_conversion_library():
    named = set()
    for path in Path(seed.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                named.add(node.module.split(".")[0])
    assert not named & {"pypinyin", "opencc", "phonenumbers", "registry", "matching", "solver"}


@pytest.mark.parametrize(
    ("name", "heard"), [("王伟", {"黄", "汪"}), ("李玲", {"林", "琳"}), ("陈明", {"程", "成"}), ("胡军", {"吴", "何"})]
)
def test_names_are_misheard_as_in_the_delta(name, heard):
    options = {confusions.misheard(name, at / 200) for at in range(200)}
    assert heard <= {char for option in options for char in option}
    assert all(sum(a != b for a, b in zip(option, name, strict=True)) == 1 for option in options)


def test_a_name_that_nothing_resembles_stays():
    assert confusions.misheard("㛃", 0.5) == "㛃"


@pytest.mark.parametrize("at", [0.0, 0.3, 0.6, 0.99])
def test_a_slip_changes_one_digit_to_its_neighbour(at):
    number = "319901198001025401"
    slipped = confusions.slipped(number, at, first=6)
    (place,) = (k for k, (a, b) in enumerate(zip(slipped, number, strict=True)) if a != b)
    assert place >= 6
    assert slipped[place] in confusions.DIGIT_NEIGHBOURS[number[place]]


@pytest.mark.parametrize("at", [0.0, 0.5, 0.99])
def test_a_swap_keeps_the_digits_and_the_check_letter(at):
    number = "31990119800102542X"
    swapped = confusions.swapped(number, at, first=6)
    assert swapped != number
    assert sorted(swapped) == sorted(number)
    assert swapped[:6] + swapped[-1] == number[:6] + number[-1]


def test_traditional_and_full_width_forms():
    assert confusions.traditional("陈伟丽") == "陳偉麗"
    assert confusions.full_width("12X") == "１２Ｘ"
