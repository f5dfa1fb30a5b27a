"""Numbered migrations: each does one thing and survives the code before it. Installations run :func:`upgrade`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

HERE = Path(__file__).resolve().parent


def upgrade(engine: Engine, revision: str = "head") -> str | None:
    """Bring the database of `engine` to `revision`; give the revision it had before, None for an empty one."""
    with engine.begin() as connection:
        before = revision_of(connection)
        if before != head() or revision != "head":
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    return before


def revision_of(connection: Connection) -> str | None:
    """Give the revision that a database is at, None when it has no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """Give the newest revision there is."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config
