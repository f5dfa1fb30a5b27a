"""Server time, statements and weight of the demonstration's pages: ``make demo SERVE=0``, then ``make bench-pages``.

Each page is fetched by whoever it is for, once to warm up and nine times to time; the median is printed. Statements are
counted on the engine. Nothing is written but the sign-ins. ``DATABASE_URL`` and ``LINLI_INSTANCE`` say which city: a
district on PostgreSQL is ``linli demo --size district --no-serve`` there first.
"""

import re
import statistics
import sys
import time

from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from models import Person, Shift
from web.app import create_app
from web.database import Work, open_work
from web.pages.demonstration import DEMO_PASSWORD
from web.settings import read_settings

PAGES = {
    "volunteer": ("/me", "/me/find", "/me/hours", "/me/profile", "/me/data", "/me/calendar"),
    "coordinator": ("/today", "/needs", "/needs/new", "/roster", "/hours", "/sheets", "/certificates", "/calendars"),
    "steward": ("/imports", "/review", "/people"),
    "operator": ("/runs", "/timetable", "/needs", "/roster"),
    "leader": ("/city", "/what-if"),
}
TIMES = 9
LIMIT_MILLISECONDS = 100


def signed_in(client: FlaskClient, login: str) -> FlaskClient:
    """Sign in as one of the demonstration's accounts."""
    form = client.get("/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    data = {"login": login, "password": DEMO_PASSWORD, "csrf_token": token[1] if token else ""}
    answer = client.post("/sign-in", data=data)
    if answer.status_code != 302:
        sys.exit(f"{login} cannot sign in ({answer.status_code}): make the demonstration first, make demo SERVE=0")
    return client


def measured(client: FlaskClient, path: str, counted: list[str]) -> tuple[float, int, int]:
    """Give median milliseconds, statements and bytes of one page."""
    client.get(path)
    counted.clear()
    weight = len(client.get(path).data)
    statements = len(counted)
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), statements, weight


def main() -> int:
    """Print the table; 1 when a page is over the limit of server time."""
    settings = read_settings()
    work: Work = open_work(settings)
    app = create_app(settings, work, {"RATELIMIT_ENABLED": False})
    counted: list[str] = []
    event.listen(work.engine, "before_cursor_execute", lambda *facts: counted.append(facts[2]))
    over = 0
    with work.read() as session:
        people, shifts = (session.scalar(select(func.count()).select_from(each)) for each in (Person, Shift))
    print(f"{people:,} people, {shifts:,} shifts, {work.engine.dialect.name}")
    print(f"{'page':<28}{'ms':>8}{'statements':>12}{'kB':>8}  ratio to {LIMIT_MILLISECONDS} ms")
    for login, paths in PAGES.items():
        client = signed_in(app.test_client(), login)
        for path in paths:
            milliseconds, statements, weight = measured(client, path, counted)
            over += milliseconds > LIMIT_MILLISECONDS
            ratio = milliseconds / LIMIT_MILLISECONDS
            print(f"{login + ' ' + path:<28}{milliseconds:8.1f}{statements:12}{weight / 1000:8.1f}  {ratio:.2f}")
    work.dispose()
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
