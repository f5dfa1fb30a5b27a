"""The day at the place, and the hours that come of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.attendance import record_absence, record_excuse, record_service
from matching.eligibility import judgements
from matching.hours import approve_hours, back_fill_hours, correct_hours, dispute_hours, propose_check_outs
from matching.moves import ask_one
from matching.offers import Answer, answer_offer
from matching.presence import add_walk_in, check_in, check_out, mark_presence, place_code, shift_of_token
from matching.queries.service import attendance_list, hour_history, hour_totals, hours_to_approve
from matching.refusals import CodeWrong, NotAllowed, NotEligible, NotFound, ReasonMissing, TooManyCheckIns, WrongState
from matching.workdays import WorkingDay, is_public_holiday, working_day_after
from models.authority import SYSTEM, Actor, Role
from models.need import Seat, Shift, ShiftRole
from models.person import Person, PersonTag
from models.roster import Assignment, AssignmentState, Offer
from models.service import HourRecord, HourState, Presence, PresenceKind, PresenceVia
from tests.matching.planning import WEEK, publish
from tests.matching.world import STREET, World


@dataclass(slots=True)
class Day:
    """A person who confirmed a shift, on its day."""

    world: World
    session: Session
    person: int
    assignment: Assignment

    @property
    def actor(self) -> Actor:
        return self.world.volunteer(self.person)

    @property
    def code(self) -> str:
        return place_code(self.session, SYSTEM, shift_id=self.assignment.shift_id).code

    def at(self, minutes: int) -> datetime:
        """So many minutes after the shift's beginning."""
        return self.assignment.starts_at + timedelta(minutes=minutes)

    def arrive(self, minutes: int = 0) -> None:
        check_in(self.session, self.actor, shift_id=self.assignment.shift_id, said=self.code, now=self.at(minutes))

    def leave(self, minutes: int = 120) -> HourRecord:
        record = check_out(
            self.session, self.actor, shift_id=self.assignment.shift_id, said=self.code, now=self.at(minutes)
        )
        return self.session.get_one(HourRecord, record)


def confirmed(world: World, **need: object) -> Day:
    person = world.person("甲", max_minutes_week=2000, free=((5, 0, 1440),))
    world.need(**need)
    publish(world.session, world.now)
    offer = world.session.scalars(select(Offer).where(Offer.person_id == person)).one()
    answer_offer(world.session, world.volunteer(person), offer_id=offer.id, answer=Answer.CONFIRM, now=world.now)
    assignment = world.session.get_one(Assignment, offer.assignment_id)
    return Day(world=world, session=world.session, person=person, assignment=assignment)


@pytest.fixture
def day(world: World) -> Day:
    return confirmed(world)


def test_code_at_the_place_records_who_came_and_the_minutes(day: Day, session: Session) -> None:
    day.arrive(-10)
    day.arrive(-5)
    record = day.leave(95)
    assert (record.minutes, record.state, day.assignment.state) == (95, HourState.RECORDED, AssignmentState.SERVED)
    said = session.execute(select(Presence.kind, Presence.via, Presence.at).order_by(Presence.id)).all()
    assert said == [
        (PresenceKind.IN, PresenceVia.CODE, day.at(-10)),
        (PresenceKind.OUT, PresenceVia.CODE, day.at(95)),
    ]


def test_token_of_the_qr_code_does_the_same(day: Day, session: Session) -> None:
    token = place_code(session, SYSTEM, shift_id=day.assignment.shift_id).token
    assert shift_of_token(session, token) == day.assignment.shift_id
    check_in(session, day.actor, shift_id=day.assignment.shift_id, said=token, now=day.at(0))
    assert session.scalars(select(Presence.via)).all() == [PresenceVia.TOKEN]
    for forged in (token[:-2] + "xx", "1.x", "", "9" * 40 + ".x", f"{day.assignment.shift_id + 1}.{token}"):
        with pytest.raises(CodeWrong):
            shift_of_token(session, forged)


def test_wrong_code_wrong_hour_and_wrong_person_are_refused(day: Day, session: Session) -> None:
    shift, code = day.assignment.shift_id, day.code
    wrong = f"{(int(code) + 1) % 10**6:06}"
    with pytest.raises(CodeWrong):
        check_in(session, day.actor, shift_id=shift, said=wrong, now=day.at(0))
    for minutes in (-31, 120):
        with pytest.raises(WrongState):
            day.arrive(minutes)
    with pytest.raises(WrongState):
        day.leave(60)
    stranger = day.world.person("乙")
    with pytest.raises(NotFound):
        check_in(session, day.world.volunteer(stranger), shift_id=shift, said=code, now=day.at(0))
    assert session.scalars(select(Presence)).all() == []


def test_fourth_arrival_of_a_day_is_refused(day: Day, session: Session) -> None:
    session.add_all(
        Presence(
            assignment_id=other.id,
            person_id=day.person,
            kind=PresenceKind.IN,
            at=day.at(-60),
            via=PresenceVia.CODE,
            recorded_at=day.at(-60),
        )
        for other in _others(day, 3)
    )
    session.flush()
    with pytest.raises(TooManyCheckIns):
        day.arrive()


def _others(day: Day, count: int) -> list[Assignment]:
    """Make released assignments of the same person, to hang arrivals on."""
    rows = [
        Assignment(
            seat_id=day.assignment.seat_id,
            shift_id=day.assignment.shift_id,
            person_id=day.person,
            starts_at=day.assignment.starts_at,
            ends_at=day.assignment.ends_at,
            state=AssignmentState.RELEASED,
            created_at=day.world.now,
            changed_at=day.world.now,
        )
        for _ in range(count)
    ]
    day.session.add_all(rows)
    day.session.flush()
    return rows


def test_leader_corrects_a_time_and_both_stay(day: Day, session: Session) -> None:
    day.arrive(0)
    day.leave(60)
    leader = day.world.account("leader", Role.COORDINATOR, STREET)
    mark_presence(
        session, leader, assignment_id=day.assignment.id, kind=PresenceKind.OUT, at=day.at(90), now=day.at(130)
    )
    rows = session.execute(
        select(Presence.at, Presence.via, Presence.replaced_at).where(Presence.kind == PresenceKind.OUT)
    ).all()
    assert rows == [
        (day.at(60), PresenceVia.CODE, day.at(130)),
        (day.at(90), PresenceVia.CORRECTION, None),
    ]
    record = session.scalars(select(HourRecord)).one()
    acts = hour_history(session, leader, record_id=record.id)
    assert [(act.kind, act.minutes_before, act.minutes_after) for act in acts] == [("corrected", 60, 90)]


def test_list_says_who_is_late_and_who_left_early(day: Day, session: Session) -> None:
    day.arrive(25)
    day.leave(100)
    line = attendance_list(session, SYSTEM, shift_id=day.assignment.shift_id).attendees[0]
    assert (line.name, line.state, line.late_minutes, line.early_minutes) == ("甲", AssignmentState.SERVED, 25, 20)
    stranger = day.world.account("other", Role.COORDINATOR, "310101013")
    with pytest.raises(NotFound):
        attendance_list(session, stranger, shift_id=day.assignment.shift_id)


def test_excused_frees_the_seat_and_absent_holds_it(day: Day, session: Session) -> None:
    record_absence(session, SYSTEM, assignment_id=day.assignment.id, now=day.at(30))
    assert day.assignment.state is AssignmentState.ABSENT
    record_excuse(session, SYSTEM, assignment_id=day.assignment.id, reason="ill", now=day.at(40))
    assert day.assignment.state is AssignmentState.EXCUSED
    walked = day.world.person("乙")
    role = session.scalars(select(ShiftRole.id)).one()
    held = add_walk_in(session, SYSTEM, role_id=role, person_id=walked, now=day.at(45))
    assert session.get_one(Assignment, held).seat_id == day.assignment.seat_id


def test_walk_in_gets_an_extra_seat_when_all_are_held(day: Day, session: Session) -> None:
    walked = day.world.person("癸")
    role = session.scalars(select(ShiftRole.id)).one()
    with pytest.raises(WrongState):
        add_walk_in(session, SYSTEM, role_id=role, person_id=walked, now=day.world.now)
    held = add_walk_in(session, SYSTEM, role_id=role, person_id=walked, now=day.at(5))
    assert session.get_one(Assignment, held).state is AssignmentState.CONFIRMED
    assert session.scalars(select(Seat.number).order_by(Seat.number)).all() == [1, 2]
    assert attendance_list(session, SYSTEM, shift_id=day.assignment.shift_id).attendees[1].walked_in


def test_forgotten_check_out_is_proposed_and_counts_when_approved(day: Day, session: Session) -> None:
    day.arrive(10)
    assert propose_check_outs(session, now=day.at(120 + 60)) == 0
    assert propose_check_outs(session, now=day.at(120 + 121)) == 1
    assert propose_check_outs(session, now=day.at(120 + 122)) == 0
    record = session.scalars(select(HourRecord)).one()
    assert (record.state, record.minutes) == (HourState.PROPOSED, 110)
    assert hour_totals(session, person_id=day.person).total == 0
    approve_hours(session, SYSTEM, record_id=record.id, now=day.at(300))
    assert hour_totals(session, person_id=day.person).total == 110


def test_minutes_beyond_eight_hours_wait_for_a_reason(world: World, session: Session) -> None:
    day = confirmed(world, hour=8, minutes=600)
    day.arrive()
    record = day.leave(600)
    assert (record.minutes, record.over_minutes) == (480, 120)
    approve_hours(session, SYSTEM, record_id=record.id, over_reason="flood", now=day.at(700))
    assert (record.minutes, record.over_minutes) == (600, 0)


def test_back_filled_hours_need_a_reason_and_somebody_else(day: Day, session: Session) -> None:
    leader = day.world.account("leader", Role.COORDINATOR, STREET)
    said = {"assignment_id": day.assignment.id, "checked_in_at": day.at(0), "checked_out_at": day.at(60)}
    later = day.at(3 * 1440)
    with pytest.raises(ReasonMissing):
        back_fill_hours(session, leader, **said, reason=" ", now=later)
    record = back_fill_hours(session, leader, **said, reason="paper list", now=later)
    with pytest.raises(NotAllowed):
        approve_hours(session, leader, record_id=record, now=later)
    approve_hours(session, day.world.account("other", Role.COORDINATOR, STREET), record_id=record, now=later)
    row = session.get_one(HourRecord, record)
    assert (row.state, row.minutes, row.back_filled) == (HourState.APPROVED, 60, True)


def test_dispute_and_correction_go_through_approval_again(day: Day, session: Session) -> None:
    day.arrive()
    record = day.leave(60)
    approve_hours(session, SYSTEM, record_id=record.id, now=day.at(200))
    stranger = day.world.person("乙")
    with pytest.raises(NotFound):
        dispute_hours(session, day.world.volunteer(stranger), record_id=record.id, reason="x", now=day.at(300))
    dispute_hours(session, day.actor, record_id=record.id, reason="90 minutes", now=day.at(300))
    correct_hours(
        session,
        SYSTEM,
        record_id=record.id,
        checked_in_at=day.at(0),
        checked_out_at=day.at(90),
        reason="list says so",
        now=day.at(400),
    )
    assert (record.state, record.minutes) == (HourState.RECORDED, 90)
    acts = hour_history(session, day.actor, record_id=record.id)
    assert [act.kind for act in acts] == ["approved", "disputed", "corrected"]


def test_nobody_approves_their_own_hours(day: Day, session: Session) -> None:
    day.arrive()
    record = day.leave()
    leader = day.world.account("leader", Role.COORDINATOR, STREET)
    own = Actor(account_id=leader.account_id, person_id=day.person, scopes=leader.scopes)
    with pytest.raises(NotAllowed):
        approve_hours(session, own, record_id=record.id, now=day.at(200))


def test_hours_wait_for_ten_working_days(day: Day, session: Session) -> None:
    day.arrive()
    day.leave()
    lines = hours_to_approve(session, SYSTEM, today=date(2026, 12, 19))
    assert [(line.approve_by_on, line.is_overdue) for line in lines] == [(date(2026, 12, 18), True)]
    assert hours_to_approve(session, day.world.account("o", Role.COORDINATOR, "310101013"), today=date.max) == ()


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 9, 30), 1, WorkingDay(on=date(2026, 10, 8), is_certain=True)),  # National Day
        (date(2026, 10, 9), 1, WorkingDay(on=date(2026, 10, 10), is_certain=True)),  # a Saturday worked in exchange
        (date(2026, 12, 31), 1, WorkingDay(on=date(2027, 1, 1), is_certain=False)),  # not published yet
    ],
)
def test_working_days_follow_the_state_councils_calendar(day: date, count: int, expected: WorkingDay) -> None:
    assert working_day_after(day, count) == expected


def test_weekend_is_no_public_holiday() -> None:
    assert [is_public_holiday(date(2026, 10, 1)), is_public_holiday(date(2026, 11, 28))] == [True, False]


def test_totals_unite_what_was_reported_and_served(day: Day, session: Session) -> None:
    session.get_one(Person, day.person).reported_minutes = 99 * 60
    day.arrive()
    day.leave()
    totals = hour_totals(session, person_id=day.person)
    assert (totals.reported, totals.served, totals.approved, totals.stars) == (5940, 120, 0, 1)


def test_record_of_somebody_marked_absent_counts_no_more(day: Day, session: Session) -> None:
    record_service(
        session,
        SYSTEM,
        assignment_id=day.assignment.id,
        checked_in_at=day.at(0),
        checked_out_at=day.at(60),
        now=day.at(130),
    )
    record_absence(session, SYSTEM, assignment_id=day.assignment.id, now=day.at(140))
    assert hour_totals(session, person_id=day.person).total == 0


def test_walk_in_is_judged_by_what_the_law_asks(world: World, session: Session) -> None:
    ends = date(2026, 12, 4)
    people = {
        "no certificate": world.person("甲", free=()),
        "expired the day before": world.person("乙", free=()),
        "holds it": world.person("丙", free=(), paused_until=date(2027, 1, 1)),
        "minor": world.person("丁", free=(), born_on=date(2012, 1, 1)),
    }
    session.add(PersonTag(person_id=people["expired the day before"], tag="first_aid", valid_until=ends))
    for name in ("holds it", "minor"):
        session.add(PersonTag(person_id=people[name], tag="first_aid"))
    world.need(tags=("first_aid", "dialect"))
    shift = session.scalars(select(Shift)).one()
    role = session.scalars(select(ShiftRole.id)).one()
    rules = {}
    for name, person in people.items():
        try:
            add_walk_in(session, SYSTEM, role_id=role, person_id=person, now=shift.starts_at)
        except NotEligible as refused:
            rules[name] = refused.parameters["rule"]
    assert rules == {
        "no certificate": "tag:first_aid",
        "expired the day before": "expired:first_aid",
        "minor": "consent",
    }


def test_shift_without_a_place_is_filled_by_hand(world: World, session: Session) -> None:
    person, far = world.person("甲"), world.person("乙", longitude=122.9)
    need = world.need()
    shift = session.scalars(select(Shift).where(Shift.need_id == need)).one()
    shift.longitude = shift.latitude = None
    session.flush()
    role = session.scalars(select(ShiftRole.id)).one()
    with pytest.raises(NotEligible):
        ask_one(session, SYSTEM, role_id=role, person_id=world.person("丙", free=()), now=world.now)
    found = judgements(session, person_ids=[person, far], shifts=[shift], week=WEEK, by_hand=True)
    assert [(one.rule, one.metres) for one in found] == [(None, None)] * 2
    ask_one(session, SYSTEM, role_id=role, person_id=far, now=world.now)
