"""What the papers promise is there: links lead somewhere, commands and make targets exist, languages keep pace."""

import re
from pathlib import Path

import pytest

from web.cli import COMMANDS

HERE = Path(__file__).resolve().parents[2]
PAPERS = [HERE / "README.md", HERE / "README.zh-CN.md", *sorted((HERE / "docs").glob("*.md"))]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(paper: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", paper.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (paper.parent / link).exists()] == []


@pytest.mark.parametrize("paper", PAPERS[:2], ids=lambda path: path.name)
def test_every_command_named_exists(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    assert {name for name in re.findall(r"linli ([a-z]+)\b", text) if name in COMMANDS} == set(COMMANDS)
    targets = set(re.findall(r"^([a-z-]+):", (HERE / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", text)) <= targets


def test_both_readmes_have_the_same_parts() -> None:
    english, chinese = (paper.read_text(encoding="utf-8") for paper in PAPERS[:2])
    for mark in ("\n## ", "\n| ", "```"):
        assert english.count(mark) - chinese.count(mark) in range(-1, 2), mark
    assert re.findall(r"\(docs/[^)]+\)", english) == re.findall(r"\(docs/[^)]+\)", chinese)
