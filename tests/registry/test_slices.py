"""Consolidation in short units of work: the same registry as at once, whatever happens between two of them."""

import itertools
import os
import random
import signal
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from models import Base, ImportBatch, LinkQueue, OrganisationUnit, PersonLink, ReviewPair, Seat, Shift, SourceRecord
from models.authority import SYSTEM
from models.linkage import ReviewState, VerdictKind
from models.roster import Assignment, AssignmentState
from models.source import BatchState
from registry import record_store
from registry.carrying_out import carry_out
from registry.consolidate import consolidate, draft_of, keep_weights, prepare, relink
from registry.frames import queued_records
from registry.intake import import_file
from registry.links import links
from registry.mended import keep_original
from registry.merge import merge_persons
from registry.refusals import WouldDoubleBook
from registry.verdicts import stand
from tests.matching.world import World
from tests.registry.conftest import KEYRING, UNITS
from tests.registry.files import CIVILISATION, RED_CROSS, civilisation_row, number, red_cross_row, written
from tests.registry.test_promises import town
from web.database import Work, make_engine
from web.jobs import consolidation
from web.jobs.consolidation import consolidate_in_slices
from web.jobs.intake import import_in_slices

SEALED = {"sealed", "before", "facts", "weights", "frequencies"}


def everything(session):
    """Every table, without what is sealed (a nonce is never the same) and the journals that count runs."""
    found = {}
    for name, table in sorted(Base.metadata.tables.items()):
        if name in {"audit_event", "happening"}:
            continue
        columns = [c for c in table.columns if c.name not in SEALED and not c.name.endswith("_sealed")]
        found[name] = [tuple(row) for row in session.execute(select(*columns).order_by(*table.primary_key))]
    return found


@pytest.fixture
def small_slices(monkeypatch):
    monkeypatch.setattr(consolidation, "FIRST", 5)
    monkeypatch.setattr(consolidation, "MOST", 5)
    monkeypatch.setattr(consolidation, "FEWEST", 1)
    monkeypatch.setattr(consolidation, "KEYS_AT_ONCE", 7)
    monkeypatch.setattr(consolidation, "ORDERED_AT_ONCE", 60)
    monkeypatch.setattr(record_store, "_CHUNK", 7)


@pytest.fixture
def work(databases, dialect):
    """A second installation, of the same units."""
    opened = installation(databases.url(dialect))
    yield opened
    opened.dispose()


def installation(url):
    opened = Work(make_engine(url), KEYRING)
    add_units(opened)
    return opened


def add_units(work):
    with work.begin() as session:
        for code, name, level in UNITS:
            session.add(OrganisationUnit(code=code, name=name, level=level, longitude=121.4, latitude=31.2))


def test_in_slices_it_is_the_same_registry(session, now, tmp_path, work, small_slices):
    for source, path in town(tmp_path, 25, 4):
        intake = import_file(session, SYSTEM, source=source, path=path, now=now)
        keep_original(session, SYSTEM, batch_id=intake.batch_id, path=path)
        at_once = consolidate(session, SYSTEM, now=now)
        session.commit()
        assert import_in_slices(work, SYSTEM, source=source, path=path, now=now) == intake
        told = []
        sliced = consolidate_in_slices(work, SYSTEM, now=now, progress=lambda done, _, told=told: told.append(done))
        assert len(told) > 1
        assert told == sorted(told)
        compared = ("records", "whole", "persons_new", "persons_merged", "links_by_rule", "pairs_waiting", "pairs_new")
        assert [getattr(sliced, name) for name in compared] == [getattr(at_once, name) for name in compared]
        with work.read() as other:
            assert everything(other) == everything(session)


def two_of_one(session, tmp_path, now):
    """One person at two agencies, and somebody else; keys stored, a draft made, nothing written."""
    whole = number("1980-05-06", 11)
    civil = [civilisation_row(1, "张伟", 证件号码=whole), civilisation_row(2, "李娜", 手机号码="12900000002")]
    cross = [red_cross_row(1, "张伟", 证件号=whole)]
    for source, header, lines in (("civilisation", CIVILISATION, civil), ("red_cross", RED_CROSS, cross)):
        path = written(tmp_path / f"{source}.csv", header, lines)
        import_file(session, SYSTEM, source=source, path=path, now=now)
    draft = draft_of(session, queued_records(session), known=None)
    keep_weights(session, draft, now=now)
    prepare(session, draft.frame.queued, draft)
    assert [unit.records for unit in draft.units] == [[1, 3], [2]]
    return draft


def queue(session):
    return session.scalars(select(LinkQueue.source_record_id).order_by(LinkQueue.source_record_id)).all()


def test_a_verdict_given_meanwhile_stops_what_it_is_about_and_nothing_else(session, now, tmp_path):
    draft = two_of_one(session, tmp_path, now)
    stand(session, SYSTEM, [(1, 3)], VerdictKind.DIFFERENT, now=now)
    report = carry_out(session, draft, draft.units, now=now)
    assert (report.persons_new, report.left) == (1, 1)
    assert queue(session) == [1, 3]
    assert consolidate(session, SYSTEM, now=now).persons_new == 2
    assert len(set(session.scalars(select(PersonLink.person_id)))) == 3


def test_a_record_that_changed_or_was_linked_meanwhile_waits_for_another_draft(session, now, tmp_path):
    draft = two_of_one(session, tmp_path, now)
    session.get(SourceRecord, 2).changed_at = now + timedelta(minutes=1)
    relink(session, [1], now=now)
    report = carry_out(session, draft, draft.units, now=now)
    assert (report.persons_new, report.left) == (0, 2)
    assert queue(session) == [2, 3]
    consolidate(session, SYSTEM, now=now)
    assert [person for _, _, person in links(session)] == ["P000000001", "P000000002", "P000000001"]


def test_who_holds_seats_at_one_time_is_not_merged_but_shown_to_a_steward(session, now, tmp_path):
    """Success and refusal: without seats, or at another hour, the machine merges; at one hour it asks."""
    assert merged_by_new_number(session, now, tmp_path, hours=4) == (0, ["double_booking"])
    with pytest.raises(WouldDoubleBook):
        merge_persons(session, SYSTEM, person_id=1, other_id=2, now=now)


def test_who_holds_seats_one_after_the_other_is_merged(session, now, tmp_path):
    assert merged_by_new_number(session, now, tmp_path, hours=1) == (1, [])


def merged_by_new_number(session, now, tmp_path, *, hours):
    """Two persons with a seat each, from nine and from eleven; then a newer file shows that their number is one."""
    whole = number("1980-05-06", 11)

    def deliver(cell):
        civil = [civilisation_row(1, "张伟", 证件号码=whole, 手机号码="12900000001")]
        cross = [red_cross_row(1, "张伟", 证件号=cell, 电话="12900000002")]
        cross += [red_cross_row(k, f"王{given}", 电话=f"1290000001{k}") for k, given in enumerate("芳丽强敏静军", 2)]
        for source, header, lines in (("civilisation", CIVILISATION, civil), ("red_cross", RED_CROSS, cross)):
            path = written(tmp_path / f"{source}.csv", header, lines)
            import_file(session, SYSTEM, source=source, path=path, now=now)
        return consolidate(session, SYSTEM, now=now)

    deliver("")
    for person, begins in ((1, 9), (2, 11)):
        World(session=session, now=now).need(hour=begins, minutes=60 * hours)
        shift = session.scalars(select(Shift).order_by(Shift.id.desc())).first()
        seat = session.scalars(select(Seat).order_by(Seat.id.desc())).first()
        held = {"seat_id": seat.id, "shift_id": shift.id, "starts_at": shift.starts_at, "ends_at": shift.ends_at}
        times = {"created_at": now, "changed_at": now}
        session.add(Assignment(person_id=person, state=AssignmentState.CONFIRMED, **held, **times))
    session.flush()
    report = deliver(whole)
    reasons = list(session.scalars(select(ReviewPair.reason).where(ReviewPair.state == ReviewState.WAITING)))
    return report.persons_merged, reasons


def journey(url, files, now, *, kill_at=0):
    """Import and consolidate every delivery; kill this very process before statement or commit `kill_at`."""
    work = Work(make_engine(url), KEYRING)
    steps = itertools.count(1)

    def count(*_):
        if next(steps) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(work.engine, "before_cursor_execute", count)
    event.listen(work.engine, "commit", count)
    with work.read() as session:
        taken = session.scalar(select(func.count()).where(ImportBatch.state == BatchState.STORED))
    for place, (source, path) in enumerate(files):
        if place >= taken:
            import_in_slices(work, SYSTEM, source=source, path=path, now=now)
        if place >= taken - 1:
            consolidate_in_slices(work, SYSTEM, now=now)
    with work.read() as session:
        found = everything(session)
    work.dispose()
    return next(steps), found


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_at_any_moment_and_started_again_every_table_is_the_same(databases, tmp_path, now, small_slices):
    """LINLI_KILLS sets how many moments are tried."""
    files = town(tmp_path, 25, 5)

    def fresh():
        url = databases.url("sqlite")
        installation(url).dispose()
        return url

    total, calm = journey(fresh(), files, now)
    for kill_at in random.Random(1).sample(range(1, total), int(os.environ.get("LINLI_KILLS", "20"))):
        url = fresh()
        child = os.fork()
        if not child:
            journey(url, files, now, kill_at=kill_at)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert journey(url, files, now)[1] == calm
