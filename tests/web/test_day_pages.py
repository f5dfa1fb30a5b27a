"""The day in pages: the leader's list, the code at the place, arriving and leaving, walk-ins, sheets."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import select

from matching.presence import place_code
from models.authority import SYSTEM, Role
from models.need import Shift
from models.roster import Assignment, AssignmentState
from models.service import HourRecord, HourState
from tests.conftest import NOW
from tests.web.conftest import PASSWORD
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, WEEK, World
from web.app import create_app
from web.database import Work
from web.settings import Settings

Sign = Callable[..., ProofReadingClient]


@dataclass(slots=True)
class ShiftDay:
    """The clock of an application, moved to minutes after the shift's beginning."""

    work: Work
    starts_at: datetime

    def at(self, minute: int) -> None:
        moment = self.starts_at + timedelta(minutes=minute)
        self.work.now = lambda: moment


@pytest.fixture
def day(app: Flask, world: World, work: Work) -> ShiftDay:
    """Ten minutes after the beginning."""
    with work.read() as session:
        made = ShiftDay(work=work, starts_at=session.get_one(Shift, world.shift_id).starts_at)
    made.at(10)
    return made


@pytest.fixture
def leader(day: ShiftDay, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("zhou", Role.COORDINATOR, STREET)
    return sign_in("zhou")


@pytest.fixture
def volunteer(day: ShiftDay, world: World, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("chen", Role.VOLUNTEER, "", world.persons[1])
    return sign_in("chen")


def held(work: Work, person_id: int) -> Assignment:
    with work.read() as session:
        return session.scalars(select(Assignment).where(Assignment.person_id == person_id)).one()


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_pages_of_the_day_read_well(
    day: ShiftDay, world: World, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou", language)
    shift = f"/shifts/{world.shift_id}"
    paths = (
        f"{shift}/day",
        f"{shift}/place",
        f"{shift}/walk-in?wanted=王",
        f"{shift}/walk-in?wanted=无",
        f"/sheets?week={WEEK}",
        f"/sheets?week={WEEK}&day=2026-12-02&unit={STREET}",
        f"/sheets?week={WEEK}&shift={world.shift_id}",
        "/sheets?week=2027-W10",
    )
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_the_leader_writes_who_came_and_takes_a_mistake_back(
    leader: ProofReadingClient, world: World, work: Work
) -> None:
    person = world.persons[1]
    path = f"/shifts/{world.shift_id}/day/{held(work, person).id}"
    leader.send(path, {"said": "absent"})
    assert held(work, person).state is AssignmentState.ABSENT
    leader.send(f"{path}/back")
    assert held(work, person).state is AssignmentState.CONFIRMED
    answer = leader.send(path, {"said": "here"})
    assert "已记录" in leader.get(answer.headers["Location"]).text
    leader.send(path, {"said": "left"})
    assert held(work, person).state is AssignmentState.SERVED
    with work.read() as session:
        assert session.scalars(select(HourRecord.minutes)).all() == [0]  # it is ten past nine
    leader.send(path, {"said": "nonsense"})
    assert held(work, person).state is AssignmentState.SERVED


def test_excused_with_a_reason_and_another_street_is_not_there(
    leader: ProofReadingClient, world: World, work: Work, account: Callable[..., int], sign_in: Sign
) -> None:
    path = f"/shifts/{world.shift_id}/day/{held(work, world.persons[1]).id}"
    account("other", Role.COORDINATOR, "310104003")
    assert sign_in("other").send(path, {"said": "excused", "reason": "ill"}).status_code == 404
    assert held(work, world.persons[1]).state is AssignmentState.CONFIRMED
    leader.send(path, {"said": "excused", "reason": "ill"})
    assert held(work, world.persons[1]).state is AssignmentState.EXCUSED


def test_times_need_a_reason_and_are_put_right(
    leader: ProofReadingClient, day: ShiftDay, world: World, work: Work
) -> None:
    path = f"/shifts/{world.shift_id}/day/{held(work, world.persons[1]).id}/times"
    day.at(3 * 1440)
    answer = leader.send(path, {"came": "09:00", "left": "10:30", "reason": ""})
    assert answer.status_code == 422
    assert 'value="10:30"' in answer.text
    leader.send(path, {"came": "09:00", "left": "10:30", "reason": "纸质签到表"})
    with work.read() as session:
        record = session.scalars(select(HourRecord)).one()
    assert (record.minutes, record.back_filled, record.state) == (90, True, HourState.RECORDED)
    leader.send(path, {"came": "09:00", "left": "11:00", "reason": "看错了"})
    with work.read() as session:
        assert session.scalars(select(HourRecord.minutes)).one() == 120


def test_somebody_walks_in_and_who_was_only_asked_counts_as_come(
    leader: ProofReadingClient, world: World, work: Work
) -> None:
    leader.send(f"/shifts/{world.shift_id}/walk-in", {"role": str(world.role_id), "person": str(world.persons[3])})
    assert held(work, world.persons[3]).state is AssignmentState.CONFIRMED
    asked = held(work, world.persons[0])
    assert asked.state is AssignmentState.OFFERED
    leader.send(f"/shifts/{world.shift_id}/day/{asked.id}", {"said": "here"})
    assert held(work, world.persons[0]).state is AssignmentState.CONFIRMED
    leader.send(f"/shifts/{world.shift_id}/day/all", {"said": "here"})
    page = leader.get(f"/shifts/{world.shift_id}/day").text
    assert page.count("09:10 到") == 3


def test_the_code_at_the_place_opens_the_door_and_only_in_its_hours(
    leader: ProofReadingClient,
    volunteer: ProofReadingClient,
    day: ShiftDay,
    world: World,
    work: Work,
) -> None:
    page = leader.get(f"/shifts/{world.shift_id}/place").text
    found = re.search(r"(\d{3}) (\d{3})</p>", page)
    assert found is not None
    code = found[1] + found[2]
    path = f"/here/shifts/{world.shift_id}"
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert "签到成功" not in follow(volunteer, path, {"act": "arrive", "code": wrong})
    assert "签到成功" in follow(volunteer, path, {"act": "arrive", "code": f"{code[:3]} {code[3:]}"})
    day.at(95)
    assert "我要走了" in volunteer.get("/here").text
    day.at(120 + 121)
    assert "辛苦了" not in follow(volunteer, path, {"act": "leave", "code": code})
    day.at(95)
    assert "辛苦了" in follow(volunteer, path, {"act": "leave", "code": code})
    with work.read() as session:
        assert session.scalars(select(HourRecord.minutes)).all() == [85]


def follow(client: ProofReadingClient, path: str, data: dict[str, str]) -> str:
    return client.get(client.send(path, data).headers["Location"]).text


def test_the_qr_code_leads_to_one_button(volunteer: ProofReadingClient, world: World, work: Work, app: Flask) -> None:
    with work.read() as session:
        token = place_code(session, SYSTEM, shift_id=world.shift_id).token
    page = volunteer.get(f"/here/{token}").text
    assert f'name="code" value="{token}"' in page
    assert "签到成功" in follow(volunteer, f"/here/shifts/{world.shift_id}", {"act": "arrive", "code": token})
    assert volunteer.get("/here/1.forged").status_code == 422


def test_guessing_the_code_is_limited(
    settings: Settings, work: Work, world: World, account: Callable[..., int], templates: BytecodeCache
) -> None:
    account("chen", Role.VOLUNTEER, "", world.persons[1])
    limited = {"TESTING": True, "LINLI_CHEAP_PASSWORDS": True, "RATELIMIT_ENABLED": True}
    work.now = lambda: NOW
    app = create_app(settings, work, limited)
    app.test_client_class, app.jinja_env.bytecode_cache = ProofReadingClient, templates
    client = app.test_client()
    assert isinstance(client, ProofReadingClient)
    client.send("/sign-in", {"login": "chen", "password": PASSWORD})
    answers = [
        client.send(f"/here/shifts/{world.shift_id}", {"act": "arrive", "code": f"{guess:06}"}).status_code
        for guess in range(9)
    ]
    assert answers == [302] * 8 + [429]


def test_everybody_on_the_sheet_stands_there_once(leader: ProofReadingClient, world: World) -> None:
    page = leader.get(f"/sheets?week={WEEK}&shift={world.shift_id}").text
    assert [page.count(name) for name in ("王秀英", "陈建国", "赵敏")] == [1, 1, 0]
    assert "未答复" in page


def test_both_sides_say_a_word_after_the_service(
    leader: ProofReadingClient, volunteer: ProofReadingClient, day: ShiftDay, world: World, work: Work
) -> None:
    path = f"/shifts/{world.shift_id}/day/{held(work, world.persons[1]).id}"
    leader.send(path, {"said": "here"})
    day.at(120)
    leader.send(path, {"said": "left"})
    assert "感觉怎么样" in volunteer.get("/here").text
    said = {"rating": "5", "again": "true", "note": "下次还来"}
    volunteer.send(f"/here/services/{held(work, world.persons[1]).id}/word", said)
    assert "感觉怎么样" not in volunteer.get("/here").text
    assert "下次还来" in leader.get(f"/needs/{world.need_id}").text
    leader.send(f"{path}/word", {"again": "true", "note": "很热心"})
    assert "很热心" not in leader.get(f"/needs/{world.need_id}").text
    assert "陈建国" in leader.get("/turns").text
    assert "陈建国" in leader.get("/turns?first=least").text


def test_leader_is_asked_who_came_and_nobody_is_absent_by_itself(
    leader: ProofReadingClient, day: ShiftDay, world: World, work: Work
) -> None:
    assert "谁来了" not in leader.get("/today").text
    day.at(120 + 121)
    assert "谁来了" in leader.get("/today").text
    path = f"/shifts/{world.shift_id}/day"
    page = leader.get(path).text
    assert "未登记" in page
    action = re.search(rf'action="({path}/\d+/times)"><input[^>]+><input[^>]+name="came" value="([^"]+)"', page)
    assert action is not None
    leader.send(action[1], {"came": action[2], "left": "11:00", "reason": "当天没有登记"})
    assert "谁来了" not in leader.get("/today").text
    with work.read() as session:
        assert session.scalars(select(HourRecord.minutes)).all() == [120]


def test_volunteer_says_i_was_there_and_takes_it_back(
    volunteer: ProofReadingClient, day: ShiftDay, work: Work, sign_in: Sign
) -> None:
    client = volunteer
    day.at(120 + 121)
    assert "I was there" in sign_in("chen", "en").get("/me").text
    action = re.search(r'action="(/me/seats/\d+/was-)there"', client.get("/me").text)
    assert action is not None
    client.send(action[1] + "there")
    assert client.get("/me").status_code == 200
    with work.read() as session:
        assert session.scalars(select(HourRecord.state)).all() == [HourState.PROPOSED]
    client.send(action[1] + "not-there")
    with work.read() as session:
        assert session.scalars(select(HourRecord.state)).all() == [HourState.VOID]
