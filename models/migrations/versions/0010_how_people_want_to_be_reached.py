"""How people want to be reached: channels by topic, gathered or not, quiet hours of their own, a proved address."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels: Any = None
depends_on: Any = None

_REACH = "('sms', 'email', 'both', 'page')"


def upgrade() -> None:
    op.create_table(
        "contact_wish",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offers", sa.String(length=32), nullable=False),
        sa.Column("reminders", sa.String(length=32), nullable=False),
        sa.Column("news", sa.String(length=32), nullable=False),
        sa.Column("gathered", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("email_digest", sa.LargeBinary(length=16), nullable=True),
        sa.Column("email_proved_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(f"offers IN {_REACH}", name=op.f("ck_contact_wish_offers")),
        sa.CheckConstraint(f"reminders IN {_REACH}", name=op.f("ck_contact_wish_reminders")),
        sa.CheckConstraint(f"news IN {_REACH}", name=op.f("ck_contact_wish_news")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_wish_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_contact_wish")),
    )


def downgrade() -> None:
    op.drop_table("contact_wish")
