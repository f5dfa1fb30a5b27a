"""The newest migration and the metadata say the same, on both databases."""

import io
from contextlib import redirect_stdout

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect, text

import models
from models.migrations import head, revision_of, upgrade


def test_head_equals_the_metadata(shared_engine: Engine) -> None:
    with shared_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, models.Base.metadata) == []


def test_checks_equal_the_metadata(shared_engine: Engine) -> None:
    found = inspect(shared_engine)
    for table in models.Base.metadata.tables.values():
        said = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        assert {check["name"] for check in found.get_check_constraints(table.name)} == said, table.name


def test_overlap_is_forbidden_by_the_database_itself(shared_engine: Engine) -> None:
    queries = {
        "postgresql": "SELECT conname FROM pg_constraint WHERE contype = 'x'",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    }
    names = {
        "postgresql": ["ex_assignment_person_span"],
        "sqlite": ["tr_assignment_overlap_insert", "tr_assignment_overlap_update"],
    }
    with shared_engine.connect() as connection:
        found = list(connection.scalars(text(queries[connection.dialect.name])))
        assert found == names[connection.dialect.name]


def test_upgrade_of_a_current_database_changes_nothing(shared_engine: Engine) -> None:
    with redirect_stdout(io.StringIO()) as said:
        assert upgrade(shared_engine) == head()
    with shared_engine.connect() as connection:
        assert revision_of(connection) == head()
    assert said.getvalue() == ""
