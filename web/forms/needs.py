"""A need as a coordinator fills it in, and back again from a need that is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validates_schema

from matching.needs import MOST_SEATS, NeedCommand, RoleCommand
from matching.queries.needs import NeedRole, NeedView
from models.taxonomy import CATEGORIES, TAGS
from web.forms.schema import ClockTime, CommandSchema, Text, between, known
from web.moments import instant, local

#: What the form offers; a rule that came with an import is kept as it is.
REPEATS = {
    "weekly": "FREQ=WEEKLY",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
    "workdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "daily": "FREQ=DAILY",
    "monthly": "FREQ=MONTHLY",
}


class RoleSchema(CommandSchema):
    """One role; who leaves out *wanted* and *most* wants as many as at least."""

    name = Text(longest=40, required=True)
    min_seats = fields.Integer(required=True, validate=between(0, MOST_SEATS))
    target_seats = fields.Integer(load_default=None, allow_none=True, validate=between(0, MOST_SEATS))
    max_seats = fields.Integer(load_default=None, allow_none=True, validate=between(1, MOST_SEATS))
    needs_tags = fields.List(fields.String(validate=known(TAGS)), load_default=list)

    @staticmethod
    def makes(**data: Any) -> RoleCommand:
        """Make the role, with the numbers in order."""
        least = data["min_seats"]
        target = data["target_seats"] if data["target_seats"] is not None else least
        most = data["max_seats"] if data["max_seats"] is not None else max(target, 1)
        if not least <= target <= most:
            raise ValidationError("seats_out_of_order", "max_seats")
        return RoleCommand(
            name=data["name"],
            min_seats=least,
            target_seats=target,
            max_seats=most,
            needs_tags=tuple(data["needs_tags"]),
        )


class NeedSchema(CommandSchema):
    """A need; times are the service's wall clock, and a shift that ends before it starts ends on the next day."""

    title = Text(longest=120, required=True)
    category = fields.String(required=True, validate=known(CATEGORIES))
    unit_code = Text(longest=15, required=True)
    on = fields.Date(required=True)
    starts = ClockTime(required=True)
    ends = ClockTime(required=True)
    place = Text(longest=120, load_default="")
    description = Text(longest=2000, load_default="")
    priority = fields.Integer(load_default=2, validate=between(1, 3))
    repeat = Text(longest=200, load_default=None, allow_none=True)
    all_or_nothing = fields.Boolean(load_default=False)
    contact_name = Text(longest=40, load_default=None, allow_none=True)
    contact_telephone = Text(longest=20, load_default=None, allow_none=True)
    roles = fields.List(fields.Nested(RoleSchema), required=True)

    @validates_schema(skip_on_field_errors=True)
    def same_time(self, data: dict[str, Any], **_options: Any) -> None:
        """A shift lasts at least a minute."""
        if data["starts"] == data["ends"]:
            raise ValidationError("ends_before_start", "ends")
        if not data["roles"]:
            raise ValidationError("missing", "roles.0.name")

    @staticmethod
    def makes(**data: Any) -> NeedCommand:
        """Make the command, with instants in place of wall-clock times."""
        starts_at, minutes = _span(data.pop("on"), data.pop("starts"), data.pop("ends"))
        repeat = data.pop("repeat")
        return NeedCommand(
            starts_at=starts_at,
            duration_minutes=minutes,
            recurrence=REPEATS.get(repeat, repeat),
            roles=tuple(data.pop("roles")),
            **data,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is taken back."""

    reason: str


class ReasonSchema(CommandSchema):
    makes: ClassVar = Reason
    reason = Text(longest=200, required=True)


def values_of(need: NeedView, *, on: date | None = None) -> dict[str, Any]:
    """Give the form's values for a need that is there; `on` moves a copy to another day."""
    return _values(need, local(need.first_starts_at), on)


def values_of_command(command: NeedCommand) -> dict[str, Any]:
    """Give the form's values for a need that is not there yet."""
    return _values(command, local(command.starts_at), None)


def _values(need: NeedView | NeedCommand, start: datetime, on: date | None) -> dict[str, Any]:
    end = start + timedelta(minutes=need.duration_minutes)
    named = {rule: name for name, rule in REPEATS.items()}
    values: dict[str, Any] = {
        "title": need.title,
        "category": need.category,
        "unit_code": need.unit_code,
        "on": (on or start.date()).isoformat(),
        "starts": start.strftime("%H:%M"),
        "ends": end.strftime("%H:%M"),
        "place": need.place,
        "description": need.description,
        "priority": str(need.priority),
        "repeat": named.get(need.recurrence or "", need.recurrence or ""),
        "all_or_nothing": "1" if need.all_or_nothing else "",
        "contact_name": need.contact_name or "",
    }
    roles: Sequence[NeedRole | RoleCommand] = need.roles
    for number, role in enumerate(roles):
        for name in ("name", "min_seats", "target_seats", "max_seats"):
            values[f"roles.{number}.{name}"] = str(getattr(role, name))
        values[f"roles.{number}.needs_tags[]"] = list(role.needs_tags)
    return values


def _span(on: date, starts: time, ends: time) -> tuple[datetime, int]:
    start = instant(on, starts)
    last_day = on if ends > starts else on + timedelta(days=1)
    minutes = int((instant(last_day, ends) - start).total_seconds() // 60)
    return start.astimezone(UTC), minutes
