"""The commands that other people's scripts call: exit statuses, one clear line, JSON for programs."""

import csv
import json
from pathlib import Path

import pytest

from web.cli import COMMANDS, main

HERE = Path(__file__).resolve().parents[2]
PROBLEM = {
    "format": "linli.problem/1",
    "horizon": {"start": "2026-11-23T00:00:00+08:00", "minutes": 10080},
    "travel": {"metres_per_minute": 200, "buffer_minutes": 15},
    "weights": {
        "essential": 1000,
        "wanted": 300,
        "extra": 20,
        "priority": {"1": 8, "2": 3, "3": 1},
        "near": 100,
        "liked": 100,
        "familiar": 200,
        "kept": 400,
        "turn": 80,
        "recent_hour": 5,
        "recent_cap": 100,
    },
    "volunteers": [
        {"id": "v1", "at": [0.0, 0.0], "radius": 1000, "tags": {"adult": None}, "free": [[540, 780]],
         "max_minutes": None, "max_shifts": None, "max_shifts_per_day": None, "likes": [], "recent_hours": 0}
    ],
    "shifts": [
        {"id": "s1", "at": [500.0, 0.0], "start": 600, "end": 720, "category": "elderly", "priority": 1,
         "all_or_nothing": False, "team": [],
         "roles": [{"id": "s1/a", "needs": ["adult"], "min": 1, "target": 2, "max": 2}]}
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of this test's own, on SQLite."""
    monkeypatch.setenv("LINLI_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {name} " in listed for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage: linli")


def test_solve_and_check_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_text(json.dumps(PROBLEM))
    assert main(["solve", str(problem), "-o", str(solution), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["points"], told["bound"]) == ("optimal", 8 * 1000 + 50, 8050)
    assert main(["check", str(problem), str(solution)]) == 0
    assert capsys.readouterr().out == "feasible: 8,050 points, as stated\n"


def test_check_finds_a_lie(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_text(json.dumps(PROBLEM))
    main(["solve", str(problem), "-o", str(solution)])
    told = json.loads(solution.read_text())
    told["points"] += 1
    solution.write_text(json.dumps(told))
    capsys.readouterr()
    assert main(["check", str(problem), str(solution)]) == 1
    assert capsys.readouterr().out == "feasible, but it has 8,050 points and states 8051\n"


def test_bad_problem_names_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = json.loads(json.dumps(PROBLEM))
    bad["volunteers"][0]["free"] = [[540, 500]]
    (tmp_path / "bad.json").write_text(json.dumps(bad))
    assert main(["solve", str(tmp_path / "bad.json"), "-o", str(tmp_path / "out.json")]) == 1
    said = capsys.readouterr().err
    assert said == "linli: volunteers[0].free[0]: end 500 is not after start 540\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "/nowhere.json", "-o", "x"],
        ["solve"],
        ["nonsense"],
        ["roster", "plan", "--seed", "x"],
        ["registry", "import", str(HERE / "README.md")],
    ],
)
def test_wrong_usage_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["registry", "import", "--source", "nobody", str(HERE / "README.md")], "no mapping has this source code"),
        (
            ["registry", "import", "--source", "red_cross", str(HERE / "README.md")],
            "no row of the file has the headings",
        ),
        (["needs", "import", str(HERE / "README.md")], "no row of the file has these headings"),
        (["needs", "import", "--source", "nobody", str(HERE / "README.md")], "no mapping for needs from 'nobody'"),
        (["roster", "plan", "--week", "2026-W99"], "that year has no such week"),
        (["roster", "publish", "--week", "2026-W49"], "no proposal waits for this week"),
    ],
)
def test_failed_work_ends_with_one_and_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("linli: ")
    assert said in error
    assert len(error.splitlines()) == 1


def test_setting_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINLI_KEYS", "1:short")
    assert main(["roster", "plan"]) == 1
    assert capsys.readouterr().err.startswith("linli: LINLI_KEYS")


def test_city_calendar_that_nobody_here_wrote_comes_in_by_a_mapping(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["opportunity_id", "title", "summary", "category_desc", "org_title", "vol_requests", "start_date_date",
         "is_priority", "locality", "hours"],
        ["1", "Paint a school", "", "Education", "A", "5", "January 22 2011", "", "", "0"],
        ["2", "Plant trees", "", "Environment", "B", "20", "June 05 2011", "y",
         "{'latitude': '40.7', 'longitude': '-73.9', 'human_address': '{\"city\": \"NY\"}'}", "0"],
        ["3", "No number", "", "Health", "C", "many", "June 05 2011", "", "", "0"],
        ["4", "No day", "", "Health", "C", "2", "soon", "", "", "0"],
    ]  # fmt: skip
    file = tmp_path / "calendar.csv"
    with file.open("w", newline="") as handle:
        csv.writer(handle).writerows(rows)
    command = ["needs", "import", "--mapping", str(HERE / "docs/examples/nyc-service.toml"), str(file), "--json"]
    assert main(command) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["lines"], told["new"], told["unchanged"]) == (4, 2, 0)
    assert [(one["line"], one["field"], one["problem"]) for one in told["problems"]] == [
        (4, "people", "not_a_number"),
        (5, "starts", "not_a_time"),
    ]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["unchanged"] == 2


def test_an_import_takes_a_mapping_of_ones_own(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = installation / "women.csv"
    file.write_text("号,名,手机\r\nW1,郑一,12800000071\r\nW2,,12800000072\r\n", encoding="utf-8")
    mapping = installation / "women.toml"
    mapping.write_text(
        'source = "women"\nagency = "妇联"\n\n[columns]\n"号" = "external_id"\n"名" = "name"\n"手机" = "telephone"\n',
        encoding="utf-8",
    )
    command = ["registry", "import", "--source", "women", str(file)]
    assert main(command) == 1
    assert "no mapping has this source code" in capsys.readouterr().err
    assert main([*command, "--mapping", "3"]) == 1
    assert main([*command, "--mapping", "nowhere.toml"]) == 2
    capsys.readouterr()
    assert main([*command, "--mapping", str(mapping), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["new"], report["quarantined"]) == (1, 1)
