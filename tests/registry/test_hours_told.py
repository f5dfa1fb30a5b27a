"""Hours served here that agencies are told of, and report later: they count once, and a total never falls by it."""

import csv
import io

import pytest
from sqlalchemy import select

from matching.needs import NeedCommand, RoleCommand, post_need
from matching.queries.service import hour_totals
from models import Assignment, Consent, HourRecord, Person, PersonLink, Shift
from models.authority import SYSTEM, Actor
from models.need import Seat
from models.person import Basis, Purpose
from models.roster import AssignmentState
from models.service import HourState
from registry.consolidate import consolidate
from registry.handback import SERVED, hand_back
from registry.intake import import_file
from registry.queries.mine import own_records
from registry.served_here import Handed
from tests.registry.files import CIVILISATION, civilisation_row, number, written


class Agency:
    """One person at one agency, and hours of theirs here."""

    def __init__(self, session, now, folder):
        self.session, self.now, self.folder = session, now, folder
        self.files = 0

    def report(self, hours):
        self.files += 1
        row = civilisation_row(
            1, "钱敏", 证件号码=number("1990-05-06", 22), 手机号码="10100000002", **{"累计服务时长(小时)": str(hours)}
        )
        path = written(self.folder / f"{self.files}.csv", CIVILISATION, [row], "gb18030")
        import_file(self.session, SYSTEM, source="civilisation", path=path, now=self.now)
        consolidate(self.session, SYSTEM, now=self.now)
        return self.totals()

    def serve(self, hours, state=HourState.APPROVED):
        person = self.session.scalars(select(PersonLink.person_id)).first()
        command = NeedCommand(
            title="助老",
            category="elderly",
            unit_code="310101002",
            starts_at=self.now.replace(day=28, month=11),
            duration_minutes=60 * hours,
            roles=(RoleCommand(name="志愿者", min_seats=1, target_seats=1, max_seats=1),),
        )
        need = post_need(self.session, SYSTEM, command=command, now=self.now)
        shift = self.session.scalars(select(Shift).where(Shift.need_id == need)).one()
        seat = self.session.scalars(select(Seat).where(Seat.role.has(shift_id=shift.id))).first()
        assignment = Assignment(
            seat_id=seat.id,
            shift_id=shift.id,
            person_id=person,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            state=AssignmentState.RELEASED,
            created_at=self.now,
            changed_at=self.now,
        )
        self.session.add(assignment)
        self.session.flush()
        record = HourRecord(
            assignment_id=assignment.id,
            person_id=person,
            served_on=self.now.date(),
            minutes=60 * hours,
            state=state,
            recorded_at=self.now,
        )
        self.session.add(record)
        self.session.flush()

    def agree(self):
        person = self.session.scalars(select(PersonLink.person_id)).first()
        self.session.add(
            Consent(
                person_id=person,
                purpose=Purpose.SHARE,
                handler="civilisation",
                basis=Basis.CONSENT,
                given_at=self.now,
            )
        )
        self.session.flush()

    def hand_back(self):
        content = b"".join(hand_back(self.session, SYSTEM, source="civilisation", now=self.now)).decode("utf-8-sig")
        self.session.flush()
        (row,) = csv.DictReader(io.StringIO(content))
        return tuple(row[heading] for heading in SERVED)

    def totals(self):
        person = self.session.scalars(select(PersonLink.person_id)).first()
        self.session.expire_all()
        return hour_totals(self.session, person_id=person).total // 60


@pytest.fixture
def agency(session, now, tmp_path):
    return Agency(session, now, tmp_path)


def test_hours_told_and_reported_later_count_once(agency):
    assert agency.report(100) == 100
    agency.serve(5)
    agency.agree()
    assert (agency.totals(), agency.hand_back()) == (105, ("5.00", "5.00"))
    assert agency.report(105) == 105  # it took them over
    assert agency.report(112) == 112  # and seven of its own
    agency.serve(3)
    assert (agency.totals(), agency.hand_back()) == (115, ("8.00", "3.00"))
    assert agency.report(115) == 115
    assert agency.report(115) == 115


def test_agency_that_does_not_take_them_over_loses_nobody_an_hour(agency):
    agency.report(100)
    agency.serve(5)
    agency.agree()
    agency.hand_back()
    assert agency.hand_back() == ("5.00", "5.00")  # told again, since it has not reported them
    assert agency.report(100) == 105
    assert agency.report(102) == 105  # in doubt these two are of the five: counted once
    assert agency.report(120) == 120


def test_nothing_is_told_without_consent_or_before_approval(agency):
    agency.report(100)
    agency.serve(5)
    assert agency.hand_back() == ("", "")
    assert agency.report(105) == 110  # its own five: it cannot have ours
    agency.agree()
    agency.serve(2, HourState.RECORDED)
    assert agency.hand_back() == ("5.00", "5.00")


def test_person_reads_what_of_a_report_was_served_here(agency):
    agency.report(100)
    agency.serve(5)
    agency.agree()
    agency.hand_back()
    agency.report(107)
    session = agency.session
    person = session.scalars(select(Person)).one()
    assert (person.reported_minutes, agency.totals()) == (102 * 60, 107)
    (record,) = own_records(session, Actor(account_id=None, person_id=person.id))
    assert (record.minutes, record.contained_minutes) == (107 * 60, 300)


@pytest.mark.parametrize("grown", range(0, 700, 90))
def test_total_never_falls_by_a_report(grown):
    told = Handed(minutes=480, reported=6000, contained=120)
    before, after = told.contained_in(6000), told.contained_in(6000 + grown)
    assert 6000 - before <= 6000 + grown - after
    assert after <= told.minutes
