"""How alembic reaches the database and writes our column types."""

import os
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, create_engine

import models
from models.base import StrEnumType, UtcDateTime


def render_item(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our types with their import; an enumeration is kept as text, since its check stands beside it."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        autogen.imports.add("from models.base import UtcDateTime")
        return "UtcDateTime()"
    if kind == "type" and isinstance(thing, StrEnumType):
        return "sa.String(length=32)"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=models.Base.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(os.environ.get("DATABASE_URL") or "sqlite://")
    with engine.connect() as own:
        run(own)
    engine.dispose()
