"""Clicks by the thousand at once, from processes of their own: no seat held twice, nobody booked twice."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from models.handover import Handover, HandoverReply, HandoverState, ReplyState
from models.need import ShiftRole
from models.roster import (
    HOLDING,
    Assignment,
    AssignmentState,
    Backup,
    Offer,
    OfferState,
    Roster,
    RosterRun,
    RosterState,
    RunKind,
    RunState,
)
from tests.conftest import KEYRING, Databases
from tests.matching.crowd import NOW
from tests.matching.world import World
from web.database import Work, make_engine

HERE = Path(__file__).resolve().parents[2]
PROCESSES = 4
#: Tries of each process; more of them by the environment, for a long look.
ROUNDS = {"sqlite": 80, "postgresql": int(os.environ.get("LINLI_CROWD_ROUNDS", "260"))}
PATIENCE_SECONDS = 600 + 2 * ROUNDS["postgresql"]
REFUSALS = {
    "seat_taken",
    "already_booked",
    "offer_closed",
    "wrong_state",
    "handover_closed",
    "not_eligible",
    "not_found",
}


def crowded(work: Work) -> None:
    """Make a published week: four shifts, three of which overlap, that want seven people; twelve could come."""
    with work.begin() as session:
        world = World(session=session, now=NOW)
        world.units()
        people = [world.person(f"{number}", max_shifts_week=5, max_shifts_day=5) for number in range(12)]
        for hour, seats in ((9, 2), (9, 1), (10, 2), (14, 2)):
            world.need(f"{hour}", hour=hour, seats=(seats, seats, seats))
        run = RosterRun(
            week="2026-W49", area="", kind=RunKind.PLAN, state=RunState.STORED, started_at=NOW, seed=1, workers=1
        )
        session.add(run)
        session.flush()
        session.add(
            Roster(week="2026-W49", area="", version=1, state=RosterState.PUBLISHED, run_id=run.id, created_at=NOW)
        )
        for role_id in session.scalars(select(ShiftRole.id)):
            session.add_all(Backup(role_id=role_id, rank=rank, person_id=one) for rank, one in enumerate(people, 1))


def test_nothing_is_held_twice_whatever_happens_at_once(databases: Databases, dialect: str) -> None:
    url = databases.url(dialect)
    work = Work(make_engine(url), KEYRING)
    crowded(work)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.matching.crowd", url, str(seed), str(ROUNDS[dialect])],
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in range(PROCESSES)
    ]
    told: Counter[str] = Counter()
    for process in processes:
        out, errors = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, errors.decode()[-3000:]
        told.update(json.loads(out))
    assert told.total() == PROCESSES * ROUNDS[dialect]
    refused = {key.partition(":")[2] for key in told} - {"", "nothing"}
    assert refused <= REFUSALS, told
    assert {"place", "answer", "release", "lock", "seek", "stand_in"} <= set(told), told
    _nobody_twice(work)
    _handovers_are_whole(work)
    _offers_and_assignments_agree(work)
    work.dispose()


def _nobody_twice(work: Work) -> None:
    with work.read() as session:
        held = session.execute(
            select(Assignment.seat_id, Assignment.person_id, Assignment.starts_at, Assignment.ends_at).where(
                Assignment.state.in_(HOLDING)
            )
        ).all()
    seats = Counter(seat for seat, *_ in held)
    assert [seat for seat, count in seats.items() if count > 1] == []
    clashes = [
        (one, other)
        for index, one in enumerate(held)
        for other in held[index + 1 :]
        if one[1] == other[1] and one[2] < other[3] and other[2] < one[3]
    ]
    assert clashes == []


def _handovers_are_whole(work: Work) -> None:
    """A search that is done has one who took the seat; a swap that was made left both of them a seat."""
    with work.read() as session:
        rows = session.execute(
            select(
                Handover.id, Handover.state, Handover.back_id, HandoverReply.offered_id, HandoverReply.made_id
            ).outerjoin(
                HandoverReply, (HandoverReply.handover_id == Handover.id) & (HandoverReply.state == ReplyState.TOOK)
            )
        ).all()
    over = {HandoverState.DONE, HandoverState.UNDONE}
    assert len({row.id for row in rows}) == len(rows)
    assert [row for row in rows if (row.state in over) != (row.made_id is not None)] == []
    assert [row for row in rows if row.back_id is not None and row.offered_id is None] == []


def _offers_and_assignments_agree(work: Work) -> None:
    """An open offer stands by a seat that is asked for, a confirmed one by a confirmed seat."""
    with work.read() as session:
        pairs = session.execute(
            select(Offer.state, Assignment.state, func.count())
            .join(Assignment, Assignment.id == Offer.assignment_id)
            .group_by(Offer.state, Assignment.state)
        ).all()
        asked = session.scalars(select(Assignment.id).where(Assignment.state == AssignmentState.OFFERED)).all()
        open_offers = session.scalars(select(Offer.assignment_id).where(Offer.state == OfferState.OPEN)).all()
    allowed = {
        (OfferState.OPEN, AssignmentState.OFFERED),
        (OfferState.CONFIRMED, AssignmentState.CONFIRMED),
        (OfferState.CONFIRMED, AssignmentState.RELEASED),
        (OfferState.DECLINED, AssignmentState.DECLINED),
        (OfferState.LAPSED, AssignmentState.LAPSED),
        (OfferState.WITHDRAWN, AssignmentState.RELEASED),
    }
    assert {(offer, assignment) for offer, assignment, _ in pairs} <= allowed
    assert sorted(asked) == sorted(open_offers)
