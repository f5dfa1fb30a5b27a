"""Dates as people type them. A date that everybody has (1900-01-01, 0000-00-00) is no evidence and becomes nothing."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from registry.standardise.names import visible

_PARTS: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})?\s*日?)?(?:[T\s].*)?")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH: Final = re.compile(r"(\d{4})(\d{2})")
_SERIAL: Final = re.compile(r"(\d{2,5})(?:\.\d+)?")
_WORDS: Final = {"长期", "永久", "长期有效", "永久有效"}
_PLACEHOLDERS: Final = frozenset(
    {"1900-01-01", "1970-01-01", "1900-01", "1970-01", "1899-12-30", "1899-12-31", "9999-12-31"}
)
#: Serial numbers under this one fall before the day that spreadsheets invented (1900-02-29).
_FIRST_SERIAL: Final = 61
_EPOCH: Final = date(1899, 12, 30)


class Day(NamedTuple):
    """A civil date: ``2001-09-15``, or ``2001-09`` when the day is not known, or "" for none."""

    iso: str = ""
    problem: str = ""
    endless: bool = False

    @property
    def is_whole(self) -> bool:
        return len(self.iso) == 10  # noqa: PLR2004


_NONE: Final = Day()


@lru_cache(maxsize=1 << 17)
def standard_date(raw: str) -> Day:
    """Bring a date into standard form. Problems: ``date_impossible``, ``date_unreadable``; placeholders are nothing."""
    text = raw.strip()
    if not text.isascii():
        text = visible(text)
    if not text or not text.strip("0-/.: 年月日") or text in {"无", "不详", "NULL", "null", "None", "N/A", "暂无"}:
        return _NONE
    if text in _WORDS:
        return Day(endless=True)
    found = _PARTS.fullmatch(text) or _COMPACT.fullmatch(text) or _MONTH.fullmatch(text)
    if found is None:
        return _serial(text)
    groups = (*found.groups(), None)[:3]
    return _civil(int(groups[0] or 0), int(groups[1] or 0), int(groups[2]) if groups[2] else None)


def _civil(year: int, month: int, day: int | None) -> Day:
    try:
        whole = date(year, month, day or 1)
    except ValueError:
        return _NONE if year == 0 else Day(problem="date_impossible")
    iso = whole.isoformat() if day else whole.isoformat()[:7]
    return _NONE if iso in _PLACEHOLDERS else Day(iso=iso)


def _serial(text: str) -> Day:
    found = _SERIAL.fullmatch(text)
    if found is None or int(found.group(1)) < _FIRST_SERIAL:
        return Day(problem="date_unreadable")
    return Day(iso=(_EPOCH + timedelta(days=int(found.group(1)))).isoformat())
