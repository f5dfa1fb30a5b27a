from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache

from models import Account, Grant
from models.authority import Role
from tests.conftest import KEYRING, NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import World, make_world
from web.accounts.passwords import hash_password
from web.app import create_app
from web.database import Work, make_engine
from web.settings import Settings, read_settings

PASSWORD = "correct horse"
_HASH = hash_password(PASSWORD, cheap=True)


#: Tests that write run on both databases; pages that only read run on the smaller one, the queries being tested below.
ON_BOTH = frozenset({"test_volunteer_pages", "test_sign_up", "test_my_data_pages", "test_steward_pages"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    twice = [
        item for item in items if item.path.parent == here and item.path.stem not in ON_BOTH and _on_postgres(item)
    ]
    items[:] = [item for item in items if item not in twice]
    config.hook.pytest_deselected(items=twice)


def _on_postgres(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return call is not None and call.params.get("dialect") == "postgresql"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("instance")
    return read_settings({"LINLI_INSTANCE": str(folder), "LINLI_DEMO": "1"})


@pytest.fixture
def app(settings: Settings, work: Work, templates: BytecodeCache) -> Flask:
    work.now = lambda: NOW
    made = create_app(
        settings,
        work,
        {
            "TESTING": True,
            "LINLI_CHEAP_PASSWORDS": True,
            "LINLI_JOBS_AT_ONCE": True,
            "RATELIMIT_ENABLED": False,
        },
    )
    made.test_client_class = ProofReadingClient
    made.jinja_env.bytecode_cache = templates
    return made


@pytest.fixture(scope="session")
def words_app(settings: Settings, templates: BytecodeCache) -> Iterator[Flask]:
    """An application for tests that ask for words only, and for no database."""
    nowhere = Work(make_engine("sqlite://"), KEYRING, now=lambda: NOW)
    yield create_app(settings, nowhere, {"TESTING": True})
    nowhere.dispose()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Compiled templates, shared by the applications of all tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def client(app: Flask) -> ProofReadingClient:
    made = app.test_client()
    assert isinstance(made, ProofReadingClient)
    return made


@pytest.fixture
def account(work: Work, now: datetime) -> Callable[..., int]:
    """Give a maker of accounts: `account("li", Role.STEWARD)`."""

    def make(login: str, role: Role | None = None, unit_code: str = "", person_id: int | None = None) -> int:
        with work.begin() as session:
            row = Account(login=login, password_hash=_HASH, display_name="李明", person_id=person_id, created_at=now)
            if role is not None:
                row.grants = [Grant(role=role, unit_code=unit_code)]
            session.add(row)
            session.flush()
            return row.id

    return make


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., ProofReadingClient]:
    """Give a maker of clients that have signed in."""

    def enter(login: str, language: str = "zh_Hans_CN") -> ProofReadingClient:
        made = app.test_client()
        assert isinstance(made, ProofReadingClient)
        answer = made.send("/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302
        made.send("/language", {"language": language})
        return made

    return enter


@pytest.fixture
def world(work: Work, now: datetime) -> World:
    """A street with two needs, people, and a published week."""
    return make_world(work, now=now)


@pytest.fixture
def call(app: Flask, account: Callable[..., int]) -> Callable[..., Any]:
    """Give a caller with a token: `call("get", "/needs", login="zhou")`."""
    tokens: dict[str, str] = {}

    def send(method: str, path: str, login: str, **options: Any) -> Any:
        client = app.test_client()
        if login not in tokens:
            answer = client.post("/api/v1/tokens", json={"login": login, "password": PASSWORD})
            assert answer.status_code == 201, answer.text
            tokens[login] = answer.json["token"]
        headers = {"Authorization": f"Bearer {tokens[login]}", **options.pop("headers", {})}
        whole = path if path.startswith("/api/") else f"/api/v1{path}"
        return client.open(whole, method=method.upper(), headers=headers, **options)

    return send
