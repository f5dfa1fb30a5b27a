"""How fast offers are made and answered on a real PostgreSQL: ``python -m tests.matching.speed [PEOPLE]``."""

import sys
import time
from datetime import timedelta

from sqlalchemy import insert, select

from matching.offers import Answer, answer_offer
from matching.publishing import make_offers
from models.authority import Actor
from models.migrations import upgrade
from models.need import Seat, Shift
from models.roster import Assignment, AssignmentState, Offer, Roster, RosterRun, RosterState, RunKind, RunState
from tests import servers
from tests.conftest import KEYRING, NOW
from tests.matching.world import World
from web.database import Work, make_engine

ANSWERS = 500


def filled(work: Work, people: int) -> int:
    """Make so many people, a proposal that seats them all, and give its roster."""
    with work.begin() as session:
        world = World(session=session, now=NOW)
        world.units()
        persons = [world.person(f"{number}") for number in range(people)]
        for _ in range(-(-people // 10)):
            world.need(seats=(10, 10, 10))
        run = RosterRun(
            week="2026-W49", area="", kind=RunKind.PLAN, state=RunState.STORED, started_at=NOW, seed=1, workers=1
        )
        session.add(run)
        session.flush()
        roster = Roster(week="2026-W49", area="", version=1, state=RosterState.PROPOSED, run_id=run.id, created_at=NOW)
        session.add(roster)
        session.flush()
        seats = session.execute(
            select(Seat.id, Shift.id, Shift.starts_at, Shift.ends_at).join(Seat.role).join(Shift).order_by(Seat.id)
        ).all()
        rows = [
            {"seat_id": seat, "shift_id": shift, "person_id": person, "roster_id": roster.id, "starts_at": starts,
             "ends_at": ends, "state": AssignmentState.PROPOSED, "created_at": NOW, "changed_at": NOW}
            for (seat, shift, starts, ends), person in zip(seats, persons, strict=False)
        ]  # fmt: skip
        session.execute(insert(Assignment), rows)
        return roster.id


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with servers.postgres() as url:
        engine = make_engine(url.format("postgres"))
        upgrade(engine)
        work = Work(engine, KEYRING)
        roster = filled(work, people)
        began = time.perf_counter()
        with work.begin() as session:
            made = make_offers(session, roster_id=roster, now=NOW)
        took = time.perf_counter() - began
        sys.stdout.write(f"{made} offers in {took:.2f} s: {made / took:.0f} offers a second\n")
        with work.read() as session:
            offers = session.execute(select(Offer.id, Offer.person_id).order_by(Offer.id).limit(ANSWERS)).all()
        began = time.perf_counter()
        for offer_id, person_id in offers:
            actor = Actor(account_id=None, person_id=person_id)
            with work.begin() as session:
                answer_offer(session, actor, offer_id=offer_id, answer=Answer.CONFIRM, now=NOW + timedelta(minutes=1))
        took = time.perf_counter() - began
        sys.stdout.write(f"{len(offers)} answers in {took:.2f} s: {len(offers) / took:.0f} answers a second\n")
        work.dispose()


if __name__ == "__main__":
    main()
