from collections.abc import Callable

import pytest

from matching.parts import store_parts
from matching.rosters import begin_plan
from matching.runs import note_progress
from matching.week import Week
from models.authority import SYSTEM, Role
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import WEEK, World
from web.database import Work

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


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_a_run_says_how_far_it_has_come_and_may_be_stopped(
    world: World, account: Callable[..., int], sign_in: Sign, work: Work, language: str
) -> None:
    account("ops", Role.OPERATOR)
    with work.begin() as session:
        opened = begin_plan(session, SYSTEM, week=Week.parse("2026-W51"), area="", now=NOW)
        store_parts(session, run_id=opened.run_id, problems=[opened.problem, opened.problem], seconds=None)
        note_progress(session, run_id=opened.run_id, stage="parts 0/2", points=70, bound=90, now=NOW)
    client = sign_in("ops", language)
    page = client.get(f"/runs/{opened.run_id}").text
    assert 'max="2" value="0"' in page
    assert client.send(f"/runs/{opened.run_id}/cancel").status_code == 302
    page = client.get(f"/runs/{opened.run_id}").text
    assert ('max="2"' in page, "/cancel" in page) == (False, False)
    assert client.send(f"/runs/{opened.run_id}/cancel").status_code == 409
