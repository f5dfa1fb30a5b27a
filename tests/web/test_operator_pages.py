from collections.abc import Callable

import pytest

from models.authority import Role
from tests.web.proofreading import ProofReadingClient
from tests.web.world import WEEK, World

Sign = Callable[..., ProofReadingClient]


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_pages_read_well_in_both_languages(
    world: World, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("ops", Role.OPERATOR)
    account("lead", Role.LEADER)
    client = sign_in("ops", language)
    for path in ("/runs", f"/runs/{world.run_id}", f"/roster?week={WEEK}", f"/needs?week={WEEK}"):
        assert client.get(path).status_code == 200, path
    client = sign_in("lead", language)
    for path in ("/city", f"/city?week={WEEK}", f"/needs/{world.need_id}"):
        assert client.get(path).status_code == 200, path


def test_a_week_is_planned_and_published(world: World, account: Callable[..., int], sign_in: Sign) -> None:
    account("ops", Role.OPERATOR)
    client = sign_in("ops")
    assert client.send("/runs/plan", {"week": "2026-W48"}).status_code == 302
    assert "运行 2" in client.get("/runs").text
    assert client.get("/runs/2/problem.json").json["format"] == "linli.problem/1"  # type: ignore[index]
    assert client.send("/runs/publish", {"week": "2026-W48"}).status_code == 302
    assert "已发布" in client.get("/runs").text


def test_a_published_week_is_not_planned_anew(world: World, account: Callable[..., int], sign_in: Sign) -> None:
    account("ops", Role.OPERATOR)
    client = sign_in("ops")
    answer = client.send("/runs/plan", {"week": WEEK})
    assert answer.status_code == 409
    assert "这一周已经发布" in answer.text


def test_a_repair_shows_its_changes_before_they_are_made(
    world: World, account: Callable[..., int], sign_in: Sign
) -> None:
    account("ops", Role.OPERATOR)
    client = sign_in("ops")
    assert client.send("/runs/repair", {"week": WEEK}).status_code == 302
    page = client.get("/runs/2").text
    assert "/runs/2/apply" in page
    assert client.send("/runs/2/apply").status_code == 302
    assert "已执行" in client.get("/runs/2").text


def test_a_coordinator_does_not_run_the_week(world: World, account: Callable[..., int], sign_in: Sign) -> None:
    account("zhou", Role.COORDINATOR, "310101002")
    client = sign_in("zhou")
    assert client.get("/runs").status_code == 404
    assert client.send("/runs/plan", {"week": WEEK}).status_code == 404
