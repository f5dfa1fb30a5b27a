"""A coordinator's hand in pages: who could come, moving, replacing, letting go, cancelling; each with undo."""

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from matching.needs import post_need
from models.authority import SYSTEM, Role
from models.need import Shift, ShiftRole, ShiftState
from models.outbox import OutboxMessage
from models.roster import HOLDING, Assignment, AssignmentState
from tests.conftest import NOW
from tests.web.proofreading import ProofReadingClient
from tests.web.world import STREET, WEEK, World, need_command
from web.database import Work

Sign = Callable[..., ProofReadingClient]


@pytest.fixture
def coordinator(world: World, account: Callable[..., int], sign_in: Sign) -> ProofReadingClient:
    account("zhou", Role.COORDINATOR, STREET)
    return sign_in("zhou")


@pytest.fixture
def other_role(world: World, work: Work) -> int:
    """A role of the same kind three days later, when everybody is free again."""
    with work.begin() as session:
        starts_at = session.get_one(Shift, world.shift_id).starts_at
        need = post_need(session, SYSTEM, command=need_command(starts_at.replace(day=5), STREET), now=NOW)
        shift = session.scalars(select(Shift.id).where(Shift.need_id == need)).one()
        return session.scalars(select(ShiftRole.id).where(ShiftRole.shift_id == shift)).one()


def holders(work: Work, shift_id: int) -> dict[int, int]:
    """Give person → assignment of those who hold a seat."""
    query = select(Assignment.person_id, Assignment.id).where(
        Assignment.shift_id == shift_id, Assignment.state.in_(HOLDING)
    )
    with work.read() as session:
        return dict(session.execute(query).all())


def undo_of(client: ProofReadingClient, answer: object) -> str:
    page = client.get(answer.headers["Location"]).text  # type: ignore[attr-defined]
    found = re.search(r'<form method="post" action="([^"]+)"><input[^>]+><button class="button quiet small">', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_pages_read_well_in_both_languages(
    world: World, work: Work, account: Callable[..., int], sign_in: Sign, language: str
) -> None:
    account("zhou", Role.COORDINATOR, STREET)
    client = sign_in("zhou", language)
    held = holders(work, world.shift_id)[world.persons[1]]
    for path in (f"/roster/roles/{world.role_id}", f"/roster/assignments/{held}", f"/roster?week={WEEK}"):
        assert client.get(path).status_code == 200, path


def test_who_could_come_is_asked_and_taken_back(coordinator: ProofReadingClient, world: World, work: Work) -> None:
    page = coordinator.get(f"/roster/roles/{world.role_id}").text
    assert [name in page for name in ("王秀英", "赵敏", "欧阳雪", "孙浩")] == [False, True, True, True]
    chosen = world.persons[2]
    answer = coordinator.send(f"/roster/roles/{world.role_id}", {"person": str(chosen), "week": WEEK})
    assert chosen in holders(work, world.shift_id)
    coordinator.send(undo_of(coordinator, answer))
    assert chosen not in holders(work, world.shift_id)


def test_replacing_tells_one_and_asks_the_other(coordinator: ProofReadingClient, world: World, work: Work) -> None:
    held = holders(work, world.shift_id)[world.persons[1]]
    page = coordinator.get(f"/roster/assignments/{held}").text
    assert "将空出一个必需名额" in page
    assert "将通知本人" in page
    answer = coordinator.send(f"/roster/assignments/{held}/replace", {"person": str(world.persons[3]), "week": WEEK})
    assert set(holders(work, world.shift_id)) == {world.persons[0], world.persons[3]}
    with work.read() as session:
        kinds = {(one.person_id, one.kind) for one in session.scalars(select(OutboxMessage))}
    assert {(world.persons[1], "released"), (world.persons[3], "offer")} <= kinds
    coordinator.send(undo_of(coordinator, answer))
    assert set(holders(work, world.shift_id)) == {world.persons[0], world.persons[1]}


def test_moving_goes_to_a_free_seat_and_back(
    coordinator: ProofReadingClient, world: World, other_role: int, work: Work
) -> None:
    held = holders(work, world.shift_id)[world.persons[1]]
    assert f'value="{other_role}"' in coordinator.get(f"/roster/assignments/{held}").text
    answer = coordinator.send(f"/roster/assignments/{held}/move", {"role": str(other_role), "week": WEEK})
    assert world.persons[1] not in holders(work, world.shift_id)
    coordinator.send(undo_of(coordinator, answer))
    assert world.persons[1] in holders(work, world.shift_id)


def test_a_move_that_a_rule_forbids_changes_nothing(coordinator: ProofReadingClient, world: World, work: Work) -> None:
    with work.begin() as session:
        starts_at = session.get_one(Shift, world.shift_id).starts_at
        late = need_command(starts_at.replace(day=3), STREET)  # a Thursday, when nobody is free
        need = post_need(session, SYSTEM, command=late, now=NOW)
        role = session.scalars(select(ShiftRole.id).join(Shift).where(Shift.need_id == need)).one()
    before = holders(work, world.shift_id)
    answer = coordinator.send(f"/roster/assignments/{before[world.persons[1]]}/move", {"role": str(role)})
    assert "那个时间此人没有空" in coordinator.get(answer.headers["Location"]).text
    assert holders(work, world.shift_id) == before


def test_letting_go_is_undone_by_asking_again(coordinator: ProofReadingClient, world: World, work: Work) -> None:
    held = holders(work, world.shift_id)[world.persons[0]]
    answer = coordinator.send(f"/roster/assignments/{held}/let-go", {"week": WEEK})
    assert world.persons[0] not in holders(work, world.shift_id)
    coordinator.send(undo_of(coordinator, answer))
    assert world.persons[0] in holders(work, world.shift_id)


def test_one_shift_is_cancelled_and_opened_again(coordinator: ProofReadingClient, world: World, work: Work) -> None:
    answer = coordinator.send(f"/roster/shifts/{world.shift_id}/cancel", {"week": WEEK})
    assert holders(work, world.shift_id) == {}
    with work.read() as session:
        assert session.get_one(Shift, world.shift_id).state is ShiftState.CANCELLED
    coordinator.send(undo_of(coordinator, answer))
    with work.read() as session:
        assert session.get_one(Shift, world.shift_id).state is ShiftState.OPEN


def test_another_street_is_not_there(world: World, work: Work, account: Callable[..., int], sign_in: Sign) -> None:
    account("other", Role.COORDINATOR, "310104003")
    stranger, held = sign_in("other"), holders(work, world.shift_id)
    for path in (f"/roster/roles/{world.role_id}", f"/roster/assignments/{held[world.persons[0]]}"):
        assert stranger.get(path).status_code == 404
    stranger.send(f"/roster/assignments/{held[world.persons[0]]}/let-go")
    stranger.send(f"/roster/shifts/{world.shift_id}/cancel")
    with work.read() as session:
        states = session.scalars(select(Assignment.state).order_by(Assignment.id)).all()
    assert states == [AssignmentState.OFFERED, AssignmentState.CONFIRMED]


def test_the_roster_is_a_workbook(coordinator: ProofReadingClient) -> None:
    answer = coordinator.get(f"/roster.xlsx?week={WEEK}")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert (len(rows), rows[0][8], [row[8] for row in rows[1:3]]) == (6, "姓名", ["王秀英", "陈建国"])
