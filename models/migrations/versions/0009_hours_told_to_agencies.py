"""Hours served here that an agency was told of, so that they count once when it reports them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels: Any = None
depends_on: Any = None


def upgrade() -> None:
    op.create_table(
        "hours_handed",
        sa.Column("source_record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reported", sa.Integer(), nullable=False),
        sa.Column("contained", sa.Integer(), nullable=False),
        sa.Column("handed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("0 <= contained AND contained <= minutes", name=op.f("ck_hours_handed_contained")),
        sa.ForeignKeyConstraint(
            ["source_record_id"],
            ["source_record.id"],
            name=op.f("fk_hours_handed_source_record_id_source_record"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_record_id", name=op.f("pk_hours_handed")),
    )


def downgrade() -> None:
    op.drop_table("hours_handed")
