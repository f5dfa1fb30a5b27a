"""Needs close; what comes later is for a repair. Needs recur by the calendar, and are copied."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.copying import copy_need, copy_week
from matching.queries.needs import need_view
from matching.refusals import NotFound
from matching.snapshot import snapshot
from matching.week import Week
from models.authority import SYSTEM, Role
from models.need import HolidayRule, Need, Shift
from models.roster import Assignment, RunKind
from models.schedule import StepRun, StepState
from tests.matching.planning import WEEK, plan, publish, repair
from tests.matching.world import STREET, ZONE, World


def close(world: World, at: datetime, area: str = "") -> None:
    row = StepRun(step="close", week=str(WEEK), area=area, due_at=at, started_at=at, seen_at=at, state=StepState.DONE)
    world.session.add(row)
    world.session.flush()


def test_need_posted_after_the_close_waits_for_the_repair(world: World, session: Session) -> None:
    early, late = world.person("甲"), world.person("乙")
    world.need("一")
    close(world, world.now)
    publish(session, world.now)
    asked = session.scalars(select(Assignment.person_id)).all()
    world.now = world.later(minutes=1)
    world.need("二")
    assert planned(world) == 1
    changes = repair(session, world.now)
    assert sorted([*asked, *(change.person_id for change in changes)]) == [early, late]


def planned(world: World) -> int:
    """Count the shifts that a plan of the week would see now."""
    taken = snapshot(world.session, week=WEEK, area="", kind=RunKind.PLAN, now=world.now)
    return len(taken.problem.shifts)


def test_unit_that_closes_earlier_closes_for_itself(world: World, session: Session) -> None:
    world.person("甲")
    close(world, world.later(hours=1))
    close(world, world.now - timedelta(minutes=1), area=STREET)
    world.need()
    world.need("外滩", unit_code="310101013")
    assert planned(world) == 1
    plan(session, world.now)
    shift = session.scalars(select(Shift).join(Assignment, Assignment.shift_id == Shift.id)).one()
    assert shift.unit_code == "310101013"


@pytest.mark.parametrize(
    ("rule", "days"),
    [(HolidayRule.KEEP, [1, 8]), (HolidayRule.SKIP, [8]), (HolidayRule.ONLY, [1])],
)
def test_recurring_need_honours_holidays_by_choice(
    world: World, session: Session, rule: HolidayRule, days: list[int]
) -> None:
    world.now = datetime(2026, 9, 28, 2, tzinfo=ZONE)
    world.need(day=date(2026, 10, 1), recurrence="FREQ=WEEKLY;COUNT=2", holidays=rule)
    starts = session.scalars(select(Shift.starts_at).order_by(Shift.starts_at)).all()
    assert [at.astimezone(ZONE).day for at in starts] == days


def test_need_is_copied_to_another_day(world: World, session: Session) -> None:
    first = world.need(tags=("first_aid",), seats=(1, 2, 3), place="活动室")
    starts = datetime(2026, 12, 12, 9, tzinfo=ZONE)
    copied = copy_need(session, SYSTEM, need_id=first, starts_at=starts, now=world.now)
    before, after = (need_view(session, SYSTEM, need_id=need) for need in (first, copied))
    assert (after.title, after.roles, after.place, after.first_starts_at) == (
        before.title,
        before.roles,
        "活动室",
        starts,
    )
    stranger = world.account("other", Role.COORDINATOR, "310101013")
    with pytest.raises(NotFound):
        copy_need(session, stranger, need_id=first, starts_at=starts, now=world.now)


def test_week_is_copied_once_and_recurring_needs_left_out(world: World, session: Session) -> None:
    world.need("一")
    world.need("二", hour=14)
    world.need("三", day=date(2026, 12, 6), recurrence="FREQ=WEEKLY;COUNT=8")
    to = Week.parse("2026-W50")
    made = copy_week(session, SYSTEM, unit_code=STREET, from_week=WEEK, to_week=to, now=world.now)
    assert copy_week(session, SYSTEM, unit_code=STREET, from_week=WEEK, to_week=to, now=world.now) == ()
    rows = session.execute(select(Need.title, Need.first_starts_at).where(Need.id.in_(made)).order_by(Need.id)).all()
    assert rows == [
        ("一", datetime(2026, 12, 12, 9, tzinfo=ZONE)),
        ("二", datetime(2026, 12, 12, 14, tzinfo=ZONE)),
    ]
