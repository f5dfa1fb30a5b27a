"""Stand-ins and swaps in pages: the holder, whoever is asked by a link, a friend, and the coordinator."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from matching.needs import post_need
from matching.taking import take_seat
from models.authority import SYSTEM, Actor, Role
from models.handover import Handover, HandoverState
from models.need import Shift, ShiftRole
from models.outbox import OutboxMessage
from models.roster import HOLDING, Assignment, AssignmentState, Backup, Offer
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, WEEK, World, need_command
from web.current import installation
from web.database import Work
from web.jobs.letters import letters_of

Sign = Callable[..., ProofReadingClient]


@pytest.fixture
def holder(world: World, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("chen", Role.VOLUNTEER, "", world.persons[1])
    return sign_in("chen")


def seat_of(world: World, work: Work, person: int) -> int:
    query = select(Assignment.id).where(Assignment.person_id == world.persons[person], Assignment.state.in_(HOLDING))
    with work.read() as session:
        return session.scalars(query).one()


def stand_by(world: World, work: Work, *people: int) -> None:
    with work.begin() as session:
        for rank, person in enumerate(people, 1):
            session.add(Backup(role_id=world.role_id, rank=rank, person_id=world.persons[person]))


def letter(app: Flask, work: Work, kind: str) -> str:
    with work.read() as session:
        message = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)).one()
    with app.app_context():
        settings = installation().settings
    written = letters_of(app, settings)(work, message)
    assert written is not None
    return written.text


def holders(world: World, work: Work) -> list[int]:
    query = select(Assignment.person_id).where(
        Assignment.shift_id == world.shift_id, Assignment.state == AssignmentState.CONFIRMED
    )
    with work.read() as session:
        return list(session.scalars(query))


def test_a_stranger_to_the_seat_takes_it_by_the_link_of_a_message(
    holder: ProofReadingClient, world: World, work: Work, app: Flask
) -> None:
    stand_by(world, work, 2)
    page = f"/me/seats/{seat_of(world, work, 1)}/stand-in"
    assert "找人替我" in holder.get("/me").text
    assert holder.send(page, {"ask": "1"}).status_code == 302
    assert "已询问 1 人" in holder.get(page).text
    text = letter(app, work, "stand_in")
    assert "陈建国" not in text
    path = re.search(r"/s/\S+", text)
    assert path is not None
    other = app.test_client()
    assert isinstance(other, ProofReadingClient)
    question = other.get(path[0]).text
    assert ("周三集市急救点" in question, "陈建国" in question) == (True, False)
    assert holders(world, work) == [world.persons[1]]
    assert other.send(path[0], {"answer": "take"}).status_code == 302
    assert holders(world, work) == [world.persons[2]]
    assert "您不必再来" in letter(app, work, "stood_in")
    assert "已有人替您" in holder.get(page).text
    assert other.get("/s/forged").status_code == 404


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_a_friend_offers_a_seat_in_exchange_and_both_change_hands(
    world: World, work: Work, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("chen", Role.VOLUNTEER, "", world.persons[1])
    account("zhao", Role.VOLUNTEER, "", world.persons[2])
    account("zhou", Role.COORDINATOR, STREET)
    holder, friend, coordinator = (sign_in(login, language) for login in ("chen", "zhao", "zhou"))
    theirs = other_seat(world, work)
    mine = seat_of(world, work, 1)
    holder.send(f"/me/seats/{mine}/stand-in")
    link = re.search(r'value="[^"]*(/me/stand-ins/from/[^"]+)"', holder.get(f"/me/seats/{mine}/stand-in").text)
    assert link is not None
    assert "陈建国" in friend.get(link[1]).text
    friend.send(link[1], {"answer": "swap", "seat": str(theirs)})
    page = holder.get(f"/me/seats/{mine}/stand-in").text
    assert "赵敏" in page
    assert f'href="/me/seats/{mine}/stand-in"' in holder.get("/me").text
    with work.read() as session:
        handover = session.scalars(select(Handover)).one()
    answer = {"answer": "agree", "assignment": str(mine)}
    holder.send(f"/me/stand-ins/{handover.id}/swaps/{world.persons[2]}", answer)
    assert holders(world, work) == [world.persons[2]]
    assert holder.get("/me").status_code == friend.get("/me").status_code == 200
    listed = coordinator.get(f"/roster/stand-ins?week={WEEK}").text
    assert ("陈建国" in listed, "赵敏" in listed) == (True, True)
    coordinator.send(f"/roster/stand-ins/{handover.id}/undo", {"week": WEEK})
    with work.read() as session:
        assert session.get_one(Handover, handover.id).state is HandoverState.UNDONE
        held = session.execute(select(Assignment.person_id, Assignment.state).where(Assignment.state.in_(HOLDING)))
        back = {person for person, state in held if state is AssignmentState.OFFERED}
    assert {world.persons[1], world.persons[2]} <= back


def test_coming_after_all_is_undone_and_another_street_sees_nothing(
    holder: ProofReadingClient, world: World, work: Work, account: Callable[..., int], sign_in: Sign
) -> None:
    mine = seat_of(world, work, 1)
    holder.send(f"/me/seats/{mine}/stand-in")
    with work.read() as session:
        handover = session.scalars(select(Handover.id)).one()
    for path, state in (("stop", HandoverState.WITHDRAWN), ("again", HandoverState.OPEN)):
        holder.send(f"/me/stand-ins/{handover}/{path}?assignment={mine}")
        with work.read() as session:
            assert session.get_one(Handover, handover).state is state
    account("other", Role.COORDINATOR, "310104003")
    stranger = sign_in("other")
    assert "陈建国" not in stranger.get(f"/roster/stand-ins?week={WEEK}").text
    assert stranger.send(f"/roster/stand-ins/{handover}/undo").status_code == 404
    account("sun", Role.VOLUNTEER, "", world.persons[4])
    nobody = sign_in("sun")
    assert nobody.get(f"/me/stand-ins/{handover}").status_code == 404
    assert nobody.get(f"/me/seats/{mine}/stand-in").status_code == 404


def other_seat(world: World, work: Work) -> int:
    """Give the third person a seat of their own on Saturday."""
    with work.begin() as session:
        starts_at = session.get_one(Shift, world.shift_id).starts_at.replace(day=5)
        need = post_need(session, SYSTEM, command=need_command(starts_at, STREET), now=NOW)
        role = session.scalars(select(ShiftRole.id).join(Shift).where(Shift.need_id == need)).one()
        actor = Actor(account_id=None, person_id=world.persons[2])
        offer = take_seat(session, actor, role_id=role, now=NOW)
        return session.get_one(Offer, offer).assignment_id
