"""``linli registry evaluate`` and ``weights``: what they print, draw and refuse."""

import csv

import pytest

from tests.registry.files import CIVILISATION, civilisation_row, number, written
from web.cli import main


@pytest.fixture
def truth(tmp_path, monkeypatch):
    """Two registrations of one person and one of another, consolidated, and the truth about them."""
    monkeypatch.setenv("LINLI_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    whole = number("1980-05-06", 11)
    lines = [civilisation_row(k, "张伟", 证件号码=whole) for k in (1, 2)]
    lines.append(civilisation_row(3, "李娜", 证件号码=number("1990-05-06", 22)))
    path = written(tmp_path / "civilisation.csv", CIVILISATION, lines)
    assert main(["registry", "import", "--source", "civilisation", str(path)]) == 0
    assert main(["registry", "consolidate"]) == 0
    known = tmp_path / "truth.csv"
    with known.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("source", "external_id", "person")]
            + [("civilisation", f"SH{k:010d}", person) for k, person in ((1, "a"), (2, "a"), (3, "b"))]
        )
    return known


def test_the_evaluation_is_printed_and_drawn(truth, tmp_path, capsys):
    capsys.readouterr()
    assert main(["registry", "evaluate", str(truth), "--charts", str(tmp_path / "charts")]) == 0
    printed = capsys.readouterr().out
    assert "pairs    precision 1.00000  recall 1.00000  F1 1.00000" in printed
    drawn = sorted(path.name for path in (tmp_path / "charts").iterdir())
    assert drawn == ["match-weights.svg", "precision-recall.svg"]
    assert all(path.read_text("utf-8").startswith("<svg ") for path in (tmp_path / "charts").iterdir())


def test_a_truth_of_other_columns_is_refused(truth, tmp_path, capsys):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["registry", "evaluate", str(other)]) == 1
    assert "headings of this source (missing ['external_id', 'person', 'source'])" in capsys.readouterr().err


def test_weights_are_not_made_of_too_little(truth, tmp_path, capsys):
    assert main(["registry", "weights", str(tmp_path / "weights.json")]) == 1
    assert "too few pairs of records carry two valid identity numbers" in capsys.readouterr().err
    assert not (tmp_path / "weights.json").exists()
