"""Templates of needs: kept, found by those above and below, changed, used, put away and taken out again."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.needs import TeamCommand
from matching.refusals import NotFound, ReasonMissing
from matching.templates import (
    change_template,
    keep_template,
    post_from_template,
    put_away_template,
    template_command,
    templates,
)
from models.authority import Actor, Role
from models.need import HolidayRule, Need
from models.template import NeedTemplate
from tests.matching.world import OTHER_STREET, STREET, ZONE, World

NEXT = date(2026, 12, 7)


@pytest.fixture
def street(world: World) -> Actor:
    return world.account("zhou", Role.COORDINATOR, STREET)


def kept(world: World, actor: Actor, **facts: object) -> int:
    need = world.need("助浴", team=(TeamCommand(tag="experienced", at_least=1),), **facts)
    return keep_template(world.session, actor, need_id=need, name="  周六 助浴 ", now=world.now)


def test_template_makes_the_same_need_on_the_next_of_its_weekday(world: World, session: Session, street: Actor) -> None:
    template = kept(world, street, contact_name="周老师", contact_telephone="13800000000", recurrence="FREQ=WEEKLY")
    name, command = template_command(session, street, template_id=template, on=NEXT)
    assert (name, command.title, command.starts_at) == ("周六 助浴", "助浴", datetime(2026, 12, 12, 9, tzinfo=ZONE))
    assert (command.recurrence, command.contact_name, command.contact_telephone) == ("FREQ=WEEKLY", "周老师", None)
    assert "13800000000" not in str(session.get_one(NeedTemplate, template).facts)


def test_need_posted_from_it_keeps_what_no_form_asks_for(world: World, session: Session, street: Actor) -> None:
    template = kept(world, street, holidays=HolidayRule.SKIP)
    _, command = template_command(session, street, template_id=template, on=NEXT)
    plain = replace(command, team=(), holidays=HolidayRule.KEEP, title="助浴二")
    need = session.get_one(
        Need, post_from_template(session, street, template_id=template, command=plain, now=world.now)
    )
    assert (need.title, need.team, need.holidays) == (
        "助浴二",
        [{"tag": "experienced", "at_least": 1}],
        HolidayRule.SKIP,
    )
    assert [(line.used, line.seats) for line in templates(session, street)] == [(1, 1)]
    gone = post_from_template(session, street, template_id=10**6, command=plain, now=world.now)
    assert session.get_one(Need, gone).team == []


def test_most_used_come_first(world: World, session: Session, street: Actor) -> None:
    first, second = kept(world, street), kept(world, street, hour=14)
    _, command = template_command(session, street, template_id=first, on=NEXT)
    post_from_template(session, street, template_id=first, command=command, now=world.now)
    assert [line.template_id for line in templates(session, street)] == [first, second]


def test_units_above_and_below_may_use_and_only_its_own_change_it(
    world: World, session: Session, street: Actor
) -> None:
    template = kept(world, street)
    above, below = (
        world.account(login, Role.COORDINATOR, unit) for login, unit in (("a", "310101"), ("b", STREET + "001"))
    )
    other = world.account("o", Role.COORDINATOR, OTHER_STREET)
    own = {
        login: [line.is_own for line in templates(session, actor)]
        for login, actor in (("street", street), ("above", above), ("below", below), ("other", other))
    }
    assert own == {"street": [True], "above": [True], "below": [False], "other": []}
    with pytest.raises(NotFound):
        template_command(session, other, template_id=template, on=NEXT)
    for stranger in (below, other):
        with pytest.raises(NotFound):
            put_away_template(session, stranger, template_id=template, away=True, now=world.now)


def test_changing_it_leaves_needs_alone_and_a_name_is_wanted(world: World, session: Session, street: Actor) -> None:
    template = kept(world, street)
    _, command = template_command(session, street, template_id=template, on=NEXT)
    changed = replace(command, title="理发", starts_at=datetime(2026, 12, 8, 14, tzinfo=ZONE))
    with pytest.raises(ReasonMissing):
        change_template(session, street, template_id=template, name=" ", command=changed, now=world.now)
    change_template(session, street, template_id=template, name="理发", command=changed, now=world.now)
    (line,) = templates(session, street)
    assert (line.name, line.title, line.weekday, line.start_minute) == ("理发", "理发", 1, 840)
    assert session.scalars(select(Need.title)).all() == ["助浴"]


def test_put_away_and_taken_out_again(world: World, session: Session, street: Actor) -> None:
    template = kept(world, street)
    put_away_template(session, street, template_id=template, away=True, now=world.now)
    assert templates(session, street) == ()
    put_away_template(session, street, template_id=template, away=False, now=world.now)
    assert [line.template_id for line in templates(session, street)] == [template]
