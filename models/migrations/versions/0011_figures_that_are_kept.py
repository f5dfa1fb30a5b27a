"""Figures that are counted beside the pages; indexes by which people are found by place and tag."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels: Any = None
depends_on: Any = None


def upgrade() -> None:
    op.create_table(
        "kept_figure",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('registry', 'people')", name=op.f("ck_kept_figure_kind")),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_kept_figure")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_home", ["unit_code", "state", "id", "longitude", "latitude"], unique=False)
        batch_op.drop_index("ix_person_unit_code")
    with op.batch_alter_table("person_tag", schema=None) as batch_op:
        batch_op.create_index("ix_person_tag_tag_person_id", ["tag", "person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_unit_code", ["unit_code"], unique=False)
        batch_op.drop_index("ix_person_home")
    with op.batch_alter_table("person_tag", schema=None) as batch_op:
        batch_op.drop_index("ix_person_tag_tag_person_id")

    op.drop_table("kept_figure")
