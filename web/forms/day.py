"""What a leader says of somebody on the day, what a volunteer says at the place, and hours put right."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar

from marshmallow import ValidationError, fields, validates_schema

from matching.feedback import Word
from web.forms.schema import ClockTime, CommandSchema, Text, between, known
from web.moments import instant

#: Codes of why somebody could not come; their words are in :mod:`web.texts.week`.
EXCUSES = ("ill", "family", "work", "weather", "other")


class Said(StrEnum):
    """What the leader's list can be told of one line."""

    HERE = "here"
    LEFT = "left"
    ABSENT = "absent"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAct:
    """`at` is None for *now*."""

    said: Said
    at: time | None
    reason: str | None


class DayActSchema(CommandSchema):
    makes: ClassVar = DayAct
    said = fields.Enum(Said, by_value=True, required=True)
    at = ClockTime(load_default=None, allow_none=True)
    reason = fields.String(load_default=None, allow_none=True, validate=known(EXCUSES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """From when to when somebody served, and why that is written now."""

    came: time
    left: time
    reason: str

    def instants(self, day: date) -> tuple[datetime, datetime]:
        """Give both as instants of the shift's first day; an end before the beginning is the next day's."""
        came, left = instant(day, self.came), instant(day, self.left)
        return came, left if left >= came else left + timedelta(days=1)


class TimesSchema(CommandSchema):
    makes: ClassVar = Times
    came = ClockTime(required=True)
    left = ClockTime(required=True)
    reason = Text(longest=200, required=True)

    @validates_schema(skip_on_field_errors=True)
    def some_time(self, data: dict[str, time], **_options: object) -> None:
        """Whoever served served for a minute at least."""
        if data["came"] == data["left"]:
            raise ValidationError("ends_before_start", "left")


class HereAct(StrEnum):
    """What one says of oneself at the place."""

    ARRIVE = "arrive"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    act: HereAct
    code: str


class HereSchema(CommandSchema):
    makes: ClassVar = Here
    act = fields.Enum(HereAct, by_value=True, required=True)
    code = Text(longest=80, load_default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """`over_reason` lets minutes beyond the day's limit count."""

    over_reason: str | None


class ApprovalSchema(CommandSchema):
    makes: ClassVar = Approval
    over_reason = Text(longest=200, load_default=None, allow_none=True)


class WordSchema(CommandSchema):
    """What one side says after a service; everything is optional."""

    makes: ClassVar = Word
    rating = fields.Integer(load_default=None, allow_none=True, validate=between(1, 5))
    again = fields.Boolean(load_default=None, allow_none=True)
    note = Text(longest=300, load_default=None, allow_none=True)
