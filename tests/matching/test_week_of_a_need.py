"""A need becomes offers, answers, backups, repairs and hours."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.assignments import let_go, lock, place
from matching.attendance import approve_hours, record_service
from matching.needs import cancel_need
from matching.offers import Answer, DeclineReason, answer_offer, lapse_offers
from matching.publishing import publish_roster
from matching.queries.rosters import roster_week
from matching.queries.volunteers import my_week
from matching.refusals import AlreadyBooked, NotFound, NothingToPublish, OfferClosed, SeatTaken, WeekPublished
from matching.repairs import ChangeKind
from models.authority import SYSTEM, Role
from models.need import Seat, Shift, ShiftRole
from models.outbox import OutboxMessage
from models.person import Person
from models.roster import (
    Assignment,
    AssignmentState,
    Backup,
    Offer,
    OfferState,
    Roster,
    RosterRun,
    RosterState,
    Shortfall,
)
from models.service import HourRecord, HourState
from tests.matching.planning import WEEK, plan, publish, repair
from tests.matching.world import STREET, World


def states(session: Session) -> list[tuple[int, AssignmentState]]:
    return [(a.person_id, a.state) for a in session.scalars(select(Assignment).order_by(Assignment.id))]


def role_of(session: Session, need_id: int) -> int:
    return session.scalars(
        select(ShiftRole.id).join(Shift, Shift.id == ShiftRole.shift_id).where(Shift.need_id == need_id)
    ).one()


def offer_of(session: Session, person_id: int) -> Offer:
    return session.scalars(select(Offer).where(Offer.person_id == person_id)).one()


def test_plan_proposes_the_one_who_may_and_says_why_the_rest_stays_empty(world: World, session: Session) -> None:
    able = world.person("甲", tags=("first_aid",))
    world.person("乙")
    world.need(tags=("first_aid",), seats=(1, 2, 2))
    _, result = plan(session, world.now)
    assert str(result.status) == "optimal"
    assert states(session) == [(able, AssignmentState.PROPOSED)]
    lack = session.scalars(select(Shortfall)).one()
    assert (lack.tier, lack.missing, lack.blocked) == ("wanted", 1, {"tag:first_aid": 1})


def test_plan_made_twice_replaces_the_proposal(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    plan(session, world.now)
    plan(session, world.now)
    assert states(session) == [(person, AssignmentState.SUPERSEDED), (person, AssignmentState.PROPOSED)]
    rosters = session.scalars(select(Roster.state).order_by(Roster.version)).all()
    assert rosters == [RosterState.SUPERSEDED, RosterState.PROPOSED]


def test_run_keeps_what_makes_it_again(world: World, session: Session) -> None:
    world.person("甲")
    world.need()
    _, result = plan(session, world.now)
    run = session.scalars(select(RosterRun)).one()
    assert (run.points, run.bound, run.seed, run.problem_digest) == (result.points, result.bound, 1, result.problem)
    assert run.problem is not None
    assert set(run.versions) == {"ortools", "numpy", "scipy", "numba"}


def test_publish_asks_everybody_once(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    assert publish(session, world.now).offers == 1
    offer = offer_of(session, person)
    assert (offer.state, offer.deadline_at) == (OfferState.OPEN, world.later(hours=26))  # Thursday 20:00
    assert session.scalars(select(OutboxMessage.key)).all() == [f"offer/{offer.id}"]
    assert states(session) == [(person, AssignmentState.OFFERED)]


def test_publish_is_refused_without_a_proposal_and_twice(world: World, session: Session) -> None:
    with pytest.raises(NothingToPublish):
        publish_roster(session, SYSTEM, week=WEEK, area="", now=world.now)
    world.person("甲")
    world.need()
    publish(session, world.now)
    with pytest.raises(WeekPublished):
        publish_roster(session, SYSTEM, week=WEEK, area="", now=world.now)
    with pytest.raises(WeekPublished):
        plan(session, world.now)


def test_publish_drops_who_paused_since_the_plan(world: World, session: Session) -> None:

    paused, stays = world.person("甲"), world.person("乙")
    world.need(seats=(2, 2, 2))
    plan(session, world.now)
    session.get_one(Person, paused).paused_until = date(2027, 1, 1)
    session.flush()
    done = publish_roster(session, SYSTEM, week=WEEK, area="", now=world.now)
    assert (done.offers, done.dropped) == (1, 1)
    assert dict(states(session)) == {paused: AssignmentState.SUPERSEDED, stays: AssignmentState.OFFERED}


def test_confirm_holds_the_seat_and_twice_is_once(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    publish(session, world.now)
    actor, offer = world.volunteer(person), offer_of(session, person)
    for _ in range(2):
        done = answer_offer(session, actor, offer_id=offer.id, answer=Answer.CONFIRM, now=world.now)
        assert done.state is OfferState.CONFIRMED
    assert states(session) == [(person, AssignmentState.CONFIRMED)]


def test_offer_of_somebody_else_is_not_found(world: World, session: Session) -> None:
    person, stranger = world.person("甲"), world.person("乙", free=())
    world.need()
    publish(session, world.now)
    with pytest.raises(NotFound):
        answer_offer(
            session,
            world.volunteer(stranger),
            offer_id=offer_of(session, person).id,
            answer=Answer.CONFIRM,
            now=world.now,
        )


def test_decline_passes_the_seat_to_the_backup(world: World, session: Session) -> None:
    near, far = world.person("甲"), world.person("乙", longitude=121.49)
    world.need()
    publish(session, world.now)
    assert session.scalars(select(Backup.person_id)).all() == [far]
    done = answer_offer(
        session,
        world.volunteer(near),
        offer_id=offer_of(session, near).id,
        answer=Answer.DECLINE,
        reason=DeclineReason.BUSY,
        now=world.now,
    )
    assert done.next_offer_id == offer_of(session, far).id
    assert states(session) == [(near, AssignmentState.DECLINED), (far, AssignmentState.OFFERED)]


def test_answer_after_the_deadline_is_refused_and_the_seat_goes_on(world: World, session: Session) -> None:
    near, far = world.person("甲"), world.person("乙", longitude=121.49)
    world.need()
    publish(session, world.now)
    late = world.later(hours=37)
    with pytest.raises(OfferClosed):
        answer_offer(
            session, world.volunteer(near), offer_id=offer_of(session, near).id, answer=Answer.CONFIRM, now=late
        )
    assert lapse_offers(session, now=late) == 1
    assert states(session) == [(near, AssignmentState.LAPSED), (far, AssignmentState.OFFERED)]
    assert lapse_offers(session, now=late) == 0


def test_repair_fills_a_new_need_and_keeps_what_stands(world: World, session: Session) -> None:
    first, second = world.person("甲"), world.person("乙", longitude=121.49)
    world.need("一")
    publish(session, world.now)
    answer_offer(
        session, world.volunteer(first), offer_id=offer_of(session, first).id, answer=Answer.CONFIRM, now=world.now
    )
    world.need("二")
    changes = repair(session, world.now)
    assert [(change.kind, change.person_id) for change in changes] == [(ChangeKind.ADDED, second)]
    assert states(session) == [(first, AssignmentState.CONFIRMED), (second, AssignmentState.OFFERED)]


def test_repair_does_not_ask_again_who_declined(world: World, session: Session) -> None:
    only = world.person("甲")
    world.need()
    publish(session, world.now)
    answer_offer(
        session, world.volunteer(only), offer_id=offer_of(session, only).id, answer=Answer.DECLINE, now=world.now
    )
    assert repair(session, world.now) == ()


def test_cancelled_need_releases_and_tells(world: World, session: Session) -> None:
    person = world.person("甲")
    need = world.need()
    publish(session, world.now)
    cancel_need(session, SYSTEM, need_id=need, reason="rain", now=world.now)
    assert states(session) == [(person, AssignmentState.RELEASED)]
    assert offer_of(session, person).state is OfferState.WITHDRAWN
    assert session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all() == ["offer", "released"]


def test_seat_is_held_once_and_person_is_booked_once(world: World, session: Session) -> None:
    first, second = world.person("甲"), world.person("乙")
    one, other = world.need("一"), world.need("二", hour=10)
    place(session, SYSTEM, role_id=role_of(session, one), person_id=first, now=world.now)
    with pytest.raises(SeatTaken):
        place(session, SYSTEM, role_id=role_of(session, one), person_id=second, now=world.now)
    with pytest.raises(AlreadyBooked):
        place(session, SYSTEM, role_id=role_of(session, other), person_id=first, now=world.now)
    assert states(session) == [(first, AssignmentState.PROPOSED)]


def test_locked_person_stays_through_a_plan(world: World, session: Session) -> None:
    better, pinned = world.person("甲"), world.person("乙", longitude=121.51)
    need = world.need()
    held = place(session, SYSTEM, role_id=role_of(session, need), person_id=pinned, now=world.now)
    lock(session, SYSTEM, assignment_id=held, locked=True, now=world.now)
    plan(session, world.now)
    assert states(session) == [(pinned, AssignmentState.PROPOSED)]
    lock(session, SYSTEM, assignment_id=held, locked=False, now=world.now)
    plan(session, world.now)
    assert states(session) == [(pinned, AssignmentState.SUPERSEDED), (better, AssignmentState.PROPOSED)]


def test_lock_that_no_longer_keeps_the_rules_does_not_stop_the_week(world: World, session: Session) -> None:
    pinned = world.person("甲", free=((0, 480, 600),))
    helper = world.person("乙")
    need = world.need(seats=(2, 2, 2))
    place(session, SYSTEM, role_id=role_of(session, need), person_id=pinned, now=world.now)
    _, result = plan(session, world.now)
    assert str(result.status) == "optimal"
    assert states(session) == [(pinned, AssignmentState.PROPOSED), (helper, AssignmentState.PROPOSED)]


def test_service_counts_the_minutes_inside_the_shift(world: World, session: Session) -> None:
    person = world.person("甲")
    world.need()
    publish(session, world.now)
    answer_offer(
        session, world.volunteer(person), offer_id=offer_of(session, person).id, answer=Answer.CONFIRM, now=world.now
    )
    assignment = session.scalars(select(Assignment)).one()
    starts = assignment.starts_at
    record = record_service(
        session,
        SYSTEM,
        assignment_id=assignment.id,
        checked_in_at=starts - timedelta(minutes=20),
        checked_out_at=starts + timedelta(minutes=95),
        now=starts + timedelta(hours=3),
    )
    approve_hours(session, SYSTEM, record_id=record, now=starts + timedelta(days=1))
    row = session.get_one(HourRecord, record)
    assert (row.minutes, row.state, row.served_on) == (95, HourState.APPROVED, date(2026, 12, 5))
    week = my_week(session, world.volunteer(person), now=starts + timedelta(days=1))
    assert (week.served_minutes, [line.state for line in week.past]) == (95, [AssignmentState.SERVED])


@pytest.mark.parametrize(
    ("born_on", "consent", "hour", "served"),
    [
        (date(2010, 1, 1), False, 9, False),
        (date(2010, 1, 1), True, 9, True),
        (date(2010, 1, 1), True, 19, False),
        (date(1990, 1, 1), False, 19, True),
    ],
)
def test_minors_serve_with_consent_and_not_late(
    world: World, session: Session, *, born_on: date, consent: bool, hour: int, served: bool
) -> None:
    world.person("甲", born_on=born_on, guardian_consent=consent, free=((5, 480, 1440),))
    world.need(hour=hour)
    plan(session, world.now)
    assert bool(states(session)) is served


def test_coordinator_reads_only_their_own_streets(world: World, session: Session) -> None:
    world.person("甲")
    world.need()
    publish(session, world.now)
    mine = roster_week(session, world.account("a", Role.COORDINATOR, STREET), week=WEEK)
    other = roster_week(session, world.account("b", Role.COORDINATOR, "310101013"), week=WEEK)
    assert [shift.title for shift in mine.shifts] == ["助浴"]
    assert mine.shifts[0].roles[0].seats[0].person_name == "甲"
    assert mine.state is RosterState.PUBLISHED
    assert other.shifts == ()


def test_recurring_need_opens_each_occurrence_once(world: World, session: Session) -> None:
    world.need(day=date(2026, 11, 28), recurrence="FREQ=WEEKLY;COUNT=8")
    plan(session, world.now)
    plan(session, world.now)
    starts = session.scalars(select(Shift.starts_at).order_by(Shift.starts_at)).all()
    assert starts == [datetime(2026, 11, 28, 1, tzinfo=UTC), datetime(2026, 12, 5, 1, tzinfo=UTC)]
    assert session.scalar(select(func.count()).select_from(Seat)) == 2


def test_let_go_of_a_proposal_tells_nobody(world: World, session: Session) -> None:
    person = world.person("甲")
    need = world.need()
    held = place(session, SYSTEM, role_id=role_of(session, need), person_id=person, now=world.now)
    let_go(session, session.get_one(Assignment, held), reason="mistake", now=world.now)
    assert session.scalars(select(OutboxMessage)).all() == []
