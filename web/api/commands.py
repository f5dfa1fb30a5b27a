"""Small commands that only programs send; the others are the forms' own schemas."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validates_schema

from matching.week import NoSuchWeek, Week
from models.authority import Permission
from models.roster import RunKind
from models.taxonomy import CATEGORIES
from web.api.paging import PagedSchema
from web.forms.accounts import Telephone
from web.forms.schema import CommandSchema, Text, at_most, between, known
from web.forms.volunteers import LastStep, LastStepSchema

#: Days that a token may last at most.
MOST_DAYS = 366


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
    """A week; for a board a unit below which to look; and which lines."""

    week: Week | None
    unit: str
    limit: int
    after: str | None


class OfWeekSchema(PagedSchema):
    """What a list is asked for; the coming week when none is named."""

    makes: ClassVar = OfWeek
    week = WeekField(load_default=None)
    unit = Text(longest=15, load_default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class InWeek:
    """A week."""

    week: Week | None


class InWeekSchema(CommandSchema):
    """What figures are asked for; the coming week when none is named."""

    makes: ClassVar = InWeek
    week = WeekField(load_default=None)


class TheWeekSchema(CommandSchema):
    """The week that a step is about."""

    makes: ClassVar = None
    week = WeekField(required=True)


class StartRunSchema(TheWeekSchema):
    """A plan, or a repair of what is published."""

    kind = fields.Enum(RunKind, by_value=True, load_default=RunKind.PLAN)


class NextRunSchema(TheWeekSchema):
    """A run that was started, and has or has not begun."""

    kind = fields.Enum(RunKind, by_value=True, required=True)
    since = fields.Integer(required=True, validate=between(0, 2**63 - 1))


class LockSchema(CommandSchema):
    makes: ClassVar = None
    locked = fields.Boolean(required=True)


class TokenSchema(CommandSchema):
    """Who asks for a token, by password or by a telephone and its code, and what it may do for how long."""

    makes: ClassVar = None
    login = Text(longest=64, load_default=None)
    password = fields.String(load_default=None, validate=at_most(200))
    telephone = Telephone(load_default=None)
    code = Text(longest=12, load_default=None)
    name = Text(longest=80, load_default="")
    scopes = fields.List(
        fields.String(validate=known(tuple(permission.value for permission in Permission))), load_default=list
    )
    days = fields.Integer(load_default=None, allow_none=True, validate=between(1, MOST_DAYS))

    @validates_schema
    def one_way(self, data: dict[str, Any], **_options: Any) -> None:
        """A login goes with a password, a telephone with a code."""
        first, second = ("telephone", "code") if data.get("telephone") else ("login", "password")
        for name in (first, second):
            if not data.get(name):
                raise ValidationError("missing", name)


class TelephoneSchema(CommandSchema):
    """A telephone that a code is wanted for."""

    makes: ClassVar = None
    telephone = Telephone(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpCommand:
    """Somebody who signs up: a proved telephone, a name, and the last screen's facts."""

    telephone: str
    code: str
    name: str
    rest: LastStep


class SignUpSchema(LastStepSchema):
    """All screens of signing up at once."""

    telephone = Telephone(required=True)
    code = Text(longest=12, required=True)
    name = Text(longest=40, required=True)
    agreed = fields.Boolean(required=True)

    @validates_schema
    def agree(self, data: dict[str, Any], **_options: Any) -> None:
        """Nothing is kept without agreement (PIPL 13, 14)."""
        if not data.get("agreed"):
            raise ValidationError("consent_needed", "agreed")

    @staticmethod
    def makes(**data: Any) -> SignUpCommand:  # type: ignore[override]
        """Make the command."""
        own = {name: data.pop(name) for name in ("telephone", "code", "name")}
        data.pop("agreed")
        return SignUpCommand(rest=LastStepSchema.makes(**data), **own)


class ProveSchema(CommandSchema):
    """What proves that a person known to the agencies is oneself."""

    makes: ClassVar = None
    telephone = Telephone(required=True)
    code = Text(longest=12, required=True)
    name = Text(longest=40, required=True)
    last_four = Text(longest=4, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """What to look for near one's home."""

    day: date | None
    kind: str | None
    within_metres: int | None
    limit: int
    after: str | None


class NearbySchema(PagedSchema):
    makes: ClassVar = Nearby
    day = fields.Date(load_default=None)
    kind = fields.String(load_default=None, validate=known(CATEGORIES))
    within_metres = fields.Integer(load_default=None, validate=between(100, 100_000))


class OnlySchema(CommandSchema):
    makes: ClassVar = None
    people_only = fields.Boolean(required=True)


class WalkInSchema(CommandSchema):
    """Who came unasked, and for which role of the shift."""

    makes: ClassVar = None
    role_id = fields.Integer(required=True, validate=between(1, 2**63 - 1))
    person_id = fields.Integer(required=True, validate=between(1, 2**63 - 1))


class ApproveSchema(CommandSchema):
    """Why minutes beyond the day's limit count, when they do."""

    makes: ClassVar = None
    over_reason = Text(longest=200, load_default=None, allow_none=True)


class EverybodySchema(CommandSchema):
    makes: ClassVar = None
    said = fields.String(required=True, validate=known(("here", "left")))


class CheckSchema(CommandSchema):
    """What is printed beside a certificate's number."""

    makes: ClassVar = None
    check = Text(longest=20, required=True)


class AskSchema(CommandSchema):
    """Whether people who stand by are asked to stand in."""

    makes: ClassVar = None
    ask = fields.Boolean(required=True)


class SwapSchema(CommandSchema):
    """The seat of one's own that is offered in exchange."""

    makes: ClassVar = None
    assignment_id = fields.Integer(required=True, validate=between(1, 2**63 - 1))


class NameSchema(CommandSchema):
    """What a template is called."""

    makes: ClassVar = None
    name = Text(longest=60, required=True)


class AwaySchema(CommandSchema):
    """Whether a template is put away, or taken out again."""

    makes: ClassVar = None
    away = fields.Boolean(required=True)


class UnitWeekSchema(TheWeekSchema):
    """A unit's week."""

    unit = Text(longest=15, required=True)


class FileSchema(CommandSchema):
    """One agency's export; `dry_run` takes nothing in; of a part of a feed nothing is gone."""

    makes: ClassVar = None
    source = Text(longest=32, required=True)
    dry_run = fields.Boolean(load_default=False)
    is_part = fields.Boolean(load_default=False)


class IssuesSchema(PagedSchema):
    code = Text(longest=40, load_default=None)


class Made(CommandSchema):
    """The id of what was made."""

    makes: ClassVar = None
    id = fields.Integer(required=True)
