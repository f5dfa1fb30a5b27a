"""Hours one by one, disputes, certificates that anybody may verify, and a calendar that telephones read."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from matching.certificates import check_of
from matching.hours import approve_hours, write_hours
from models import Assignment, Certificate, HourRecord, Offer, Shift
from models.authority import SYSTEM, Role
from models.roster import AssignmentState
from models.service import HourState
from tests.web.proofreading import ProofReadingClient
from tests.web.world import World
from web.calendars import calendar_token
from web.database import Work
from web.settings import Settings

Sign = Callable[..., ProofReadingClient]


@pytest.fixture
def served(world: World, work: Work) -> int:
    """Hours of the second person, written and not approved; gives the record's id."""
    with work.begin() as session:
        offer = session.get_one(Offer, world.confirmed_offer_id)
        assignment = session.get_one(Assignment, offer.assignment_id)
        assignment.state = AssignmentState.SERVED
        shift = session.get_one(Shift, assignment.shift_id)
        times = {"checked_in_at": shift.starts_at, "checked_out_at": shift.ends_at}
        return write_hours(session, SYSTEM, assignment, now=shift.ends_at, **times)


@pytest.fixture
def volunteer(world: World, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("chen", Role.VOLUNTEER, person_id=world.persons[1])
    return sign_in("chen")


def approve(work: Work, record_id: int) -> None:
    with work.begin() as session:
        record = session.get_one(HourRecord, record_id)
        approve_hours(session, SYSTEM, record_id=record_id, now=record.recorded_at + timedelta(days=1))


def test_hours_are_shown_with_their_state_and_disputed(volunteer: ProofReadingClient, served: int, work: Work) -> None:
    page = volunteer.get("/me/hours").text
    assert "周三 12月2日" in page
    assert "107 小时" in page
    assert "最迟 周三 12月16日 核定" in page
    volunteer.send(f"/me/hours/{served}/dispute", {"reason": "我 11:30 才走"})
    page = volunteer.get("/me/hours").text
    assert "有异议" in page
    assert "我 11:30 才走" in page
    with work.read() as session:
        assert session.get_one(HourRecord, served).state is HourState.DISPUTED


def test_a_dispute_needs_a_reason_and_ones_own_hours(
    volunteer: ProofReadingClient, served: int, world: World, account: Callable[..., int], sign_in: Sign
) -> None:
    volunteer.send(f"/me/hours/{served}/dispute", {"reason": " "})
    assert "请填写" in volunteer.get("/me/hours").text
    account("wang", Role.VOLUNTEER, person_id=world.persons[0])
    assert sign_in("wang").send(f"/me/hours/{served}/dispute", {"reason": "不对"}).status_code == 404


def test_a_certificate_is_made_taken_along_and_verified(
    volunteer: ProofReadingClient, client: ProofReadingClient, served: int, work: Work
) -> None:
    volunteer.send("/me/certificates")
    assert "没有已核定的时长" in volunteer.get("/me/hours").text
    approve(work, served)
    volunteer.send("/me/certificates")
    page = volunteer.get("/me/hours").text
    path = page.partition('href="/me/certificates/')[2].partition('"')[0]
    paper = volunteer.get(f"/me/certificates/{path}")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(f"/me/certificates/{path}").status_code == 302
    with work.read() as session:
        certificate = session.scalars(select(Certificate)).one()
    check = check_of(certificate.digest)
    genuine = client.get("/verify", query_string={"number": certificate.number, "check": check}).text
    assert "真实有效" in genuine
    assert "陈**" in genuine
    assert "陈建国" not in genuine
    forged = client.get("/verify", query_string={"number": certificate.number, "check": "AAAAAAAA"}).text
    assert "无法核实" in forged
    assert "陈" not in forged


def test_verifying_asks_for_both(client: ProofReadingClient) -> None:
    assert "无法核实" not in client.get("/verify?number=LL2026").text


def test_the_calendar_is_one_persons_own(
    volunteer: ProofReadingClient, client: ProofReadingClient, world: World, settings: Settings
) -> None:
    assert "webcal:" in volunteer.get("/me/calendar").text
    token = calendar_token(settings.secret_key, world.persons[1])
    feed = client.get(f"/calendar/{token}.ics")
    assert feed.mimetype == "text/calendar"
    assert feed.text.count("BEGIN:VEVENT") == 1
    assert client.get(f"/calendar/{token}x.ics").status_code == 404


def test_it_reads_in_english(world: World, served: int, account: Callable[..., int], sign_in: Sign) -> None:
    account("chen", Role.VOLUNTEER, person_id=world.persons[1])
    english = sign_in("chen", language="en")
    assert "Served here, one by one" in english.get("/me/hours").text
    assert "Subscribe" in english.get("/me/calendar").text
    assert "Verify a certificate" in english.get("/verify?number=A&check=B").text
