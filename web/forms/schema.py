"""The base of all schemas, and the fields and checks that they are put together from.

A complaint is a code, or ``code:parameter``; marshmallow's English sentences are replaced by its own keys.
"""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any, ClassVar, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load

Check = TypeVar("Check", bound=Callable[..., None])
#: Where a check keeps what it allows, for the description of the interface.
SAYS = "says"

_KEYS = {
    "required": "missing",
    "null": "missing",
    "invalid": "unreadable",
    "invalid_utf8": "unreadable",
    "type": "unreadable",
    "validator_failed": "unreadable",
    "too_large": "too_large",
    "special": "unreadable",
    "format": "unreadable",
    "input_type": "unreadable",
}


class CommandSchema(Schema):
    """Makes a command of :attr:`makes` from what was sent; an empty text counts as absent."""

    #: The frozen dataclass that is made; without one a dict stays a dict.
    makes: ClassVar[Callable[..., Any] | None] = None

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Let every field complain by key."""
        del field_name
        field_obj.error_messages = {key: _KEYS.get(key, "unreadable") for key in field_obj.error_messages}

    @pre_load
    def drop_blanks(self, data: Any, **_options: Any) -> Any:
        """Take away what was left blank, so that *required* means what it says."""
        if not isinstance(data, Mapping):
            return data
        broken = [key for key, value in data.items() if isinstance(value, str) and not is_text(value)]
        if broken:
            raise ValidationError({key: ["unreadable"] for key in broken})
        return {key: value for key, value in data.items() if not (isinstance(value, str) and not value.strip())}

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Any:
        """Make the command."""
        return data if self.makes is None else type(self).makes(**data)  # type: ignore[misc]


def is_text(value: str) -> bool:
    """Say whether a text can be stored: no NUL, no half of a character."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


class Text(fields.String):
    """A line or a paragraph, trimmed."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(validate=at_most(longest), **options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        return (text or "").strip()


class ClockTime(fields.Field[time]):
    """A time of day, 09:00; 24:00 is not one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> time:
        del attr, data
        try:
            return time.fromisoformat(str(value).strip().replace("：", ":"))
        except ValueError as error:
            raise ValidationError("not_a_time") from error

    def _serialize(self, value: time | None, attr: str | None, obj: Any, **_options: Any) -> str | None:
        del attr, obj
        return None if value is None else value.strftime("%H:%M")


def at_most(longest: int) -> Callable[[str], None]:
    """Give the check that a text has at most `longest` characters."""

    def check(value: str) -> None:
        if len(value.strip()) > longest:
            raise ValidationError(f"too_long:{longest}")

    return described(check, maxLength=longest)


def between(least: int, most: int) -> Callable[[int], None]:
    """Give the check that a number lies between `least` and `most`, both allowed."""

    def check(value: int) -> None:
        if value < least:
            raise ValidationError(f"too_small:{least}")
        if value > most:
            raise ValidationError(f"too_big:{most}")

    return described(check, minimum=least, maximum=most)


def known(codes: tuple[str, ...]) -> Callable[[str], None]:
    """Give the check that a value is one of `codes`."""
    allowed = frozenset(codes)

    def check(value: str) -> None:
        if value not in allowed:
            raise ValidationError("not_offered")

    return described(check, enum=list(codes))


def described(check: Check, **keywords: Any) -> Check:
    """Let `check` say in the words of JSON Schema what it allows."""
    check.__dict__[SAYS] = keywords
    return check
