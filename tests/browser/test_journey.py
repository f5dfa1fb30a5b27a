"""A need becomes a confirmed place, clicked by the people whose work it is; a person's steps are counted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, Steps, keep_shot
from tests.web.world import STREET
from web.database import clock
from web.moments import week_of

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

#: Clicks, fields and keys that signing up takes; it was 90 seconds by hand at twice as many.
MOST_STEPS = 20


def pick(page: Page, selector: str) -> None:
    """Tick a box that is drawn as a chip or a cell."""
    page.locator(selector).check(force=True)


def sign_up(page: Page, day: int) -> int:
    steps = Steps(page)
    page.goto("/")
    steps.click("a.button.primary")
    steps.fill("[name=name]", "顾小雨")
    steps.fill("[name=telephone]", "12800000088")
    steps.click("[name=agreed]")
    steps.click("button.primary")
    code = page.inner_text("#demo-code")
    steps.fill("[name=code]", code)
    steps.click("button.primary")
    steps.fill("[name=born_on]", "1990-05-06")
    steps.choose("[name=unit_code]", STREET)
    for hour in (8, 9, 10, 11):
        pick(page, f"[value='{day}-{hour}']")
        steps.count += 1
    pick(page, "[name='skills[]'][value=dialect]")
    steps.click("details.more summary")
    pick(page, "[name=radius_metres][value='10000']")
    steps.count += 2
    keep_shot(page, "journey-sign-up-phone-zh")
    steps.click("button.primary")
    page.wait_for_url("**/me")
    assert "欢迎您，顾小雨" in page.inner_text(".alert.good")
    return steps.count


def post_a_need(page: Page, day: str) -> None:
    page.goto("/today")
    page.fill("#sentence", "上午9点 1名沪语陪护 陪伴老人")
    page.click("form.sentence button")
    page.fill("[name=title]", "陪沈奶奶聊天")
    page.fill("[name=on]", day)
    page.select_option("[name=unit_code]", STREET)
    page.locator("details").first.evaluate("each => { each.open = true; }")
    for box in page.locator("[name='roles.0.needs_tags[]']:checked").all():
        box.uncheck(force=True)
    pick(page, "[name='roles.0.needs_tags[]'][value=dialect]")
    page.fill("[name='roles.0.min_seats']", "1")
    page.click("button.primary.big")
    page.wait_for_selector(".alert.good")
    assert "需求已发布" in page.inner_text(".alert.good")
    keep_shot(page, "journey-need-desk-zh")


def plan_and_publish(page: Page, week: str) -> None:
    page.goto("/runs")
    page.click(f"form[action='/runs/plan']:has(input[value='{week}']) button")
    page.wait_for_selector("text=最优，已证明", timeout=180_000)
    page.click(f"form[action='/runs/publish']:has(input[value='{week}']) button")
    page.wait_for_selector(".alert.good")
    assert "已发布" in page.inner_text(".alert.good")


def test_from_signing_up_to_a_confirmed_place(living_site: Site, open_page: Open) -> None:
    today = clock().astimezone(living_site.settings.time_zone).date()
    monday = today.fromordinal(today.toordinal() - today.weekday() + 7)
    saturday = monday.fromordinal(monday.toordinal() + 5)

    volunteer = open_page(living_site, "phone", "zh")
    assert sign_up(volunteer, 5) <= MOST_STEPS

    coordinator = open_page(living_site, "desk", "zh", "coordinator")
    post_a_need(coordinator, saturday.isoformat())

    operator = open_page(living_site, "desk", "zh", "operator")
    plan_and_publish(operator, week_of(monday))

    volunteer.goto("/me")
    assert "陪沈奶奶聊天" in volunteer.inner_text("article.ask")
    keep_shot(volunteer, "journey-asked-phone-zh")
    volunteer.click("button[value=confirm]")
    volunteer.wait_for_selector(".alert.good")
    keep_shot(volunteer, "journey-confirmed-phone-zh")

    coordinator.goto(f"/roster?week={week_of(monday)}")
    seat = coordinator.locator(".seat.good")
    assert "顾小雨" in seat.inner_text()
    assert "已确认" in seat.inner_text()
