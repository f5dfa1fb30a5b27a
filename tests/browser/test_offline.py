"""The volunteer's week without a network: as it was last, marked, still where it stood, and nobody else's ever."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, keep_shot, sign_in

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

#: How much of what is read moved after it was first seen; an icon that arrives late moves nothing.
MOVED = """new Promise(done => {
  const content = document.querySelector(".main");
  let moved = 0;
  new PerformanceObserver(list => {
    for (const each of list.getEntries())
      if (each.sources.some(source => content.contains(source.node))) moved += each.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(moved), 300);
})"""


def wait_until_kept(page: Page) -> None:
    page.wait_for_function("async () => (await (await caches.open('linli-pages-1')).match('/me')) !== undefined")


def test_week_is_read_offline_and_marked(site: Site, open_page: Open) -> None:
    page = open_page(site, "phone", "zh", "volunteer")
    page.goto("/me")
    wait_until_kept(page)
    title = page.inner_text("article h3, article h2, article .strong")
    assert not page.is_visible(".offline-mark")
    page.context.set_offline(True)
    page.goto("/me")
    assert page.inner_text("h1") == "我的一周"
    assert page.is_visible(".offline-mark")
    assert "离线" in page.inner_text(".offline-mark")
    assert page.inner_text("article h3, article h2, article .strong") == title
    assert not page.is_visible(".main form button")
    assert page.evaluate(MOVED) == 0
    keep_shot(page, "offline-week-phone-zh")
    page.goto("/me/find")
    assert page.inner_text("h1") == "您已离线"
    keep_shot(page, "offline-apart-phone-zh")
    page.context.set_offline(False)
    page.goto("/me")
    assert not page.is_visible(".offline-mark")


def test_kept_week_goes_when_its_reader_goes(site: Site, open_page: Open) -> None:
    page = open_page(site, "phone", "en", "volunteer")
    page.goto("/me")
    wait_until_kept(page)
    page.click("button.tool:has-text('Sign out')")
    page.wait_for_load_state()
    page.context.set_offline(True)
    page.goto("/me")
    assert page.inner_text("h1") == "You are offline"
    page.context.set_offline(False)


def test_kept_week_goes_when_somebody_else_comes(site: Site, open_page: Open) -> None:
    page = open_page(site, "phone", "en", "volunteer")
    page.goto("/me")
    wait_until_kept(page)
    page.wait_for_timeout(1500)  # an answer under way would bring the old session's cookie back
    page.context.clear_cookies()  # the session ended without a word
    sign_in(page, "coordinator")
    page.goto("/today")
    page.context.set_offline(True)
    page.goto("/me")
    assert page.inner_text("h1") == "You are offline"
    page.context.set_offline(False)
