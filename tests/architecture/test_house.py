"""The rules of the house that no tool keeps by itself."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

import matching.refusals
import models
import registry.refusals
from models.authority import PERMISSIONS, Role
from models.roster import HOLDING, TRANSITIONS, AssignmentState
from web.jobs.schedule import USUAL, Step
from web.jobs.tasks import RUNS

HERE = Path(__file__).resolve().parents[2]
ROOMS = ("models", "registry", "solver", "matching", "web", "seed")
MOST_LINES = 400
HOMELESS = {"utils", "helpers", "common", "manager", "data", "info", "misc", "tools"}


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((HERE / room).rglob("*.py")) if "versions" not in path.parts]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {str(path.relative_to(HERE)): lines for path in sources() if (lines := _lines(path)) > MOST_LINES}
    assert long == {}


def test_every_module_says_what_it_is() -> None:
    silent = [str(path.relative_to(HERE)) for path in sources() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_no_module_is_named_for_nothing() -> None:
    assert [str(path.relative_to(HERE)) for path in sources() if path.stem in HOMELESS] == []


def test_nobody_below_the_edge_reads_the_clock() -> None:
    reads = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time)\(")
    rooms = ("models", "registry", "matching")
    found = [
        str(path.relative_to(HERE))
        for path in sources()
        if path.relative_to(HERE).parts[0] in rooms and reads.search(path.read_text())
    ]
    assert found == []


def test_no_use_case_commits() -> None:
    ends = re.compile(r"\bsession\.(commit|rollback)\(")
    found = [
        str(path.relative_to(HERE))
        for path in sources()
        if path.relative_to(HERE).parts[0] in {"registry", "matching"} and ends.search(path.read_text())
    ]
    assert found == []


def test_nothing_is_left_unfinished() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [str(path.relative_to(HERE)) for path in sources() if marks.search(path.read_text())] == []


def test_pinned_requirements_name_no_host() -> None:
    for path in (HERE / "requirements").glob("*.txt"):
        assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links", path.read_text()), path.name


def test_every_role_has_its_permissions() -> None:
    assert set(PERMISSIONS) == set(Role)


def test_every_state_says_what_may_follow() -> None:
    assert set(TRANSITIONS) == set(AssignmentState)
    assert all(set(following) <= set(AssignmentState) for following in TRANSITIONS.values())
    assert set(HOLDING) < set(AssignmentState)


def test_every_step_of_the_week_has_a_time_and_a_run() -> None:
    assert {due.step for due in USUAL} == set(Step) == set(RUNS)


@pytest.mark.parametrize("module", [matching.refusals, registry.refusals])
def test_refusals_have_codes_of_their_own(module: object) -> None:
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, module.Refusal)]
    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes)) > 3


def test_every_table_is_exported() -> None:
    mapped = {mapper.class_.__name__ for mapper in models.Base.registry.mappers}
    assert mapped <= set(models.__all__)


def test_repository_holds_no_secret_and_no_binary_but_pictures() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=HERE, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    allowed = {".png", ".jpg", ".ico"}
    binary = [
        name
        for name in listed
        if name
        and (HERE / name).is_file()
        and b"\0" in (HERE / name).read_bytes()[:4096]
        and Path(name).suffix not in allowed
    ]
    assert binary == []
    assert [name for name in listed if name.endswith((".key", ".sqlite", ".whl", ".mo"))] == []


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())
