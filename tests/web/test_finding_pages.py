"""Finding a need by oneself: the list, why not, one tap, and the way back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete

from matching.needs import post_need
from models import PersonFree, Shift, ShiftRole
from models.authority import SYSTEM, Role
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, World, need_command
from web.database import Work


@pytest.fixture
def volunteer(world: World, account: Callable[..., int], sign_in: Callable[..., ProofReadingClient]) -> object:
    account("wang", Role.VOLUNTEER, person_id=world.persons[0])
    return sign_in("wang")


@pytest.fixture
def saturday_role(world: World, work: Work) -> int:
    """A role of the Saturday after next morning, when everybody is free."""
    with work.begin() as session:
        starts_at = NOW + timedelta(days=10, hours=-9)
        need = post_need(session, SYSTEM, command=need_command(starts_at, STREET), now=NOW)
        role: int = session.query(ShiftRole.id).join(Shift).filter(Shift.need_id == need).scalar()
        return role


def test_what_i_may_take_is_taken_by_one_tap_and_given_back(volunteer: ProofReadingClient, saturday_role: int) -> None:
    page = volunteer.get("/me/find").text
    assert f'action="/me/find/{saturday_role}"' in page
    assert "周六 12月5日" in page
    assert volunteer.send(f"/me/find/{saturday_role}").headers["Location"] == "/me"
    week = volunteer.get("/me").text
    assert "报名成功：周六 12月5日 09:00–11:00" in week
    undo = week.partition('action="/me/taken/')[2].partition('"')[0]
    assert volunteer.send(f"/me/taken/{undo}").headers["Location"] == "/me/find"
    assert "已退回" in volunteer.get("/me/find").text


def test_the_rest_says_why_not(volunteer: ProofReadingClient, saturday_role: int, work: Work) -> None:
    with work.begin() as session:
        session.execute(delete(PersonFree).where(PersonFree.weekday == 5))
    page = volunteer.get("/me/find").text
    assert "不在您的空闲时间里" in page
    assert f'action="/me/find/{saturday_role}"' not in page
    refused = volunteer.send(f"/me/find/{saturday_role}")
    assert refused.headers["Location"] == "/me/find"
    assert "这一项您不能参加：" in volunteer.get("/me/find").text


@pytest.mark.parametrize("query", ["day=2026-12-05", "kind=medical", "within=20000", "day=x&kind=y&within=z"])
def test_filters_keep_what_fits(volunteer: ProofReadingClient, saturday_role: int, query: str) -> None:
    assert f'action="/me/find/{saturday_role}"' in volunteer.get(f"/me/find?{query}").text
    assert "暂时没有您可以参加的" in volunteer.get("/me/find?day=2026-12-04").text


def test_it_reads_in_english(
    world: World, saturday_role: int, account: Callable[..., int], sign_in: Callable[..., ProofReadingClient]
) -> None:
    account("wang", Role.VOLUNTEER, person_id=world.persons[0])
    assert "needed most" in sign_in("wang", language="en").get("/me/find").text
