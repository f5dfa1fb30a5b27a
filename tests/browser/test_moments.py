"""The moments of the design, walked at phone and desk size in both languages, with a person's steps counted.

A step is a tap, a filled field or a key. ``LINLI_SCREENSHOTS=folder`` keeps what each moment ends with.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from matching.hours import approve_hours, write_hours
from matching.needs import post_need
from matching.presence import place_code
from models import Assignment, Offer, Shift
from models.authority import SYSTEM
from models.roster import AssignmentState
from tests.browser.conftest import Site, Steps, keep_shot, make_accounts, serve
from tests.conftest import KEYRING, NOW, Databases
from tests.registry.files import number
from tests.web.world import STREET, World, make_world, need_command, take_in_agencies
from web.database import Work, make_engine
from web.links import offer_token
from web.settings import Settings

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

LOOKS = pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desk", "en")])


class Moment:
    """A site of one test, whose clock is set by the test."""

    def __init__(self, work: Work, world: World) -> None:
        self.work, self.world, self.now = work, world, NOW
        self.site: Site

    def clock(self) -> datetime:
        return self.now


@pytest.fixture
def moment(databases: Databases, browser_settings: Settings, tmp_path: Path) -> Iterator[Moment]:
    work = Work(make_engine(databases.url("sqlite")), KEYRING)
    world = make_world(work, now=NOW)
    make_accounts(work, world)
    take_in_agencies(work, tmp_path, now=NOW)
    made = Moment(work, world)
    for site in serve(work, browser_settings, made.clock):
        made.site = site
        yield made
    work.dispose()


def shot(page: Page, name: str, size: str, language: str) -> None:
    keep_shot(page, f"moment-{name}-{size}-{language}")


@LOOKS
def test_claim_finds_what_agencies_know(moment: Moment, open_page: Open, size: str, language: str) -> None:
    steps = Steps(open_page(moment.site, size, language))
    steps.page.goto("/")
    steps.click("a.button.big[href='/sign-in/telephone']")
    steps.fill("[name=telephone]", "10100000002")
    steps.click("button.primary")
    steps.fill("[name=code]", steps.page.inner_text("#demo-code"))
    steps.click("button.primary")
    steps.fill("[name=name]", "钱敏")
    steps.fill("[name=last_four]", number("1990-05-06", 22)[-4:])
    steps.click("button.primary")
    steps.page.wait_for_selector(".alert.good")
    assert "钱敏" in steps.page.inner_text(".alert.good")
    shot(steps.page, "claim", size, language)
    assert steps.count <= 8


@LOOKS
def test_an_offer_is_answered_by_one_tap_and_taken_back(
    moment: Moment, open_page: Open, size: str, language: str
) -> None:
    steps = Steps(open_page(moment.site, size, language))
    steps.page.goto(f"/o/{offer_token(moment.site.settings.secret_key, moment.world.open_offer_id)}")
    steps.click("button[value=confirm]")
    steps.page.wait_for_selector(".alert.good")
    assert steps.count == 1
    shot(steps.page, "answer", size, language)
    steps.click(".alert.good button")
    steps.page.wait_for_selector("button[value=confirm]")


@LOOKS
def test_a_need_nearby_is_taken_in_two_taps(moment: Moment, open_page: Open, size: str, language: str) -> None:
    with moment.work.begin() as session:
        starts_at = NOW + timedelta(days=10, hours=-9)
        post_need(session, SYSTEM, command=need_command(starts_at, STREET), now=NOW)
    steps = Steps(open_page(moment.site, size, language, "volunteer"))
    steps.page.goto("/me")
    steps.click("nav a[href='/me/find']")
    shot(steps.page, "find", size, language)
    steps.click(".open-role button.primary")
    steps.page.wait_for_selector(".alert.good")
    assert steps.count == 2
    shot(steps.page, "taken", size, language)


@LOOKS
def test_arriving_takes_the_six_digits(moment: Moment, open_page: Open, size: str, language: str) -> None:
    with moment.work.begin() as session:
        digits = place_code(session, SYSTEM, shift_id=moment.world.shift_id).code
        moment.now = session.get_one(Shift, moment.world.shift_id).starts_at
        session.get_one(Offer, moment.world.open_offer_id).deadline_at = moment.now + timedelta(hours=1)
    steps = Steps(open_page(moment.site, size, language, "volunteer"))
    steps.page.goto("/me")
    steps.click("button[value=confirm]")
    steps.click("a.button[href='/here']")
    steps.fill("[name=code]", digits)
    steps.click("article form button.primary")
    steps.page.wait_for_selector(".alert.good")
    assert steps.count <= 4
    shot(steps.page, "arrive", size, language)


@LOOKS
def test_a_certificate_takes_three_taps(moment: Moment, open_page: Open, size: str, language: str) -> None:
    with moment.work.begin() as session:
        assignment = session.get_one(Assignment, session.get_one(Offer, moment.world.open_offer_id).assignment_id)
        assignment.state = AssignmentState.SERVED
        span = {"checked_in_at": assignment.starts_at, "checked_out_at": assignment.ends_at}
        record = write_hours(session, SYSTEM, assignment, now=assignment.ends_at, **span)
        approve_hours(session, SYSTEM, record_id=record, now=assignment.ends_at)
    steps = Steps(open_page(moment.site, size, language, "volunteer"))
    steps.page.goto("/me")
    steps.click("a.button[href='/me/hours']")
    steps.click("form[action='/me/certificates'] button")
    steps.page.wait_for_selector(".alert.good")
    shot(steps.page, "certificate", size, language)
    with steps.page.expect_download() as download:
        steps.click("a[href^='/me/certificates/']")
    assert download.value.suggested_filename.endswith(".pdf")
    assert steps.count == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_pair_is_decided_by_one_key(moment: Moment, open_page: Open, language: str) -> None:
    steps = Steps(open_page(moment.site, "desk", language, "steward"))
    steps.page.goto("/review/1")
    steps.press("d")
    steps.page.wait_for_selector(".alert.good")
    assert steps.count == 1
    shot(steps.page, "review", "desk", language)


def reach(page: Page, selector: str, most: int = 400) -> None:
    """Press Tab until what `selector` names has the focus, as somebody without a mouse does."""
    for _ in range(most):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {selector} by Tab")


def type_date(page: Page, text: str) -> None:
    """Type a day into the field that has the focus, in the order of the browser's own language."""
    year, month, day = text.split("-")
    for digits in (month + day + year, day + month + year, year + month + day):
        page.keyboard.type(digits)
        if page.evaluate("document.activeElement.value") == text:
            return
        page.keyboard.press("Shift+Tab")
        reach(page, "[name=born_on]")
    raise AssertionError("the day cannot be typed")


def test_the_keyboard_alone_signs_up_answers_and_arrives(moment: Moment, open_page: Open) -> None:
    page = open_page(moment.site, "desk", "zh")
    page.goto("/")
    reach(page, "a[href='/sign-up']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-up")
    for field, text in (("name", "顾小雨"), ("telephone", "12800000088")):
        reach(page, f"[name={field}]")
        page.keyboard.insert_text(text)
    reach(page, "[name=agreed]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code")
    code = page.inner_text("#demo-code")
    reach(page, "[name=code]")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-up/about")
    reach(page, "[name=born_on]")
    type_date(page, "1990-05-06")
    reach(page, "[name=unit_code]")
    for _ in range(60):
        if page.evaluate("document.activeElement.value") == STREET:
            break
        page.keyboard.press("ArrowDown")
    reach(page, "[name='free[]']")
    page.keyboard.press("Space")
    reach(page, "form.card button.primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/me")
    assert "顾小雨" in page.inner_text(".alert.good")

    with moment.work.begin() as session:
        digits = place_code(session, SYSTEM, shift_id=moment.world.shift_id).code
        moment.now = session.get_one(Shift, moment.world.shift_id).starts_at
        session.get_one(Offer, moment.world.open_offer_id).deadline_at = moment.now + timedelta(hours=1)
    other = open_page(moment.site, "desk", "zh", "volunteer")
    other.goto("/me")
    reach(other, "button[value=confirm]")
    other.keyboard.press("Enter")
    other.wait_for_selector(".alert.good")
    reach(other, "a[href='/here']")
    other.keyboard.press("Enter")
    other.wait_for_url("**/here")
    reach(other, "[name=code]")
    other.keyboard.type(digits)
    other.keyboard.press("Enter")
    other.wait_for_selector(".alert.good")


@LOOKS
def test_what_if_is_one_tap_away(moment: Moment, open_page: Open, size: str, language: str) -> None:
    steps = Steps(open_page(moment.site, size, language, "leader"))
    steps.page.goto("/city")
    steps.click("a.button[href^='/what-if']")
    shot(steps.page, "what-if", size, language)
    assert steps.page.locator("form button.primary").count() >= 1
    assert steps.count == 1
