"""The whole service, and everything it stands on, killed and restarted: the end is that of an undisturbed run.

A worker and a scheduler publish a week, send its messages through an SMS gateway that also fails now and then, and
take answers. Worker, scheduler, broker (which forgets everything) and database (shut down at once) are killed in turn,
at random moments. ``LINLI_FAULTS=40`` kills that often; by default it is a few times.
"""

import datetime as dt
import os
import random
import signal
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import Popen

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from matching import policy
from matching.offers import Answer, answer_offer
from matching.rosters import begin_plan, store_plan
from matching.steps import Step, request_step
from matching.week import Week
from models.authority import SYSTEM, Actor
from models.migrations import upgrade
from models.outbox import MessageState, OutboxMessage
from models.person import Person
from models.roster import Assignment, Offer, OfferState, Roster, RosterState
from models.schedule import StepRun, StepState
from registry.persons import place_of_person
from solver import solve
from tests import servers
from tests.conftest import KEYRING, leave_out
from tests.jobs.processes import killed, started
from tests.jobs.sms import Sms, serving
from tests.matching.world import ZONE, World
from web.database import Work, clock, make_engine

pytestmark = [pytest.mark.redis, pytest.mark.postgres]

FAULTS = int(os.environ.get("LINLI_FAULTS", "3"))
PEOPLE = 18
PATIENCE_SECONDS = 240 + 20 * FAULTS

#: Minutes become seconds, so that what takes over after a death does so while we look.
HURRIED = """
from dataclasses import replace
from datetime import time, timedelta
import matching.policy
matching.policy.DEFAULT = replace(matching.policy.DEFAULT, quiet_from=time(0), quiet_until=time(0))
import web.jobs.celery_app, web.jobs.outbox, web.jobs.schedule
web.jobs.schedule.SILENT = timedelta(seconds=4)
web.jobs.schedule.ALIVE_SECONDS = 0.5
web.jobs.schedule.MOST_ATTEMPTS = 1000
web.jobs.outbox.CLAIM_MINUTES = 4 / 60
web.jobs.outbox.REFRESH_SECONDS = 0.0
web.jobs.outbox.MOST_PAUSE = -5
web.jobs.celery_app.TICK_SECONDS = web.jobs.celery_app.SEND_SECONDS = 1.0
"""


@dataclass(slots=True)
class Service:
    """A worker and a scheduler on a broker and a database, each of which may be killed."""

    folder: Path
    sms: Sms
    postgres: servers.OwnPostgres
    valkey: servers.OwnValkey
    processes: dict[str, Popen[bytes]] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def database(self) -> str:
        return self.postgres.url.format("postgres")

    def start(self, name: str) -> None:
        environment = {
            "LINLI_INSTANCE": str(self.folder),
            "DATABASE_URL": self.database,
            "CELERY_BROKER_URL": self.valkey.url,
            "LINLI_SMS_URL": self.sms.url,
            "LINLI_KEYS": f"1:{b64encode(KEYRING.sealing[1]).decode()}",
            "LINLI_DIGEST_KEY": b64encode(KEYRING.digesting).decode(),
        }
        arguments = ("worker", "--beat") if name == "beat" else ("worker", "--concurrency", "2")
        self.processes[name] = started(*arguments, environment=environment, log=self.log, prelude=HURRIED)

    def disturb(self, chance: random.Random) -> str:
        """Kill one of the four at once, and start it again."""
        victim = chance.choice(("worker", "beat", "valkey", "postgres"))
        if victim in self.processes:
            killed(self.processes[victim])
            self.start(victim)
        else:
            server: servers.OwnPostgres | servers.OwnValkey = getattr(self, victim)
            server.stop(signal.SIGQUIT if victim == "postgres" else signal.SIGKILL)
            server.start()
        return victim


@contextmanager
def service(folder: Path) -> Iterator[Service]:
    with ExitStack() as stack:
        try:
            postgres = stack.enter_context(servers.own_postgres(speed=()))
            valkey = stack.enter_context(servers.own_valkey())
        except servers.ServerMissing as error:
            leave_out("PostgreSQL or Valkey", str(error))
        running = Service(folder, stack.enter_context(serving()), postgres, valkey)
        stack.callback(lambda: [killed(process) for process in running.processes.values()])
        yield running


@pytest.fixture(autouse=True)
def no_quiet_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    never = replace(policy.DEFAULT, quiet_from=dt.time(0), quiet_until=dt.time(0))
    monkeypatch.setattr(policy, "DEFAULT", never)


def planned(work: Work, week: Week) -> None:
    """Make a proposed week of people with telephones and nothing else to do; the schedule has been looked at before."""
    now = clock()
    with work.begin() as session:
        world = World(session=session, now=now)
        world.units()
        for number in range(PEOPLE):
            person_id = world.person(f"{number:02}", free=((5, 480, 1080), (6, 480, 1080)))
            sealed = KEYRING.seal(f"128{number:08}".encode(), bound_to=place_of_person("telephone_sealed", person_id))
            session.get_one(Person, person_id).telephone_sealed = sealed
        for number in range(12):
            world.need(f"{number}", day=week.monday + dt.timedelta(days=5 + number % 2), hour=9 + number % 4)
        row = StepRun(step="first_tick", week="", due_at=now, started_at=now, seen_at=now, state=StepState.DONE)
        session.add(row)
    with work.begin() as session:
        opened = begin_plan(session, SYSTEM, week=week, area="", now=now)
    result = solve(opened.problem, seed=1)
    with work.begin() as session:
        store_plan(session, SYSTEM, run_id=opened.run_id, problem=opened.problem, result=result, now=now)
        request_step(session, SYSTEM, step=Step.PUBLISH, week=week, now=now)


def lived(folder: Path, *, faults: int, seed: int) -> tuple[object, list[str], Counter[str]]:
    """Give how the week ends, the letters that were taken, and what was killed how often."""
    folder.mkdir()
    chance, deaths = random.Random(seed), Counter[str]()
    with service(folder) as running:
        work = Work(make_engine(running.database), KEYRING)
        upgrade(work.engine)
        planned(work, Week.holding(clock(), ZONE).next.next)
        running.sms.failing = chance if faults else None
        for name in ("worker", "beat"):
            running.start(name)
        until, disturb_at = time.monotonic() + PATIENCE_SECONDS, time.monotonic() + chance.uniform(4, 9)
        while True:
            assert time.monotonic() < until, running.log.read_text(errors="replace")[-4000:]
            if deaths.total() < faults and time.monotonic() > disturb_at:
                deaths[running.disturb(chance)] += 1
                disturb_at = time.monotonic() + chance.uniform(0.5, 6)
            with suppress(DBAPIError):
                _answer_next(work)
                if deaths.total() >= faults and _is_over(work):
                    break
            time.sleep(0.2)
        end = _end(work)
        work.dispose()
        return end, running.sms.accepted(), deaths


def _answer_next(work: Work) -> None:
    """Answer one open offer whose letter has left, by a rule of its person's: every third one declines."""
    with work.read() as session:
        found = session.execute(
            select(Offer.id, Offer.person_id).where(Offer.state == OfferState.OPEN).order_by(Offer.id).limit(1)
        ).first()
        waiting = session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state != MessageState.SENT)
        )
    if found is None or waiting:
        return
    answer = Answer.DECLINE if found[1] % 3 == 0 else Answer.CONFIRM
    with work.begin() as session:
        answer_offer(session, Actor(account_id=None, person_id=found[1]), offer_id=found[0], answer=answer, now=clock())


def _is_over(work: Work) -> bool:
    with work.read() as session:
        published = session.scalars(select(Roster.state)).all() == [RosterState.PUBLISHED]
        done = session.scalars(select(StepRun.state).where(StepRun.step == Step.PUBLISH.value)).all() == [
            StepState.DONE
        ]
        open_offers = session.scalar(select(func.count()).select_from(Offer).where(Offer.state == OfferState.OPEN))
        waiting = session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state != MessageState.SENT)
        )
    return published and done and not open_offers and not waiting


def _end(work: Work) -> object:
    with work.read() as session:
        seats = session.execute(select(Assignment.person_id, Assignment.shift_id, Assignment.state)).all()
        offers = session.execute(
            select(Offer.person_id, Assignment.shift_id, Offer.state).join(
                Assignment, Assignment.id == Offer.assignment_id
            )
        ).all()
        messages = session.execute(select(OutboxMessage.person_id, OutboxMessage.kind, OutboxMessage.state)).all()
    return sorted(seats), sorted(offers), sorted(messages)


def test_a_week_ends_the_same_whatever_is_killed(tmp_path: Path) -> None:
    undisturbed, letters, _ = lived(tmp_path / "calm", faults=0, seed=0)
    assert len(letters) == len(set(letters)) > 0
    killed_end, more, deaths = lived(tmp_path / "stormy", faults=FAULTS, seed=int(os.environ.get("LINLI_SEED", "1")))
    assert deaths.total() == FAULTS
    assert killed_end == undisturbed
    assert len(set(more)) == len(set(letters))
    twice = sum(count - 1 for count in Counter(more).values())
    assert twice <= FAULTS, "a letter is taken twice only when its sender dies before it could write it down"
