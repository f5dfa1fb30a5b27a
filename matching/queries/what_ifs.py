"""What-if questions and their answers, as a page shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.plane import on_plane
from matching.policy import policy_of
from matching.refusals import NotFound
from matching.week import Week
from matching.what_ifs import Drive, Question, may_ask, question_of
from models.authority import Actor
from models.organisation import OrganisationUnit, UnitLevel
from models.roster import RosterRun, RunState
from models.what_if import WhatIf
from solver import Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The plan that stands and the one of the changed week.

    `people` are those whose week would be another, `newcomers` the invented ones with a seat, `kept` the assignments
    that stay; `gap` is how far the second plan may be from the best.
    """

    now: Measures
    then: Measures
    people: int
    newcomers: int
    kept: int
    gap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruits:
    """People to look for near a neighbourhood, and the seats and points that they were seen to bring."""

    tags: tuple[str, ...]
    unit_name: str
    minute: int
    people: int
    seats: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfView:
    """One question, its answer as far as there is one."""

    id: int
    week: str
    question: Question
    unit_name: str | None
    state: RunState
    asked_at: datetime
    answered_at: datetime | None
    failure: str | None
    sides: Sides | None
    recruiting: tuple[Recruits, ...]


def what_ifs(session: Session, actor: Actor, *, week: Week, limit: int = 20) -> tuple[WhatIfView, ...]:
    """Give the questions asked about `week`, the newest first."""
    if not may_ask(actor):
        raise NotFound(kind="what_if")
    found = session.execute(
        select(WhatIf, RosterRun.week)
        .join(RosterRun, RosterRun.id == WhatIf.run_id)
        .where(RosterRun.week == str(week))
        .order_by(WhatIf.id.desc())
        .limit(limit)
    ).all()
    names = _names(session, [row for row, _ in found])
    return tuple(_view(row, of_week, names, ()) for row, of_week in found)


def what_if_view(session: Session, actor: Actor, *, what_if_id: int) -> WhatIfView:
    """Give one question with its answer."""
    row = session.get(WhatIf, what_if_id) if may_ask(actor) else None
    if row is None:
        raise NotFound(kind="what_if", id=what_if_id)
    week = session.scalars(select(RosterRun.week).where(RosterRun.id == row.run_id)).one()
    return _view(row, week, _names(session, [row]), _recruiting(session, row))


def _names(session: Session, rows: Sequence[WhatIf]) -> dict[str, str]:
    codes = {row.parameters["unit_code"] for row in rows if "unit_code" in row.parameters}
    query = select(OrganisationUnit.code, OrganisationUnit.name).where(OrganisationUnit.code.in_(codes))
    return dict(session.execute(query).all()) if codes else {}


def _view(row: WhatIf, week: str, names: Mapping[str, str], recruiting: tuple[Recruits, ...]) -> WhatIfView:
    question = question_of(row.kind, row.parameters)
    return WhatIfView(
        id=row.id,
        week=week,
        question=question,
        unit_name=names.get(question.unit_code) if isinstance(question, Drive) else None,
        state=row.state,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        failure=row.failure,
        sides=_sides(row.answer) if "first" in row.answer else None,
        recruiting=recruiting,
    )


def _sides(answer: Mapping[str, Any]) -> Sides:
    return Sides(
        now=Measures(**answer["first"]),
        then=Measures(**answer["second"]),
        people=answer["people"],
        newcomers=answer["newcomers"],
        kept=answer["kept"],
        gap=answer["gap"],
    )


def _recruiting(session: Session, row: WhatIf) -> tuple[Recruits, ...]:
    found = row.answer.get("recruiting", [])
    if not found:
        return ()
    centre = policy_of(session).centre
    units = session.execute(
        select(OrganisationUnit.name, OrganisationUnit.longitude, OrganisationUnit.latitude).where(
            OrganisationUnit.level == UnitLevel.NEIGHBOURHOOD, OrganisationUnit.longitude.is_not(None)
        )
    ).all()
    places = [
        (name, on_plane(east, north, centre)) for name, east, north in units if east is not None and north is not None
    ]
    return tuple(
        Recruits(
            tags=tuple(one["tags"]),
            unit_name=_nearest(places, one["at"]),
            minute=one["start"],
            people=one["people"],
            seats=one["seats"],
            points=one["points"],
        )
        for one in found
    )


def _nearest(places: Sequence[tuple[str, tuple[float, float]]], at: Sequence[float]) -> str:
    """Name the neighbourhood whose middle is nearest."""
    distances = [((place[0] - at[0]) ** 2 + (place[1] - at[1]) ** 2, name) for name, place in places]
    return min(distances, default=(0.0, ""))[1]
