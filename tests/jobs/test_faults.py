"""Killed at random moments while publishing, answering and sending: the end is that of an undisturbed run."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.rosters import begin_plan, store_plan
from models.authority import SYSTEM
from models.outbox import MessageState, OutboxMessage
from models.roster import Assignment, Offer, Roster, RosterState
from solver import solve
from tests.conftest import KEYRING, Databases
from tests.jobs.mortal import NOW, WEEK
from tests.matching.world import World
from web.database import Work, make_engine

HERE = Path(__file__).resolve().parents[2]
KILLS = 12


def planned(work: Work) -> None:
    """Make a week of twelve needs with a stored proposal, and eighteen people."""
    with work.begin() as session:
        world = World(session=session, now=NOW)
        world.units()
        for number in range(18):
            world.person(f"{number:02}", free=((5, 480, 1080), (6, 480, 1080)))
        for number in range(12):
            world.need(f"{number}", day=date(2025, 12, 6 + number % 2), hour=9 + number % 4)
    with work.begin() as session:
        opened = begin_plan(session, SYSTEM, week=WEEK, area="", now=NOW)
    result = solve(opened.problem, seed=1)
    with work.begin() as session:
        store_plan(session, SYSTEM, run_id=opened.run_id, problem=opened.problem, result=result, now=NOW)


def lived(databases: Databases, dialect: str, folder: Path, *, kills: int, seed: int = 0) -> tuple[object, list[str]]:
    """Give how a week ends, and the letters that left, after so many deaths."""
    url, file = databases.url(dialect), folder / f"letters-{kills}-{seed}"
    work = Work(make_engine(url), KEYRING)
    planned(work)
    command = [sys.executable, "-m", "tests.jobs.mortal", url, str(file), str(kills), str(seed)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    with work.read() as session:
        end = _end(session)
    work.dispose()
    return end, file.read_text().split()


def _end(session: Session) -> object:
    """Give what a week came to, without the numbers that a database may leave out after a death."""
    seats = session.execute(select(Assignment.person_id, Assignment.shift_id, Assignment.state)).all()
    offers = session.execute(
        select(Offer.person_id, Assignment.shift_id, Offer.state).join(Assignment, Assignment.id == Offer.assignment_id)
    ).all()
    messages = session.execute(select(OutboxMessage.person_id, OutboxMessage.kind, OutboxMessage.state)).all()
    published = session.scalars(select(Roster.state)).all()
    assert {state for *_, state in messages} == {MessageState.SENT}
    assert published == [RosterState.PUBLISHED]
    return sorted(seats), sorted(offers), sorted(messages)


def test_week_ends_the_same_however_often_its_process_is_killed(
    databases: Databases, dialect: str, tmp_path: Path
) -> None:
    undisturbed, letters = lived(databases, dialect, tmp_path, kills=0)
    killed, more = lived(databases, dialect, tmp_path, kills=KILLS, seed=7)
    assert killed == undisturbed
    assert len(set(letters)) == len(letters)
    assert len(set(more)) == len(letters)
    # A process that dies between sending and marking sends once more under the same key, which a gateway takes once.
    assert sum(count - 1 for count in Counter(more).values()) <= KILLS
