"""Hours and certificates in pages: approved in bulk or one by one, issued, taken back, verified by anybody."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from matching.attendance import record_service
from matching.certificates import check_of
from matching.hours import dispute_hours
from models.account import Account
from models.authority import SYSTEM, Actor, Role
from models.certificate import Certificate
from models.roster import Assignment
from models.service import HourRecord, HourState
from tests.web.proofreading import ProofReadingClient
from tests.web.test_day_pages import ShiftDay
from tests.web.world import STREET, World
from web.database import Work

Sign = Callable[..., ProofReadingClient]


@pytest.fixture
def record_id(app: Flask, world: World, work: Work) -> int:
    """Two hours that the confirmed person served; it is the evening of that day."""
    with work.begin() as session:
        held = session.scalars(select(Assignment).where(Assignment.person_id == world.persons[1])).one()
        times = {"checked_in_at": held.starts_at, "checked_out_at": held.ends_at}
        made = record_service(session, SYSTEM, assignment_id=held.id, **times, now=held.ends_at + timedelta(minutes=1))
        ShiftDay(work=work, starts_at=held.starts_at).at(600)
    return made


@pytest.fixture
def coordinator(record_id: int, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("zhou", Role.COORDINATOR, STREET)
    return sign_in("zhou")


def state(work: Work) -> tuple[HourState, int]:
    with work.read() as session:
        record = session.scalars(select(HourRecord)).one()
        return record.state, record.minutes


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_pages_read_well_in_both_languages(
    record_id: int, account: Callable[..., int], sign_in: Sign, work: Work, language: str
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou", language)
    client.send("/hours/approve", {"records[]": [str(record_id)]})
    with work.read() as session:
        person = session.scalars(select(HourRecord.person_id)).one()
    client.send("/certificates", {"person": str(person)})
    paths = ("/hours", f"/hours/{record_id}", "/certificates", "/certificates?wanted=王", "/verify", "/calendars")
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_plain_hours_are_approved_in_bulk(coordinator: ProofReadingClient, record_id: int, work: Work) -> None:
    assert "12月16日 前审核" in coordinator.get("/hours").text  # the tenth working day
    coordinator.send("/hours/approve", {"records[]": [str(record_id), "999", "x"]})
    assert state(work) == (HourState.APPROVED, 120)


def test_disputed_hours_want_a_look_and_are_put_right(
    coordinator: ProofReadingClient, record_id: int, world: World, work: Work
) -> None:
    with work.begin() as session:
        person = Actor(account_id=None, person_id=world.persons[1])
        record = session.get_one(HourRecord, record_id)
        dispute_hours(session, person, record_id=record_id, reason="只到十点", now=record.recorded_at)
    coordinator.send("/hours/approve", {"records[]": [str(record_id)]})
    assert state(work)[0] is HourState.DISPUTED
    assert "只到十点" in coordinator.get(f"/hours/{record_id}").text
    answer = coordinator.send(f"/hours/{record_id}/correct", {"came": "09:00", "left": "10:00", "reason": ""})
    assert answer.status_code == 422
    coordinator.send(f"/hours/{record_id}/correct", {"came": "09:00", "left": "10:00", "reason": "核对过"})
    assert state(work) == (HourState.RECORDED, 60)
    coordinator.send(f"/hours/{record_id}/approve")
    assert state(work) == (HourState.APPROVED, 60)
    page = coordinator.get(f"/hours/{record_id}").text
    assert [word in page for word in ("2 小时 → 1 小时", "核对过")] == [True, True]


def test_hours_of_another_street_are_not_there(
    coordinator: ProofReadingClient, record_id: int, account: Callable[..., int], sign_in: Sign, work: Work
) -> None:
    account("other", Role.COORDINATOR, "310104003")
    stranger = sign_in("other")
    assert stranger.get(f"/hours/{record_id}").status_code == 404
    stranger.send("/hours/approve", {"records[]": [str(record_id)]})
    assert state(work)[0] is HourState.RECORDED


def test_a_certificate_is_issued_verified_and_taken_back(
    coordinator: ProofReadingClient, record_id: int, world: World, work: Work, client: ProofReadingClient
) -> None:
    coordinator.send("/certificates", {"person": str(world.persons[1])})
    with work.read() as session:
        assert session.scalars(select(Certificate.id)).all() == []  # nothing is approved yet
    coordinator.send(f"/hours/{record_id}/approve")
    coordinator.send("/certificates", {"person": str(world.persons[1])})
    number, check, certificate_id = issued(coordinator, work)
    genuine = client.get("/verify", query_string={"number": number.lower(), "check": check}).text
    assert [text in genuine for text in ("真实有效", "陈**", "陈建国")] == [True, True, False]
    forged = client.get("/verify", query_string={"number": number, "check": "AAAAAAAA"}).text
    assert [text in forged for text in ("真实有效", "陈**")] == [False, False]
    coordinator.send(f"/certificates/{certificate_id}/revoke", {"reason": ""})
    assert "真实有效" in client.get("/verify", query_string={"number": number, "check": check}).text
    coordinator.send(f"/certificates/{certificate_id}/revoke", {"reason": "时长有误"})
    revoked = client.get("/verify", query_string={"number": number, "check": check}).text
    assert [text in revoked for text in ("真实有效", "陈**", "时长有误")] == [False, True, False]


def issued(coordinator: ProofReadingClient, work: Work) -> tuple[str, str, int]:
    """Give number, check and id of the one certificate, having had its paper."""
    with work.read() as session:
        certificate = session.scalars(select(Certificate)).one()
    answer = coordinator.get(f"/certificates/{certificate.id}.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    return certificate.number, check_of(certificate.digest), certificate.id


def test_paper_of_another_street_is_not_there(
    coordinator: ProofReadingClient, record_id: int, world: World, account: Callable[..., int], sign_in: Sign
) -> None:
    coordinator.send(f"/hours/{record_id}/approve")
    coordinator.send("/certificates", {"person": str(world.persons[1])})
    account("other", Role.COORDINATOR, "310104003")
    assert coordinator.get("/certificates/1.pdf").status_code == 200
    assert sign_in("other").get("/certificates/1.pdf").status_code == 404


def test_a_units_calendar_opens_by_its_address_until_the_account_ends(
    coordinator: ProofReadingClient, client: ProofReadingClient, work: Work
) -> None:
    page = coordinator.get("/calendars").text
    found = re.search(r"(/calendars/[^\"]+\.ics)", page)
    assert found is not None
    answer = client.get(found[1])
    assert [answer.mimetype, answer.text.count("BEGIN:VEVENT")] == ["text/calendar", 1]
    assert client.get("/calendars/forged.ics").status_code == 404
    with work.begin() as session:
        session.scalars(select(Account).where(Account.login == "zhou")).one().is_active = False
    assert client.get(found[1]).status_code == 404


def test_a_spot_check_is_noted_once(coordinator: ProofReadingClient, record_id: int) -> None:
    refused = coordinator.send(f"/hours/{record_id}/spot-check", {"right": "1"})
    assert refused.status_code == 409
    coordinator.send(f"/hours/{record_id}/approve")
    assert coordinator.send(f"/hours/{record_id}/spot-check", {"right": "1"}).status_code == 302
    assert f"/hours/{record_id}/spot-check" not in coordinator.get("/hours").text
