"""A certificate says what was approved, proves itself, and shows no more than needed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.certificates import issue_certificate, revoke_certificate
from matching.hours import approve_hours
from matching.queries.certificates import (
    Genuineness,
    Verification,
    certificate_view,
    certificates_of,
    verification,
)
from matching.refusals import NotFound, NothingToCertify, ReasonMissing, WrongState
from models.authority import SYSTEM, Role
from models.certificate import Certificate
from models.person import Person
from tests.matching.test_the_day import Day, confirmed
from tests.matching.world import STREET, World


@pytest.fixture
def served(world: World) -> Day:
    day = confirmed(world)
    day.arrive()
    approve_hours(world.session, SYSTEM, record_id=day.leave().id, now=day.at(130))
    return day


def issue(day: Day) -> int:
    return issue_certificate(day.session, day.actor, person_id=day.person, now=day.at(200))


def test_certificate_states_times_content_and_who_recorded(served: Day, session: Session) -> None:
    view = certificate_view(session, served.actor, certificate_id=issue(served))
    line = view.services[0]
    assert (view.name, view.minutes, len(view.services)) == ("甲", 120, 1)
    assert (line.on, line.minutes, line.title, line.unit) == (date(2026, 12, 5), 120, "助浴", "南京东路街道")
    assert [one.number for one in certificates_of(session, served.actor)] == [view.number]


def test_hours_that_nobody_approved_are_not_certified(world: World, session: Session) -> None:
    day = confirmed(world)
    day.arrive()
    day.leave()
    with pytest.raises(NothingToCertify):
        issue(day)


def test_certificate_of_somebody_else_is_not_found(served: Day, session: Session) -> None:
    certificate = issue(served)
    stranger = served.world.volunteer(served.world.person("乙"))
    with pytest.raises(NotFound):
        certificate_view(session, stranger, certificate_id=certificate)
    with pytest.raises(NotFound):
        issue_certificate(session, stranger, person_id=served.person, now=served.at(200))
    with pytest.raises(NotFound):
        revoke_certificate(session, stranger, certificate_id=certificate, reason="x", now=served.at(300))


def test_verification_tells_genuine_revoked_and_forged_apart(served: Day, session: Session) -> None:
    certificate = issue(served)
    view = certificate_view(session, served.actor, certificate_id=certificate)
    genuine = verification(session, number=view.number, check=view.check.lower())
    assert genuine == Verification(
        result=Genuineness.GENUINE,
        number=view.number,
        name_masked="甲*",
        issued_at=served.at(200),
        minutes=120,
        from_on=date(2026, 12, 5),
        until_on=date(2026, 12, 5),
    )
    for number, check in ((view.number, "AAAAAAAA"), ("LL2026-AAAA-AAAA-AAAA", view.check), ("", "")):
        assert verification(session, number=number, check=check) == Verification(result=Genuineness.FORGED)
    leader = served.world.account("leader", Role.COORDINATOR, STREET)
    with pytest.raises(ReasonMissing):
        revoke_certificate(session, leader, certificate_id=certificate, reason="", now=served.at(300))
    revoke_certificate(session, leader, certificate_id=certificate, reason="wrong person", now=served.at(300))
    revoked = verification(session, number=view.number, check=view.check)
    assert (revoked.result, revoked.revoked_at) == (Genuineness.REVOKED, served.at(300))
    with pytest.raises(WrongState):
        revoke_certificate(session, leader, certificate_id=certificate, reason="again", now=served.at(301))


def test_facts_changed_in_the_database_are_a_forgery(served: Day, session: Session) -> None:
    view = certificate_view(session, served.actor, certificate_id=issue(served))
    row = session.scalars(select(Certificate)).one()
    session.execute(update(Certificate).values(facts={**row.facts, "minutes": 9999}))
    session.expire_all()
    assert verification(session, number=view.number, check=view.check).result is Genuineness.FORGED


def test_certificate_stays_as_it_was_issued(served: Day, session: Session) -> None:
    certificate = issue(served)
    session.get_one(Person, served.person).name = "甲乙"
    session.flush()
    assert certificate_view(session, served.actor, certificate_id=certificate).name == "甲"
    again = issue_certificate(session, served.actor, person_id=served.person, now=served.at(200) + timedelta(days=1))
    assert certificate_view(session, served.actor, certificate_id=again).name == "甲乙"
