"""What people type at the door."""

from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from registry.standardise.numbers import standard_telephone
from web.forms.schema import CommandSchema, Text, at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A login and a password."""

    login: str
    password: str


class SignInSchema(CommandSchema):
    makes: ClassVar = SignIn
    login = Text(longest=64, required=True)
    password = fields.String(required=True, validate=at_most(200))


class Telephone(fields.Field[str]):
    """A Chinese mobile number in any writing; gives 12800000000."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> str:
        del attr, data
        return mobile_number(str(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForCode:
    """A telephone that a code is wanted for."""

    telephone: str


class AskForCodeSchema(CommandSchema):
    makes: ClassVar = AskForCode
    telephone = Telephone(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveCode:
    """A code that was read from a message."""

    code: str


class GiveCodeSchema(CommandSchema):
    makes: ClassVar = GiveCode
    code = Text(longest=12, required=True)


def mobile_number(typed: str) -> str:
    """Give a mainland mobile number in the registry's standard form, 12800000000.

    Raises
    ------
    ValidationError
        When it is not one.
    """
    number = standard_telephone(typed).number
    if len(number) != 11 or not number.startswith("1"):  # noqa: PLR2004  the numbering plan
        raise ValidationError("not_a_telephone")
    return number
