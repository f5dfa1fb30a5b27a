"""What goes out as JSON: a marshmallow schema for each view of the rooms below, made from the dataclass itself.

Instants leave as ISO 8601 in the service's zone with their offset, enums as their values, tuples as lists.
"""

import types
from dataclasses import fields as facts_of
from dataclasses import is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from marshmallow import Schema, fields

from matching.week import Week
from web.forms.schema import ClockTime
from web.moments import local

_PLAIN: dict[type, type[fields.Field[Any]]] = {
    bool: fields.Boolean,
    int: fields.Integer,
    float: fields.Float,
    str: fields.String,
    date: fields.Date,
}


class LocalMoment(fields.AwareDateTime):
    """An instant, written in the service's zone."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **options: Any) -> Any:
        return super()._serialize(None if value is None else local(value), attr, obj, **options)


class WeekText(fields.Field[Week]):
    """A week, as 2026-W48."""

    def _serialize(self, value: Week | None, attr: str | None, obj: Any, **_options: Any) -> str | None:
        del attr, obj
        return None if value is None else str(value)


@cache
def shape_of(view: type) -> type[Schema]:
    """Give the schema of a frozen dataclass; its properties are left out."""
    hints = get_type_hints(view)
    members: dict[str, Any] = {fact.name: _field(hints[fact.name]) for fact in facts_of(view)}
    return Schema.from_dict(members, name=view.__name__)


def _field(kind: Any) -> fields.Field[Any]:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        found = _field(next(part for part in inner if part is not type(None)))
        found.allow_none = True
        return found
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:  # noqa: PLR2004
        return fields.List(_field(inner[0]))
    if origin is list:
        return fields.List(_field(inner[0]))
    if origin is tuple:
        return fields.Tuple(tuple(_field(part) for part in inner))
    if origin is dict:
        return fields.Dict(keys=_field(inner[0]), values=_field(inner[1]))
    return _plain(kind)


def _plain(kind: Any) -> fields.Field[Any]:
    if kind is Week:
        return WeekText()
    if is_dataclass(kind) and isinstance(kind, type):
        return fields.Nested(shape_of(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return fields.Enum(kind, by_value=True)
    if kind is datetime:
        return LocalMoment()
    if kind is time:
        return ClockTime()
    return _PLAIN.get(kind, fields.Raw)()
