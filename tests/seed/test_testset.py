"""Test sets: exact numbers, other names by seed, both forms of the same world, errors of their own making."""

from collections import Counter

import pytest

from seed.generate import DEFAULT_RATES
from seed.testset import HARD, write_testset


def test_plain_form_has_exactly_the_records_and_their_truth(tmp_path, read_table):
    made = write_testset(tmp_path, records=7_000, seed=5, rates=HARD, form="plain")
    rows = read_table(made.plain)
    truth = {(row["source"], row["external_id"]): row["person"] for row in read_table(made.truth)}
    assert len(rows) == len(truth) == made.records == 7_000
    assert {(row["source"], row["external_id"]): row["person"] for row in rows} == truth
    assert len(set(truth.values())) == made.people


def test_both_forms_are_one_world(tmp_path, read_table):
    plain = write_testset(tmp_path / "plain", records=3_000, seed=5, rates=HARD, form="plain")
    whole = write_testset(tmp_path / "whole", records=3_000, seed=5, rates=HARD)
    assert plain.truth.read_bytes() == whole.truth.read_bytes()
    assert plain.traps.read_bytes() == whole.traps.read_bytes()
    assert set(whole.agencies) == {"civilisation", "youth_league", "red_cross", "civil_affairs", "education"}


def test_another_flavour_has_other_common_names(tmp_path, read_table):
    def commonest(flavour):
        made = write_testset(
            tmp_path / str(flavour), records=3_000, seed=5, rates=DEFAULT_RATES, flavour=flavour, form="plain"
        )
        return [name for name, _ in Counter(row["name"][0] for row in read_table(made.plain)).most_common(10)]

    assert len(set(commonest(0)) & set(commonest(9))) < 5


@pytest.mark.parametrize("kind", ["twins", "same_name_and_birthday", "parent_id_on_child"])
def test_traps_are_there(tmp_path, read_table, kind):
    made = write_testset(tmp_path, records=6_000, seed=8, rates=HARD, form="plain")
    assert kind in {row["kind"] for row in read_table(made.traps)}
