"""Questions about a plan in files: why, compare, repair, recruit."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_commands import PROBLEM
from web.cli import main

SOLUTION: dict[str, Any] = {
    "format": "linli.solution/1",
    "problem": "sha256:0",
    "status": "feasible",
    "points": 8050,
    "bound": 8050,
    "assignments": [["v1", "s1/a"]],
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    problem, solution = tmp_path / "week.json", tmp_path / "plan.json"
    stranger = {**PROBLEM["volunteers"][0], "id": "v2", "at": [400.0, 0.0]}  # type: ignore[index]
    child = {**stranger, "id": "v3", "tags": {}}
    problem.write_text(json.dumps({**PROBLEM, "volunteers": [*PROBLEM["volunteers"], stranger, child]}))  # type: ignore[misc]
    solution.write_text(json.dumps(SOLUTION))
    return str(problem), str(solution)


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_why_names_the_rule_or_the_price(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    answer = asked(capsys, "why", *files, "--volunteer", "v3", "--role", "s1/a")
    assert (answer["rule"], answer["cost"]) == ("tag:adult", None)
    answer = asked(capsys, "why", *files, "--volunteer", "v1", "--role", "s1/a")
    assert (answer["assigned"], answer["rule"]) == (True, None)
    answer = asked(capsys, "why", *files, "--volunteer", "v2")
    assert [choice["role"] for choice in answer["choices"]] == ["s1/a"]


def test_why_refuses_an_id_that_the_problem_does_not_know(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", *files, "--volunteer", "v9"]) == 2
    assert "knows no 'v9'" in capsys.readouterr().err


def test_repair_gives_a_plan_that_passes_the_check(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mended = str(tmp_path / "mended.json")
    asked(capsys, "repair", *files, "-o", mended, "--declined", "v1=s1/a")
    plain = json.loads(Path(mended).read_text())
    assert plain["assignments"] == [["v2", "s1/a"]]
    assert [(one["volunteer"], one["added"], one["reason"]) for one in plain["changes"]] == [
        ("v1", False, "declined"),
        ("v2", True, "fills"),
    ]
    assert main(["check", files[0], mended]) == 0


@pytest.mark.parametrize("off", ["v2=s1/a", "v1"])
def test_repair_refuses_a_decline_that_is_not_in_the_plan(files: tuple[str, str], tmp_path: Path, off: str) -> None:
    mended = tmp_path / "mended.json"
    assert main(["repair", *files, "-o", str(mended), "--declined", off]) == 2
    assert not mended.exists()


def test_compare_counts_what_is_in_one_only(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text(json.dumps({**SOLUTION, "assignments": [], "points": 0}))
    sides = asked(capsys, "compare", *files, str(empty))
    assert sides["only_first"] == [["v1", "s1/a"]]
    assert sides["only_second"] == []
    assert sides["first"]["seats"] == {"essential": 1, "wanted": 0, "extra": 0}
    assert sides["second"]["seats"] == {"essential": 0, "wanted": 0, "extra": 0}


def test_recruit_names_what_was_tried(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = asked(capsys, "recruit", *files)
    assert (found["tags"], found["people"], found["seats"]) == (["adult"], 1, 1)
