from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from models import Account, Base, Grant
from models.authority import Role
from tests.web.proofreading import ProofReadingClient
from web.accounts.passwords import hash_password
from web.app import create_app
from web.database import Work, open_work
from web.settings import Settings, read_settings

#: Wednesday 25 November 2026, 10:00 in Shanghai.
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
PASSWORD = "correct horse"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings({"LINLI_INSTANCE": str(tmp_path_factory.mktemp("instance")), "LINLI_DEMO": "1"})


@pytest.fixture
def work(settings: Settings) -> Iterator[Work]:
    (settings.instance / "linli.sqlite").unlink(missing_ok=True)
    opened = open_work(settings)
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.dispose()


@pytest.fixture
def app(settings: Settings, work: Work) -> Flask:
    made = create_app(
        settings,
        work,
        {"TESTING": True, "LINLI_CHEAP_PASSWORDS": True, "RATELIMIT_ENABLED": False, "CLOCK": lambda: NOW},
    )
    made.test_client_class = ProofReadingClient
    return made


@pytest.fixture
def client(app: Flask) -> ProofReadingClient:
    made = app.test_client()
    assert isinstance(made, ProofReadingClient)
    return made


@pytest.fixture
def account(work: Work) -> Callable[..., int]:
    """Give a maker of accounts: `account("li", Role.STEWARD)`."""

    def make(login: str, role: Role | None = None, unit_code: str = "", person_id: int | None = None) -> int:
        with work.begin() as session:
            row = Account(
                login=login,
                password_hash=hash_password(PASSWORD, cheap=True),
                display_name="李明",
                person_id=person_id,
                created_at=NOW,
            )
            if role is not None:
                row.grants = [Grant(role=role, unit_code=unit_code)]
            session.add(row)
            session.flush()
            return row.id

    return make


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], ProofReadingClient]:
    """Give a maker of clients that have signed in."""

    def enter(login: str, language: str = "zh_Hans_CN") -> ProofReadingClient:
        made = app.test_client()
        assert isinstance(made, ProofReadingClient)
        answer = made.send("/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302
        made.send("/language", {"language": language})
        return made

    return enter
