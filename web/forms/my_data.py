"""What a person corrects of their own data, and whom they name as their guardian."""

from dataclasses import dataclass
from typing import ClassVar

from marshmallow import fields

from models.person import Purpose
from web.forms.accounts import Telephone
from web.forms.schema import CommandSchema, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person may put right by themselves; "" is absent."""

    email: str = ""
    unit_code: str = ""
    address: str = ""
    workplace: str = ""


class CorrectionSchema(CommandSchema):
    makes: ClassVar = Correction
    email = Text(longest=120, load_default="")
    unit_code = Text(longest=15, load_default="")
    address = Text(longest=120, load_default="")
    workplace = Text(longest=80, load_default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSaid:
    """A consent that is given or taken back."""

    purpose: Purpose
    handler: str
    given: bool = False


class ConsentSchema(CommandSchema):
    makes: ClassVar = ConsentSaid
    purpose = fields.Enum(Purpose, by_value=True, required=True)
    handler = Text(longest=32, required=True)
    given = fields.Boolean(load_default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianAsked:
    """The telephone that a guardian is asked on."""

    guardian_telephone: str


class GuardianSchema(CommandSchema):
    makes: ClassVar = GuardianAsked
    guardian_telephone = Telephone(required=True)
