"""The truth names every usable record once; what must not be merged is named pair by pair."""

import re
from collections import Counter

from seed.traps import Trap


def test_truth_covers_each_usable_record_exactly_once(city, usable, read_table):
    truth = read_table(city.truth)
    told = Counter((row["source"], row["external_id"]) for row in truth)
    assert set(told.values()) == {1}
    assert set(told) == {(source, row[0]) for source, found in usable.items() for row in found}


def test_small_city_has_the_stated_people_and_records(city, read_table):
    truth = read_table(city.truth)
    assert len({row["person"] for row in truth}) == city.people == 3000
    assert sum(city.records.values()) == len(truth)
    assert 5_000 <= len(truth) <= 5_400


def test_unusable_rows_are_of_every_kind_and_never_look_like_a_record(city, rows, read_table):
    known = {(row["source"], row["external_id"]) for row in read_table(city.truth)}
    at = {(source, sheet, line): cells for source, found in rows.items() for sheet, line, cells in found}
    faults = Counter()
    for row in read_table(city.unusable):
        cells = at[row["source"], row["sheet"], int(row["line"])]
        faults[row["fault"]] += 1
        assert not cells or (row["source"], cells[0]) not in known
    assert set(faults) == {"blank", "repeated_header", "too_few_columns", "impossible_date", "total"}
    assert sum(faults.values()) == sum(sum(tally.values()) for tally in city.unusable_rows.values())


def test_account_counts_the_rows_of_the_files(city, rows):
    assert city.rows == {source: len(found) for source, found in rows.items()}


def test_impossible_dates_stand_on_rows_without_a_number(city, rows, read_table):
    at = {(source, sheet, line): cells for source, found in rows.items() for sheet, line, cells in found}
    for row in read_table(city.unusable):
        if row["fault"] == "impossible_date":
            text = "".join(str(cell or "") for cell in at[row["source"], row["sheet"], int(row["line"])][1:])
            assert not re.search(r"\d{17}[\dX]|\*{8}", text)


def test_traps_join_records_of_different_people(city, read_table):
    person = {(row["source"], row["external_id"]): row["person"] for row in read_table(city.truth)}
    kinds = Counter()
    for row in read_table(city.traps):
        trap = Trap(**row)
        kinds[trap.kind] += 1
        assert person[trap.source_a, trap.external_id_a] != person[trap.source_b, trap.external_id_b]
    assert set(kinds) == {
        "twins", "siblings_guardian_telephone", "parent_child_same_contact", "same_name_and_birthday",
        "parent_id_on_child", "id_of_spouse",
    }  # fmt: skip
    assert min(kinds.values()) >= 2
    assert sum(kinds.values()) == city.trap_pairs


def test_twins_have_one_birthday_and_one_home(city, usable, read_table):
    line = {("civilisation", row[0]): row for row in usable["civilisation"]}
    pairs = [
        (line[row["source_a"], row["external_id_a"]], line[row["source_b"], row["external_id_b"]])
        for row in read_table(city.traps)
        if row["kind"] == "twins" and row["source_a"] == row["source_b"] == "civilisation"
    ]
    assert pairs
    for one, other in pairs:
        assert one[4] != other[4]
        assert one[4][:14] == other[4][:14] or one[4][6:14] == other[4][6:14]


def test_strangers_share_name_and_birthday_only(city, usable, read_table):
    line = {("civil_affairs", row[0]): row for row in usable["civil_affairs"]}
    pairs = [
        (line[row["source_a"], row["external_id_a"]], line[row["source_b"], row["external_id_b"]])
        for row in read_table(city.traps)
        if row["kind"] == "same_name_and_birthday" and row["source_a"] == row["source_b"] == "civil_affairs"
    ]
    assert pairs
    assert all(one[3][6:14] == other[3][6:14] and one[3] != other[3] for one, other in pairs if one[3] and other[3])
