"""A volunteer's own hours, record by record, with what was done to each."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.queries.service import HourTotals, hour_totals
from matching.refusals import NotFound
from models.authority import Actor
from models.need import Need, Shift
from models.organisation import OrganisationUnit
from models.roster import Assignment
from models.service import HourChange, HourRecord, HourState

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HourAct:
    """One act upon a record of hours; `by_me` when the person did it."""

    kind: str
    at: datetime
    by_me: bool
    minutes_before: int
    minutes_after: int
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyHoursLine:
    """Hours of one service; `approve_by_on` is the tenth working day."""

    record_id: int
    title: str
    unit_name: str
    category: str
    served_on: date
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    minutes: int
    over_minutes: int
    state: HourState
    approve_by_on: date | None
    acts: tuple[HourAct, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MyHours:
    """Totals and the newest records."""

    totals: HourTotals
    lines: tuple[MyHoursLine, ...]


def my_hours(session: Session, actor: Actor) -> MyHours:
    """Give the actor's own hours, the newest service first.

    Raises
    ------
    NotFound
        When there is no person behind the account.
    """
    if actor.person_id is None:
        raise NotFound(kind="person")
    rows = session.execute(
        select(HourRecord, Need.title, Need.category, OrganisationUnit.name)
        .join(Assignment, Assignment.id == HourRecord.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .where(HourRecord.person_id == actor.person_id)
        .order_by(HourRecord.served_on.desc(), HourRecord.id.desc())
        .limit(MOST)
    ).all()
    acts = _acts(session, actor, [record.id for record, *_ in rows])
    return MyHours(
        totals=hour_totals(session, person_id=actor.person_id),
        lines=tuple(_line(*row, acts.get(row[0].id, [])) for row in rows),
    )


def _acts(session: Session, actor: Actor, record_ids: list[int]) -> dict[int, list[HourAct]]:
    query = select(HourChange).where(HourChange.record_id.in_(record_ids)).order_by(HourChange.id)
    found: dict[int, list[HourAct]] = {}
    for change in session.scalars(query):
        act = HourAct(
            kind=change.kind.value,
            at=change.at,
            by_me=change.account_id is None or change.account_id == actor.account_id,
            minutes_before=change.minutes_before,
            minutes_after=change.minutes_after,
            reason=change.reason,
        )
        found.setdefault(change.record_id, []).append(act)
    return found


def _line(record: HourRecord, title: str, category: str, unit_name: str, acts: list[HourAct]) -> MyHoursLine:
    return MyHoursLine(
        record_id=record.id,
        title=title,
        unit_name=unit_name,
        category=category,
        served_on=record.served_on,
        checked_in_at=record.checked_in_at,
        checked_out_at=record.checked_out_at,
        minutes=record.minutes,
        over_minutes=record.over_minutes,
        state=record.state,
        approve_by_on=record.approve_by_on,
        acts=tuple(acts),
    )
