"""Names what is wrong with plain rows, one by one, in the order of the file; used when `solver.intake` suspects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from solver.faults import Fault
from solver.intake import LARGEST

Row = Mapping[str, Any]
_SHOWN = 40


def shown(value: object) -> str:
    """A value as it stands in the file, cut short."""
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def whole_faults(row: Row, key: str, place: str, *, least: int = 0, default: object = None) -> Iterator[Fault]:
    value = row.get(key, default)
    if value is None and key not in row:
        yield Fault(place, f"{key} is missing")
    elif type(value) is not int:
        yield Fault(f"{place}.{key}", f"{shown(value)} is not a whole number")
    elif not least <= value <= LARGEST:
        yield Fault(f"{place}.{key}", f"{value} is not between {least} and {LARGEST}")


def _limit(row: Row, key: str, place: str) -> Iterator[Fault]:
    if row.get(key) is not None:
        yield from whole_faults(row, key, place)


def number_faults(value: object, place: str, *, least: float = -math.inf, most: float = math.inf) -> Iterator[Fault]:
    if type(value) not in {int, float} or not math.isfinite(value):  # type: ignore[arg-type]
        yield Fault(place, f"{shown(value)} is not a number")
    elif not least <= value <= most:  # type: ignore[operator]
        yield Fault(place, f"{shown(value)} is not between {least:g} and {most:g}")


def text_faults(row: Row, key: str, place: str) -> Iterator[Fault]:
    value = row.get(key)
    if value is None:
        yield Fault(place, f"{key} is missing")
    elif type(value) is not str or not value:
        yield Fault(f"{place}.{key}", f"{shown(value)} is not a text")


def _place(row: Row, place: str) -> Iterator[Fault]:
    at = row.get("at")
    if at is None:
        yield Fault(place, "at is missing")
    elif not isinstance(at, (list, tuple)) or len(at) != 2:  # noqa: PLR2004 a point of a plane
        yield Fault(f"{place}.at", f"{shown(at)} is not a pair of metres")
    else:
        for axis, number in enumerate(at):
            yield from number_faults(number, f"{place}.at[{axis}]")


def _listed(row: Row, key: str, place: str) -> tuple[Sequence[Any], list[Fault]]:
    value = row.get(key, ())
    if isinstance(value, (list, tuple)):
        return value, []
    return (), [Fault(f"{place}.{key}", f"{shown(value)} is not a list")]


def _words(row: Row, key: str, place: str) -> Iterator[Fault]:
    words, faults = _listed(row, key, place)
    yield from faults
    for index, word in enumerate(words):
        if type(word) is not str:
            yield Fault(f"{place}.{key}[{index}]", f"{shown(word)} is not a text")


def _tags(row: Row, place: str) -> Iterator[Fault]:
    tags = row.get("tags", {})
    if not isinstance(tags, dict):
        yield Fault(f"{place}.tags", f"{shown(tags)} is not an object")
        return
    for tag, minute in tags.items():
        if minute is not None:
            yield from whole_faults({tag: minute}, tag, f"{place}.tags", least=-LARGEST)


def _free(row: Row, place: str) -> Iterator[Fault]:
    spans, faults = _listed(row, "free", place)
    yield from faults
    for index, span in enumerate(spans):
        where = f"{place}.free[{index}]"
        if not isinstance(span, (list, tuple)) or len(span) != 2:  # noqa: PLR2004 start and end
            yield Fault(where, f"{shown(span)} is not a pair of minutes")
            continue
        bad = [minute for minute in span if type(minute) is not int or abs(minute) > LARGEST]
        if bad:
            yield Fault(where, f"{shown(bad[0])} is not a whole number of minutes")
        elif span[1] <= span[0]:
            yield Fault(where, f"end {span[1]} is not after start {span[0]}")


def _chance(row: Row, key: str, place: str) -> Iterator[Fault]:
    if row.get(key) is not None:
        yield from number_faults(row[key], f"{place}.{key}", least=0, most=1)


def volunteer_faults(row: object, place: str) -> Iterator[Fault]:
    """Faults of one volunteer."""
    if not isinstance(row, dict):
        yield Fault(place, f"{shown(row)} is not an object")
        return
    yield from text_faults(row, "id", place)
    yield from _place(row, place)
    if "radius" in row:
        yield from number_faults(row["radius"], f"{place}.radius", least=0)
    else:
        yield Fault(place, "radius is missing")
    yield from _tags(row, place)
    yield from _free(row, place)
    for key in ("max_minutes", "max_shifts", "max_shifts_per_day"):
        yield from _limit(row, key, place)
    yield from _words(row, "likes", place)
    yield from whole_faults(row, "recent_hours", place, default=0)
    yield from _chance(row, "show_up", place)


def _role_faults(row: object, place: str) -> Iterator[Fault]:
    if not isinstance(row, dict):
        yield Fault(place, f"{shown(row)} is not an object")
        return
    yield from text_faults(row, "id", place)
    yield from _words(row, "needs", place)
    counts = [fault for key in ("min", "target", "max") for fault in whole_faults(row, key, place)]
    yield from counts
    if not counts and row["min"] > row["target"]:
        yield Fault(place, f"min {row['min']} is above target {row['target']}")
    if not counts and row["target"] > row["max"]:
        yield Fault(place, f"target {row['target']} is above max {row['max']}")
    yield from _chance(row, "assured", place)


def _team_faults(row: Row, place: str) -> Iterator[Fault]:
    rules, faults = _listed(row, "team", place)
    yield from faults
    for index, rule in enumerate(rules):
        where = f"{place}.team[{index}]"
        if not isinstance(rule, dict):
            yield Fault(where, f"{shown(rule)} is not an object")
            continue
        yield from text_faults(rule, "tag", where)
        yield from whole_faults(rule, "at_least", where)


def shift_faults(row: object, place: str) -> Iterator[Fault]:
    """Faults of one shift and its roles."""
    if not isinstance(row, dict):
        yield Fault(place, f"{shown(row)} is not an object")
        return
    yield from text_faults(row, "id", place)
    yield from _place(row, place)
    times = [fault for key in ("start", "end") for fault in whole_faults(row, key, place)]
    yield from times
    if not times and row["end"] <= row["start"]:
        yield Fault(place, f"end {row['end']} is not after start {row['start']}")
    if row.get("category") is not None:
        yield from text_faults(row, "category", place)
    yield from whole_faults(row, "priority", place)
    if type(row.get("all_or_nothing", False)) is not bool:
        yield Fault(f"{place}.all_or_nothing", f"{shown(row['all_or_nothing'])} is neither true nor false")
    yield from _team_faults(row, place)
    if "roles" not in row:
        yield Fault(place, "roles is missing")
    roles, faults = _listed(row, "roles", place)
    yield from faults
    for index, role in enumerate(roles):
        yield from _role_faults(role, f"{place}.roles[{index}]")
