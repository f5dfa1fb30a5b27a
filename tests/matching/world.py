"""A small world made of rows: one street, people with times and tags, needs through the use case."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from matching.needs import NeedCommand, RoleCommand, TeamCommand, post_need
from models.account import Account
from models.authority import SYSTEM, Actor, Role, Scope
from models.organisation import OrganisationUnit, UnitLevel
from models.person import Person, PersonFree, PersonTag

ZONE = ZoneInfo("Asia/Shanghai")
STREET = "310101002"
OTHER_STREET = "310101013"
HOME = (121.478, 31.236)


@dataclass(slots=True)
class World:
    """Makes rows in a session, at one instant."""

    session: Session
    now: datetime

    def units(self) -> None:
        rows = (
            ("31", "上海市", UnitLevel.CITY, None),
            ("310101", "黄浦区", UnitLevel.DISTRICT, "31"),
            (STREET, "南京东路街道", UnitLevel.STREET, "310101"),
            (OTHER_STREET, "外滩街道", UnitLevel.STREET, "310101"),
        )
        ids: dict[str, int] = {}
        for code, name, level, parent in rows:
            unit = OrganisationUnit(
                code=code, name=name, level=level, parent_id=ids.get(parent or ""), longitude=HOME[0], latitude=HOME[1]
            )
            self.session.add(unit)
            self.session.flush()
            ids[code] = unit.id

    def person(
        self,
        name: str,
        *,
        tags: tuple[str, ...] = (),
        free: tuple[tuple[int, int, int], ...] = ((5, 480, 1080),),
        born_on: date | None = date(1990, 5, 1),
        **facts: object,
    ) -> int:
        person = Person(
            name=name,
            name_sort=name,
            born_on=born_on,
            longitude=facts.pop("longitude", HOME[0]),
            latitude=HOME[1],
            unit_code=STREET,
            created_at=self.now,
            changed_at=self.now,
            **facts,
        )
        self.session.add(person)
        self.session.flush()
        self.session.add_all(PersonTag(person_id=person.id, tag=tag) for tag in tags)
        self.session.add_all(
            PersonFree(person_id=person.id, weekday=day, start_minute=start, end_minute=end) for day, start, end in free
        )
        self.session.flush()
        return person.id

    def need(  # the facts of one need
        self,
        title: str = "助浴",
        *,
        day: date = date(2026, 12, 5),
        hour: int = 9,
        minutes: int = 120,
        seats: tuple[int, int, int] = (1, 1, 1),
        tags: tuple[str, ...] = (),
        unit_code: str = STREET,
        team: tuple[TeamCommand, ...] = (),
        **facts: object,
    ) -> int:
        command = NeedCommand(
            title=title,
            category="elderly",
            unit_code=unit_code,
            starts_at=datetime(day.year, day.month, day.day, hour, tzinfo=ZONE),
            duration_minutes=minutes,
            roles=(
                RoleCommand(
                    name="志愿者", min_seats=seats[0], target_seats=seats[1], max_seats=seats[2], needs_tags=tags
                ),
            ),
            team=team,
            **facts,
        )
        return post_need(self.session, SYSTEM, command=command, now=self.now)

    def account(self, login: str, role: Role, unit: str = "") -> Actor:
        account = Account(login=login, display_name=login, created_at=self.now)
        self.session.add(account)
        self.session.flush()
        return Actor(account_id=account.id, scopes=(Scope(role=role, unit_code=unit),))

    def volunteer(self, person_id: int) -> Actor:
        return Actor(account_id=None, person_id=person_id, scopes=(Scope(role=Role.VOLUNTEER, unit_code=""),))

    def later(self, **span: float) -> datetime:
        return self.now + timedelta(**span)
