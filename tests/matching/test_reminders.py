"""Said once, in time, to the right people."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.reminders import alert_shortages, remind_tomorrow
from models.account import Account, Grant
from models.authority import Role
from models.outbox import OutboxMessage
from tests.matching.planning import publish
from tests.matching.test_the_day import confirmed
from tests.matching.world import STREET, ZONE, World


def told(session: Session, kind: str) -> list[int | None]:
    query = select(OutboxMessage.person_id).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    return list(session.scalars(query))


def test_who_confirmed_is_reminded_the_evening_before_once(world: World, session: Session) -> None:
    day = confirmed(world)
    evening = datetime(2026, 12, 4, 18, tzinfo=ZONE)
    assert remind_tomorrow(session, now=evening.replace(hour=17)) == 0
    assert [remind_tomorrow(session, now=evening), remind_tomorrow(session, now=evening)] == [1, 0]
    assert told(session, "reminder") == [day.person]
    assert remind_tomorrow(session, now=evening.replace(day=3)) == 0


def test_coordinators_of_the_place_hear_of_a_shortage_once(world: World, session: Session) -> None:
    mine, other = world.person("甲", free=()), world.person("乙", free=())
    for person, unit in ((mine, STREET), (other, "310101013")):
        account = Account(login=f"c{person}", display_name="c", person_id=person, created_at=world.now)
        account.grants = [Grant(role=Role.COORDINATOR, unit_code=unit)]
        session.add(account)
    world.person("丙")
    world.need("一")
    world.need("二", day=date(2026, 12, 6))
    thursday = datetime(2026, 12, 3, 12, tzinfo=ZONE)
    assert alert_shortages(session, now=thursday) == 0
    publish(session, world.now)
    friday = thursday.replace(day=4)
    assert [alert_shortages(session, now=friday), alert_shortages(session, now=friday)] == [1, 0]
    assert told(session, "shortage") == [mine]


def test_reminder_leaves_nobody_over_the_limit_of_the_week(world: World, session: Session) -> None:
    day = confirmed(world)
    evening = datetime(2026, 12, 4, 18, tzinfo=ZONE)
    session.execute(update(OutboxMessage).values(created_at=evening))
    session.add_all(
        OutboxMessage(
            key=f"x{n}", person_id=day.person, kind="offer", facts={}, not_before_at=evening, created_at=evening
        )
        for n in range(5)
    )
    session.flush()
    assert remind_tomorrow(session, now=evening) == 0
