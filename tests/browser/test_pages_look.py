"""Every page, at phone and desk size and in both languages: no violation of axe, nothing wider than the screen."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Site, keep_shot
from tests.web.world import WEEK

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

PAGES: dict[str | None, dict[str, str]] = {
    None: {
        "home": "/",
        "sign-in": "/sign-in",
        "sign-in-telephone": "/sign-in/telephone",
        "sign-up": "/sign-up",
        "rules": "/how-we-match",
        "privacy": "/your-data",
        "program": "/for-programs",
        "api": "/api/docs",
        "missing": "/nothing",
        "verify": "/verify?number=LL2026&check=ABC",
    },
    "volunteer": {
        "my-week": "/me",
        "find": "/me/find?within=20000",
        "hours": "/me/hours",
        "calendar": "/me/calendar",
        "my-data": "/me/data",
        "correct": "/me/data/correct",
        "together": "/me/together",
        "about-me": "/me/profile",
        "here": "/here",
        "notifications": "/me/notifications",
        "stand-in": "/me/seats/1/stand-in",
    },
    "coordinator": {
        "today": "/today",
        "needs": f"/needs?week={WEEK}",
        "need": "/needs/1",
        "post-a-need": "/needs/new?sentence=周六上午9点 2名急救员 陪护",
        "roster": f"/roster?week={WEEK}",
        "day": "/shifts/1/day",
        "place": "/shifts/1/place",
        "walk-in": "/shifts/1/walk-in?wanted=王",
        "sheets": f"/sheets?week={WEEK}",
        "candidates": "/roster/roles/1",
        "seat": "/roster/assignments/2",
        "turns": "/turns",
        "templates": "/needs/templates",
        "repair": f"/roster/repair?week={WEEK}",
        "stand-ins": f"/roster/stand-ins?week={WEEK}",
        "hours": "/hours",
        "certificates": "/certificates?wanted=王",
        "calendars": "/calendars",
        "calls": "/calls",
        "register-somebody": "/calls/new",
    },
    "steward": {
        "imports": "/imports",
        "quality": "/imports/quality",
        "file": "/imports/1",
        "review": "/review",
        "pair": "/review/1",
        "people": "/people?name=钱",
        "person": "/people/6",
        "merge": "/people/6/merge?other=7",
    },
    "auditor": {"audit": "/audit"},
    "operator": {"timetable": "/timetable", "unit-times": "/timetable/31", "runs": "/runs", "run": "/runs/1"},
    "leader": {"city": f"/city?week={WEEK}", "wall": f"/city/wall?week={WEEK}"},
}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.mark.parametrize("login", PAGES)
@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desk", "en"), ("narrow", "en")])
def test_pages_are_accessible_and_fit(site: Site, open_page: Open, login: str | None, size: str, language: str) -> None:
    page = open_page(site, size, language, login)
    found: dict[str, object] = {}
    for name, path in PAGES[login].items():
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("each => { each.open = true; }")
        keep_shot(page, f"{name}-{size}-{language}")
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wider > 0:
            found[f"{name} width"] = wider
        if size != "narrow":
            results = Axe().run(page, options=RULES)
            for each in results.response["violations"]:
                found[f"{name} {each['id']}"] = [node["html"][:160] for node in each["nodes"][:3]]
    assert found == {}


def test_a_pair_is_decided_by_one_key(site: Site, open_page: Open) -> None:
    page = open_page(site, "desk", "zh", "steward")
    page.goto("/review/1")
    page.keyboard.press("d")
    page.wait_for_selector(".alert.good")
    assert "不是同一人" in page.inner_text(".alert.good")
    page.click(".alert.good button")
    page.wait_for_selector("[data-decide]")
    assert page.url.endswith("/review/1")


def test_large_type_fits_on_a_phone(site: Site, open_page: Open) -> None:
    page = open_page(site, "phone", "zh", "coordinator")
    page.click("button[name=size]")
    for path in PAGES["coordinator"].values():
        page.goto(path)
        assert page.locator("html.large").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
    page.click("button[name=size]")


def test_the_keyboard_alone_answers_an_offer(site: Site, open_page: Open) -> None:
    page = open_page(site, "desk", "zh", "volunteer")
    page.goto("/me")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value === 'confirm'"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert.good")
    assert "到时见" in page.inner_text(".alert.good")


def test_the_week_grid_obeys_arrows_and_dragging(site: Site, open_page: Open) -> None:
    page = open_page(site, "desk", "zh", "volunteer")
    page.goto("/me/profile")
    first = page.locator(".week-grid input").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert page.locator("[value='1-8']").is_checked()
    start, end = (page.locator(f"[value='6-{hour}']").bounding_box() for hour in (9, 12))
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 5, end["y"] + 5, steps=12)
    page.mouse.up()
    assert [page.locator(f"[value='6-{hour}']").is_checked() for hour in (9, 10, 11, 12)] == [True] * 4
