"""Many rows at once: numbers reserved before the rows exist, and rows written by the quickest way a database has.

SQLAlchemy's types still convert every value; only the statement is the driver's own (``executemany`` on SQLite,
``COPY`` on PostgreSQL). Unlike the unit of work this tells no other object of the session: expire what you hold.
"""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, Final, TypeVar, cast

import numpy as np
import numpy.typing as npt
import orjson
from sqlalchemy import JSON, LargeBinary, Table, func, select, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

Row = tuple[Any, ...]
T = TypeVar("T")

_CHUNK: Final = 20_000
#: Fewer than SQLite's limit of bound values in one statement.
MANY: Final = 10_000
#: Values bound in one statement that inserts many rows.
_VALUES: Final = 480


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cycle collector: a million small values without cycles cost it as much time as all other work."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def reserve_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """Give `count` numbers for new rows of `table`, ascending, that nobody else gets."""
    if count <= 0:
        return ()
    if session.get_bind().dialect.name == "postgresql":
        sequence = session.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        numbers = session.scalars(
            text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)"),
            {"sequence": sequence, "count": count},
        )
        return sorted(numbers)
    last = session.scalar(select(func.max(table.c.id))) or 0
    return range(last + 1, last + 1 + count)


def insert_rows(
    session: Session,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    missing: bool = False,
    as_kept: Collection[str] = (),
) -> int:
    """Insert `rows` (tuples in the order of `columns`), give their number. Flushes nothing, expires nothing.

    `missing`: rows that are there already are left as they are. `as_kept`: columns whose values need no conversion.
    """
    bind = session.get_bind()
    convert = _converters(table, columns, bind.dialect, as_kept)
    count = 0
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        if convert:
            chunk = _converted(chunk, convert)
        if bind.dialect.name == "postgresql":
            _copy(session, table, columns, chunk, missing=missing)
        else:
            _insert_many(session, table, columns, chunk, missing=missing)
        count += len(chunk)
    return count


def _insert_many(session: Session, table: Table, columns: Sequence[str], rows: list[Row], *, missing: bool) -> None:
    """Insert many rows a statement: beginning a statement costs SQLite three times as much as a short row."""
    names = ", ".join(f'"{name}"' for name in columns)
    marks = f"({', '.join('?' * len(columns))})"
    begin = f'INSERT {"OR IGNORE " if missing else ""}INTO "{table.name}" ({names}) VALUES '  # noqa: S608  names of our own tables
    at_once = max(1, _VALUES // len(columns))
    connection = session.connection()
    whole = len(rows) - len(rows) % at_once
    if whole:
        groups = [tuple(chain.from_iterable(rows[k : k + at_once])) for k in range(0, whole, at_once)]
        connection.exec_driver_sql(begin + ", ".join([marks] * at_once), groups)
    if whole < len(rows):
        connection.exec_driver_sql(begin + marks, rows[whole:])


def insert_numbers(session: Session, table: Table, columns: Sequence[str], rows: npt.NDArray[np.int64]) -> int:
    """Insert rows of whole numbers that may be there already, an array as wide as `columns`; give their number."""
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, table, columns, cast("list[Row]", rows.tolist()), missing=True)
        return len(rows)
    names, marks = ", ".join(f'"{name}"' for name in columns), f"({', '.join('?' * len(columns))})"
    begin = f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES '  # noqa: S608  names of our own tables
    at_once = _VALUES // len(columns)
    whole = len(rows) - len(rows) % at_once
    groups = rows[:whole].reshape(-1, at_once * len(columns)).tolist()
    for many, values in ((at_once, groups), (1, rows[whole:].tolist())):
        if values:
            session.connection().exec_driver_sql(begin + ", ".join([marks] * many), list(map(tuple, values)))
    return len(rows)


def _copy(session: Session, table: Table, columns: Sequence[str], rows: list[Row], *, missing: bool) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    target = f"incoming_{table.name}" if missing else table.name
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor:
        if missing:
            cursor.execute(f'CREATE TEMPORARY TABLE "{target}" (LIKE "{table.name}") ON COMMIT DROP')
        with cursor.copy(f'COPY "{target}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        if missing:
            chosen = f'SELECT {names} FROM "{target}"'  # noqa: S608  names of our own tables
            cursor.execute(f'INSERT INTO "{table.name}" ({names}) {chosen} ON CONFLICT DO NOTHING')
            cursor.execute(f'DROP TABLE "{target}"')


def update_rows(
    session: Session,
    table: Table,
    columns: Sequence[str],
    key: str,
    rows: Sequence[Row],
    *,
    as_kept: Collection[str] = (),
) -> None:
    """Update many rows: tuples of the new values of `columns`, then the value of `key`."""
    if not rows:
        return
    bind = session.get_bind()
    convert = _converters(table, columns, bind.dialect, as_kept)
    mark = "%s" if bind.dialect.name == "postgresql" else "?"
    values = ", ".join(f'"{name}" = {mark}' for name in columns)
    statement = f'UPDATE "{table.name}" SET {values} WHERE "{key}" = {mark}'  # noqa: S608  names of our own tables
    session.connection().exec_driver_sql(statement, _converted(list(rows), convert) if convert else list(rows))


def _converters(
    table: Table, columns: Sequence[str], dialect: Dialect, as_kept: Collection[str]
) -> list[tuple[int, Callable[[Any], Any]]]:
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for place, name in enumerate(columns):
        if name in as_kept:
            continue
        kind = table.c[name].type
        processor: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
        if isinstance(kind, JSON):
            found.append((place, _json))
        elif processor is not None and not isinstance(kind, LargeBinary):
            found.append((place, processor))
    return found


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _converted(rows: list[Row], convert: list[tuple[int, Callable[[Any], Any]]]) -> list[Row]:
    """Convert column by column; a column of one and the same value (a batch's time, a state) is converted once."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, processor in convert:
        column = columns[place]
        first = column[0]
        if all(value is first for value in column):
            columns[place] = [processor(first)] * len(column)
        else:
            columns[place] = [processor(value) for value in column]
    return list(zip(*columns, strict=True))


def rows_among(
    session: Session, table: Table, columns: Sequence[str], column: str, wanted: Iterable[int], *, absent: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Give `columns` of the rows whose `column` is one of the numbers `wanted`, as the driver gives them.

    Values are not converted: numbers, texts and bytes are what they are, times and states are the database's own.
    `absent` is a column that must be null.
    """
    chosen = ", ".join(f'"{name}"' for name in columns)
    begin = f'SELECT {chosen} FROM "{table.name}" WHERE "{column}" '  # noqa: S608  names of our own tables
    also = f' AND "{absent}" IS NULL' if absent else ""
    if session.get_bind().dialect.name == "postgresql":
        # One by one, for a planner without statistics of a table that was just filled would read all of it.
        inner = f"{begin}= wanted.number{also} OFFSET 0"
        statement = f"SELECT found.* FROM unnest(%s::bigint[]) AS wanted(number), LATERAL ({inner}) AS found"  # noqa: S608
        for part in parts(dict.fromkeys(map(int, wanted))):
            yield from _fetched(session, statement, (part,))
        return
    for part in parts(wanted):
        yield from _fetched(session, f"{begin}IN ({', '.join(map(str, map(int, part)))}){also}")


def rows_with(
    session: Session, table: Table, columns: Sequence[str], where: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
    """Give `columns` of the rows that have the texts `where` (all rows, without), as the driver gives them."""
    chosen = ", ".join(f'"{name}"' for name in columns)
    mark = "%s" if session.get_bind().dialect.name == "postgresql" else "?"
    conditions = " AND ".join(f'"{name}" = {mark}' for name in where)
    statement = f'SELECT {chosen} FROM "{table.name}" WHERE {conditions or "TRUE"}'  # noqa: S608  our own tables
    yield from _fetched(session, statement, tuple(where.values()))


def rows_named(
    session: Session,
    table: Table,
    columns: Sequence[str],
    where: Mapping[str, str],
    named: tuple[str, Sequence[str]],
) -> Iterator[tuple[Any, ...]]:
    """Give `columns` of the rows that have the texts `where` and, in the column `named`, one of the texts with it."""
    column, wanted = named
    chosen = ", ".join(f'"{name}"' for name in columns)
    is_postgres = session.get_bind().dialect.name == "postgresql"
    mark, among = ("%s", "= ANY(%s)") if is_postgres else ("?", "IN (SELECT value FROM json_each(?))")
    conditions = " AND ".join([*(f'"{name}" = {mark}' for name in where), f'"{column}" {among}'])
    list_of = list(wanted) if is_postgres else orjson.dumps(wanted).decode()
    statement = f'SELECT {chosen} FROM "{table.name}" WHERE {conditions}'  # noqa: S608  names of our own tables
    yield from _fetched(session, statement, (*where.values(), list_of))


def _fetched(session: Session, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the rows of a statement as plain tuples: with names a million of them take a second more."""
    if session.autoflush:
        session.flush()
    result = session.connection().exec_driver_sql(statement, values or None)
    rows = cast("list[tuple[Any, ...]]", result.cursor.fetchall())
    result.close()
    return rows


def delete_rows(session: Session, table: Table, column: str, values: Iterable[int]) -> None:
    """Delete the rows whose `column` is one of `values`."""
    begin = f'DELETE FROM "{table.name}" WHERE "{column}" IN ('  # noqa: S608  names of our own tables
    for part in parts(values):
        session.connection().exec_driver_sql(f"{begin}{', '.join(map(str, map(int, part)))})")


def parts(values: Iterable[T], size: int = MANY) -> Iterator[list[T]]:
    """Give `values` in lists short enough for one statement."""
    source = iter(values)
    while part := list(islice(source, size)):
        yield part


def table_of(model: type[Any]) -> Table:
    """Give the table of a mapped class."""
    return cast("Table", model.__table__)
