"""A week in figures, counted by the database: seats asked for and held by place, tier, priority, skill and hour.

Seats are those of shifts that take place. *Held* is whatever holds a seat: proposed, asked, confirmed, served. Places
are counted by the beginning of their code, as a leader drills from the city down to a neighbourhood.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import orjson
from sqlalchemy import ColumnElement, String, cast, func, literal_column, select
from sqlalchemy.orm import Session

from matching.access import under_code
from matching.policy import policy_of
from matching.week import Week
from models.need import Need, Seat, Shift, ShiftRole, ShiftState, Tier
from models.organisation import OrganisationUnit
from models.roster import HOLDING, Assignment, AssignmentState

_DEGREES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Seats asked for and held."""

    asked: int = 0
    held: int = 0

    @property
    def share(self) -> float | None:
        """The share held, None when nothing was asked for."""
        return None if not self.asked else self.held / self.asked

    @property
    def missing(self) -> int:
        return self.asked - self.held

    @property
    def degree(self) -> int:
        """How full, 0 (nothing) to 5 (all), for the shade of a cell."""
        return 0 if not self.asked else int(_DEGREES * self.held / self.asked)

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(asked=self.asked + other.asked, held=self.held + other.held)


class SeatGroup(NamedTuple):
    """Seats of one tier that are alike: of one place, beginning, kind of service, priority and what they ask for.

    A tuple, since a district's week has thousands of them.
    """

    place: str
    starts_at: datetime
    category: str
    priority: int
    tags: tuple[str, ...]
    tier: Tier
    asked: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A shift to come that lacks essential people; it waits since the need was posted."""

    shift_id: int
    need_id: int
    title: str
    unit_name: str
    starts_at: datetime
    ends_at: datetime
    priority: int
    posted_at: datetime
    missing: int
    asked: int


def seats_in_week(session: Session, *, week: Week, under: str, length: int) -> tuple[SeatGroup, ...]:
    """Count the week's seats under a unit; places are the first `length` characters of a unit's code. One statement."""
    start, end = week.span(policy_of(session).zone)
    place = func.substr(Shift.unit_code, literal_column("1"), literal_column(str(int(length)))).label("place")
    tags = cast(ShiftRole.needs_tags, String).label("tags")
    groups = (place, Shift.starts_at, Shift.category, Shift.priority, tags, Seat.tier)
    rows = session.execute(
        select(*groups, func.count(Seat.id), func.count(Assignment.id))
        .select_from(Shift)
        .join(ShiftRole, ShiftRole.shift_id == Shift.id)
        .join(Seat, Seat.role_id == ShiftRole.id)
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.state.in_(HOLDING))
        .where(Shift.starts_at >= start, Shift.starts_at < end, Shift.state == ShiftState.OPEN, inside(under))
        .group_by(*groups)
    )
    return tuple(
        SeatGroup(code, starts_at, category, priority, _tags(names), tier, asked, held)
        for code, starts_at, category, priority, names, tier, asked, held in rows
    )


@lru_cache(maxsize=4096)
def _tags(names: str) -> tuple[str, ...]:
    return tuple(orjson.loads(names))


def inside(under: str) -> ColumnElement[bool]:
    """Give the condition that a shift's unit lies under a code; "" is everywhere."""
    return under_code(Shift.unit_code, under)


def unmet(session: Session, *, week: Week, under: str, limit: int = 8) -> tuple[Unmet, ...]:
    """Give the week's shifts that lack essential people, those first whose need was posted longest ago."""
    start, end = week.span(policy_of(session).zone)
    asked, held = func.count(Seat.id), func.count(Assignment.id)
    counted = (
        select(ShiftRole.shift_id.label("shift_id"), asked.label("asked"), (asked - held).label("missing"))
        .join(Seat, Seat.role_id == ShiftRole.id)
        .join(Shift, Shift.id == ShiftRole.shift_id)
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.state.in_(HOLDING))
        .where(
            Seat.tier == Tier.ESSENTIAL,
            Shift.starts_at >= start,
            Shift.starts_at < end,
            Shift.state == ShiftState.OPEN,
            inside(under),
        )
        .group_by(ShiftRole.shift_id)
        .having(asked > held)
        .subquery()
    )
    rows = session.execute(
        select(Shift, Need.title, Need.created_at, OrganisationUnit.name, counted.c.missing, counted.c.asked)
        .join(counted, counted.c.shift_id == Shift.id)
        .join(Need, Need.id == Shift.need_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .order_by(Need.created_at, Shift.priority, Shift.starts_at, Shift.id)
        .limit(limit)
    )
    return tuple(
        Unmet(
            shift_id=shift.id,
            need_id=shift.need_id,
            title=title,
            unit_name=unit,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            priority=shift.priority,
            posted_at=posted_at,
            missing=missing,
            asked=wanted,
        )
        for shift, title, posted_at, unit, missing, wanted in rows
    )


def seats_by_week(session: Session, *, weeks: Sequence[Week], under: str) -> dict[str, Rate]:
    """Count essential and wanted seats of several weeks; one statement."""
    zone = policy_of(session).zone
    spans = {str(week): week.span(zone) for week in weeks}
    rows = session.execute(
        select(Shift.starts_at, func.count(Seat.id), func.count(Assignment.id))
        .join(ShiftRole, ShiftRole.shift_id == Shift.id)
        .join(Seat, Seat.role_id == ShiftRole.id)
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.state.in_(HOLDING))
        .where(
            Shift.starts_at >= min(start for start, _ in spans.values()),
            Shift.starts_at < max(end for _, end in spans.values()),
            Shift.state == ShiftState.OPEN,
            Seat.tier != Tier.EXTRA,
            inside(under),
        )
        .group_by(Shift.starts_at)
    ).all()
    return {
        name: sum((Rate(asked=asked, held=held) for at, asked, held in rows if start <= at < end), Rate())
        for name, (start, end) in spans.items()
    }


def answers_in_week(session: Session, *, week: Week, under: str) -> dict[AssignmentState, int]:
    """Count the week's assignments by state, as asked, confirmed or declined."""
    start, end = week.span(policy_of(session).zone)
    rows = session.execute(
        select(Assignment.state, func.count())
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Shift.starts_at >= start, Shift.starts_at < end, inside(under))
        .group_by(Assignment.state)
    )
    return dict(rows.all())
