"""A leader's pages: the same figures on a page, on a wall, and in files."""

import csv
import io
import re
from collections.abc import Callable

import openpyxl
import pytest

from models.authority import Role
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, WEEK, World

Sign = Callable[..., ProofReadingClient]


@pytest.fixture
def leader(world: World, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("ling", Role.LEADER, "310101")
    return sign_in("ling")


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_pages_read_well_in_both_languages(
    world: World, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("ling", Role.LEADER)
    client = sign_in("ling", language)
    places = ("31", "310101", STREET, "310101002001")
    paths = [f"/city?week={WEEK}&unit={code}" for code in places]
    paths += ["/city", f"/city?week={WEEK}&skill=first_aid", "/city?week=2026-W02&skill=nonsense"]
    paths += [f"/city/wall?week={WEEK}", f"/city/wall?week={WEEK}&unit={STREET}"]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_figures_stand_on_the_page(leader: ProofReadingClient) -> None:
    page = leader.get(f"/city?week={WEEK}").text
    for text in ("67%", "2 / 3", "外滩街道", "周三集市急救点", "缺 1 人", "注册率"):
        assert text in page, text
    assert f"unit={STREET}" in page
    assert "/what-if?week=2026-W49" in page


def test_other_districts_are_not_there(leader: ProofReadingClient) -> None:
    for code in ("31", "310104", "x", "%"):
        assert leader.get(f"/city?unit={code}").status_code == 404, code


def test_the_same_figures_leave_as_files(leader: ProofReadingClient) -> None:
    answer = leader.get(f"/city/figures.csv?week={WEEK}")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[:5] for row in rows[1:]] == [
        ["310101", "黄浦区", "50000", "", "5"],
        [STREET, "外滩街道", "50000", "", "5"],
    ]
    assert rows[1][9:] == ["3", "2", "1", "0"]
    book = openpyxl.load_workbook(io.BytesIO(leader.get(f"/city/figures.xlsx?week={WEEK}").data))
    assert book.sheetnames == ["各地", "一周各时段", "技能", "服务类别", "各周", "统计口径"]
    assert [cell.value for cell in book["技能"][2]] == ["救护员证", 4, 2, 5]
    assert leader.get("/city/figures.pdf").status_code == 404


def test_a_wall_renews_itself_without_a_mouse(leader: ProofReadingClient) -> None:
    page = leader.get(f"/city/wall?week={WEEK}").text
    assert 'id="wall"' in page
    assert re.search(r"js/wall\.js", page)
