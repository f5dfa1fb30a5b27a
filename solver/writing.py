"""Writes problem files, and the digest that names a problem whatever its file looks like."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import IO, Any, Final, cast

import numpy as np
import orjson

from solver.arrays import Ragged
from solver.header import plain_head
from solver.problem import Problem
from solver.references import PAIR_LISTS

_PART: Final = 5_000


def write_problem(problem: Problem, path: str | Path) -> None:
    """Write a problem file (``.json`` or ``.json.gz``), part by part."""
    with _opened(path) as file:
        for piece in _pieces(problem):
            file.write(piece)


def _opened(path: str | Path) -> IO[bytes]:
    if str(path).endswith(".gz"):
        return cast("IO[bytes]", gzip.GzipFile(path, "wb", compresslevel=4, mtime=0))
    return Path(path).open("wb")


def _pieces(problem: Problem) -> Iterator[bytes]:
    head = orjson.dumps(plain_head(problem.horizon, problem.travel, problem.weights))
    yield head[:-1] + b',\n"volunteers":['
    for first in range(0, len(problem.volunteers), _PART):
        last = min(first + _PART, len(problem.volunteers))
        yield _rows((_plain_volunteer(problem, index) for index in range(first, last)), lead=first > 0)
    yield b'],\n"shifts":['
    for first in range(0, len(problem.shifts), _PART):
        last = min(first + _PART, len(problem.shifts))
        yield _rows((_plain_shift(problem, index) for index in range(first, last)), lead=first > 0)
    yield b"]"
    for name in PAIR_LISTS:
        if len(getattr(problem, name)):
            yield f',\n"{name}":'.encode() + orjson.dumps(problem.pairs(name))
    yield b"}\n"


def _rows(rows: Iterator[dict[str, Any]], *, lead: bool) -> bytes:
    return (b",\n" if lead else b"\n") + b",\n".join(map(orjson.dumps, rows))


def _plain_volunteer(problem: Problem, index: int) -> dict[str, Any]:
    record = problem.volunteer(index)
    plain = {
        "id": record.id,
        "at": record.at,
        "radius": record.radius,
        "tags": record.tags,
        "free": record.free,
        "max_minutes": record.max_minutes,
        "max_shifts": record.max_shifts,
        "max_shifts_per_day": record.max_shifts_per_day,
        "likes": record.likes,
        "recent_hours": record.recent_hours,
    }
    return plain if record.show_up is None else {**plain, "show_up": record.show_up}


def _plain_shift(problem: Problem, index: int) -> dict[str, Any]:
    record = problem.shift(index)
    roles = [
        {"id": role.id, "needs": role.needs, "min": role.min, "target": role.target, "max": role.max}
        | ({} if role.assured is None else {"assured": role.assured})
        for role in record.roles
    ]
    return {
        "id": record.id,
        "at": record.at,
        "start": record.start,
        "end": record.end,
        "category": record.category,
        "priority": record.priority,
        "all_or_nothing": record.all_or_nothing,
        "team": [{"tag": rule.tag, "at_least": rule.at_least} for rule in record.team],
        "roles": roles,
    }


def problem_digest(problem: Problem) -> str:
    """``sha256:…`` over the facts of a problem: the same for the same facts, however the file is laid out."""
    digest = hashlib.sha256(orjson.dumps(plain_head(problem.horizon, problem.travel, problem.weights)))
    words = {"tags": problem.tags, "categories": problem.categories}
    ranks = {name: np.argsort(np.argsort(np.asarray(listed, dtype=np.str_))) for name, listed in words.items()}
    for name, listed in words.items():
        digest.update(orjson.dumps([name, *sorted(listed)]))
    coded = {"tags": "tags", "needs": "tags", "team_tags": "tags", "likes": "categories"}
    for columns in (problem.volunteers, problem.shifts, problem.roles):
        for field in fields(columns):
            value = getattr(columns, field.name)
            if isinstance(value, Ragged):
                rank = ranks.get(coded.get(field.name, ""))
                items = value.items if rank is None else rank[value.items]
                digest.update(value.start.tobytes() + items.astype(np.int64).tobytes())
            elif isinstance(value, np.ndarray):
                known = value if field.name != "category" else _ranked(value, ranks["categories"])
                digest.update(np.ascontiguousarray(known).tobytes())
            else:
                digest.update("\x00".join(value).encode())
    for name in PAIR_LISTS:
        digest.update(name.encode() + getattr(problem, name).tobytes())
    return f"sha256:{digest.hexdigest()}"


def _ranked(categories: Any, rank: Any) -> Any:
    return np.where(categories < 0, -1, rank[categories]) if len(rank) else categories
