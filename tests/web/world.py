"""A small world for pages: one street, people who can come, needs of the coming week, and a roster partly answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from matching.asking import ask
from matching.needs import NeedCommand, RoleCommand, post_need
from matching.offers import Answer, answer_offer
from models import OrganisationUnit, Person, PersonFree, PersonLike, PersonTag, Shift, Shortfall
from models.authority import SYSTEM, Actor
from models.organisation import UnitLevel
from models.roster import Roster, RosterRun, RosterState, RunKind, RunState
from registry.consolidate import consolidate
from registry.intake import import_file
from tests.registry.files import CIVILISATION, RED_CROSS, civilisation_row, number, red_cross_row, written
from web.database import Work

STREET = "310101002"
OTHER_STREET = "310104003"
WEEK = "2026-W49"
UNITS = (
    ("31", "上海市", UnitLevel.CITY),
    ("310101", "黄浦区", UnitLevel.DISTRICT),
    (STREET, "外滩街道", UnitLevel.STREET),
    ("310101002001", "云中居委会", UnitLevel.NEIGHBOURHOOD),
    ("310104", "徐汇区", UnitLevel.DISTRICT),
    (OTHER_STREET, "天平路街道", UnitLevel.STREET),
)
NAMES = ("王秀英", "陈建国", "赵敏", "欧阳雪", "孙浩")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    persons: tuple[int, ...]
    need_id: int = 0
    other_need_id: int = 0
    shift_id: int = 0
    role_id: int = 0
    run_id: int = 0
    open_offer_id: int = 0
    confirmed_offer_id: int = 0


def make_world(work: Work, *, now: datetime, with_week: bool = True) -> World:
    """Fill an empty database; without the week there are places and people only."""
    with work.begin() as session:
        _units(session)
        persons = tuple(_person(session, name, now=now) for name in NAMES)
        if not with_week:
            return World(persons=persons)
        starts_at = now + timedelta(days=7, hours=-9)  # Wednesday of the week to come, 09:00
        need_id = post_need(session, SYSTEM, command=need_command(starts_at, STREET), now=now)
        other = post_need(session, SYSTEM, command=need_command(starts_at, OTHER_STREET), now=now)
        session.flush()
        shift = session.query(Shift).filter_by(need_id=need_id).one()
        role = session.query(type(shift).roles.property.mapper.class_).filter_by(shift_id=shift.id).first()
        assert role is not None
        run_id, roster_id = _roster(session, now=now)
        offers = [
            ask(session, role_id=role.id, shift=shift, person_id=person, roster_id=roster_id, now=now)
            for person in persons[:2]
        ]
        session.add(
            Shortfall(
                run_id=run_id,
                role_id=role.id,
                tier="essential",
                missing=1,
                eligible=2,
                blocked={
                    "tag:first_aid": 180,
                    "expired:first_aid": 2,
                    "time": 41,
                    "distance": 12,
                    "limit": 2,
                    "busy": 3,
                },
                would_fill=[
                    {"change": "start", "minutes": 60, "gains": 2},
                    {"change": "tag", "tag": "first_aid", "gains": 12},
                    {"change": "radius", "metres": 1500, "gains": 1},
                ],
            )
        )
        actor = Actor(account_id=None, person_id=persons[1])
        answer_offer(session, actor, offer_id=offers[1], answer=Answer.CONFIRM, now=now)
        return World(
            need_id=need_id,
            other_need_id=other,
            shift_id=shift.id,
            role_id=role.id,
            run_id=run_id,
            persons=persons,
            open_offer_id=offers[0],
            confirmed_offer_id=offers[1],
        )


def take_in_agencies(work: Work, folder: Path, *, now: datetime) -> None:
    """Import two small agency files and consolidate: three persons, one pair that waits, one row in quarantine."""
    parent = number("1980-05-06", 11)
    civil = [
        civilisation_row(1, "周建国", 证件号码=parent, 手机号码="10100000001", 专业特长="英语"),
        civilisation_row(2, "钱敏", 证件号码=number("1990-05-06", 22), 手机号码="10100000002"),
        "合计" + "," * 19,
    ]
    cross = [red_cross_row(1, "周小宝", 证件号=parent), red_cross_row(2, "钱敏", 证件号=number("1990-05-06", 22))]
    files = {
        "civilisation": written(folder / "civilisation.csv", CIVILISATION, civil),
        "red_cross": written(folder / "red_cross.csv", RED_CROSS, cross),
    }
    with work.begin() as session:
        for source, path in files.items():
            import_file(session, SYSTEM, source=source, path=path, now=now)
        consolidate(session, SYSTEM, now=now)


def need_command(starts_at: datetime, unit_code: str) -> NeedCommand:
    return NeedCommand(
        title="周三集市急救点",
        category="medical",
        unit_code=unit_code,
        starts_at=starts_at,
        duration_minutes=120,
        place="外滩街道文化中心 1 楼",
        description="为逛集市的老人量血压，处理小伤。",
        roles=(
            RoleCommand(name="救护员", min_seats=3, target_seats=4, max_seats=5, needs_tags=("adult", "first_aid")),
        ),
        contact_name="周老师",
    )


def _units(session: Session) -> None:
    for code, name, level in UNITS:
        session.add(
            OrganisationUnit(
                code=code, name=name, level=level, longitude=121.49, latitude=31.24, resident_population=50_000
            )
        )
    session.flush()


def _person(session: Session, name: str, *, now: datetime) -> int:
    person = Person(
        name=name,
        name_sort=name,
        born_on=now.date() - timedelta(days=40 * 365),
        telephone_masked="138****0000",
        unit_code=STREET,
        longitude=121.48,
        latitude=31.23,
        reported_minutes=6300,
        created_at=now,
        changed_at=now,
    )
    session.add(person)
    session.flush()
    session.add_all(PersonTag(person_id=person.id, tag=tag) for tag in ("adult", "first_aid", "dialect"))
    session.add_all(PersonFree(person_id=person.id, weekday=day, start_minute=540, end_minute=720) for day in (2, 5))
    session.add(PersonLike(person_id=person.id, category="medical"))
    return person.id


def _roster(session: Session, *, now: datetime) -> tuple[int, int]:
    run = RosterRun(
        week=WEEK,
        area="",
        kind=RunKind.PLAN,
        state=RunState.STORED,
        started_at=now,
        finished_at=now,
        seed=1,
        workers=2,
        seconds_limit=None,
        status="optimal",
        engine="cp-sat",
        points=41230,
        bound=41230,
        gap=0.0,
        solve_seconds=0.8,
        problem_digest="sha256:0123456789abcdef",
        weights={"essential": 1000, "wanted": 300},
        versions={"ortools": "9.15"},
        terms={"essential": 32000, "wanted": 7200},
        counts={"volunteers": 5, "shifts": 2},
    )
    session.add(run)
    session.flush()
    roster = Roster(
        week=WEEK,
        area="",
        version=1,
        state=RosterState.PUBLISHED,
        run_id=run.id,
        created_at=now,
        published_at=now,
    )
    session.add(roster)
    session.flush()
    return run.id, roster.id
