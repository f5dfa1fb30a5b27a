from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from matching.needs import post_need
from matching.queries.choices import PlacedUnit
from matching.queries.needs import need_view
from models import Assignment, Need
from models.authority import SYSTEM, Role
from models.need import NeedState
from models.roster import AssignmentState
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import OTHER_STREET, STREET, WEEK, World, need_command
from web.database import Work
from web.forms.sentence import read_sentence
from web.pages.maps import pins_of

Sign = Callable[..., ProofReadingClient]

NEED: dict[str, Any] = {
    "title": "周六陪老人散步",
    "category": "elderly",
    "unit_code": STREET,
    "on": "2026-12-05",
    "starts": "09:00",
    "ends": "11:00",
    "place": "延福绿地",
    "priority": "1",
    "roles.0.name": "陪伴",
    "roles.0.min_seats": "2",
    "roles.0.needs_tags[]": ["adult", "elderly_care"],
    "roles.1.name": "",
    "roles.1.min_seats": "",
}


@pytest.fixture(params=["zh_Hans_CN", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def coordinator(world: World, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("zhou", Role.COORDINATOR, STREET)
    return sign_in("zhou")


def test_pages_read_well_in_both_languages(
    world: World, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou", language)
    paths = (
        "/today",
        "/needs",
        f"/needs?week={WEEK}",
        "/needs/new",
        f"/needs/{world.need_id}",
        f"/needs/{world.need_id}/change",
        f"/needs/new?from={world.need_id}",
        f"/roster?week={WEEK}",
        f"/roster?week={WEEK}&show=short&unit={STREET}",
        f"/roster?week={WEEK}&day=2026-12-02",
        "/roster?week=2027-W10",
    )
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_the_board_says_why_and_what_would_fill_it(coordinator: ProofReadingClient) -> None:
    page = coordinator.get(f"/roster?week={WEEK}").text
    for text in ("王秀英", "陈建国", "已邀约", "已确认", "为什么缺人", "180", "推迟 1 小时", "还有 2 人能来"):
        assert text in page, text


def test_the_other_street_is_not_hers(coordinator: ProofReadingClient, world: World) -> None:
    assert coordinator.get(f"/needs/{world.other_need_id}").status_code == 404
    assert "天平路街道" not in coordinator.get(f"/roster?week={WEEK}").text
    assert coordinator.send("/needs/new", {**NEED, "unit_code": OTHER_STREET}).status_code == 404


def test_a_need_is_posted_and_shown(coordinator: ProofReadingClient, work: Work) -> None:
    answer = coordinator.send("/needs/new", NEED)
    assert answer.status_code == 302
    page = coordinator.get(answer.headers["Location"]).text
    assert "周六 12月5日 09:00–11:00" in page
    need_id = int(answer.headers["Location"].rsplit("/", 1)[1])
    with work.read() as session:
        need = need_view(session, SYSTEM, need_id=need_id)
    assert (need.duration_minutes, need.priority, need.place) == (120, 1, "延福绿地")
    assert [(role.name, role.min_seats, role.max_seats, role.needs_tags) for role in need.roles] == [
        ("陪伴", 2, 2, ("adult", "elderly_care"))
    ]


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(coordinator: ProofReadingClient) -> None:
    wrong = {**NEED, "title": "", "starts": "nine", "roles.0.min_seats": "3", "roles.0.max_seats": "2"}
    answer = coordinator.send("/needs/new", wrong)
    assert answer.status_code == 422
    for text in ("有 3 处需要您看一下", 'value="nine"', "延福绿地", "请按 09:00 的样子填写时间", "依次不减"):
        assert text in answer.text, text


def test_a_need_in_the_past_is_refused_by_the_rules(coordinator: ProofReadingClient) -> None:
    answer = coordinator.send("/needs/new", {**NEED, "on": "2026-11-01"})
    assert answer.status_code == 422
    assert "这个时间已经过去" in answer.text


def test_a_sentence_fills_the_form(coordinator: ProofReadingClient) -> None:
    page = coordinator.get("/needs/new", query_string={"sentence": "周六上午9点 2名急救员 陪护"}).text
    for text in ('value="2026-11-28"', 'value="09:00"', 'value="11:00"', 'value="急救员"', 'value="2"'):
        assert text in page, text


def test_a_need_is_changed(coordinator: ProofReadingClient, world: World, work: Work) -> None:
    posted = coordinator.send("/needs/new", NEED).headers["Location"]
    answer = coordinator.send(f"{posted}/change", {**NEED, "title": "周六陪老人下棋"})
    assert answer.status_code == 302
    assert "周六陪老人下棋" in coordinator.get(posted).text


def test_a_cancelled_need_can_be_opened_again(coordinator: ProofReadingClient, world: World, work: Work) -> None:
    coordinator.send(f"/needs/{world.need_id}/cancel")
    page = coordinator.get(f"/needs/{world.need_id}").text
    assert "撤销" in page
    assert f"/needs/{world.need_id}/reopen" in page
    coordinator.send(f"/needs/{world.need_id}/reopen")
    with work.read() as session:
        assert session.get_one(Need, world.need_id).state is NeedState.OPEN


def test_a_seat_is_kept_and_released(coordinator: ProofReadingClient, world: World, work: Work) -> None:
    with work.read() as session:
        held = session.query(Assignment.id).filter_by(person_id=world.persons[1]).scalar()
    coordinator.send(f"/roster/assignments/{held}/lock", {"locked": "1"})
    with work.read() as session:
        assert session.get_one(Assignment, held).locked is True
    coordinator.send(f"/roster/assignments/{held}/release")
    with work.read() as session:
        assert session.get_one(Assignment, held).state is AssignmentState.RELEASED


def test_a_week_that_is_none_is_not_there(coordinator: ProofReadingClient) -> None:
    assert coordinator.get("/roster?week=2026-W60").status_code == 404


def test_a_forecast_says_who_could_come_and_when_more_could(coordinator: ProofReadingClient, world: World) -> None:
    asked = {**NEED, "title": "", "category": "", "roles.0.name": "", "roles.0.needs_tags[]": ["adult", "first_aid"]}
    saturday = coordinator.send("/needs/forecast", asked).json
    assert saturday == {"text": "大约 5 人能来。"}
    early = coordinator.send("/needs/forecast", {**asked, "starts": "07:00", "ends": "09:00"}).json
    assert early == {"text": "目前没有人能来，改到 09:00 有 5 人。"}
    skilled = coordinator.send("/needs/forecast", {**asked, "roles.0.needs_tags[]": ["adult", "elderly_care"]}).json
    assert skilled == {"text": "目前没有人能来。"}
    assert coordinator.send("/needs/forecast", {**asked, "starts": "nine"}).json == {"text": ""}
    assert coordinator.send("/needs/forecast", {**asked, "unit_code": OTHER_STREET}).json == {"text": ""}


def test_the_week_before_is_copied_once(coordinator: ProofReadingClient, world: World) -> None:
    sent = {"week": "2026-W50", "unit": STREET}
    assert "已重新发布 1 个需求" in follow(coordinator, "/needs/copy-week", sent)
    assert "没有可复制的" in follow(coordinator, "/needs/copy-week", sent)
    assert "周三集市急救点" in coordinator.get("/needs?week=2026-W50").text
    assert coordinator.send("/needs/copy-week", {**sent, "unit": OTHER_STREET}).status_code == 404
    assert coordinator.send("/needs/copy-week", {**sent, "week": "soon"}).status_code == 404


def test_a_long_week_is_shown_by_day_in_pages(coordinator: ProofReadingClient, world: World, work: Work) -> None:
    with work.begin() as session:
        for minutes in range(64):
            starts_at = NOW + timedelta(days=8, minutes=minutes)
            post_need(session, SYSTEM, command=need_command(starts_at, STREET), now=NOW)
    wednesday = coordinator.get(f"/needs?week={WEEK}").text
    assert [wednesday.count("周三集市急救点"), "第 1 页" in wednesday] == [1, False]
    pages = [coordinator.get(f"/needs?week={WEEK}&day=2026-12-03&page={page}").text for page in (1, 2)]
    assert [page.count("周三集市急救点") for page in pages] == [60, 4]


def follow(client: ProofReadingClient, path: str, data: dict[str, Any]) -> str:
    return client.get(client.send(path, data).headers["Location"]).text


def test_neighbourhoods_stand_on_a_map_beside_the_form(coordinator: ProofReadingClient) -> None:
    page = coordinator.get("/needs/new").text
    if "data-pins" in page:  # a street of one neighbourhood needs no map
        assert page.count("data-code=") >= 2
    pins = pins_of([placed(f"31010100200{number}", 121.48 + number / 100, 31.23) for number in range(1, 4)])
    assert [(pin.code[-1], pin.x < 320) for pin in pins] == [("1", True), ("2", False), ("3", False)]
    assert pins_of([placed("310101002001", 121.48, 31.23)]) == ()
    assert pins_of([placed("310101002001", None, None), placed("310101002002", 121.48, 31.23)]) == ()
    street = [
        placed("310101002", 121.4, 31.2),
        placed("310101002001", 121.5, 31.2),
        placed("310101002002", 121.6, 31.2),
    ]
    assert [pin.code for pin in pins_of(street)] == ["310101002001", "310101002002"]


def placed(code: str, longitude: float | None, latitude: float | None) -> PlacedUnit:
    return PlacedUnit(code=code, name=code, longitude=longitude, latitude=latitude)


@pytest.mark.parametrize(
    ("sentence", "title", "starts", "people"),
    [
        ("周六上午9点 2名急救员 陪护", "陪护", "09:00", "2"),
        ("明天下午两点到四点 三位志愿者 陪老人聊天", "陪老人聊天", "14:00", "3"),
        ("Saturday 9 am, 2 first-aiders, company for the elderly", "Company for the elderly", "09:00", "2"),
        ("义诊", "义诊", None, None),
    ],
)
def test_a_need_is_called_by_what_it_is(sentence: str, title: str, starts: str | None, people: str | None) -> None:
    found = read_sentence(sentence, NOW.date())
    assert (found["title"], found.get("starts"), found.get("roles.0.min_seats")) == (title, starts, people)
