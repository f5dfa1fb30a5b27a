"""A form as it was filled in: what stands in each field, and what is wrong with it, for the page to show again.

Names of fields are paths: ``title``, ``roles.0.name``; ``tags[]`` is a list of boxes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from web.forms.schema import CommandSchema
from web.texts.complaints import complaint_text

LIST = "[]"


@dataclass(slots=True, kw_only=True)
class Form:
    """What a page needs to show a form.

    Attributes
    ----------
    values
        Path → text, or list of texts for a path that ends with ``[]``.
    errors
        Path → sentence in the reader's language; the path "" is about the whole form.
    """

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, path: str) -> Any:
        """Give what stands in a field, "" when nothing does."""
        value = self.values.get(path)
        return "" if value is None else value

    def chosen(self, path: str) -> frozenset[str]:
        """Give the boxes that are ticked under `path` (without its brackets)."""
        return frozenset(str(value) for value in self.values.get(path + LIST, ()))

    def error(self, path: str) -> str | None:
        """Give what is wrong with a field, None when nothing is."""
        return self.errors.get(path)

    def complain(self, path: str, complaint: str) -> None:
        """Add a complaint by its code."""
        self.errors[path] = complaint_text(complaint)

    def count(self, path: str, least: int = 1) -> int:
        """Count the rows of a repeated group, at least `least`."""
        numbers = {int(name.split(".")[1]) for name in self.values if name.startswith(f"{path}.")}
        return max(least, 1 + max(numbers, default=-1))


def read_form(schema: CommandSchema, sent: MultiDict[str, str]) -> tuple[Any | None, Form]:
    """Read what a browser sent: the command, or None and the form with its complaints."""
    form = Form(values={name: sent.getlist(name) if name.endswith(LIST) else sent[name] for name in sent})
    try:
        return schema.load(nested(form.values)), form
    except ValidationError as error:
        form.errors = dict(sentences(error.messages))
        return None, form


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Give paths as nested dicts and lists; rows of a group that are blank to its end are left out."""
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        parts = path.removesuffix(LIST).split(".")
        branch = tree
        for part in parts[:-1]:
            branch = branch.setdefault(part, {})
        branch[parts[-1]] = value
    return {name: _rows(value) for name, value in tree.items()}


def _rows(value: Any) -> Any:
    if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
        return value
    rows = [value[key] for key in sorted(value, key=int)]
    while rows and not any(_is_filled(cell) for cell in rows[-1].values()):
        rows.pop()
    return rows


def _is_filled(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else bool(cell)


def sentences(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Walk marshmallow's tree of complaints; the first of each field is enough for a person."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            own = "" if name == "_schema" else str(name)
            yield from sentences(inner, ".".join(part for part in (path, own) if part))
    elif messages:
        yield path, complaint_text(str(messages[0] if isinstance(messages, list) else messages))
