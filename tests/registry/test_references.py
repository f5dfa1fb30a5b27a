"""What refers to a person moves along with a merge, except what the other one has already; undone, it is as it was."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import NeedBar, PersonPair
from models.relation import PairKind
from registry.histories import move_references, return_references
from tests.matching.world import World


def rows(session: Session) -> tuple[Any, ...]:
    bars = session.execute(
        select(NeedBar.person_id, NeedBar.need_id).order_by(NeedBar.person_id, NeedBar.need_id)
    ).all()
    pairs = session.execute(select(PersonPair.left_id, PersonPair.right_id).order_by(PersonPair.left_id)).all()
    return tuple(map(tuple, bars)), tuple(map(tuple, pairs))


def test_references_move_and_return(session: Session, now: datetime) -> None:
    world = World(session=session, now=now)
    kept, gone, friend = world.person("甲"), world.person("乙"), world.person("丙")
    both, one = world.need("一"), world.need("二")
    for person, need in ((kept, both), (gone, both), (gone, one)):
        session.add(NeedBar(person_id=person, need_id=need, reason="not_this_kind", created_at=now))
    session.add(PersonPair(left_id=gone, right_id=friend, kind=PairKind.TOGETHER, created_at=now))
    session.add(PersonPair(left_id=kept, right_id=gone, kind=PairKind.APART, created_at=now))
    session.flush()
    before = rows(session)
    moved = move_references(session, gone, kept)
    assert rows(session) == (((kept, both), (kept, one), (gone, both)), ((kept, gone), (kept, friend)))
    return_references(session, moved, gone)
    assert rows(session) == before
