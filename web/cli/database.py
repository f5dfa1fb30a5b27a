"""``linli db``: the tables of the database."""

import click

from models.migrations import head, upgrade
from web.cli.console import say
from web.database import open_work
from web.settings import read_settings


@click.group()
def db() -> None:
    """Make or upgrade the database of DATABASE_URL."""


@db.command("upgrade")
def upgrade_command() -> None:
    """Bring the tables to this version."""
    work = open_work(read_settings())
    try:
        before = upgrade(work.engine)
    finally:
        work.dispose()
    say(f"at {head()} already" if before == head() else f"from {before or 'nothing'} to {head()}")
