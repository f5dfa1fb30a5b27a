"""What a leader's page, its wall screen and its exports show: gathered once, by unit and week."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from matching.queries.indicators import (
    Rate,
    SeatGroup,
    Unmet,
    answers_in_week,
    seats_by_week,
    seats_in_week,
    unmet,
)
from matching.queries.people_figures import (
    PARTS,
    People,
    ServiceFigures,
    Turns,
    free_people,
    holders,
    kept_by_place,
    kept_people,
    minutes_by_week,
    people_by_place,
    service_figures,
    turns_in_week,
)
from matching.queries.places import Place, PlaceView, place_view, places_on_map
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Tier
from models.roster import AssignmentState
from models.taxonomy import CERTIFICATES, SKILLS
from web.moments import local

#: The ratios that are often asked for (STANDARDS: a target of registration, a warning about students).
TARGET_SHARE: Final = 0.13
STUDENT_SHARE: Final = 1 / 3
_TREND_WEEKS: Final = 8
_SERVICE_WEEKS: Final = 4
_WHOLE_CODE: Final = 15
Key = TypeVar("Key", bound=Hashable)


Rates = dict[Tier, Rate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One place of the level below, or the place itself: people and seats."""

    place: Place
    people: People
    rates: Rates

    def rate(self, *tiers: Tier) -> Rate:
        """Sum the seats of `tiers`; essential and wanted ones without."""
        return sum((self.rates.get(tier, Rate()) for tier in tiers or (Tier.ESSENTIAL, Tier.WANTED)), Rate())

    @property
    def registered_share(self) -> float | None:
        return self.people.registered / self.place.residents if self.place.residents else None

    @property
    def active_share(self) -> float | None:
        return self.people.active / self.place.residents if self.place.residents else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One part of one weekday: seats asked for and held, and people who could come then."""

    rate: Rate
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRow:
    """A skill or certificate that roles ask for: their seats, and who holds it."""

    tag: str
    rate: Rate
    holders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    week: str
    rate: Rate
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A leader's page."""

    week: Week
    people_counted_at: datetime
    places: PlaceView
    whole: Row
    rows: tuple[Row, ...]
    priorities: dict[tuple[int, Tier], Rate]
    categories: dict[str, Rate]
    heat: tuple[tuple[Cell, ...], ...]
    skills: tuple[SkillRow, ...]
    skill: str | None
    unmet: tuple[Unmet, ...]
    answers: dict[AssignmentState, int]
    turns: Turns
    service: ServiceFigures
    service_from: date
    trend: tuple[TrendRow, ...]
    spots: tuple[tuple[Place, Rate], ...]

    @property
    def student_share(self) -> float | None:
        return self.whole.people.students / self.whole.people.registered if self.whole.people.registered else None

    @property
    def local_share(self) -> float | None:
        return self.turns.local / self.turns.people if self.turns.people else None


def board_of(
    session: Session, actor: Actor, *, week: Week, code: str | None, skill: str | None, now: datetime, today: date
) -> Board:
    """Gather a leader's page of a unit."""
    places = place_view(session, actor, code=code, permission=Permission.UNIT_INDICATOR_READ)
    here = places.here
    under = here.code
    deeper = len(places.below[0].code) if places.below else len(under)
    seats = seats_in_week(session, week=week, under=under, length=_WHOLE_CODE)
    wanted = tuple(group for group in seats if group.tier is not Tier.EXTRA)
    by_place: dict[str, Rates] = defaultdict(dict)
    for (code_of, tier), rate in summed(seats, lambda one: (one.place[:deeper], one.tier)).items():
        by_place[code_of][tier] = rate
    kept = kept_people(session, under=under, now=now)
    if kept is None:
        people = people_by_place(session, under=under, length=deeper, today=today)
    else:
        people = kept_by_place(session, codes=[place.code for place in places.below])
    asked = _skills(wanted)
    skill = skill if skill in asked else None
    weeks = [week]
    while len(weeks) < _TREND_WEEKS:
        weeks.insert(0, weeks[0].previous)
    by_week = seats_by_week(session, weeks=weeks[:-1], under=under)
    by_week[str(week)] = Rate(asked=sum(one.asked for one in wanted), held=sum(one.held for one in wanted))
    minutes = minutes_by_week(session, weeks=weeks, under=under)
    served_from = week.monday - timedelta(weeks=_SERVICE_WEEKS - 1)
    until = week.monday + timedelta(weeks=1)
    held = holders(session, tags=list(asked), under=under) if kept is None else kept.tags
    free = free_people(session, under=under, tag=skill) if kept is None or skill else kept.free
    return Board(
        week=week,
        people_counted_at=now if kept is None else kept.counted_at,
        places=places,
        whole=Row(
            place=here,
            people=_all_people(people) if kept is None else kept.people,
            rates=summed(seats, lambda one: one.tier),
        ),
        rows=tuple(
            Row(place=place, people=people.get(place.code, People()), rates=by_place.get(place.code, {}))
            for place in places.below
        ),
        priorities=summed(seats, lambda one: (one.priority, one.tier)),
        categories=dict(
            sorted(summed(wanted, lambda one: one.category).items(), key=lambda item: (-item[1].asked, item[0]))
        ),
        heat=_heat(wanted, free, skill),
        skills=tuple(SkillRow(tag=tag, rate=rate, holders=held.get(tag, 0)) for tag, rate in asked.items()),
        skill=skill,
        unmet=unmet(session, week=week, under=under),
        answers=answers_in_week(session, week=week, under=under),
        turns=turns_in_week(session, week=week, under=under, here=under),
        service=service_figures(session, since=served_from, until=until, under=under),
        service_from=served_from,
        trend=tuple(TrendRow(week=str(one), rate=by_week[str(one)], minutes=minutes.get(str(one), 0)) for one in weeks),
        spots=_spots(places_on_map(session, here=here), wanted),
    )


def _spots(shown: tuple[Place, ...], groups: Iterable[SeatGroup]) -> tuple[tuple[Place, Rate], ...]:
    length = len(shown[0].code) if shown else 0
    rates = summed(groups, lambda one: one.place[:length])
    return tuple((place, rates.get(place.code, Rate())) for place in shown)


def _all_people(people: dict[str, People]) -> People:
    return People(
        registered=sum(one.registered for one in people.values()),
        active=sum(one.active for one in people.values()),
        students=sum(one.students for one in people.values()),
    )


def summed(groups: Iterable[SeatGroup], key: Callable[[SeatGroup], Key]) -> dict[Key, Rate]:
    """Sum seats by what `key` gives."""
    asked: Counter[Key] = Counter()
    held: Counter[Key] = Counter()
    for group in groups:
        name = key(group)
        asked[name] += group.asked
        held[name] += group.held
    return {name: Rate(asked=count, held=held[name]) for name, count in asked.items()}


def _skills(groups: Iterable[SeatGroup]) -> dict[str, Rate]:
    """Sum seats by the skills and certificates that they ask for; the most missing first."""
    shown = frozenset(SKILLS + CERTIFICATES)
    asked: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for one in groups:
        for tag in one.tags:
            if tag in shown:
                asked[tag] += one.asked
                held[tag] += one.held
    sums = {tag: Rate(asked=count, held=held[tag]) for tag, count in asked.items()}
    return dict(sorted(sums.items(), key=lambda item: (-item[1].missing, -item[1].asked, item[0])))


def _heat(
    groups: Iterable[SeatGroup], free: dict[tuple[int, int], int], skill: str | None
) -> tuple[tuple[Cell, ...], ...]:
    """Sum seats by part of the day (rows) and weekday (columns), beside who could come then."""
    chosen = [one for one in groups if skill is None or skill in one.tags]
    when = {starts_at: local(starts_at) for starts_at in {one.starts_at for one in chosen}}
    cells = {at: (_part(start.hour), start.weekday()) for at, start in when.items()}
    sums = defaultdict(Rate, summed(chosen, lambda one: cells[one.starts_at]))
    return tuple(
        tuple(Cell(rate=sums[part, day], free=free.get((day, part), 0)) for day in range(7))
        for part in range(len(PARTS))
    )


def _part(hour: int) -> int:
    return next(number for number, (first, last) in enumerate(PARTS) if first <= hour < last)
