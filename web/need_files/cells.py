"""Cells of a need's rows → one :class:`~matching.needs.NeedCommand`."""

import ast
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from matching.needs import NeedCommand, RoleCommand
from models.taxonomy import QUALITIES
from registry.standardise.labels import code_of, codes_of, is_yes
from registry.standardise.places import significant
from web.need_files import NeedMapping

Row = Mapping[str, str]
#: Seats of a need that gives no head-count.
ONE = 1
LONGEST_TITLE = 120
#: Qualities as needs name them; skills and certificates are the registry's to read.
_QUALITY_WORDS = {
    "成年人": "adult",
    "成年": "adult",
    "年满18周岁": "adult",
    "年满14周岁": "age_14",
    "有经验": "experienced",
    "党员": "party_member",
    "学生": "student",
    "本地居民": "resident",
}


class RowUnusable(ValueError):
    """A need cannot be read; `field` and `problem` say why."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


def command_of(rows: Sequence[Row], mapping: NeedMapping, units: Mapping[str, str]) -> NeedCommand:
    """Make the command of one need from its rows (one a role).

    Raises
    ------
    RowUnusable
        For the first cell that cannot be read.
    """
    first = rows[0]
    starts_at = _moment(first, "starts", mapping)
    longitude, latitude = _coordinates(first)
    return NeedCommand(
        source=mapping.name,
        external_id=first["external_id"],
        title=_title(first, mapping),
        category=_category(first, mapping),
        description=first.get("description", ""),
        unit_code=_unit(first, mapping, units),
        place=first.get("place", ""),
        longitude=longitude,
        latitude=latitude,
        starts_at=starts_at,
        duration_minutes=_minutes(first, starts_at, mapping),
        recurrence=first.get("recurrence") or None,
        priority=_priority(first, mapping),
        all_or_nothing=bool(is_yes(first.get("all_or_nothing", ""))),
        roles=tuple(_role(row) for row in rows),
        contact_name=first.get("contact_name") or None,
        contact_telephone=first.get("contact_telephone") or None,
        draft=mapping.draft,
    )


def _title(row: Row, mapping: NeedMapping) -> str:
    title = row.get("title") or row.get("description", "")
    if not title:
        raise RowUnusable("title", "missing")
    most = mapping.title_characters or LONGEST_TITLE
    return title if len(title) <= most else title[: most - 1] + "…"


def _category(row: Row, mapping: NeedMapping) -> str:
    label = row.get("category", "")
    known = mapping.labels.get("category", {}).get(label) or (code_of("categories", label) if label else None)
    if known:
        return known
    if label:
        raise RowUnusable("category", "unknown")
    text = " ".join((row.get("kind", ""), row.get("title", ""), row.get("description", "")))
    hits = (category for category, words in mapping.keywords if any(word in text for word in words))
    return next(hits, "other")


def _unit(row: Row, mapping: NeedMapping, units: Mapping[str, str]) -> str:
    if mapping.unit_code is not None:
        return mapping.unit_code
    if row.get("unit"):
        return significant(row["unit"])
    name = row.get("unit_name", "")
    if name not in units:
        raise RowUnusable("unit_name", "unknown" if name else "missing")
    return units[name]


def _moment(row: Row, field: str, mapping: NeedMapping) -> datetime:
    text = row.get(field, "")
    if not text:
        raise RowUnusable(field, "missing")
    for form in mapping.moment_formats:
        try:
            read = datetime.strptime(text, form)  # noqa: DTZ007  the zone is the mapping's
        except ValueError:
            continue
        local = read if "%H" in form else datetime.combine(read.date(), mapping.start_time)
        return local.replace(tzinfo=mapping.zone)
    raise RowUnusable(field, "not_a_time")


def _minutes(row: Row, starts_at: datetime, mapping: NeedMapping) -> int:
    if not row.get("ends"):
        if mapping.duration_minutes is None:
            raise RowUnusable("ends", "missing")
        return mapping.duration_minutes
    length = _moment(row, "ends", mapping) - starts_at
    if length <= timedelta(0):
        raise RowUnusable("ends", "before_start")
    return int(length.total_seconds() // 60)


def _priority(row: Row, mapping: NeedMapping) -> int:
    text = row.get("priority", "")
    text = mapping.labels.get("priority", {}).get(text, text)
    if not text:
        return 2
    if text not in {"1", "2", "3"}:
        raise RowUnusable("priority", "not_1_to_3")
    return int(text)


def _role(row: Row) -> RoleCommand:
    people = _count(row, "people") if row.get("people") else None
    least = people if people is not None else (_count(row, "min") if row.get("min") else ONE)
    target = _count(row, "target") if row.get("target") else least
    most = _count(row, "max") if row.get("max") else target
    return RoleCommand(
        name=row.get("role") or "志愿者",
        needs_tags=_tags(row.get("tags", "")),
        min_seats=least,
        target_seats=target,
        max_seats=most,
    )


def _count(row: Row, field: str) -> int:
    try:
        number = float(row[field])
    except ValueError as error:
        raise RowUnusable(field, "not_a_number") from error
    if number < 0 or number != int(number):
        raise RowUnusable(field, "not_a_number")
    return int(number)


def _tags(text: str) -> tuple[str, ...]:
    known, rest = codes_of(("certificates", "skills"), text)
    qualities = [_QUALITY_WORDS.get(label, label) for label in rest]
    if not set(qualities) <= set(QUALITIES):
        raise RowUnusable("tags", "unknown")
    return tuple(sorted({*known, *qualities}))


def _coordinates(row: Row) -> tuple[float | None, float | None]:
    """Read longitude and latitude from columns of their own, or from a cell that holds a mapping."""
    if row.get("longitude") and row.get("latitude"):
        return float(row["longitude"]), float(row["latitude"])
    text = row.get("coordinates", "")
    if not text.startswith("{"):
        return None, None
    try:
        found = json.loads(text) if '"latitude"' in text else ast.literal_eval(text)
        return float(found["longitude"]), float(found["latitude"])
    except (ValueError, KeyError, SyntaxError, TypeError):
        return None, None
