"""``python -m bench.crowd``: so many people at once, on a real PostgreSQL and several web processes.

Half of them answer an offer by its one-time link, half sign up: every one a browser of their own with cookies and the
pages' own forms. It prints latencies a step and what the database holds afterwards, and fails when an answer was lost,
given twice, or a person was registered twice.
"""

from __future__ import annotations

import argparse
import html
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

from sqlalchemy import create_engine, text

from tests import servers
from web.links import offer_token

HERE = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 120.0
NAMES = "春夏秋冬梅兰竹菊江河湖海"


@dataclass(slots=True)
class Visitor:
    """One browser: keeps its cookies, fills in the forms it is shown."""

    port: int
    address: str
    times: dict[str, list[float]]
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""
    path: str = ""

    def get(self, step: str, path: str) -> int:
        return self._ask(step, "GET", path, None)

    def send(self, step: str, path: str, **values: str) -> int:
        """Post the form of the page that is open, and follow where it leads."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        values["csrf_token"] = html.unescape(token[1]) if token else ""
        return self._ask(step, "POST", path, urlencode(values))

    def _ask(self, step: str, method: str, path: str, body: str | None) -> int:
        started = time.perf_counter()
        status, where = self._once(method, path, body)
        while status in {302, 303}:
            status, where = self._once("GET", where, None)
        self.times[step].append((time.perf_counter() - started) * 1000)
        return status

    def _once(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "X-Forwarded-For": self.address, "Accept-Language": "zh-CN"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        self.page, self.path = answer.read().decode("utf-8", "replace"), path
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        where = answer.headers.get("Location", "")
        connection.close()
        return answer.status, where.removeprefix(f"http://127.0.0.1:{self.port}")


def answers(visitor: Visitor, token: str) -> str:
    """Open an offer's link and say yes; what came of it."""
    if visitor.get("open an offer", f"/o/{token}") != http.client.OK:
        return "offer not shown"
    status = visitor.send("answer it", f"/o/{token}", answer="confirm")
    return "answered" if status == http.client.OK else f"answer {status}"


def signs_up(visitor: Visitor, number: int, unit: str) -> str:
    """Sign up in three screens; what came of it."""
    visitor.get("open sign-up", "/sign-up")
    name = "陈" + NAMES[number % 12] + NAMES[number // 12 % 12]
    visitor.send("name and telephone", "/sign-up", name=name, telephone=f"1290000{number:04d}", agreed="1")
    code = re.search(r'id="demo-code"[^>]*>(\d{6})<', visitor.page)
    if code is None:
        return "no code"
    visitor.send("code", "/sign-in/code", code=code[1])
    born = f"{1960 + number % 40}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    status = visitor.send(
        "what they offer", "/sign-up/about", born_on=born, unit_code=unit, radius_metres="3000", max_shifts_week="2"
    )
    return "signed up" if status == http.client.OK and "/sign-out" in visitor.page else f"sign-up {status}"


def main() -> int:
    """Start everything, let them come, tell; 1 when anything was lost, doubled or refused."""
    parser = argparse.ArgumentParser(prog="python -m bench.crowd", description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--processes", type=int, default=4, help="web processes")
    options = parser.parse_args()
    with servers.postgres() as pattern, servers.valkey() as broker, tempfile.TemporaryDirectory() as folder:
        maker = create_engine(_driver(pattern.format("postgres")), isolation_level="AUTOCOMMIT")
        with maker.connect() as connection:
            connection.execute(text("CREATE DATABASE crowd"))
        url = pattern.format("crowd")
        settings = {
            **os.environ,
            "DATABASE_URL": url,
            "CELERY_BROKER_URL": broker,
            "LINLI_INSTANCE": folder,
            "LINLI_DEMO": "1",
            "LINLI_TRUST_PROXY": "1",
            "LINLI_SECRET_KEY": "bench" * 8,
        }
        print("making the sample city …", flush=True)
        subprocess.run([BIN / "linli", "db", "upgrade"], env=settings, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([BIN / "linli", "demo", "--no-serve"], env=settings, check=True, stdout=subprocess.DEVNULL)
        return _crowd(options.people, options.processes, settings)


def _crowd(people: int, processes: int, settings: dict[str, str]) -> int:
    engine = create_engine(_driver(settings["DATABASE_URL"]))
    with engine.connect() as connection:
        offers = connection.execute(
            text("SELECT id FROM offer WHERE state = 'open' ORDER BY id LIMIT :most"), {"most": people // 2}
        ).scalars()
        tokens = [offer_token(settings["LINLI_SECRET_KEY"], offer) for offer in offers]
        unit = connection.execute(text("SELECT min(code) FROM organisation_unit WHERE level = 'street'")).scalar_one()
        before = _counts(engine)
    port = _free_port()
    settings |= {"WEB_CONCURRENCY": str(processes), "LINLI_BIND": f"127.0.0.1:{port}"}
    settings["LINLI_CONTROL_SOCKET"] = f"{settings['LINLI_INSTANCE']}/gunicorn.ctl"
    command = [BIN / "gunicorn", "-c", HERE / "deploy/gunicorn.conf.py", "web.app:create_app()"]
    with (Path(settings["LINLI_INSTANCE"]) / "web.log").open("wb") as log:
        web = subprocess.Popen(command, env=settings, cwd=HERE, stdout=log, stderr=log)
        try:
            _await(port)
            started = time.perf_counter()
            times, came = _come(people, port, tokens, unit)
            seconds = time.perf_counter() - started
        finally:
            web.terminate()
            web.wait(30)
    after = _counts(engine)
    return _tell(people, processes, seconds, times, came, before, after, len(tokens))


def _come(people: int, port: int, tokens: list[str], unit: str) -> tuple[dict[str, list[float]], Counter[str]]:
    """Everybody at once: nobody begins before the last is there."""
    times: dict[str, list[float]] = defaultdict(list)
    gate = Barrier(people)

    def one(number: int) -> str:
        visitor = Visitor(port, f"10.{number // 250}.0.{1 + number % 250}", times)
        gate.wait()
        try:
            if number % 2 and number // 2 < len(tokens):
                return answers(visitor, tokens[number // 2])
            return signs_up(visitor, number, unit)
        except OSError as error:
            return f"broken off: {type(error).__name__}"

    with ThreadPoolExecutor(people) as pool:
        came = Counter(pool.map(one, range(people)))
    return times, came


def _counts(engine: object) -> dict[str, int]:
    questions = {
        "answered": "SELECT count(*) FROM offer WHERE state = 'confirmed'",
        "people": "SELECT count(*) FROM person WHERE state = 'active'",
        "accounts": "SELECT count(*) FROM account",
        "doubled people": "SELECT count(*) FROM (SELECT telephone_digest FROM person WHERE telephone_digest IN "
        "(SELECT telephone_digest FROM account WHERE telephone_digest IS NOT NULL) "
        "GROUP BY telephone_digest, name HAVING count(*) > 1) AS twice",
        "seats held twice": "SELECT count(*) FROM (SELECT seat_id FROM assignment WHERE state IN "
        "('proposed', 'offered', 'confirmed', 'served', 'absent') GROUP BY seat_id HAVING count(*) > 1) AS twice",
    }
    with engine.connect() as connection:  # type: ignore[attr-defined]
        return {name: connection.execute(text(question)).scalar_one() for name, question in questions.items()}


def _tell(  # noqa: PLR0917
    people: int,
    processes: int,
    seconds: float,
    times: dict[str, list[float]],
    came: Counter[str],
    before: dict[str, int],
    after: dict[str, int],
    asked: int,
) -> int:
    print(f"\n{people} people at once, {processes} web processes, PostgreSQL: all done in {seconds:.1f} s")
    print(f"{'step':<24}{'requests':>10}{'median ms':>12}{'p95 ms':>10}{'p99 ms':>10}")
    for step, taken in times.items():
        cuts = statistics.quantiles(taken, n=100) if len(taken) > 1 else taken * 99
        print(f"{step:<24}{len(taken):>10}{statistics.median(taken):>12.0f}{cuts[94]:>10.0f}{cuts[98]:>10.0f}")
    print("outcomes: " + ", ".join(f"{name} {count}" for name, count in sorted(came.items())))
    gained = {name: after[name] - before[name] for name in after}
    wrong = [
        fault
        for fault, holds in (
            (f"{gained['answered']} answers kept of {came['answered']}", gained["answered"] == came["answered"]),
            (f"{gained['accounts']} accounts of {came['signed up']}", gained["accounts"] == came["signed up"]),
            (f"{after['doubled people']} people twice", after["doubled people"] == before["doubled people"]),
            (f"{after['seats held twice']} seats held twice", after["seats held twice"] == 0),
            ("somebody was refused", came["answered"] + came["signed up"] == people and came["answered"] == asked),
        )
        if not holds
    ]
    print("nothing lost, nothing twice" if not wrong else "WRONG: " + "; ".join(wrong))
    return 1 if wrong else 0


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the web processes did not start")


if __name__ == "__main__":
    sys.exit(main())
