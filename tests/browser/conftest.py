"""A real Chromium against a real server in this process, on a database of its own."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from waitress.server import create_server

from models import Account, Grant
from models.authority import Role
from tests import servers
from tests.conftest import KEYRING, NOW, Databases, leave_out
from tests.web.world import STREET, World, make_world, take_in_agencies
from web.accounts.passwords import hash_password
from web.app import create_app
from web.database import Work, clock, make_engine
from web.settings import Settings, read_settings

PASSWORD = "correct horse"
SIZES = {"phone": (360, 740), "desk": (1280, 800), "narrow": (320, 640)}
LANGUAGES = {"zh": "中文", "en": "English"}
_SHOTS = os.environ.get("LINLI_SCREENSHOTS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A server that is running."""

    url: str
    work: Work
    settings: Settings


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder from which Chromium takes a Chinese font, whatever the machine has."""
    home = tmp_path_factory.mktemp("data")
    (home / "fonts").mkdir()
    spec = find_spec("pylopdf_fonts_zh_cn")
    assert spec is not None
    assert spec.origin is not None
    for font in Path(spec.origin).parent.rglob("*.otf"):
        (home / "fonts" / font.name).symlink_to(font)
    return home


@pytest.fixture(scope="session")
def chromium(fonts: Path) -> Iterator[Browser]:
    program = servers.chromium()
    if program is None:
        leave_out("Chromium", "install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        flags = ["--lang=zh-CN", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        environment: dict[str, Any] = {**os.environ, "XDG_DATA_HOME": str(fonts), "LANGUAGE": "zh_CN"}
        browser = playwright.chromium.launch(executable_path=program, args=flags, env=environment)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings({"LINLI_INSTANCE": str(tmp_path_factory.mktemp("instance")), "LINLI_DEMO": "1"})


def serve(work: Work, settings: Settings, tick: Callable[[], datetime]) -> Iterator[Site]:
    """Serve the application on a free port until the test is over."""
    config = {"LINLI_CHEAP_PASSWORDS": True, "LINLI_JOBS_AT_ONCE": True, "RATELIMIT_ENABLED": False}
    work.now = tick
    server = create_server(create_app(settings, work, config), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(url=f"http://127.0.0.1:{server.effective_port}", work=work, settings=settings)
    server.close()
    thread.join(5)


@pytest.fixture(scope="session")
def site(databases: Databases, browser_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose week is half lived, at a fixed instant: for looking at pages."""
    work = Work(make_engine(databases.url("sqlite")), KEYRING)
    world = make_world(work, now=NOW)
    make_accounts(work, world)
    take_in_agencies(work, tmp_path_factory.mktemp("files"), now=NOW)
    yield from serve(work, browser_settings, lambda: NOW)
    work.dispose()


@pytest.fixture
def living_site(databases: Databases, browser_settings: Settings) -> Iterator[Site]:
    """A site of the present, with places and staff and nobody else: for a journey."""
    work = Work(make_engine(databases.url("sqlite")), KEYRING)
    make_accounts(work, make_world(work, now=clock(), with_week=False))
    yield from serve(work, browser_settings, clock)
    work.dispose()


def make_accounts(work: Work, world: World) -> None:
    password_hash = hash_password(PASSWORD, cheap=True)
    staff = (
        ("coordinator", Role.COORDINATOR, STREET, None),
        ("steward", Role.STEWARD, "", None),
        ("operator", Role.OPERATOR, "", None),
        ("leader", Role.LEADER, "310101", None),
        ("auditor", Role.AUDITOR, "", None),
        ("volunteer", Role.VOLUNTEER, "", world.persons[0]),
    )
    with work.begin() as session:
        for login, role, unit, person in staff:
            account = Account(
                login=login, display_name="李明", password_hash=password_hash, person_id=person, created_at=NOW
            )
            account.grants = [Grant(role=role, unit_code=unit)]
            session.add(account)


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Give an opener of pages, `open_page(site, "phone", "zh", "steward")`; errors of the console fail the test."""
    contexts = []
    wrong: list[str] = []

    def opener(site: Site, size: str, language: str, login: str | None = None) -> Page:
        width, height = SIZES[size]
        locale = {"zh": "zh-CN", "en": "en-GB"}[language]
        context = chromium.new_context(base_url=site.url, viewport={"width": width, "height": height}, locale=locale)
        context.set_default_timeout(120_000)  # the first linking of a new installation compiles its loops
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto("/")
        switch = page.locator(f"button.tool:has-text('{LANGUAGES[language]}')")
        if switch.count():
            switch.click()
        if login:
            sign_in(page, login)
            switch = page.locator(f"button.tool:has-text('{LANGUAGES[language]}')")
            if switch.count():
                switch.click()
        return page

    yield opener
    for context in contexts:
        context.close()
    assert [text for text in wrong if "422" not in text and "404" not in text] == []


def sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("form.card button.primary")
    page.wait_for_load_state()


def keep_shot(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture of the page when a folder was asked for."""
    if _SHOTS:
        Path(_SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(_SHOTS) / f"{name}.png"), full_page=whole)


class Steps:
    """A page on which every act of a person is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def click(self, selector: str) -> None:
        self.count += 1
        self.page.click(selector)

    def fill(self, selector: str, text: str) -> None:
        self.count += 1
        self.page.fill(selector, text)

    def choose(self, selector: str, value: str) -> None:
        self.count += 1
        self.page.select_option(selector, value)

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)
