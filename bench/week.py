"""Figures of the week on PostgreSQL: offers and answers a second, and where planning a large week spends its time.

``python -m bench.week traffic [PEOPLE] [PROCESSES]`` makes a street of its own on a PostgreSQL that it starts, asks
everybody at once, and lets so many processes answer. ``python -m bench.week plan WEEK [--seconds N] [--whole]`` plans,
stores and publishes a week of the installation that the environment names (see ``linli demo --size district``).
``python -m bench.week whole [SIZE] [--seconds N]`` does all of it on a PostgreSQL that it starts: the files of a sample
city taken in and consolidated, then its week planned in a process of its own, so that the memory is that of planning.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import insert, select

from matching.offers import Answer, answer_offer
from matching.parts import file_of
from matching.policy import policy_of
from matching.publishing import make_offers
from matching.rosters import begin_plan, refuse_broken, store_plan
from matching.week import Week
from models.authority import SYSTEM, Actor
from models.migrations import upgrade
from models.need import Seat, Shift
from models.roster import Assignment, AssignmentState, Offer, Roster, RosterRun, RosterState, RunKind, RunState
from solver import solve
from tests import servers
from tests.conftest import KEYRING, NOW
from tests.matching.world import World
from web.cli.demo import Steps, take_in_city
from web.database import Work, clock, make_engine, open_work
from web.jobs.parts import solve_as_parts, spread_of
from web.jobs.progress import RunTeller
from web.jobs.week import publish_week
from web.settings import read_settings

ANSWERS = 800


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Print how long a stage took, by the clock and by the processor, and the most memory held so far."""
    wall, used = time.perf_counter(), time.process_time()
    yield
    wall, used = time.perf_counter() - wall, time.process_time() - used
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:<28}{wall:9.1f} s{used:9.1f} s CPU{held:9.0f} MiB", flush=True)


def plan(week: Week, *, seconds: float | None, whole: bool) -> None:
    """Plan, store and publish a week of this installation, stage by stage."""
    settings = read_settings()
    work, spread = open_work(settings), spread_of(settings)
    with stage("snapshot and run's row"), work.begin() as session:
        opened = begin_plan(session, SYSTEM, week=week, area="", seconds=seconds, now=clock())
    problem = opened.problem
    print(f"  {len(problem.volunteers):,} volunteers, {len(problem.shifts):,} shifts, {len(problem.roles):,} roles")
    with stage("  of it the problem's file"):
        size = len(file_of(problem))
    print(f"  {size / 1e6:.1f} MB")
    with stage("solve" + (" whole" if whole else " as parts")):
        if whole:
            result = solve(problem, seconds=seconds, workers=2, seed=1)
        else:
            tell = RunTeller(
                work, opened.run_id, lambda one: print(f"    {one.seconds:6.1f} s {one.stage}", flush=True)
            )
            result = solve_as_parts(
                work,
                run_id=opened.run_id,
                problem=problem,
                spread=spread,
                seed=1,
                workers=2,
                seconds=seconds,
                tell=tell,
            )
    print(f"  {result.points:,} of at most {result.bound:,} points, gap {result.gap:.4%}, {result.engine}")
    with stage("check"):
        refuse_broken(problem, result)
    with stage("store (checks again)"), work.begin() as session:
        store_plan(session, SYSTEM, run_id=opened.run_id, problem=problem, result=result, now=clock())
    print(f"  {len(result.assignments):,} assignments, {len(result.unfilled):,} roles short")
    with stage("publish"):
        published = publish_week(work, SYSTEM, week=week)
    print(f"  {published.offers:,} offers, {published.dropped:,} dropped")
    work.dispose()


def whole(size: str, *, seconds: float | None) -> None:
    """Take in a sample city on a PostgreSQL of its own, then plan and publish its coming week, stage by stage."""
    with servers.postgres() as url, tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": url.format("postgres"), "LINLI_INSTANCE": folder}
        settings = read_settings()
        week = Week.holding(clock(), settings.time_zone).next
        city = multiprocessing.get_context("spawn").Process(target=_take_in, args=(size, str(week)))
        city.start()
        city.join()
        if city.exitcode:
            raise SystemExit("the city could not be taken in")
        plan(week, seconds=seconds, whole=True)


def _take_in(size: str, week: str) -> None:
    settings = read_settings()
    work = open_work(settings)
    upgrade(work.engine)
    with stage(f"{size}: files to needs"):
        take_in_city(work, settings, Steps(), size=size, seed=1, week=Week.parse(week))
    work.dispose()


def traffic(people: int, processes: int) -> None:
    """Ask everybody at once, then let several processes answer."""
    with servers.postgres() as url:
        work = Work(make_engine(url.format("postgres")), KEYRING)
        upgrade(work.engine)
        roster = filled(work, people)
        began = time.perf_counter()
        with work.begin() as session:
            made = make_offers(session, roster_id=roster, now=NOW)
        took = time.perf_counter() - began
        print(f"{made:,} offers in {took:.2f} s: {made / took:,.0f} offers a second")
        with work.read() as session:
            offers = session.execute(select(Offer.id, Offer.person_id).order_by(Offer.id)).tuples().all()
        work.dispose()
        for count in sorted({1, processes}):
            share = [list(offers[number : ANSWERS * count : count]) for number in range(count)]
            offers = offers[ANSWERS * count :]
            began = time.perf_counter()
            with multiprocessing.get_context("spawn").Pool(count) as pool:
                spent = pool.starmap(answered, [(url.format("postgres"), part) for part in share])
            done = sum(len(part) for part in share)
            print(f"{done:,} answers by {count} processes in {max(spent):.2f} s: {done / max(spent):,.0f} a second")


def answered(url: str, offers: list[tuple[int, int]]) -> float:
    """Confirm these offers one by one; give the seconds."""
    work = Work(make_engine(url), KEYRING)
    began = time.perf_counter()
    for offer_id, person_id in offers:
        actor = Actor(account_id=None, person_id=person_id)
        with work.begin() as session:
            answer_offer(session, actor, offer_id=offer_id, answer=Answer.CONFIRM, now=NOW + timedelta(minutes=1))
    took = time.perf_counter() - began
    work.dispose()
    return took


def filled(work: Work, people: int) -> int:
    """Make so many people, a proposal that seats them all, and give its roster."""
    with work.begin() as session:
        world = World(session=session, now=NOW)
        world.units()
        persons = [world.person(f"{number}") for number in range(people)]
        for _ in range(-(-people // 10)):
            world.need(seats=(10, 10, 10))
        policy_of(session)
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
        same = {"roster_id": roster.id, "state": AssignmentState.PROPOSED, "created_at": NOW, "changed_at": NOW}
        rows = [
            {**same, "seat_id": seat, "shift_id": shift, "person_id": person, "starts_at": starts, "ends_at": ends}
            for (seat, shift, starts, ends), person in zip(seats, persons, strict=False)
        ]
        session.execute(insert(Assignment), rows)
        return roster.id


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.week")
    parts = parser.add_subparsers(dest="what", required=True)
    asked = parts.add_parser("traffic")
    asked.add_argument("people", type=int, nargs="?", default=5000)
    asked.add_argument("processes", type=int, nargs="?", default=4)
    planning = parts.add_parser("plan")
    planning.add_argument("week", type=Week.parse)
    planning.add_argument("--seconds", type=float)
    planning.add_argument("--whole", action="store_true")
    all_of_it = parts.add_parser("whole")
    all_of_it.add_argument("size", nargs="?", default="district")
    all_of_it.add_argument("--seconds", type=float)
    given = parser.parse_args()
    if given.what == "plan":
        plan(given.week, seconds=given.seconds, whole=given.whole)
    elif given.what == "whole":
        whole(given.size, seconds=given.seconds)
    else:
        traffic(given.people, given.processes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
