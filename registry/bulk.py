"""Many rows at once: numbers reserved before the rows exist, and rows written by the quickest way a database has.

SQLAlchemy's types still convert every value; only the statement is the driver's own (``executemany`` on SQLite,
``COPY`` on PostgreSQL). Unlike the unit of work this tells no other object of the session: expire what you hold.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, TypeVar, cast

import orjson
from sqlalchemy import JSON, LargeBinary, Table, func, select, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

Row = tuple[Any, ...]
T = TypeVar("T")

_CHUNK: Final = 20_000
#: Fewer than SQLite's limit of bound values in one statement.
MANY: Final = 10_000


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
    session: Session, table: Table, columns: Sequence[str], rows: Iterable[Row], *, missing: bool = False
) -> int:
    """Insert `rows` (tuples in the order of `columns`), give their number. Flushes nothing, expires nothing.

    `missing`: rows that are there already are left as they are.
    """
    bind = session.get_bind()
    convert = _converters(table, columns, bind.dialect)
    count = 0
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        if convert:
            chunk = _converted(chunk, convert)
        if bind.dialect.name == "postgresql":
            _copy(session, table, columns, chunk, missing=missing)
        else:
            names = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join("?" * len(columns))
            verb = "INSERT OR IGNORE" if missing else "INSERT"
            statement = f'{verb} INTO "{table.name}" ({names}) VALUES ({marks})'
            session.connection().exec_driver_sql(statement, chunk)
        count += len(chunk)
    return count


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


def _converters(table: Table, columns: Sequence[str], dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for place, name in enumerate(columns):
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


def delete_rows(session: Session, table: Table, column: str, values: Iterable[int]) -> None:
    """Delete the rows whose `column` is one of `values`."""
    for part in parts(values):
        session.execute(table.delete().where(table.c[column].in_(part)))


def parts(values: Iterable[T], size: int = MANY) -> Iterator[list[T]]:
    """Give `values` in lists short enough for one statement."""
    source = iter(values)
    while part := list(islice(source, size)):
        yield part


def table_of(model: type[Any]) -> Table:
    """Give the table of a mapped class."""
    return cast("Table", model.__table__)
