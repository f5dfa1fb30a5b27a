"""What a page costs: statements, which do not grow with what it shows, and bytes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from matching.needs import post_need
from models.authority import SYSTEM, Role
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, WEEK, World, need_command
from web.database import Work
from web.jobs.figures import count_anew

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
MOST_BYTES = 150_000

#: login → path → statements, the reader's own one among them.
COSTS: dict[str, dict[str, int]] = {
    "volunteer": {"/me": 6, "/me/profile": 8, "/me/find": 14, "/me/hours": 9},
    "coordinator": {
        "/today": 9,
        f"/needs?week={WEEK}": 5,
        "/needs/1": 7,
        "/needs/new": 3,
        f"/roster?week={WEEK}": 10,
        "/shifts/1/day": 6,
        "/turns": 4,
        "/hours": 4,
        "/certificates": 2,
        f"/sheets?week={WEEK}": 4,
    },
    "operator": {"/runs": 6, "/runs/1": 5},
    "leader": {f"/city?week={WEEK}": 15, f"/city/wall?week={WEEK}": 15},
    "steward": {"/imports": 7, "/imports/quality": 9, "/review": 10, "/people?name=王": 2},
}
ROLES = {login: Role(login) for login in COSTS}


@pytest.fixture
def clients(
    world: World, work: Work, account: Callable[..., int], sign_in: Callable[..., ProofReadingClient]
) -> dict[str, ProofReadingClient]:
    count_anew(work, now=NOW)  # as it is in an ordinary week
    for login, role in ROLES.items():
        person = world.persons[0] if role is Role.VOLUNTEER else None
        account(login, role, STREET if role is Role.COORDINATOR else "", person)
    return {login: sign_in(login) for login in ROLES}


@contextmanager
def counted(work: Work) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(work.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(work.engine, "before_cursor_execute", note)


def costs(clients: dict[str, ProofReadingClient], work: Work) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for login, pages in COSTS.items():
        for path in pages:
            with counted(work) as statements:
                assert clients[login].get(path).status_code == 200, path
            found.setdefault(login, {})[path] = len([each for each in statements if not each.startswith("BEGIN")])
    return found


def test_pages_cost_what_they_cost(clients: dict[str, ProofReadingClient], work: Work) -> None:
    assert costs(clients, work) == COSTS


def test_more_needs_cost_no_more_statements(clients: dict[str, ProofReadingClient], work: Work) -> None:
    with work.begin() as session:
        for hours in range(12):
            starts_at = NOW + timedelta(days=6, hours=hours)
            post_need(session, SYSTEM, command=need_command(starts_at, STREET), now=NOW)
    assert costs(clients, work) == COSTS


def test_a_first_visit_weighs_little(app: Flask, clients: dict[str, ProofReadingClient]) -> None:
    sheets = sum(path.stat().st_size for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg"})
    heavy = {
        path: len(clients[login].get(path).data) + sheets
        for login, pages in COSTS.items()
        for path in pages
        if len(clients[login].get(path).data) + sheets > MOST_BYTES
    }
    assert heavy == {}
