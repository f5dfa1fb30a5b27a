"""Next week's export differs from this week's by exactly the changes it names."""

from collections import Counter

import pytest

from seed.increments import write_next_export


@pytest.mark.parametrize(
    ("source", "columns"), [("civilisation", (6, 18)), ("youth_league", (4, 11)), ("civil_affairs", (13, 20))]
)
def test_a_newer_export_differs_by_its_changes_only(usable, tmp_path, read_table, read_rows, source, columns):  # noqa: PLR0917 fixtures
    telephone, hours = columns
    newer = write_next_export(tmp_path, source)
    bad = {(row["sheet"], int(row["line"])) for row in read_table(newer.unusable)}
    after = {row[0]: row for sheet, line, row in read_rows(source, newer.path) if (sheet, line) not in bad}
    before = {row[0]: row for row in usable[source]}
    marked = Counter((row["external_id"], row["change"]) for row in read_table(newer.changes))
    told = Counter(kind for _, kind in marked)
    assert {kind: told[kind] for kind in newer.counts} == newer.counts
    assert set(before) - set(after) == {key for key, kind in marked if kind == "gone"}
    assert set(after) - set(before) == {key for key, kind in marked if kind == "new"}
    assert {row["external_id"] for row in read_table(newer.truth)} == set(after)
    quiet = set(after) & set(before) - {key for key, _ in marked}
    touched = {key for key in quiet if list(after[key]) != list(before[key])}
    assert len(touched) <= newer.counts["served"] * 0.02  # one person twice in an export serves once
    assert all(after[key][telephone] != before[key][telephone] for key, kind in marked if kind == "telephone")
    assert sum(after[key][hours] != before[key][hours] for key, kind in marked if kind == "served") > 20


def test_new_people_are_in_no_earlier_truth(city, tmp_path, read_table):
    newer = write_next_export(tmp_path, "education")
    known = {row["person"] for row in read_table(city.truth)}
    new = {row["external_id"] for row in read_table(newer.changes) if row["change"] == "new"}
    assert new
    assert not known & {row["person"] for row in read_table(newer.truth) if row["external_id"] in new}
