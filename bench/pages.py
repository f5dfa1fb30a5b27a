"""Server time, statements and weight of the demonstration's pages: ``make demo SERVE=0``, then ``make bench-pages``.

Each page is fetched by whoever it is for, once to warm up and then as often as asked; median and 95th hundredth are
printed. Statements are counted on the engine. Nothing is written but the sign-ins. ``DATABASE_URL`` and
``LINLI_INSTANCE`` say which city: a district on PostgreSQL is ``linli demo --size district --no-serve`` there first.
``python -m bench.pages --only /roster --profile`` prints where the time of one page goes.
"""

import argparse
import cProfile
import pstats
import re
import statistics
import sys
import time
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from models import Account, Assignment, Grant, OrganisationUnit, Person, PersonLink, ReviewPair, Shift, ShiftRole
from models.roster import AssignmentState, Offer, OfferState, Roster, RosterRun, Shortfall
from web.app import create_app
from web.database import Work, open_work
from web.links import offer_token
from web.pages.demonstration import DEMO_PASSWORD
from web.settings import read_settings

#: login → pages; what stands in braces is found in the database, and a page whose example is not there is left out.
PAGES: dict[str | None, tuple[str, ...]] = {
    None: ("/", "/sign-in", "/sign-up", "/how-we-match", "/your-data", "/o/{token}"),
    "volunteer": (
        "/me", "/me/find", "/me/find?within=20000", "/me/hours", "/me/profile", "/me/data", "/me/calendar",
        "/me/together", "/here",
    ),
    "coordinator": (
        "/today", "/needs?week={week}", "/needs/{need}", "/needs/new", "/roster?week={week}", "/roster/roles/{role}",
        "/roster/assignments/{assignment}", "/shifts/{shift}/day", "/shifts/{shift}/walk-in?wanted=王", "/turns",
        "/hours", "/sheets?week={week}", "/certificates", "/calendars",
    ),
    "steward": (
        "/imports", "/imports/1", "/imports/quality", "/review", "/review/{pair}", "/people?name=王芳",
        "/people/{person}",
    ),
    "auditor": ("/audit",),
    "operator": (
        "/runs", "/runs/{run}", "/timetable", "/needs?week={week}", "/roster?week={week}",
        "/roster?week={week}&show=short",
    ),
    "leader": ("/city?week={week}", "/city?week={week}&unit={street}", "/city/wall?week={week}", "/what-if"),
}  # fmt: skip
LIMIT_MILLISECONDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One page: server time in milliseconds, statements, bytes."""

    median: float
    slow: float
    statements: int
    weight: int


def examples(session: Session, secret: str) -> dict[str, object]:
    """Give an example of each thing that stands in braces, in the street of the coordinator who can be tried."""
    street = session.scalar(
        select(Grant.unit_code).join(Account, Account.id == Grant.account_id).where(Account.login == "coordinator")
    )
    volunteer = session.scalar(select(Account.person_id).where(Account.login == "volunteer"))
    week = session.scalar(select(Roster.week).order_by(Roster.id.desc()).limit(1))
    asked = (AssignmentState.OFFERED, AssignmentState.CONFIRMED)
    at_home = Shift.unit_code.startswith(street or "", autoescape=True)
    role = session.execute(
        select(ShiftRole.id, ShiftRole.shift_id, Shift.need_id)
        .join(Shift, Shift.id == ShiftRole.shift_id)
        .outerjoin(Shortfall, Shortfall.role_id == ShiftRole.id)
        .where(at_home)
        .order_by(func.coalesce(Shortfall.missing, 0).desc(), ShiftRole.id)
        .limit(1)
    ).one()
    offer = select(Offer.id).where(Offer.person_id == volunteer, Offer.state == OfferState.OPEN).limit(1)
    found = {
        "week": week,
        "street": street,
        "role": role.id,
        "shift": role.shift_id,
        "need": role.need_id,
        "assignment": session.scalar(
            select(Assignment.id)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(at_home, Assignment.state.in_(asked), Assignment.roster_id.is_not(None))
            .order_by(Assignment.id)
            .limit(1)
        ),
        "pair": session.scalar(select(func.min(ReviewPair.id))),
        "person": session.scalar(
            select(PersonLink.person_id).group_by(PersonLink.person_id).order_by(func.count().desc()).limit(1)
        ),
        "run": session.scalar(select(func.max(RosterRun.id))),
        "unit": session.scalar(select(OrganisationUnit.id).where(OrganisationUnit.code == street)),
        "token": None if (number := session.scalar(offer)) is None else offer_token(secret, number),
    }
    return {name: value for name, value in found.items() if value is not None}


def signed_in(client: FlaskClient, login: str) -> FlaskClient:
    """Sign in as one of the demonstration's accounts."""
    form = client.get("/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    data = {"login": login, "password": DEMO_PASSWORD, "csrf_token": token[1] if token else ""}
    answer = client.post("/sign-in", data=data)
    if answer.status_code != 302:
        sys.exit(f"{login} cannot sign in ({answer.status_code}): make the demonstration first, make demo SERVE=0")
    return client


def measured(client: FlaskClient, path: str, counted: list[str], times: int) -> Measured:
    """Fetch one page `times` times and once before."""
    first = client.get(path)
    if first.status_code != 200:
        sys.exit(f"{path} answers {first.status_code}")
    counted.clear()
    weight = len(client.get(path).data)
    statements = len(counted)
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        client.get(path)
        taken.append((time.perf_counter() - started) * 1000)
    slow = statistics.quantiles(taken, n=20, method="inclusive")[-1]
    return Measured(median=statistics.median(taken), slow=slow, statements=statements, weight=weight)


def show_profile(client: FlaskClient, path: str) -> None:
    """Print where the time of a page goes."""
    client.get(path)
    profile = cProfile.Profile()
    profile.runcall(client.get, path)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)


def main() -> int:
    """Print the table; 1 when a page is over the limit of server time."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages")
    parser.add_argument("--times", type=int, default=21)
    parser.add_argument("--only", default="", help="pages whose path contains this")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    settings = read_settings()
    work: Work = open_work(settings)
    app = create_app(settings, work, {"RATELIMIT_ENABLED": False})
    counted: list[str] = []
    event.listen(work.engine, "before_cursor_execute", lambda *facts: counted.append(facts[2]))
    with work.read() as session:
        people, shifts = (session.scalar(select(func.count()).select_from(each)) for each in (Person, Shift))
        known = examples(session, settings.secret_key)
    print(f"{people:,} people, {shifts:,} shifts, {work.engine.dialect.name}; {options.times} times each")
    print(f"{'who':<13}{'page':<40}{'median ms':>10}{'p95':>8}{'statements':>12}{'kB':>8}")
    over = 0
    for login, paths in PAGES.items():
        client = app.test_client() if login is None else signed_in(app.test_client(), login)
        for path in paths:
            if options.only not in path or not set(re.findall(r"{(\w+)}", path)) <= known.keys():
                continue
            if options.profile:
                show_profile(client, path.format(**known))
                continue
            one = measured(client, path.format(**known), counted, options.times)
            over += one.median > LIMIT_MILLISECONDS
            mark = "  over" if one.median > LIMIT_MILLISECONDS else ""
            print(
                f"{login or 'anybody':<13}{path:<40}{one.median:10.1f}{one.slow:8.1f}{one.statements:12}"
                f"{one.weight / 1000:8.1f}{mark}",
                flush=True,
            )
    work.dispose()
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
