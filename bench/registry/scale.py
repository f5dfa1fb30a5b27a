"""``python -m bench.registry.scale FOLDER --records N``: what a week costs a registry of N records, step by step.

Makes a test set of N + 20,000 records once (``seed.testset``), its CSV files in GB18030, and holds 20,000 rows back.
Then: import, consolidation, the increment of the rows held back, and single people who sign up or decide. Seconds by
the clock, processor time of all processes (but a server's), and the most memory that one process held. In a new SQLite
file in FOLDER, which stays, so that ``--steps increment,one`` goes on from it; or with ``--postgres`` in a PostgreSQL.
"""

import argparse
import random
import re
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import func, select

from models import OrganisationUnit, ReviewPair
from models.authority import SYSTEM
from models.linkage import ReviewState, VerdictKind
from models.migrations import upgrade
from models.organisation import UnitLevel
from models.sealing import Keyring
from registry.hands import cores
from registry.linkage.warm import warm
from registry.review import decide
from registry.signup import SelfServiceEntry, register
from seed.divisions import units
from seed.mess import ErrorRates
from seed.testset import write_testset
from tests import servers
from web.database import Work, make_engine
from web.jobs.consolidation import consolidate_in_slices
from web.jobs.intake import import_in_slices

SOURCES = ("civilisation", "civil_affairs", "red_cross", "youth_league", "education")
INCREMENT = 20_000
NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
KEYRING = Keyring(sealing={1: b"s" * 32}, current=1, digesting=b"d" * 32)


def made(folder: Path, records: int) -> None:
    """Write the first files and those of the rows held back, once."""
    first, later = folder / "first", folder / "later"
    if (folder / "ready").exists():
        return
    whole = write_testset(folder / "whole", records=records + INCREMENT, seed=5, rates=ErrorRates())
    lines = {s: _lines(p) for s, p in whole.agencies.items() if p.suffix == ".csv"}
    every = [(source, place) for source in lines for place in range(1, len(lines[source]))]
    held = set(random.Random(1).sample(every, INCREMENT))
    for here in (first, later):
        here.mkdir(exist_ok=True)
    for source, text in lines.items():
        for here, wanted in ((first, False), (later, True)):
            chosen = [text[0], *(t for k, t in enumerate(text[1:], 1) if ((source, k) in held) is wanted)]
            (here / f"{source}.csv").write_bytes("".join(chosen).encode("gb18030"))
    for source in whole.agencies.keys() - lines.keys():
        (first / f"{source}.xlsx").hardlink_to(whole.agencies[source])
    (folder / "ready").touch()


def newest(folder: Path) -> Path:
    """Give the folder of next week's files: everybody again, and the rows that were held back."""
    here = folder / "again"
    here.mkdir(exist_ok=True)
    for path in (folder / "whole").glob("*.csv"):
        if path.stem in SOURCES and not (here / path.name).exists():
            (here / path.name).write_bytes("".join(_lines(path)).encode("gb18030"))
    return here


def _lines(path: Path) -> list[str]:
    encoding = "gb18030" if path.stem == "civilisation" else "utf-8-sig"
    return path.read_text(encoding=encoding).splitlines(keepends=True)


class Table:
    """The steps as they were measured."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        print(f"{'step':34}{'records':>10}{'seconds':>9}{'processor':>11}{'MiB':>7}", flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[dict[str, Any]]:
        began, used = perf_counter(), _processor()
        row: dict[str, Any] = {"step": name, "records": 0}
        yield row
        row |= {"seconds": perf_counter() - began, "processor": _processor() - used, "MiB": _most_memory()}
        self.rows.append(row)
        text = f"{row['step']:34}{row['records']:10,}{row['seconds']:9.1f}{row['processor']:11.1f}{row['MiB']:7.0f}"
        print(text, row.get("note", ""), flush=True)


def _processor() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def _most_memory() -> float:
    """Give the most that this process, or one of its finished children, held, in MiB."""
    return max(resource.getrusage(k).ru_maxrss for k in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def take_in(work: Work, folder: Path, *, partial: bool) -> int:
    rows = 0
    for path in sorted(folder.iterdir(), key=lambda path: SOURCES.index(path.stem)):
        report = import_in_slices(work, SYSTEM, source=path.stem, path=path, now=NOW, partial=partial)
        rows += report.rows
    return rows


def one_by_one(name: str, acts: list[Callable[[], object]]) -> None:
    """Time each act by itself."""
    took, used = [], []
    for act in acts:
        began, processor = perf_counter(), _processor()
        act()
        took.append(1000 * (perf_counter() - began))
        used.append(1000 * (_processor() - processor))
    middle, late = np.percentile(took, [50, 99])
    text = f"{name:34}{len(acts):10,}   p50 {middle:.1f} ms, p99 {late:.1f} ms"
    print(text, f"(processor {np.percentile(used, 50):.1f} and {np.percentile(used, 99):.1f})", flush=True)


def sign_ups(work: Work, count: int, folder: Path) -> list[Callable[[], object]]:
    """Give acts of people who sign up: every other one stands in an agency's file already, the others are new."""
    text = (folder / "civil_affairs.csv").read_text(encoding="gb18030").splitlines()[1:]
    rows = [line.split(",") for line in random.Random(2).sample(text, count)]

    def act(place: int, cells: list[str]) -> object:
        known = re.fullmatch(r"1\d{10}", cells[13]) is not None and place % 2 == 0
        entry = SelfServiceEntry(
            name=cells[1],
            telephone=cells[13] if known else f"129{place:08d}",
            unit_code=cells[15] if cells[15].isdigit() else "",
            skills=("first_aid",),
            free=((5, 480, 720),),
        )
        with work.begin() as session:
            return register(session, SYSTEM, command=entry, now=NOW)

    return [lambda k=k, c=c: act(k, c) for k, c in enumerate(rows)]


def decisions(work: Work, count: int) -> list[Callable[[], object]]:
    with work.read() as session:
        waiting = select(ReviewPair.id).where(ReviewPair.state == ReviewState.WAITING)
        pairs = list(session.scalars(waiting.order_by(func.abs(ReviewPair.id % 997), ReviewPair.id).limit(count)))

    def act(pair: int, kind: VerdictKind) -> object:
        with work.begin() as session:
            return decide(session, SYSTEM, pair_id=pair, kind=kind, now=NOW)

    return [lambda p=p, k=k: act(p, (VerdictKind.SAME, VerdictKind.DIFFERENT)[k % 2]) for k, p in enumerate(pairs)]


def prepared(url: str) -> Work:
    """Open the database, with tables and the city's units."""
    work = Work(make_engine(url), KEYRING, hands=cores())
    upgrade(work.engine)
    with work.begin() as session:
        if session.scalar(select(func.count()).select_from(OrganisationUnit)) == 0:
            for unit in units("city"):
                place = {"longitude": unit.longitude, "latitude": unit.latitude}
                session.add(OrganisationUnit(code=unit.code, name=unit.name, level=UnitLevel(unit.level), **place))
    return work


def increment(work: Work, later: Path, table: Table) -> None:
    with table.step("import of the increment") as row:
        row["records"] = take_in(work, later, partial=True)
    consolidated(work, table, "consolidation of the increment")


def whole_files(work: Work, folder: Path, table: Table) -> None:
    with table.step("import of whole files again") as row:
        row["records"] = take_in(work, newest(folder), partial=False)
    consolidated(work, table, "consolidation after it")


def consolidated(work: Work, table: Table, name: str) -> None:
    with table.step(name) as row:
        report = consolidate_in_slices(work, SYSTEM, now=NOW)
        row["records"] = report.records
    print(f"    persons {report.persons_new:,} new, {report.persons_merged:,} merged; pairs {report.pairs_new:,} new;")
    print(f"    steps {report.seconds}", flush=True)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own, gone afterwards")
    options.add_argument(
        "--steps", default="import,consolidate,increment,one", help="which of these, and again: next week's whole files"
    )
    options.add_argument("--people", type=int, default=300, help="sign-ups and decisions that are timed")
    chosen = options.parse_args()
    made(chosen.folder, chosen.records)
    steps = chosen.steps.split(",")
    if chosen.postgres:
        with servers.postgres() as url:
            measured(prepared(url.format("postgres")), chosen.folder, steps, people=chosen.people)
        return 0
    if "import" in steps:
        for path in chosen.folder.glob("registry.sqlite*"):
            path.unlink()
    work = prepared(f"sqlite:///{chosen.folder / 'registry.sqlite'}")
    measured(work, chosen.folder, steps, people=chosen.people)
    return 0


def measured(work: Work, folder: Path, steps: list[str], *, people: int) -> None:
    first, later = folder / "first", folder / "later"
    warm()
    table = Table()
    if "import" in steps:
        with table.step("import") as row:
            row["records"] = take_in(work, first, partial=False)
    if "consolidate" in steps:
        consolidated(work, table, "consolidation")
    if "increment" in steps:
        increment(work, later, table)
    if "again" in steps:
        whole_files(work, folder, table)
    if "one" in steps:
        one_by_one("sign-up", sign_ups(work, people, first))
        one_by_one("decision", decisions(work, people))
    work.dispose()


if __name__ == "__main__":
    sys.exit(main())
