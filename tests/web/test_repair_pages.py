"""A coordinator's own repair in pages: the changes first, then sent, then turned back where that can be done."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from matching.offers import Answer, answer_offer
from models.authority import Actor, Role
from models.roster import HOLDING, Assignment, AssignmentState, Offer, OfferState, RosterRun, RunKind
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, WEEK, World
from web.database import Work

Sign = Callable[..., ProofReadingClient]
PAGE = f"/roster/repair?week={WEEK}&unit={STREET}"
ASK = {"week": WEEK, "unit": STREET}


@pytest.fixture
def coordinator(world: World, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("zhou", Role.COORDINATOR, STREET)
    return sign_in("zhou")


def held(work: Work, world: World) -> dict[int, AssignmentState]:
    query = select(Assignment.person_id, Assignment.state).where(
        Assignment.shift_id == world.shift_id, Assignment.state.in_(HOLDING)
    )
    with work.read() as session:
        return dict(session.execute(query).all())


def run_of(work: Work) -> RosterRun:
    with work.read() as session:
        return session.scalars(
            select(RosterRun).where(RosterRun.kind == RunKind.REPAIR).order_by(RosterRun.id.desc()).limit(1)
        ).one()


def test_changes_are_shown_before_anybody_is_told_then_sent_then_turned_back(
    coordinator: ProofReadingClient, world: World, work: Work
) -> None:
    before = held(work, world)
    assert coordinator.send("/roster/repair", ASK).status_code == 302
    assert held(work, world) == before
    run = run_of(work)
    assert (run.area, len(run.counts["changes"])) == (STREET, 3)  # three of five seats were empty
    assert "发送这些变动" in coordinator.get(PAGE).text
    coordinator.send(f"/roster/repairs/{run.id}/apply", ASK)
    asked = held(work, world)
    assert set(asked) == set(world.persons)
    yes = world.persons[2]
    with work.begin() as session:
        offer = session.scalars(select(Offer.id).where(Offer.person_id == yes, Offer.state == OfferState.OPEN)).one()
        actor = Actor(account_id=None, person_id=yes)
        answer_offer(session, actor, offer_id=offer, answer=Answer.CONFIRM, now=NOW)
    assert "尽可能撤回" in coordinator.get(PAGE).text
    coordinator.send(f"/roster/repairs/{run.id}/undo", ASK)
    assert held(work, world) == {**before, yes: AssignmentState.CONFIRMED}
    assert coordinator.send(f"/roster/repairs/{run.id}/undo", ASK).status_code == 409


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_page_reads_well(world: World, account: Callable[..., int], sign_in: Sign, language: str) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou", language)
    assert client.get("/roster/repair").status_code == 200
    client.send("/roster/repair", ASK)
    assert client.get(PAGE).status_code == 200


def test_a_week_that_is_not_published_is_not_repaired(coordinator: ProofReadingClient, work: Work) -> None:
    answer = coordinator.send("/roster/repair", {**ASK, "week": "2027-W02"})
    assert answer.status_code == 302
    with work.read() as session:
        assert session.scalars(select(RosterRun).where(RosterRun.kind == RunKind.REPAIR)).all() == []


def test_the_city_and_other_streets_are_not_hers(
    coordinator: ProofReadingClient, world: World, work: Work, account: Callable[..., int], sign_in: Sign
) -> None:
    for unit in ("", "31", "310104003"):
        assert coordinator.send("/roster/repair", {"week": WEEK, "unit": unit}).status_code == 404
    coordinator.send("/roster/repair", ASK)
    run = run_of(work)
    account("other", Role.COORDINATOR, "310104003")
    stranger = sign_in("other")
    for act in ("apply", "undo"):
        assert stranger.send(f"/roster/repairs/{run.id}/{act}", ASK).status_code == 404
    assert run_of(work).counts["applied"] is False
