"""The kinds of need that communities post, as `need_templates.toml` has them. No dates and no places here."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple


class RoleTemplate(NamedTuple):
    """A role: how many people it needs at least, should have and can use, and the labels of the skills it asks for."""

    name: str
    minimum: int
    target: int
    maximum: int
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTemplate:
    """A kind of need.

    Attributes
    ----------
    weight : float
        How often it is asked for, relative to the others.
    starts : dict
        Local time of day → weight; a need lasts `minutes`.
    weekend : float
        Share of these needs that fall on Saturday or Sunday.
    priority : tuple of float
        Weights of the priorities 1, 2 and 3.
    whole : float
        Share that wants the minimum of every role or nobody.
    recurrence : str
        RFC 5545 rule that some of them carry.
    at_street : bool
        Asked for by a street or town, not by a neighbourhood committee.
    """

    category: str
    title: str
    text: str
    place: str
    roles: tuple[RoleTemplate, ...]
    weight: float
    minutes: int
    starts: dict[str, float]
    weekend: float
    priority: tuple[float, float, float]
    whole: float = 0.0
    recurrence: str = ""
    at_street: bool = False


def _template(table: dict[str, Any]) -> NeedTemplate:
    roles = tuple(RoleTemplate(row[0], row[1], row[2], row[3], tuple(row[4:])) for row in table["roles"])
    return NeedTemplate(**(table | {"roles": roles, "priority": tuple(table["priority"])}))


_DATA: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

TEMPLATES: Final = tuple(_template(table) for table in _DATA["need"])

#: Titles of what the remote island asks for; nobody of the sample lives near it.
REMOTE_TITLES: Final[tuple[str, ...]] = tuple(_DATA["remote"])

#: Title of what many committees ask for at one hour of Saturday.
SURGE_TITLE: Final[str] = _DATA["surge"]
