"""Two hundred people at once against real PostgreSQL and several web processes: half answer offers, half sign up.

``python -m bench.crowd [--people 200] [--processes 3]`` starts a PostgreSQL of its own and gunicorn, lets every person
be a browser with cookies and forms, and then counts in the database: nothing may be lost, nothing written twice, no
answer may be an error. It prints the latencies of each page; they say as much about the machine as about the code.
"""

import argparse
import itertools
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.cookiejar import CookieJar
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from matching.asking import ask
from matching.needs import NeedCommand, RoleCommand, post_need
from models import Account, Assignment, Offer, OrganisationUnit, Person, PersonFree, Shift, ShiftRole, SourceRecord
from models.authority import SYSTEM
from models.migrations import upgrade
from models.organisation import UnitLevel
from models.roster import HOLDING, OfferState
from tests.servers import postgres
from web.app import create_app
from web.database import Work, clock, make_engine, open_work
from web.links import offer_token
from web.settings import read_settings

STREET = "310101002"
SEATS = 5
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "安宁静平和乐康健敏慧明亮云霞晨曦雨雪松柏"


def make_app() -> Flask:
    """Make the application for gunicorn; one address stands for all people here, so knocking is not limited."""
    return create_app(config={"RATELIMIT_ENABLED": False})


class Browser:
    """One person's browser: cookies, forms with their token, and how long each answer took."""

    def __init__(self, url: str, times: dict[str, list[float]], statuses: Counter[str]) -> None:
        self.url, self.times, self.statuses = url, times, statuses
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.opener.addheaders = [("Accept-Language", "zh-CN")]
        self.page = ""

    def get(self, path: str, name: str) -> None:
        self._ask(f"GET {name}", path, None)

    def send(self, path: str, name: str, values: dict[str, object]) -> None:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        pairs = [("csrf_token", token[1] if token else "")]
        for key, value in values.items():
            pairs += [(key, each) for each in value] if isinstance(value, list) else [(key, str(value))]
        self._ask(f"POST {name}", path, urllib.parse.urlencode(pairs).encode())

    def _ask(self, name: str, path: str, body: bytes | None) -> None:
        started = time.perf_counter()
        try:
            with self.opener.open(self.url + path, data=body, timeout=300) as answer:
                self.page, status = answer.read().decode(), answer.status
        except urllib.error.HTTPError as error:
            self.page, status = error.read().decode(errors="replace"), error.code
        self.times[name].append((time.perf_counter() - started) * 1000)
        self.statuses[f"{name} {status}"] += 1


def make_week(work: Work, people: int) -> list[int]:
    """Make a street, people and needs of next Saturday, and ask everybody; give the offers."""
    now = clock()
    saturday = now.date() + timedelta(days=7 + (5 - now.weekday()) % 7)
    with work.begin() as session:
        for code, name, level in (
            ("31", "上海市", UnitLevel.CITY),
            ("310101", "黄浦区", UnitLevel.DISTRICT),
            (STREET, "外滩街道", UnitLevel.STREET),
        ):
            session.add(OrganisationUnit(code=code, name=name, level=level, longitude=121.49, latitude=31.24))
        session.flush()
        roles = [_post(session, number, saturday) for number in range(-(-people // SEATS))]
        offers = []
        for number in range(people):
            role, shift = roles[number // SEATS]
            person = _person(session, number)
            offers.append(ask(session, role_id=role, shift=shift, person_id=person, roster_id=None, now=now))
        return offers


def _post(session: Session, number: int, day: date) -> tuple[int, Shift]:
    starts_at = clock().replace(year=day.year, month=day.month, day=day.day, hour=1, minute=0, second=0, microsecond=0)
    role = RoleCommand(name="志愿者", min_seats=SEATS, target_seats=SEATS, max_seats=SEATS)
    command = NeedCommand(
        title=f"社区服务{number}",
        category="elderly",
        unit_code=STREET,
        starts_at=starts_at,
        duration_minutes=120,
        roles=(role,),
    )
    need = post_need(session, SYSTEM, command=command, now=clock())
    shift = session.scalars(select(Shift).where(Shift.need_id == need)).one()
    return session.scalars(select(ShiftRole.id).where(ShiftRole.shift_id == shift.id)).one(), shift


def _person(session: Session, number: int) -> int:
    now = clock()
    place = {"longitude": 121.48, "latitude": 31.23, "unit_code": STREET}
    person = Person(name=f"老{number}", name_sort=f"{number}", created_at=now, changed_at=now, **place)
    session.add(person)
    session.flush()
    session.add(PersonFree(person_id=person.id, weekday=5, start_minute=480, end_minute=1080))
    return person.id


def answer(browser: Browser, token: str, number: int) -> None:
    """Answer an offer by its link: two of three come, and one in six changes their mind."""
    browser.get(f"/o/{token}", "/o/<token>")
    if number % 3:
        browser.send(f"/o/{token}", "/o/<token>", {"answer": "confirm"})
    else:
        browser.send(f"/o/{token}", "/o/<token>", {"answer": "decline", "reason": "busy"})
    if number % 6 == 1:
        browser.send(f"/o/{token}/undo", "/o/<token>/undo", {})
        browser.send(f"/o/{token}", "/o/<token>", {"answer": "confirm"})


def sign_up(browser: Browser, number: int) -> None:
    """Sign up on the three screens."""
    name = SURNAMES[number % 20] + GIVEN[number // 20 % 20] + GIVEN[number * 7 % 20]
    browser.get("/sign-up", "/sign-up")
    browser.send("/sign-up", "/sign-up", {"name": name, "telephone": f"128{number:08d}", "agreed": "1"})
    code = re.search(r'id="demo-code"[^>]*>(\d{6})<', browser.page)
    browser.send("/sign-in/code", "/sign-in/code", {"code": code[1] if code else ""})
    born_on = date(1960, 1, 1) + timedelta(days=number * 97)
    hours = {"free[]": ["5-9", "5-10", "5-11"], "skills[]": ["dialect"]}
    about = {"born_on": born_on.isoformat(), "unit_code": STREET, "radius_metres": "5000"}
    browser.send("/sign-up/about", "/sign-up/about", {**hours, **about})


@contextmanager
def served(url: str, folder: Path, processes: int) -> Iterator[str]:
    """Run gunicorn with so many processes on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": url, "LINLI_INSTANCE": str(folder), "LINLI_DEMO": "1"}
    address = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "--bind", address, "--workers", str(processes), "--threads", "8"]
    command += ["--timeout", "300", "--backlog", "1024", "--no-control-socket", "bench.crowd:make_app()"]
    with (folder / "gunicorn.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait(f"http://{address}/health", server)
            yield f"http://{address}"
        finally:
            server.terminate()
            server.wait(30)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            sys.exit("gunicorn did not start")
        try:
            urllib.request.urlopen(url, timeout=5)
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("gunicorn did not answer")


def faults(work: Work, people: int, joined: int) -> list[str]:
    """Say what the database lacks, or has too often."""
    found = []
    with work.read() as session:
        confirmed = session.scalar(select(func.count()).where(Offer.state == OfferState.CONFIRMED))
        wanted = sum(1 for number in range(people) if number % 3)
        if confirmed != wanted:
            found.append(f"{confirmed} confirmed offers, {wanted} wanted")
        held = select(Assignment.seat_id).where(Assignment.state.in_(HOLDING))
        twice = session.execute(held.group_by(Assignment.seat_id).having(func.count() > 1)).all()
        if twice:
            found.append(f"{len(twice)} seats held twice")
        counts = {
            "accounts": session.scalar(select(func.count()).select_from(Account)),
            "records": session.scalar(select(func.count()).where(SourceRecord.source == "self_service")),
        }
        found += [f"{count} {name}, {joined} wanted" for name, count in counts.items() if count != joined]
    return found


def run(url: str, tokens: list[str], joined: int) -> tuple[dict[str, list[float]], Counter[str], float]:
    """Let everybody begin at the same moment; give times, statuses and the seconds that it took."""
    times: dict[str, list[float]] = defaultdict(list)
    statuses: Counter[str] = Counter()
    together = threading.Barrier(len(tokens) + joined + 1)

    def one(deed: object, *arguments: object) -> None:
        browser = Browser(url, times, statuses)
        together.wait()
        deed(browser, *arguments)  # type: ignore[operator]

    deeds = itertools.chain(
        ((answer, token, number) for number, token in enumerate(tokens)),
        ((sign_up, number) for number in range(joined)),
    )
    threads = [threading.Thread(target=one, args=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    together.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return times, statuses, time.perf_counter() - started


def main() -> int:
    """Run it; 1 when anything was lost, doubled or refused."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--processes", type=int, default=3)
    asked = parser.parse_args()
    half = asked.people // 2
    with tempfile.TemporaryDirectory(prefix="linli-crowd-") as name, postgres() as server:
        folder = Path(name)
        admin = make_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE linli_crowd"))
        url = server.format("linli_crowd")
        settings = read_settings({"DATABASE_URL": url, "LINLI_INSTANCE": name, "LINLI_DEMO": "1"})
        work = open_work(settings)
        upgrade(work.engine)
        tokens = [offer_token(settings.secret_key, offer) for offer in make_week(work, half)]
        with served(url, folder, asked.processes) as address:
            warmed = 2 * asked.processes
            for number in range(warmed):  # linkage compiles its loops at the first sign-up of a process
                sign_up(Browser(address, defaultdict(list), Counter()), half + number)
            times, statuses, seconds = run(address, tokens, half)
        wrong = faults(work, half, half + warmed)
        wrong += [f"{count} answers {status}" for status, count in statuses.items() if not status.endswith(" 200")]
        work.dispose()
        admin.dispose()
    print(f"{asked.people} people, {asked.processes} processes, {seconds:.1f} s in all, load {os.getloadavg()[0]:.1f}")
    print(f"{'page':<26}{'answers':>9}{'median ms':>11}{'95 % ms':>10}{'most ms':>10}")
    for page, each in sorted(times.items()):
        ordered = sorted(each)
        high = ordered[int(len(ordered) * 0.95) - 1]
        print(f"{page:<26}{len(each):>9}{statistics.median(each):>11.0f}{high:>10.0f}{ordered[-1]:>10.0f}")
    print("\n".join(wrong) or "nothing lost, nothing written twice, no error")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
