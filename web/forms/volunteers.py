"""What volunteers fill in: an answer to an offer, what they can do and when, and their first registration."""

from dataclasses import dataclass
from dataclasses import fields as facts_of
from datetime import date
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validates_schema

from matching.wishes import Wishes
from models.taxonomy import CATEGORIES, SKILLS
from web.accounts.volunteering import Offered
from web.forms.accounts import Telephone
from web.forms.schema import CommandSchema, Text, between, known

HOURS = range(7, 22)
#: Hours a week at most, and turns a day at most, that a form offers.
MOST_HOURS = (2, 4, 6, 8, 12)
TURNS_DAY = (1, 2)
HOUR = 60
RADII = (1000, 2000, 3000, 5000, 10000, 20000)
TURNS = (1, 2, 3, 5, 7)

#: The fields of a form that are wishes.
WISHES = tuple(field.name for field in facts_of(Wishes))

Span = tuple[int, int, int]


class HourCell(fields.Field[Span]):
    """One box of the week grid, ``5-9``: Saturday from nine to ten; gives weekday, start and end minute."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> Span:
        del attr, data
        weekday, _dash, hour = str(value).partition("-")
        if not (weekday.isdecimal() and hour.isdecimal() and int(weekday) < 7 and int(hour) < 24):  # noqa: PLR2004
            raise ValidationError("unreadable")
        return int(weekday), int(hour) * HOUR, (int(hour) + 1) * HOUR


class MyTimesSchema(CommandSchema):
    skills = fields.List(fields.String(validate=known(SKILLS)), load_default=list)
    likes = fields.List(fields.String(validate=known(CATEGORIES)), load_default=list)
    free = fields.List(HourCell(), load_default=list)
    radius_metres = fields.Integer(load_default=5000, validate=between(100, 100_000))
    max_shifts_week = fields.Integer(load_default=None, allow_none=True, validate=between(1, 50))
    max_minutes_week = fields.Integer(load_default=None, allow_none=True, validate=between(30, 10_080))
    max_shifts_day = fields.Integer(load_default=None, allow_none=True, validate=between(1, 10))
    paused_until = fields.Date(load_default=None, allow_none=True)
    by_people_only = fields.Boolean(load_default=False)

    @staticmethod
    def makes(**data: Any) -> Offered:
        """Make the command, hours that touch joined into spans."""
        wishes = Wishes(**{name: data[name] for name in WISHES})
        skills, likes = tuple(data["skills"]), tuple(data["likes"])
        return Offered(skills=skills, likes=likes, free=joined(data["free"]), wishes=wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStep:
    """The first screen of signing up: who, and on which telephone."""

    name: str
    telephone: str


class FirstStepSchema(CommandSchema):
    name = Text(longest=40, required=True)
    telephone = Telephone(required=True)
    agreed = fields.Boolean(load_default=False)

    @validates_schema(skip_on_field_errors=False)
    def agree(self, data: dict[str, Any], **_options: Any) -> None:
        """Nothing is kept without agreement (PIPL 13, 14)."""
        if not data.get("agreed"):
            raise ValidationError("consent_needed", "agreed")

    @staticmethod
    def makes(**data: Any) -> FirstStep:
        """Make the command."""
        return FirstStep(name=data["name"], telephone=data["telephone"])


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStep:
    """The last screen: the day of birth, where they live, and what they offer."""

    born_on: date
    gender: str
    unit_code: str
    offered: Offered
    id_number: str = ""


class LastStepSchema(MyTimesSchema):
    born_on = fields.Date(required=True)
    gender = fields.String(load_default="0", validate=known(("0", "1", "2", "9")))
    unit_code = Text(longest=15, required=True)
    id_number = Text(longest=24, load_default="")

    @staticmethod
    def makes(**data: Any) -> LastStep:  # type: ignore[override]
        """Make the command."""
        own = {name: data.pop(name) for name in ("born_on", "gender", "unit_code", "id_number")}
        return LastStep(offered=MyTimesSchema.makes(**data), **own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Why a record of hours is wrong."""

    reason: str


class DisputeSchema(CommandSchema):
    makes: ClassVar = Dispute
    reason = Text(longest=200, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What proves, beside the telephone, that a person is oneself."""

    name: str
    last_four: str


class ClaimSchema(CommandSchema):
    makes: ClassVar = Claim
    name = Text(longest=40, required=True)
    last_four = Text(longest=4, required=True)


def joined(cells: list[Span]) -> tuple[Span, ...]:
    """Give hours as spans: those that touch, or stand twice, become one."""
    spans: list[Span] = []
    for weekday, start, end in sorted(set(cells)):
        if spans and spans[-1][0] == weekday and spans[-1][2] >= start:
            spans[-1] = (weekday, spans[-1][1], max(end, spans[-1][2]))
        else:
            spans.append((weekday, start, end))
    return tuple(spans)


def cells(spans: tuple[Span, ...]) -> list[str]:
    """Give the boxes of the week grid that `spans` cover wholly."""
    return [
        f"{weekday}-{hour}"
        for weekday, start, end in spans
        for hour in HOURS
        if start <= hour * HOUR and (hour + 1) * HOUR <= end
    ]
