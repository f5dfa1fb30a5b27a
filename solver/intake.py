"""Plain rows, as a file holds them, become columns: whole columns at a time, so that a million rows take seconds.

Whatever is not exactly as the format says raises `Suspect`; `solver.diagnose` then reads the same rows one by one
and names what is wrong and where. A vocabulary numbers tags and categories as they are met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from solver.arrays import UNLIMITED, Bools, Floats, Ints, Ragged, starts
from solver.columns import Roles, Shifts, Volunteers

Row = Mapping[str, Any]

_WHOLE: Final[set[type]] = {int}
_NUMBER: Final[set[type]] = {int, float}
_NONE: Final = type(None)
_REQUIRED: Final = object()
LARGEST: Final = 2**31 - 2
"""Largest whole number a file may hold: minutes, counts and limits stay below `UNLIMITED`."""


class Suspect(Exception):
    """Something in these rows is not as the format says; which and where is found by `solver.diagnose`."""


class Vocabulary:
    """Numbers for words, in order of first appearance."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.number: dict[str, int] = {word: index for index, word in enumerate(words)}

    def encode(self, words: Sequence[str]) -> Ints:
        for word in dict.fromkeys(words):
            self.number.setdefault(word, len(self.number))
        return np.fromiter(map(self.number.__getitem__, words), dtype=np.int64, count=len(words))

    def words(self) -> tuple[str, ...]:
        return tuple(self.number)


def _column(rows: Sequence[Row], key: str, kinds: set[type], default: object = _REQUIRED) -> list[Any]:
    if not set(map(type, rows)) <= {dict}:
        raise Suspect(key)
    try:
        values = [row[key] for row in rows]
    except KeyError:
        if default is _REQUIRED:
            raise Suspect(key) from None
        values = [row.get(key, default) for row in rows]
    if not set(map(type, values)) <= kinds:
        raise Suspect(key)
    return values


def _whole(values: Sequence[int], least: int = 0) -> Ints:
    try:
        column = np.asarray(values, dtype=np.int64)
    except OverflowError:
        raise Suspect from None
    if column.size and (column.min() < least or column.max() > LARGEST):
        raise Suspect
    return column


def _ids(rows: Sequence[Row]) -> list[str]:
    ids: list[str] = _column(rows, "id", {str})
    if "" in ids:
        raise Suspect("id")
    return ids


def _limits(rows: Sequence[Row], key: str) -> Ints:
    values = _column(rows, key, {int, _NONE}, None)
    _whole([value for value in values if value is not None])
    return np.fromiter((UNLIMITED if value is None else value for value in values), np.int64, len(values))


def _numbers(values: Sequence[float]) -> Floats:
    try:
        column = np.asarray(values, dtype=np.float64)
    except OverflowError:
        raise Suspect from None
    if not np.isfinite(column).all():
        raise Suspect
    return column


def _places(rows: Sequence[Row]) -> Floats:
    places = _column(rows, "at", {list, tuple})
    if not set(map(len, places)) <= {2}:
        raise Suspect("at")
    flat = [number for place in places for number in place]
    if not set(map(type, flat)) <= _NUMBER:
        raise Suspect("at")
    return _numbers(flat).reshape(-1, 2)


def _chances(rows: Sequence[Row], key: str) -> Floats:
    values = _column(rows, key, {int, float, _NONE}, None)
    known = _numbers([value for value in values if value is not None])
    if known.size and (known.min() < 0 or known.max() > 1):
        raise Suspect(key)
    return np.fromiter((np.nan if value is None else value for value in values), np.float64, len(values))


def _words(rows: Sequence[Row], key: str, vocabulary: Vocabulary) -> Ragged:
    lists = _column(rows, key, {list, tuple}, ())
    flat = [word for words in lists for word in words]
    if not set(map(type, flat)) <= {str}:
        raise Suspect(key)
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    return Ragged(starts(lengths), vocabulary.encode(flat))


def _tags(rows: Sequence[Row], vocabulary: Vocabulary) -> tuple[Ragged, Ints]:
    held = _column(rows, "tags", {dict}, {})
    flat = [tag for tags in held for tag in tags]
    until = [minute for tags in held for minute in tags.values()]
    if not set(map(type, until)) <= {int, _NONE}:
        raise Suspect("tags")
    _whole([minute for minute in until if minute is not None], -LARGEST)
    lengths = np.fromiter(map(len, held), dtype=np.int64, count=len(held))
    minutes = np.fromiter((UNLIMITED if minute is None else minute for minute in until), np.int64, len(until))
    return Ragged(starts(lengths), vocabulary.encode(flat)), minutes


def _free(rows: Sequence[Row]) -> tuple[Ragged, Ragged]:
    lists = _column(rows, "free", {list, tuple}, ())
    spans = [span for listed in lists for span in listed]
    if not set(map(type, spans)) <= {list, tuple} or not set(map(len, spans)) <= {2}:
        raise Suspect("free")
    flat = [minute for span in spans for minute in span]
    if not set(map(type, flat)) <= _WHOLE:
        raise Suspect("free")
    minutes = _whole(flat, -LARGEST).reshape(-1, 2)
    if (minutes[:, 0] >= minutes[:, 1]).any():
        raise Suspect("free")
    offsets = starts(np.fromiter(map(len, lists), dtype=np.int64, count=len(lists)))
    return Ragged(offsets, minutes[:, 0].copy()), Ragged(offsets, minutes[:, 1].copy())


def volunteers_of(rows: Sequence[Row], tags: Vocabulary, categories: Vocabulary) -> Volunteers:
    """Columns of these volunteers; raises `Suspect` when a row is not as the format says."""
    radius = _numbers(_column(rows, "radius", _NUMBER))
    if radius.size and radius.min() < 0:
        raise Suspect("radius")
    held, until = _tags(rows, tags)
    free_from, free_to = _free(rows)
    return Volunteers(
        ids=_ids(rows),
        at=_places(rows),
        radius=radius,
        tags=held,
        until=until,
        free_from=free_from,
        free_to=free_to,
        max_minutes=_limits(rows, "max_minutes"),
        max_shifts=_limits(rows, "max_shifts"),
        max_shifts_per_day=_limits(rows, "max_shifts_per_day"),
        likes=_words(rows, "likes", categories),
        recent_hours=_whole(_column(rows, "recent_hours", _WHOLE, 0)),
        show_up=_chances(rows, "show_up"),
    )


def roles_of(rows: Sequence[Row], shift: Ints, tags: Vocabulary) -> Roles:
    """Columns of these roles; ``shift`` is the shift number of each. Raises `Suspect`."""
    least, target, most = (_whole(_column(rows, key, _WHOLE)) for key in ("min", "target", "max"))
    if (least > target).any() or (target > most).any():
        raise Suspect("target")
    return Roles(
        ids=_ids(rows),
        shift=shift,
        min=least,
        target=target,
        max=most,
        needs=_words(rows, "needs", tags),
        assured=_chances(rows, "assured"),
    )


def _teams(rows: Sequence[Row], vocabulary: Vocabulary) -> tuple[Ragged, Ragged]:
    lists = _column(rows, "team", {list, tuple}, ())
    rules = [rule for rules in lists for rule in rules]
    if not set(map(type, rules)) <= {dict}:
        raise Suspect("team")
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    words = vocabulary.encode(_column(rules, "tag", {str}))
    least = _whole(_column(rules, "at_least", _WHOLE))
    return Ragged(starts(lengths), words), Ragged(starts(lengths), least)


def _categories(rows: Sequence[Row], vocabulary: Vocabulary) -> Ints:
    words = _column(rows, "category", {str, _NONE}, None)
    numbers = np.full(len(words), -1, dtype=np.int64)
    known = np.flatnonzero([word is not None for word in words])
    numbers[known] = vocabulary.encode([words[index] for index in known])
    return numbers


def _flags(rows: Sequence[Row], key: str) -> Bools:
    return np.asarray(_column(rows, key, {bool}, False), dtype=np.bool_)


def shifts_of(rows: Sequence[Row], tags: Vocabulary, categories: Vocabulary) -> tuple[Shifts, Roles]:
    """Columns of these shifts and of their roles; raises `Suspect` when a row is not as the format says."""
    role_lists = _column(rows, "roles", {list, tuple})
    role_rows = [role for roles in role_lists for role in roles]
    if not set(map(type, role_rows)) <= {dict}:
        raise Suspect("roles")
    start = _whole(_column(rows, "start", _WHOLE))
    end = _whole(_column(rows, "end", _WHOLE))
    if (end <= start).any():
        raise Suspect("end")
    team_tags, team_least = _teams(rows, tags)
    counts = np.fromiter(map(len, role_lists), dtype=np.int64, count=len(role_lists))
    shifts = Shifts(
        ids=_ids(rows),
        at=_places(rows),
        start=start,
        end=end,
        category=_categories(rows, categories),
        priority=_whole(_column(rows, "priority", _WHOLE)),
        all_or_nothing=_flags(rows, "all_or_nothing"),
        team_tags=team_tags,
        team_least=team_least,
        roles=starts(counts),
    )
    return shifts, roles_of(role_rows, np.repeat(np.arange(len(rows), dtype=np.int64), counts), tags)
