"""Templates of needs: kept by a unit under a name, made from any need, changed, used, put away and taken out again.

A template says a weekday and a time of day, no day; it holds nobody's telephone, which is asked for each time.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from matching.access import access_need, access_unit, within
from matching.copying import command_of
from matching.needs import NeedCommand, RoleCommand, TeamCommand, post_need
from matching.policy import policy_of
from matching.refusals import NotFound, ReasonMissing
from matching.trail import note
from models.authority import Actor, Permission
from models.need import HolidayRule
from models.template import NeedTemplate

LONGEST_NAME = 60
_WRITE = Permission.UNIT_NEED_WRITE
_NOT_KEPT = frozenset({"starts_at", "contact_telephone", "source", "external_id", "draft", "unit_code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLine:
    """A template as a list shows it; `is_own` when the reader may change it."""

    template_id: int
    name: str
    title: str
    category: str
    unit_code: str
    weekday: int
    start_minute: int
    duration_minutes: int
    seats: int
    used: int
    used_at: datetime | None
    is_own: bool


def templates(session: Session, actor: Actor, *, limit: int = 60) -> tuple[TemplateLine, ...]:
    """Give the templates of the actor's units and of those above them, the most used first."""
    rows = session.scalars(
        select(NeedTemplate)
        .where(_visible(actor), NeedTemplate.deleted_at.is_(None))
        .order_by(NeedTemplate.used.desc(), NeedTemplate.id.desc())
        .limit(limit)
    )
    return tuple(_line(row, actor) for row in rows)


def template_command(session: Session, actor: Actor, *, template_id: int, on: date | None) -> tuple[str, NeedCommand]:
    """Give a template's name and the need that it makes on a day, or on the next of its weekday after `on`."""
    row = _visible_one(session, actor, template_id)
    return row.name, _command(session, row, on=on)


def keep_template(session: Session, actor: Actor, *, need_id: int, name: str, now: datetime) -> int:
    """Keep a need as a template of its unit; give the template's id.

    Raises
    ------
    NotFound
    ReasonMissing
        Without a name.
    """
    need = access_need(session, actor, need_id, _WRITE)
    command = command_of(session, need, starts_at=need.first_starts_at)
    command = replace(command, recurrence=need.recurrence, holidays=need.holidays)
    row = NeedTemplate(unit_code=command.unit_code, created_at=now, created_by_id=actor.account_id, used=0)
    row.name, row.facts = _named(name), _facts(session, command)
    session.add(row)
    session.flush()
    note(session, actor, action="template.kept", subject=("need_template", row.id), now=now, need=need_id)
    return row.id


def change_template(
    session: Session, actor: Actor, *, template_id: int, name: str, command: NeedCommand, now: datetime
) -> None:
    """Change a template; of the command's day the weekday and the time count."""
    row = _own_one(session, actor, template_id)
    access_unit(session, actor, command.unit_code, _WRITE)
    row.name, row.unit_code, row.facts = _named(name), command.unit_code, _facts(session, command)
    note(session, actor, action="template.changed", subject=("need_template", template_id), now=now)


def put_away_template(session: Session, actor: Actor, *, template_id: int, away: bool, now: datetime) -> None:
    """Put a template away, or take it out again; needs that were posted from it stay as they are."""
    row = _own_one(session, actor, template_id)
    row.deleted_at = now if away else None
    action = "template.put_away" if away else "template.taken_out"
    note(session, actor, action=action, subject=("need_template", template_id), now=now)


def post_from_template(session: Session, actor: Actor, *, template_id: int, command: NeedCommand, now: datetime) -> int:
    """Post a need that was filled in from a template, and count its use; give the need's id.

    What the form does not ask for (who must be among the team, holidays, the exact place of the same unit) is the
    template's. One that is gone by now changes nothing.
    """
    row = session.scalar(select(NeedTemplate).where(NeedTemplate.id == template_id, _visible(actor)).with_for_update())
    if row is not None:
        kept = _command(session, row, on=None)
        command = replace(command, team=kept.team, holidays=kept.holidays)
        if command.unit_code == kept.unit_code and command.place == kept.place:
            command = replace(command, longitude=kept.longitude, latitude=kept.latitude)
        row.used, row.used_at = row.used + 1, now
    return post_need(session, actor, command=command, now=now)


def _facts(session: Session, command: NeedCommand) -> dict[str, Any]:
    local = command.starts_at.astimezone(policy_of(session).zone)
    facts = {name: value for name, value in asdict(command).items() if name not in _NOT_KEPT}
    return {**facts, "weekday": local.weekday(), "start_minute": local.hour * 60 + local.minute}


def _command(session: Session, row: NeedTemplate, *, on: date | None) -> NeedCommand:
    facts = dict(row.facts)
    weekday, minute = int(facts.pop("weekday")), int(facts.pop("start_minute"))
    day = on or row.created_at.date()
    day += timedelta(days=(weekday - day.weekday()) % 7)
    hour, minutes = divmod(minute, 60)
    starts_at = datetime(day.year, day.month, day.day, hour, minutes, tzinfo=policy_of(session).zone)
    roles = tuple(RoleCommand(**{**role, "needs_tags": tuple(role["needs_tags"])}) for role in facts.pop("roles"))
    team = tuple(TeamCommand(**rule) for rule in facts.pop("team"))
    holidays = HolidayRule(facts.pop("holidays"))
    return NeedCommand(unit_code=row.unit_code, starts_at=starts_at, roles=roles, team=team, holidays=holidays, **facts)


def _line(row: NeedTemplate, actor: Actor) -> TemplateLine:
    facts = row.facts
    return TemplateLine(
        template_id=row.id,
        name=row.name,
        title=facts["title"],
        category=facts["category"],
        unit_code=row.unit_code,
        weekday=facts["weekday"],
        start_minute=facts["start_minute"],
        duration_minutes=facts["duration_minutes"],
        seats=sum(role["target_seats"] for role in facts["roles"]),
        used=row.used,
        used_at=row.used_at,
        is_own=actor.may(_WRITE, row.unit_code),
    )


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition that a template is kept in the actor's units, or by a unit above one of them."""
    above = {code[:length] for code in actor.units(_WRITE) for length in range(len(code) + 1)}
    return or_(within(NeedTemplate.unit_code, actor, _WRITE), NeedTemplate.unit_code.in_(above))


def _visible_one(session: Session, actor: Actor, template_id: int) -> NeedTemplate:
    row = session.scalar(select(NeedTemplate).where(NeedTemplate.id == template_id, _visible(actor)))
    if row is None:
        raise NotFound(kind="need_template", id=template_id)
    return row


def _own_one(session: Session, actor: Actor, template_id: int) -> NeedTemplate:
    row = session.get(NeedTemplate, template_id, with_for_update=True)
    if row is None or not actor.may(_WRITE, row.unit_code):
        raise NotFound(kind="need_template", id=template_id)
    return row


def _named(name: str) -> str:
    text = " ".join(name.split())[:LONGEST_NAME]
    if not text:
        raise ReasonMissing
    return text
