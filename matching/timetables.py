"""The week's times as an operator sets them: the city's steps, a unit's own close, and until when people answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.deadlines import answer_hours
from matching.policy import policy_of
from matching.refusals import NotAllowed, NotFound
from matching.steps import USUAL, Step
from matching.trail import note
from models.authority import Actor, Permission
from models.organisation import OrganisationUnit, UnitLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """A weekday of the week before, 0 is Monday, and a time of day."""

    weekday: int
    at: time

    def __str__(self) -> str:
        return f"{self.weekday} {self.at:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekTimes:
    """What one unit's row says; a step that it leaves to the usual is not in `steps`."""

    unit_code: str
    name: str
    level: UnitLevel
    steps: Mapping[Step, StepTime]
    answers_from: time
    answers_until: time
    is_own: bool

    @property
    def may_set(self) -> tuple[Step, ...]:
        """The city sets every step; a unit below it its close."""
        return tuple(Step) if self.level is UnitLevel.CITY else (Step.CLOSE,)


def week_times(session: Session, actor: Actor) -> tuple[WeekTimes, ...]:
    """Give the city's times, and those of each unit that has its own."""
    if not actor.may(Permission.CITY_RUN_READ):
        raise NotAllowed(permission=Permission.CITY_RUN_READ.value)
    units = session.scalars(select(OrganisationUnit).order_by(OrganisationUnit.code))
    return tuple(_times(session, unit) for unit in units if unit.level is UnitLevel.CITY or unit.settings.get("week"))


def week_times_of(session: Session, actor: Actor, *, unit_code: str) -> WeekTimes:
    """Give one unit's times."""
    if not actor.may(Permission.CITY_RUN_READ):
        raise NotAllowed(permission=Permission.CITY_RUN_READ.value)
    return _times(session, _unit(session, unit_code))


def set_week_times(
    session: Session,
    actor: Actor,
    *,
    unit_code: str,
    steps: Mapping[Step, StepTime],
    answers: tuple[time, time] | None,
    now: datetime,
) -> None:
    """Set a unit's times; steps that are left out, and answers that are None, are as usual again.

    Raises
    ------
    NotAllowed, NotFound
    """
    if not actor.may(Permission.CITY_RUN_START):
        raise NotAllowed(permission=Permission.CITY_RUN_START.value)
    unit = _unit(session, unit_code)
    week = {step.value: str(at) for step, at in steps.items() if unit.level is UnitLevel.CITY or step is Step.CLOSE}
    if answers is not None:
        week["answers"] = f"{answers[0]:%H:%M} {answers[1]:%H:%M}"
    unit.settings = {
        **{key: value for key, value in unit.settings.items() if key != "week"},
        **({"week": week} if week else {}),
    }
    note(session, actor, action="week.times_set", subject=("organisation_unit", unit.id), now=now, **week)


def _unit(session: Session, code: str) -> OrganisationUnit:
    unit = session.scalar(select(OrganisationUnit).where(OrganisationUnit.code == code))
    if unit is None:
        raise NotFound(kind="unit")
    return unit


def _times(session: Session, unit: OrganisationUnit) -> WeekTimes:
    week = unit.settings.get("week", {})
    policy, hours = policy_of(session), answer_hours(week)
    usual = {due.step: StepTime(weekday=due.weekday, at=due.at) for due in USUAL}
    said = {step: _read(week[step.value]) or usual[step] for step in Step if step.value in week}
    return WeekTimes(
        unit_code=unit.code,
        name=unit.name,
        level=unit.level,
        steps={**usual, **said} if unit.level is UnitLevel.CITY else said,
        answers_from=policy.answers_from if hours is None else hours.earliest,
        answers_until=policy.answers_until if hours is None else hours.latest,
        is_own=bool(week),
    )


def _read(text: str) -> StepTime | None:
    weekday, _, clock = text.partition(" ")
    try:
        return StepTime(weekday=int(weekday), at=time.fromisoformat(clock))
    except ValueError:
        return None
