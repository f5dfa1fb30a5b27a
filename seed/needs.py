"""The needs of a week as a file: plausible, mostly fillable, with shortages that can be explained.

Two shortages are made on purpose: first-aiders on Saturday at nine, asked for by many at once, and the needs of an
island town fifty minutes out where no volunteer of the sample lives.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from dateutil.rrule import rrulestr

from seed.divisions import REMOTE_STREET, Size, Unit, units
from seed.identity import telephones
from seed.name_tables import SURNAMES
from seed.need_templates import REMOTE_TITLES, SURGE_TITLE, TEMPLATES, NeedTemplate
from seed.places import road_of
from seed.streams import draw, stream

HEADINGS: Final = (
    "编号", "标题", "类别", "说明", "社区代码", "地点", "开始", "结束", "重复", "角色", "最少人数", "目标人数",
    "最多人数", "要求技能",
    "优先级", "缺一不可", "联系人", "联系电话",
)  # fmt: skip
NEED_COUNTS: Final[dict[Size, int]] = {"small": 250, "district": 6_000, "city": 45_000}

_RECURRENT: Final = 0.33
#: Share of the needs that fall into the surge.
_SURGE: Final = 0.06
_SATURDAY: Final = 5
#: Telephones of contacts are numbered from here, far above the people.
_CONTACTS: Final = 90_000_000
_SURNAMES: Final = tuple(part.rstrip("0123456789") for part in SURNAMES.split()[:40])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Occasion:
    """A need before it is written: what, where, when."""

    template: NeedTemplate
    unit: Unit
    starts_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.template.minutes)


def write_needs(path: Path, *, size: Size, seed: int, week: str, count: int | None = None) -> int:
    """Write ``needs.csv`` for the ISO week, one row a role; the number of needs.

    Parameters
    ----------
    count : int, optional
        Needs, if not the size's own number (`NEED_COUNTS`).
    """
    wanted = NEED_COUNTS[size] if count is None else count
    rng = stream(seed, "needs", week)
    monday = date.fromisocalendar(int(week[:4]), int(week[-2:]), 1)
    year_week = week.replace("-", "")
    contacts = telephones(seed, _CONTACTS + np.arange(wanted)).tolist()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADINGS)
        for number, occasion in enumerate(_occasions(rng, size, monday, wanted), 1):
            writer.writerows(_rows(rng, f"{year_week}-{number:05d}", occasion, contacts[number - 1]))
    return wanted


def _occasions(rng: np.random.Generator, size: Size, monday: date, wanted: int) -> Iterator[_Occasion]:
    homes = [unit for unit in units(size) if unit.level == "neighbourhood" and not _remote(unit)]
    streets = [unit for unit in units(size) if unit.level == "street" and not _remote(unit)]
    islands = [unit for unit in units(size) if unit.level == "neighbourhood" and _remote(unit)]
    weights = np.array([template.weight for template in TEMPLATES])
    residents = np.array([unit.residents for unit in homes], dtype=np.float64)
    for title in REMOTE_TITLES:
        template = next(template for template in TEMPLATES if template.title == title)
        yield _occasion(rng, template, islands[int(rng.integers(len(islands)))], monday)
    surge = next(template for template in TEMPLATES if template.title == SURGE_TITLE)
    for place in draw(rng, len(homes), round(_SURGE * wanted), residents).tolist():
        yield replace(_occasion(rng, surge, homes[place], monday), starts_at=_at(monday, _SATURDAY, 9))
    rest = max(0, wanted - len(REMOTE_TITLES) - round(_SURGE * wanted))
    where = draw(rng, len(homes), rest, residents).tolist()
    for kind, place in zip(draw(rng, len(TEMPLATES), rest, weights).tolist(), where, strict=True):
        template = TEMPLATES[kind]
        unit = streets[int(rng.integers(len(streets)))] if template.at_street else homes[place]
        yield _occasion(rng, template, unit, monday)


def _remote(unit: Unit) -> bool:
    return unit.code.startswith(REMOTE_STREET)


def _occasion(rng: np.random.Generator, template: NeedTemplate, unit: Unit, monday: date) -> _Occasion:
    weekend = rng.random() < template.weekend
    day = _SATURDAY + int(rng.random() < 0.4) if weekend else int(rng.integers(0, 5))  # noqa: PLR2004 Saturdays first
    starts = np.array(list(template.starts.values()))
    hour, minute = list(template.starts)[int(draw(rng, len(starts), 1, starts)[0])].split(":")
    return _Occasion(template=template, unit=unit, starts_at=_at(monday, day, int(hour), int(minute)))


def _at(monday: date, day: int, hour: int, minute: int = 0) -> datetime:
    """Local time, as the file writes it."""
    return datetime.combine(monday + timedelta(days=day), time(hour, minute))


def _rows(
    rng: np.random.Generator, number: str, occasion: _Occasion, telephone: str
) -> Iterator[tuple[str | int, ...]]:
    template, unit = occasion.template, occasion.unit
    priority = 1 + int(draw(rng, 3, 1, np.array(template.priority))[0])
    recurrence = _recurrence(template, occasion.starts_at) if rng.random() < _RECURRENT else ""
    whole = "是" if rng.random() < template.whole else "否"
    contact = _SURNAMES[int(rng.integers(len(_SURNAMES)))] + ("老师", "书记", "主任", "干事")[int(rng.integers(4))]
    where = f"{road_of(unit.name)}{int(rng.integers(1, 600))}号 {template.place}"
    for role in template.roles:
        yield (
            number, f"{_short(unit)}{template.title}", template.category, template.text, unit.code12, where,
            f"{occasion.starts_at:%Y-%m-%d %H:%M}", f"{occasion.ends_at:%Y-%m-%d %H:%M}", recurrence,
            role.name, role.minimum, role.target, role.maximum, "、".join(role.skills), priority, whole,
            contact, telephone,
        )  # fmt: skip


def _recurrence(template: NeedTemplate, starts_at: datetime) -> str:
    """The template's rule where the first occasion obeys it (RFC 5545 leaves open what else DTSTART would mean)."""
    if template.recurrence and rrulestr(template.recurrence, dtstart=starts_at)[0] == starts_at:
        return template.recurrence
    return ""


def _short(unit: Unit) -> str:
    for ending in ("居委会", "村委会", "街道"):
        if unit.name.endswith(ending):
            return unit.name.removesuffix(ending)
    return unit.name
