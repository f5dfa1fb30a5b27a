"""What-if questions, and the answers of runs kept beside their problems."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels: Any = None
depends_on: Any = None


def upgrade() -> None:
    op.create_table(
        "what_if",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.CheckConstraint("kind IN ('weights', 'free_day', 'drive', 'recruit')", name=op.f("ck_what_if_kind")),
        sa.CheckConstraint("state IN ('running', 'stored', 'failed')", name=op.f("ck_what_if_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_what_if_account_id_account")),
        sa.ForeignKeyConstraint(["run_id"], ["roster_run.id"], name=op.f("fk_what_if_run_id_roster_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_if")),
    )
    with op.batch_alter_table("what_if", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_what_if_run_id"), ["run_id"], unique=False)

    with op.batch_alter_table("roster_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("solution", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("roster_run", schema=None) as batch_op:
        batch_op.drop_column("solution")

    with op.batch_alter_table("what_if", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_what_if_run_id"))

    op.drop_table("what_if")
