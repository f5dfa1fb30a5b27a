"""Reads problem files, plain or gzipped; a large file part by part, so that a city loads in little memory.

A large file is cut between the elements of its long lists (`solver.cutting`), and each part becomes columns before the
next one is parsed: the file never stands in memory as Python objects.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from solver.faults import Fault, InvalidProblem
from solver.garbage import uncollected
from solver.header import head_of
from solver.problem import Builder, Problem
from solver.references import PAIR_LISTS

LARGE: Final = 24_000_000
"""Bytes from which a file is read part by part."""
PART: Final = 20_000
"""Volunteers or shifts that are parsed at a time."""


def read_problem(path: str | Path) -> Problem:
    """Read a problem file (``.json`` or ``.json.gz``).

    Raises
    ------
    InvalidProblem
        With the first ten faults and their places.
    OSError
        When the file cannot be read.
    """
    return parse_problem(read_bytes(path))


def read_bytes(path: str | Path) -> bytes:
    """Contents of a file, unpacked when its name ends in ``.gz``."""
    raw = Path(path).read_bytes()
    if str(path).endswith(".gz"):
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError) as error:
            raise InvalidProblem([Fault("", f"is not a gzip file: {error}")]) from None
    return raw.removeprefix(b"\xef\xbb\xbf")


@uncollected()
def parse_problem(raw: bytes) -> Problem:
    """The problem that these bytes of JSON hold; raises `InvalidProblem`."""
    if len(raw) >= LARGE:
        from solver.cutting import cut  # noqa: PLC0415 small files need no compiled code

        pieces = cut(raw, PART)
        if pieces is not None:
            return _from_pieces(pieces)
    plain = parse_json(raw)
    if not isinstance(plain, dict):
        raise InvalidProblem([Fault("", "the file does not hold an object")])
    return problem_of(plain)


def parse_json(raw: bytes | memoryview) -> Any:
    """Plain data of JSON bytes; a syntax error becomes a fault with its line and column."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidProblem([Fault(f"line {error.lineno} column {error.colno}", error.msg)]) from None


def problem_of(plain: dict[str, Any]) -> Problem:
    """The problem that this plain data describes; raises `InvalidProblem`."""
    horizon, travel, weights = head_of(plain)
    faults = [
        Fault(name, "is not a list")
        for name in ("volunteers", "shifts", *PAIR_LISTS)
        if not isinstance(plain.get(name, []), list)
    ]
    if faults:
        raise InvalidProblem(faults)
    builder = Builder(horizon=horizon, travel=travel, weights=weights)
    builder.add_volunteers(plain["volunteers"])
    builder.add_shifts(plain["shifts"])
    return builder.build({name: plain.get(name, []) for name in PAIR_LISTS})


def _from_pieces(pieces: dict[str, list[memoryview]]) -> Problem:
    head = {name: parse_json(parts[0]) for name, parts in pieces.items() if len(parts) == 1}
    large = {name for name, parts in pieces.items() if len(parts) > 1}
    horizon, travel, weights = head_of({**dict.fromkeys(large, ()), **head})
    builder = Builder(horizon=horizon, travel=travel, weights=weights)

    def rows(name: str) -> Iterator[list[Any]]:
        listed = (head[name],) if name in head else map(parse_json, pieces.get(name, []))
        for part in listed:
            if not isinstance(part, list):
                raise InvalidProblem([Fault(name, "is not a list")])
            yield part

    for part in rows("volunteers"):
        builder.add_volunteers(part)
    for part in rows("shifts"):
        builder.add_shifts(part)
    return builder.build({name: [pair for part in rows(name) for pair in part] for name in PAIR_LISTS})
