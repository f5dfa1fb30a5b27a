"""Lists a page at a time: ``?limit=&after=``, an order that does not move, and a link named *next*.

A cursor is the place of the last line in the list's order, not a count: what is added or taken away in between neither
repeats nor hides a line.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

from flask import request, url_for
from marshmallow import Schema, fields

from web.api.shapes import shape_of
from web.forms.schema import CommandSchema, Text, between
from web.refusals import CursorUnreadable

FEW, MOST = 50, 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some lines of a list; `next` is the address of those after them, None at the end."""

    items: Sequence[T]
    next: str | None


class PagedSchema(CommandSchema):
    """Which lines of a list are wanted."""

    makes: ClassVar[Callable[..., Any] | None] = None
    limit = fields.Integer(
        load_default=FEW,
        validate=between(1, MOST),
        metadata={"minimum": 1, "maximum": MOST, "description": "lines at most"},
    )
    after = Text(longest=400, load_default=None, metadata={"description": "from the link named next"})


@cache
def page_of(view: type) -> type[Schema]:
    """Give the schema of a page of views."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(shape_of(view)), required=True),
            "next": fields.String(
                allow_none=True, required=True, metadata={"description": "the address of what follows, null at the end"}
            ),
        },
        name=f"{view.__name__}Page",
    )


def cursor(after: str | None, *kinds: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """Read a cursor of as many parts as `kinds`, which make each part; None at the beginning.

    Raises
    ------
    CursorUnreadable
    """
    if after is None:
        return None
    try:
        parts = json.loads(urlsafe_b64decode(after.encode() + b"=="))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise CursorUnreadable
        return tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, TypeError, OverflowError) as error:
        raise CursorUnreadable from error


def number(part: Any) -> int:
    """Give a row's number."""
    if not isinstance(part, int) or isinstance(part, bool) or not -(2**63) < part < 2**63:
        raise CursorUnreadable
    return part


def moment(part: Any) -> datetime:
    """Give an instant."""
    found = datetime.fromisoformat(str(part))
    if found.tzinfo is None:
        raise CursorUnreadable
    return found


def page(found: Sequence[T], limit: int, place: Callable[[T], Sequence[Any]]) -> Page[T]:
    """Make a page of `found`, which was read with one line more than `limit`; `place` gives a line's cursor."""
    shown = found[:limit]
    after = _written(place(shown[-1])) if len(found) > limit else None
    return Page(items=shown, next=None if after is None else _address(after))


def page_from(lines: Sequence[T], asked: dict[str, Any], place: Callable[[T], Sequence[Any]]) -> Page[T]:
    """Make a page of a list that is whole in memory, in the order of its places, behind the place of the cursor."""
    if asked["after"] is not None:
        try:
            behind = json.loads(urlsafe_b64decode(asked["after"].encode() + b"=="))
            lines = [line for line in lines if _plain(place(line)) > behind]
        except (ValueError, TypeError) as error:
            raise CursorUnreadable from error
    return page(lines[: asked["limit"] + 1], asked["limit"], place)


def _address(after: str) -> str:
    wanted = {**request.args.to_dict(), **(request.view_args or {}), "after": after}
    return url_for(request.endpoint or "", **wanted)


def _written(place: Sequence[Any]) -> str:
    return urlsafe_b64encode(json.dumps(_plain(place), separators=(",", ":")).encode()).decode().rstrip("=")


def _plain(place: Sequence[Any]) -> list[Any]:
    return [part.isoformat() if isinstance(part, date) else part for part in place]
