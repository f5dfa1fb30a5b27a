"""The two stories end to end, through the doors that an installation has: files in, persons, a week, hours."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Select, func, select

from matching.attendance import approve_hours, record_service
from matching.offers import Answer, answer_offer
from matching.policy import DEFAULT
from matching.queries.coordination import city_summary
from matching.queries.volunteers import my_week
from matching.rosters import problem_text
from matching.units import UnitRow, store_units
from matching.week import Week
from models.authority import SYSTEM, Actor
from models.need import Seat
from models.organisation import UnitLevel
from models.person import Person, PersonState
from models.roster import Assignment, AssignmentState, Offer, OfferState, RosterRun
from models.source import ImportBatch, RowIssue, SourceRecord
from registry.consolidate import consolidate
from registry.intake import import_file
from registry.links import links
from seed.divisions import units
from seed.generate import CityFiles, write_city
from seed.records import SOURCES
from solver import check, parse_problem
from tests.conftest import KEYRING, Databases
from web.cli.needs import take_needs
from web.database import Work, clock, make_engine
from web.jobs.week import plan_week, publish_week
from web.need_files import mapping_of

PEOPLE = 300
#: What each database came to, by dialect; the second one compares.
SEEN: dict[str, object] = {}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> CityFiles:
    """A sample city of 300 people, for the coming week."""
    week = str(_week())
    return write_city(tmp_path_factory.mktemp("city"), size="small", seed=7, week=week, population=PEOPLE)


@pytest.fixture(scope="module")
def city(databases: Databases, dialect: str, files: CityFiles) -> Iterator[Work]:
    """The whole first story, and the second up to the published week."""
    work = Work(make_engine(databases.url(dialect)), KEYRING)
    with work.begin() as session:
        store_units(session, SYSTEM, rows=[_unit(unit) for unit in units("small")], now=clock())
    for source in SOURCES:
        with work.begin() as session:
            import_file(session, SYSTEM, source=source, path=files.agencies[source], now=clock())
    with work.begin() as session:
        consolidate(session, SYSTEM, now=clock())
    take_needs(work, files.needs, mapping_of("linli"))
    plan_week(work, SYSTEM, week=_week())
    publish_week(work, SYSTEM, week=_week())
    yield work
    work.dispose()


def _week() -> Week:
    return Week.holding(clock(), DEFAULT.zone).next


def _unit(unit: object) -> UnitRow:
    return UnitRow(
        code=unit.code,
        name=unit.name,
        level=UnitLevel(unit.level),
        parent_code=unit.parent,
        longitude=unit.longitude,
        latitude=unit.latitude,
    )


def test_every_row_is_a_record_or_an_issue(city: Work, files: CityFiles) -> None:
    with city.read() as session:
        batches = session.scalars(select(ImportBatch)).all()
        assert {batch.source: batch.rows for batch in batches} == files.rows
        quarantined = session.scalar(select(func.count()).select_from(RowIssue).where(RowIssue.quarantined))
        assert quarantined == sum(batch.quarantined for batch in batches) > 0
        records = dict(session.execute(select(SourceRecord.source, func.count()).group_by(SourceRecord.source)).all())
        assert records == files.records


def test_persons_agree_with_the_truth(city: Work, files: CityFiles) -> None:
    with files.truth.open(encoding="utf-8", newline="") as file:
        truth = {(row["source"], row["external_id"]): row["person"] for row in csv.DictReader(file)}
    with city.read() as session:
        linked = {(source, external): person for source, external, person in links(session)}
    assert linked.keys() == truth.keys()
    precision, recall = _pairwise(linked, truth)
    assert precision >= 0.999
    assert recall >= 0.93


def test_traps_are_not_merged_by_a_machine(city: Work, files: CityFiles) -> None:
    with city.read() as session:
        linked = {(source, external): person for source, external, person in links(session)}
    with files.traps.open(encoding="utf-8", newline="") as file:
        traps = list(csv.DictReader(file))
    merged = [
        row
        for row in traps
        if linked[row["source_a"], row["external_id_a"]] == linked[row["source_b"], row["external_id_b"]]
    ]
    assert len(traps) > 5
    assert merged == []


def test_second_import_and_consolidation_change_nothing(city: Work, files: CityFiles) -> None:
    before = _state(city)
    for source in SOURCES:
        with city.begin() as session:
            report = import_file(session, SYSTEM, source=source, path=files.agencies[source], now=clock())
            assert (report.new, report.changed, report.gone) == (0, 0, 0)
    with city.begin() as session:
        consolidate(session, SYSTEM, now=clock())
    assert _state(city) == before


def test_every_database_gives_the_same_persons_and_the_same_week(city: Work, dialect: str) -> None:
    with city.read() as session:
        run = session.scalars(select(RosterRun)).one()
        SEEN[dialect] = (tuple(links(session)), run.problem_digest, run.points, run.bound)
    assert len(set(SEEN.values())) == 1


def test_published_plan_passes_the_independent_check_again(city: Work) -> None:
    with city.read() as session:
        run = session.scalars(select(RosterRun)).one()
        pairs = session.execute(
            select(Assignment.person_id, Offer.id).join(Offer, Offer.assignment_id == Assignment.id)
        ).all()
        problem = parse_problem(problem_text(run))
        summary = city_summary(session, week=_week())
        plan = [(f"p{person}", f"r{role}") for person, role in session.execute(_seated()).all()]
    verdict = check(problem, plan)
    assert verdict.feasible
    assert (verdict.points, len(pairs)) == (run.points, len(plan))
    assert run.points is not None
    assert run.bound is not None
    assert run.points <= run.bound
    assert sum(summary.offers.values()) == len(plan) > 50


def test_offer_becomes_hours(city: Work) -> None:
    with city.begin() as session:
        offer = session.scalars(select(Offer).where(Offer.state == OfferState.OPEN).order_by(Offer.id)).first()
        assert offer is not None
        me = Actor(account_id=None, person_id=offer.person_id)
        assert offer.id in {line.offer_id for line in my_week(session, me, now=clock()).waiting}
        answer_offer(session, me, offer_id=offer.id, answer=Answer.CONFIRM, now=clock())
    with city.begin() as session:
        assignment = session.get_one(Assignment, offer.assignment_id)
        assert assignment.state is AssignmentState.CONFIRMED
        after = assignment.ends_at + timedelta(minutes=5)
        record = record_service(
            session,
            SYSTEM,
            assignment_id=assignment.id,
            checked_in_at=assignment.starts_at,
            checked_out_at=assignment.ends_at,
            now=after,
        )
        approve_hours(session, SYSTEM, record_id=record, now=after)
        week = my_week(session, me, now=after)
        assert week.served_minutes == (assignment.ends_at - assignment.starts_at).total_seconds() / 60


def _seated() -> Select[int, int]:
    return (
        select(Assignment.person_id, Seat.role_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(Assignment.roster_id.is_not(None))
    )


def _state(work: Work) -> tuple[object, ...]:
    with work.read() as session:
        persons = session.execute(
            select(Person.id, Person.name, Person.changed_at, Person.telephone_digest)
            .where(Person.state == PersonState.ACTIVE)
            .order_by(Person.id)
        ).all()
        return tuple(map(tuple, persons)), tuple(links(session))


def _pairwise(linked: dict[tuple[str, str], str], truth: dict[tuple[str, str], str]) -> tuple[float, float]:
    """Count pairs by clusters: pairs together in both, in ours, in the truth."""
    both: dict[tuple[str, str], int] = defaultdict(int)
    ours: dict[str, int] = defaultdict(int)
    theirs: dict[str, int] = defaultdict(int)
    for key, person in linked.items():
        both[person, truth[key]] += 1
        ours[person] += 1
        theirs[truth[key]] += 1
    right, found, real = (sum(n * (n - 1) // 2 for n in counts.values()) for counts in (both, ours, theirs))
    return right / found, right / real


def test_folder_of_the_city_holds_no_more_than_said(files: CityFiles) -> None:
    names = {path.stem for path in Path(files.folder).iterdir()}
    assert names == {*SOURCES, "truth", "traps", "unusable", "needs", "hotline"}
