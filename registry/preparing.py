"""Rows made ready to be stored, many at a time, in this process or another: standard form, features, digest.

What needs no database and no number of a row is done here; sealing binds a value to its row, so it comes later.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import orjson

from models.sealing import Keyring
from registry.linkage.features import packed
from registry.mappings import FeedMapping
from registry.reading import Line
from registry.rows import Entry, Layout, RowJudge, RowProblem, Unusable
from registry.standardise.places import Gazetteer
from registry.standardise.record import Standardiser, StandardRecord

#: Rows that one process makes ready at a time.
_ROWS: Final = 2_000

#: Rows of one layout: line numbers and cells.
Lines = tuple[Layout, list[tuple[int, list[str]]]]


class Ready(NamedTuple):
    """A usable row, or several of one external id, as it will be stored.

    `content` is the raw rows and the standard form, `features` what linkage compares; neither is sealed yet.
    """

    external_id: str
    sheet: str | None
    line_number: int
    digest: bytes
    content: bytes
    features: bytes
    problems: tuple[RowProblem, ...]

    def opened(self) -> tuple[list[list[str]], StandardRecord]:
        """Give the raw rows and the standard form."""
        content = orjson.loads(self.content)
        return content["raw"], StandardRecord.from_data(content["std"])


def ready(keyring: Keyring, entry: Entry, source: str) -> Ready:
    """Make an entry ready."""
    return Ready(
        entry.external_id,
        entry.sheet,
        entry.line_number,
        raw_digest(keyring, entry.raw),
        b'{"raw":' + orjson.dumps(entry.raw) + b',"std":' + entry.standard.to_json() + b"}",
        packed(entry.standard, source),
        tuple(entry.problems),
    )


def raw_digest(keyring: Keyring, raw: list[list[str]]) -> bytes:
    """Digest raw rows: equal means that the agency changed nothing."""
    return keyring.digest("source_record", "\x1e".join("\x1f".join(cells) for cells in raw))


def in_batches(lines: Iterable[tuple[Layout, Line]]) -> Iterator[list[Lines]]:
    """Give rows in lists that are worth sending to another process, neighbours of one layout together."""
    batch: list[Lines] = []
    count = 0
    for layout, line in lines:
        if not batch or batch[-1][0] is not layout:
            batch.append((layout, []))
        batch[-1][1].append((line.number, line.cells))
        count += 1
        if count == _ROWS:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a process must know to make rows ready; called, it gives the function that does."""

    mapping: FeedMapping
    source: str
    units: dict[str, str]
    today: date
    keyring: Keyring

    def __call__(self) -> Callable[[list[Lines]], list[tuple[object, ...] | Unusable]]:
        standardiser = Standardiser(Gazetteer(self.units), self.today, self.mapping.area_code)
        judge, keyring, source = RowJudge(self.mapping, standardiser), self.keyring, self.source

        def prepare(batch: list[Lines]) -> list[tuple[object, ...] | Unusable]:
            found: list[tuple[object, ...] | Unusable] = []
            for layout, lines in batch:
                for number, cells in lines:
                    entry = judge.entry(layout, number, cells)
                    found.append(entry if isinstance(entry, Unusable) else tuple(ready(keyring, entry, source)))
            return found

        return prepare


def as_ready(found: Iterable[list[tuple[object, ...] | Unusable]]) -> Iterator[Ready | Unusable]:
    """Give what processes answered, row by row."""
    for batch in found:
        for row in batch:
            yield row if isinstance(row, Unusable) else Ready._make(row)
