"""Small commands that only programs send; the others are the forms' own schemas."""

from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from matching.week import NoSuchWeek, Week
from web.forms.schema import CommandSchema, Text, at_most


class WeekField(fields.Field[Week]):
    """An ISO week, 2026-W48."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> Week:
        del attr, data
        try:
            return Week.parse(str(value))
        except NoSuchWeek as error:
            raise ValidationError("unreadable") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class OfWeek:
    """A week and, for a board, a unit below which to look."""

    week: Week | None
    unit: str


class OfWeekSchema(CommandSchema):
    """What a list is asked for; the coming week when none is named."""

    makes: ClassVar = OfWeek
    week = WeekField(load_default=None, metadata={"type": "string", "description": "ISO week, as 2026-W48"})
    unit = Text(longest=15, load_default="")


class TheWeekSchema(CommandSchema):
    """The week that a step is about."""

    makes: ClassVar = None
    week = WeekField(required=True, metadata={"type": "string", "description": "ISO week, as 2026-W48"})


class LockSchema(CommandSchema):
    makes: ClassVar = None
    locked = fields.Boolean(required=True)


class SignInSchema(CommandSchema):
    """A name and a password, for a token."""

    makes: ClassVar = None
    login = Text(longest=64, required=True)
    password = fields.String(required=True, validate=at_most(200))


class Token(CommandSchema):
    makes: ClassVar = None
    token = fields.String()
    expires_in = fields.Integer(metadata={"description": "seconds"})


class Made(CommandSchema):
    """The id of what was made."""

    makes: ClassVar = None
    id = fields.Integer()
