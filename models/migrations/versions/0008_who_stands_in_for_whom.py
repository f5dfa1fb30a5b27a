"""Handing a confirmed seat on: the search for a stand-in, and who was asked."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels: Any = None
depends_on: Any = None


def _number() -> Any:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("assignment_id", _number(), nullable=False),
        sa.Column("person_id", _number(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("back_id", _number(), nullable=True),
        sa.Column("id", _number(), autoincrement=True, nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'withdrawn', 'undone')", name=op.f("ck_handover_state")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_handover_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["back_id"], ["assignment.id"], name="fk_handover_back_id_assignment"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handover_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_assignment_id"), "handover", ["assignment_id"])
    op.create_index(op.f("ix_handover_person_id"), "handover", ["person_id"])
    op.create_index(
        "uq_handover_open",
        "handover",
        ["assignment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "handover_reply",
        sa.Column("handover_id", _number(), nullable=False),
        sa.Column("person_id", _number(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("offered_id", _number(), nullable=True),
        sa.Column("made_id", _number(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'declined', 'swap', 'refused', 'took')", name=op.f("ck_handover_reply_state")
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_handover_reply_handover_id_handover"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_id"], ["assignment.id"], name=op.f("fk_handover_reply_made_id_assignment")),
        sa.ForeignKeyConstraint(
            ["offered_id"], ["assignment.id"], name=op.f("fk_handover_reply_offered_id_assignment")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handover_reply_person_id_person")),
        sa.PrimaryKeyConstraint("handover_id", "person_id", name=op.f("pk_handover_reply")),
    )
    op.create_index(op.f("ix_handover_reply_person_id"), "handover_reply", ["person_id"])


def downgrade() -> None:
    op.drop_table("handover_reply")
    op.drop_table("handover")
