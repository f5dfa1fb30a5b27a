"""People without a telephone whom a coordinator registers, and how they agreed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels: Any = None
depends_on: Any = None


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "assisted_entry",
        sa.Column("person_id", whole, nullable=False),
        sa.Column("unit_code", sa.String(length=15), nullable=False),
        sa.Column("consent", sa.String(length=32), nullable=False),
        sa.Column("account_id", whole, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", whole, autoincrement=True, nullable=False),
        sa.CheckConstraint("consent IN ('paper', 'spoken', 'family')", name=op.f("ck_assisted_entry_consent")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_assisted_entry_account_id_account")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_assisted_entry_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assisted_entry")),
    )
    with op.batch_alter_table("assisted_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assisted_entry_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assisted_entry_unit_code"), ["unit_code"], unique=False)


def downgrade() -> None:
    op.drop_table("assisted_entry")
