"""What is filled in for a program: a token's name, scopes and days, and a webhook's address and events."""

from dataclasses import dataclass
from typing import ClassVar

from marshmallow import fields

from models.authority import Permission
from models.program import ANNOUNCED
from web.forms.schema import CommandSchema, Text, between, known

#: For how many days a form offers a token.
DAYS = (1, 30, 90, 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    name: str
    scopes: list[str]
    days: int


class NewTokenSchema(CommandSchema):
    makes: ClassVar = NewToken
    name = Text(longest=80, required=True)
    scopes = fields.List(fields.String(validate=known(tuple(one.value for one in Permission))), required=True)
    days = fields.Integer(load_default=30, validate=between(1, 366))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHook:
    url: str
    events: list[str]


class NewHookSchema(CommandSchema):
    makes: ClassVar = NewHook
    url = Text(longest=500, required=True)
    events = fields.List(fields.String(validate=known(tuple(ANNOUNCED))), load_default=list)
