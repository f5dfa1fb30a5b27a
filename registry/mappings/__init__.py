"""Mappings: how one agency's columns become our fields. Data files beside this one; a new agency is a new file.

A mapping says nothing about what is wrong with a file: encodings, delimiters and the header row are found, not told.
"""

import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from registry.refusals import MappingUnsound, NoSuchMapping
from registry.standardise.names import simplified, visible

#: Every field that a column may become; ``ignored`` is kept raw and not used.
FIELDS: Final = frozenset({
    "external_id", "name", "surname", "given_name", "pinyin", "gender", "id_kind", "id_number", "born_on",
    "telephone", "email", "political_status", "league_member", "education_level", "occupation", "district",
    "street", "neighbourhood", "residence", "address", "categories", "skills", "qualifications", "availability",
    "registered_on", "hours", "workplace", "department", "grade", "team", "certificate", "certificate_number",
    "certificate_from", "certificate_until", "guardian_name", "guardian_telephone", "guardian_consent",
    "emergency_telephone", "ignored",
})  # fmt: skip
_NEEDED: Final = ("external_id",)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMapping:
    """One feed's mapping.

    Attributes
    ----------
    columns
        Heading → field.
    sheets
        Names of the sheets to read; empty reads all.
    sheet_is
        The field that a sheet's name fills, or None.
    constants
        Field of the standard record → value, for every row.
    gathers
        The field of which several rows of one external id are gathered, or None: then a repeated id is a problem.
    external_id_form
        A regular expression that the external id must match, or "".
    partial
        True: a file is never the whole feed, so nothing is gone from it.
    """

    source: str
    agency: str
    columns: Dictionary[str, str]
    sheets: tuple[str, ...] = ()
    sheet_is: str | None = None
    constants: Dictionary[str, Any] = field(default_factory=dict)
    gathers: str | None = None
    external_id_form: str = ""
    area_code: str = ""
    partial: bool = False

    def as_data(self) -> dict[str, Any]:
        """Give the mapping as it is kept with the batch that used it."""
        data = asdict(self)
        return data | {"sheets": list(self.sheets)}

    def field_of(self, heading: str) -> str | None:
        """Give the field of a heading as it stands in a file, or None."""
        return _by_key(self).get(heading_key(heading))


_KEYS: dict[int, tuple[FeedMapping, dict[str, str]]] = {}


def _by_key(mapping: FeedMapping) -> dict[str, str]:
    kept = _KEYS.get(id(mapping))
    if kept is None or kept[0] is not mapping:
        kept = _KEYS[id(mapping)] = (mapping, {heading_key(h): f for h, f in mapping.columns.items()})
    return kept[1]


def heading_key(heading: str) -> str:
    """Give a heading as it is compared: simplified, half-width, without spaces, stars and letter case."""
    return re.sub(r"[\s*＊_:：]", "", simplified(visible(heading))).lower()


def mapping_from(data: Dictionary[str, Any]) -> FeedMapping:
    """Make a mapping of the data of a file.

    Raises
    ------
    MappingUnsound
        When a field is unknown, used twice, or one that must be there is missing; `faults` says which.
    """
    known = {name for name in FeedMapping.__slots__ if not name.startswith("_")}
    columns = data.get("columns")
    if not isinstance(columns, dict) or not isinstance(data.get("source"), str):
        raise MappingUnsound(faults=["source and columns are needed"])
    used = [f for f in columns.values() if f != "ignored"]
    faults = [f"unknown key {key}" for key in data if key not in known]
    faults += [f"unknown field {f}" for f in sorted(set(used) - FIELDS)]
    faults += [f"field {f} used twice" for f in sorted({f for f in used if used.count(f) > 1})]
    faults += [f"field {f} is missing" for f in _NEEDED if f not in used]
    faults += [] if {"name", "surname"} & set(used) else ["field name is missing"]
    if faults:
        raise MappingUnsound(faults=faults)
    return FeedMapping(**{"agency": data["source"], **data, "sheets": tuple(data.get("sheets", ()))})


def load_mapping(path: Path) -> FeedMapping:
    """Read a mapping file (TOML)."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingUnsound(faults=["not a TOML file"]) from error
    return mapping_from(data)


@lru_cache(maxsize=1)
def shipped() -> Dictionary[str, FeedMapping]:
    """Give the mappings that ship, by source code."""
    files = sorted(Path(__file__).parent.glob("*.toml"))
    return {mapping.source: mapping for mapping in map(load_mapping, files)}


def mapping_for(source: str) -> FeedMapping:
    """Give the mapping of a source.

    Raises
    ------
    NoSuchMapping
        When none ships under that code.
    """
    try:
        return shipped()[source]
    except KeyError:
        raise NoSuchMapping(source=source, known=sorted(shipped())) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingGuess:
    """How well a mapping fits the headings of a file: the share of its columns that were found, and the strangers."""

    source: str
    share: float
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def guess_mapping(headings: Iterable[str]) -> tuple[MappingGuess, ...]:
    """Give the mappings that fit the headings at all, best first."""
    keys = {heading_key(h): h for h in headings if h.strip()}
    guesses = []
    for mapping in shipped().values():
        wanted = {heading_key(h): h for h in mapping.columns}
        found = wanted.keys() & keys.keys()
        if found:
            guesses.append(
                MappingGuess(
                    source=mapping.source,
                    share=len(found) / max(len(wanted), len(keys)),
                    missing=tuple(h for k, h in wanted.items() if k not in found),
                    unknown=tuple(h for k, h in keys.items() if k not in found),
                )
            )
    return tuple(sorted(guesses, key=lambda guess: (-guess.share, guess.source)))
