"""Templates of needs that a unit keeps."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels: Any = None
depends_on: Any = None


def _number() -> Any:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "need_template",
        sa.Column("unit_code", sa.String(length=15), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", _number(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("id", _number(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["account.id"], name=op.f("fk_need_template_created_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_template")),
    )
    op.create_index(op.f("ix_need_template_unit_code"), "need_template", ["unit_code"])


def downgrade() -> None:
    op.drop_table("need_template")
