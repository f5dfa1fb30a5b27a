"""Files of needs → commands, through mappings: which column is which field, in which zone, with which words.

A mapping is a file of data beside this one, or the user's own (``linli needs import --mapping FILE``). Rows that
cannot be read are reported with their line, the field and a code; the rest is taken.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIELDS: Final = frozenset(
    {
        "external_id", "title", "category", "description", "unit", "unit_name", "place", "starts", "ends", "recurrence",
        "role", "min", "target", "max", "people", "tags", "priority", "all_or_nothing", "contact_name",
        "contact_telephone", "longitude", "latitude", "coordinates", "called", "kind",
    }
)  # fmt: skip
SHIPPED: Final = {"linli": "linli.toml", "hotline": "hotline.toml"}


class NeedMappingUnsound(ValueError):
    """A mapping of needs cannot be used; the message names the file, the entry and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedMapping:
    """How one kind of file becomes needs.

    Attributes
    ----------
    name
        The source that the needs are kept under: the same external id of one source is one need.
    columns
        Heading → field.
    labels
        Field → written label → our code, before the taxonomy's own words are tried.
    keywords
        (category, words): the first whose word stands in the text is suggested, when no category is given.
    draft
        What comes in is for a coordinator to complete.
    duration_minutes, start_time
        For files that give no end, or only a day.
    """

    name: str
    zone: ZoneInfo
    columns: Mapping[str, str]
    required: tuple[str, ...]
    moment_formats: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keywords: tuple[tuple[str, tuple[str, ...]], ...] = ()
    draft: bool = False
    duration_minutes: int | None = None
    start_time: time = time(9, 0)
    title_characters: int | None = None
    unit_code: str | None = None
    unit_title: str | None = None


def mapping_of(source: str) -> NeedMapping:
    """Give a mapping that ships, by its source's code.

    Raises
    ------
    NeedMappingUnsound
        When there is none.
    """
    if source not in SHIPPED:
        known = ", ".join(sorted(SHIPPED))
        raise NeedMappingUnsound(f"no mapping for needs from {source!r}; there are: {known}; or give --mapping FILE")
    return read_mapping(Path(__file__).with_name(SHIPPED[source]))


def read_mapping(path: Path) -> NeedMapping:
    """Read a mapping file (TOML)."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NeedMappingUnsound(f"{path.name} is not TOML: {error}") from error
    unknown = sorted(set(data.get("columns", {}).values()) - FIELDS)
    if unknown:
        raise NeedMappingUnsound(f"{path.name}: [columns] names unknown fields: {', '.join(unknown)}")
    try:
        return _mapping(data)
    except KeyError as error:
        raise NeedMappingUnsound(f"{path.name}: the entry {error.args[0]!r} is missing") from error
    except ZoneInfoNotFoundError as error:
        raise NeedMappingUnsound(f"{path.name}: no such time zone: {data['zone']}") from error


def _mapping(data: dict[str, Any]) -> NeedMapping:
    columns = dict(data["columns"])
    return NeedMapping(
        name=data["name"],
        zone=ZoneInfo(data["zone"]),
        columns=columns,
        required=tuple(data["required"]),
        moment_formats=tuple(data["moment_formats"]),
        labels=data.get("labels", {}),
        keywords=tuple((entry["category"], tuple(entry["words"])) for entry in data.get("keywords", ())),
        draft=data.get("draft", False),
        duration_minutes=data.get("duration_minutes"),
        start_time=time.fromisoformat(data.get("start_time", "09:00")),
        title_characters=data.get("title_characters"),
        unit_code=data.get("unit_code"),
        unit_title=data.get("unit_title"),
    )
