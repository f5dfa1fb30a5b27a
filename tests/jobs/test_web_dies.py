"""The web process killed in the middle of a publish and of answers: the end is that of an undisturbed run.

An operator publishes by the API, volunteers answer by their links, one after another; whoever gets no answer sends
again, as people do. ``LINLI_FAULTS=40`` kills that often; by default it is a few times.
"""

import json
import os
import random
import re
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from subprocess import Popen
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from matching.week import Week
from models import Account, Grant
from models.authority import Role
from models.outbox import OutboxMessage
from models.roster import Assignment, Offer, OfferState, Roster, RosterState
from tests.conftest import KEYRING, Databases
from tests.jobs.processes import answers, eventually, free_port, killed, started
from tests.jobs.test_disasters import planned
from tests.matching.world import ZONE
from web.accounts.passwords import hash_password
from web.database import Work, clock, make_engine
from web.links import offer_token

pytestmark = pytest.mark.postgres

FAULTS = int(os.environ.get("LINLI_FAULTS", "2"))
SECRET, PASSWORD = "a secret of the tests", "correct horse"
#: A request takes a few hundredths of a second: so soon after it was sent the process is killed.
SOON_SECONDS = 0.06


@dataclass(slots=True)
class Site:
    """A web process that may die under any request, and clients that insist."""

    folder: Path
    database: str
    chance: random.Random
    faults: int
    port: int = field(default_factory=free_port)
    deaths: int = 0
    process: Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            "LINLI_INSTANCE": str(self.folder),
            "DATABASE_URL": self.database,
            "LINLI_SECRET_KEY": SECRET,
            "LINLI_KEYS": "1:" + _base64(KEYRING.sealing[1]),
            "LINLI_DIGEST_KEY": _base64(KEYRING.digesting),
        }
        log = self.folder / "log"
        self.process = started("serve", "--port", str(self.port), environment=environment, log=log)
        eventually(lambda: answers(self.port), log)

    def stop(self) -> None:
        assert self.process is not None
        killed(self.process)

    def insist(self, send: Any) -> Any:
        """Send until there is an answer; while faults are left, the process is killed soon after each is sent."""
        while True:
            killer = None
            if self.deaths < self.faults:
                killer = threading.Timer(self.chance.uniform(0, SOON_SECONDS), self.stop)
                killer.start()
            try:
                return send()
            except OSError as error:
                if isinstance(error, urllib.error.HTTPError):
                    return error
            finally:
                if killer is not None:
                    killer.join()
                    self.deaths += 1
                    self.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def _base64(key: bytes) -> str:
    return b64encode(key).decode()


def publish(site: Site, week: Week) -> None:
    token = _json(site, "/api/v1/tokens", {"login": "wei", "password": PASSWORD})["token"]
    answer = site.insist(
        lambda: urllib.request.urlopen(_request(site, "/api/v1/roster/publish", {"week": str(week)}, token), timeout=60)
    )
    assert answer.status in {200, 409}, answer.status  # 409: the first one did it, and died before it could say so


def answer_all(site: Site, work: Work) -> None:
    """Answer the oldest open offer until there is none, by a rule of its person's: every third one declines."""
    while True:
        with work.read() as session:
            found = session.execute(
                select(Offer.id, Offer.person_id).where(Offer.state == OfferState.OPEN).order_by(Offer.id).limit(1)
            ).first()
        if found is None:
            return
        said = {"answer": "decline", "reason": "busy"} if found[1] % 3 == 0 else {"answer": "confirm"}
        path = f"/o/{offer_token(SECRET, found[0])}"
        assert site.insist(lambda path=path, said=said: _answered(site, path, said)) < 400


def _answered(site: Site, path: str, said: dict[str, str]) -> int:
    """Open the page of a link and press a button of its form, as a browser does."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(site.url(path), timeout=60).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if token is None:  # answered already: the first one did it, and died before it could say so
        return 200
    status: int = browser.open(site.url(path), urlencode({**said, "csrf_token": token[1]}).encode(), timeout=60).status
    return status


def _json(site: Site, path: str, body: dict[str, str]) -> Any:
    with urllib.request.urlopen(_request(site, path, body), timeout=60) as answer:
        return json.load(answer)


def _request(site: Site, path: str, body: dict[str, str], token: str = "") -> urllib.request.Request:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    return urllib.request.Request(site.url(path), json.dumps(body).encode(), headers)


def lived(folder: Path, database: str, *, faults: int, seed: int) -> tuple[object, int]:
    """Give how the week ends, and how often the process died."""
    folder.mkdir()
    work = Work(make_engine(database), KEYRING)
    week = Week.holding(clock(), ZONE).next.next
    planned(work, week)
    with work.begin() as session:
        operator = Account(login="wei", password_hash=hash_password(PASSWORD, cheap=True), display_name="w")
        operator.created_at, operator.grants = clock(), [Grant(role=Role.OPERATOR, unit_code="")]
        session.add(operator)
    site = Site(folder, database, random.Random(seed), faults)
    site.start()
    try:
        publish(site, week)
        answer_all(site, work)
        return _end(work), site.deaths
    finally:
        site.stop()
        work.dispose()


def _end(work: Work) -> object:
    with work.read() as session:
        seats = session.execute(select(Assignment.person_id, Assignment.shift_id, Assignment.state)).all()
        offers = session.execute(
            select(Offer.person_id, Assignment.shift_id, Offer.state).join(
                Assignment, Assignment.id == Offer.assignment_id
            )
        ).all()
        messages = session.execute(select(OutboxMessage.person_id, OutboxMessage.kind)).all()
        rosters = session.scalars(select(Roster.state)).all()
    assert rosters == [RosterState.PUBLISHED]
    return sorted(map(tuple, seats)), sorted(map(tuple, offers)), sorted(map(tuple, messages))


def test_a_week_ends_the_same_when_the_web_process_dies(databases: Databases, tmp_path: Path) -> None:
    calm, _ = lived(tmp_path / "calm", databases.url("postgresql"), faults=0, seed=0)
    seed = int(os.environ.get("LINLI_SEED", "1"))
    stormy, deaths = lived(tmp_path / "stormy", databases.url("postgresql"), faults=FAULTS, seed=seed)
    assert deaths == FAULTS
    assert stormy == calm
