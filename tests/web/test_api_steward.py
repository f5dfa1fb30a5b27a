"""The JSON interface of stewards: files, problems, pairs and their decisions, persons and who looked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import AuditEvent, ReviewPair
from models.authority import Role
from models.linkage import ReviewState
from tests.web.world import World, take_in_agencies
from web.database import Work

Call = Callable[..., Any]


@pytest.fixture
def registry(world: World, work: Work, account: Callable[..., int], tmp_path: Path, now: Any) -> Work:
    """Three persons of two agencies, a pair that waits, and a steward."""
    take_in_agencies(work, tmp_path, now=now)
    account("shen", Role.STEWARD)
    return work


def pair_state(work: Work) -> tuple[int, ReviewState]:
    with work.read() as session:
        found = session.execute(select(ReviewPair.id, ReviewPair.state)).one()
        return found[0], found[1]


def test_files_and_their_problems(call: Call, registry: Work) -> None:
    files = call("get", "/imports", "shen").json["items"]
    assert [one["source"] for one in files] == ["red_cross", "civilisation"]
    for one in files:
        issues = call("get", f"/imports/{one['id']}/issues", "shen").json["items"]
        assert all(issue["cells"] is None for issue in issues)


def test_pair_is_decided_and_taken_back(call: Call, registry: Work) -> None:
    (pair,) = call("get", "/review", "shen").json["items"]
    assert pair["weight"] == pytest.approx(sum(each["weight"] for each in pair["comparisons"]))
    path = f"/review/{pair['id']}/decision"
    assert call("put", path, "shen", json={"kind": "perhaps"}).status_code == 422
    assert call("put", path, "shen", json={"kind": "different", "note": "parent and child"}).status_code == 204
    assert pair_state(registry) == (pair["id"], ReviewState.DECIDED)
    assert call("get", "/review", "shen").json == {"items": [], "next": None}
    assert call("delete", path, "shen").status_code == 204
    assert pair_state(registry) == (pair["id"], ReviewState.WAITING)
    assert call("get", f"/review/{pair['id']}", "shen").json["state"] == "waiting"


def test_look_at_a_person_is_noted(call: Call, registry: Work) -> None:
    (pair,) = call("get", "/review", "shen").json["items"]
    person = call("get", f"/people/{pair['left']['person_id']}", "shen").json
    assert {link["record"]["source"] for link in person["links"]} <= {"civilisation", "red_cross"}
    with registry.read() as session:
        looks = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == person["id"])).all()
    assert len([look for look in looks if "look" in look.action or "seen" in look.action]) == 1


def test_stranger_to_the_registry_gets_nothing(call: Call, registry: Work, account: Callable[..., int]) -> None:
    account("ops", Role.COORDINATOR, "310101002")
    for path in ("/imports", "/review", "/people/1"):
        assert call("get", path, "ops").status_code in {403, 404}
