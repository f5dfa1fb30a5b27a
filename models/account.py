"""Accounts that sign in, and the roles granted to them over organisation units."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authority import Role
from models.base import Base, Numbered, StrEnumType, one_of


class Account(Numbered, Base):
    """A way to sign in. A volunteer's account points at a person; a clerk's need not."""

    __tablename__ = "account"

    login: Mapped[str] = mapped_column(
        String(64), unique=True, doc="a clerk's sign-in name, or a volunteer's number digest"
    )
    password_hash: Mapped[str | None] = mapped_column(String(200), doc="argon2id; null signs in by code only")
    display_name: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    language: Mapped[str] = mapped_column(String(16), default="zh_Hans_CN")
    large_type: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]

    grants: Mapped[list["Grant"]] = relationship(
        back_populates="account", cascade="all, delete-orphan", lazy="selectin"
    )


class Grant(Numbered, Base):
    """A role over a unit and all below it; `unit_code` "" is the whole city."""

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "unit_code"), one_of("role", Role))

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(StrEnumType(Role))
    unit_code: Mapped[str] = mapped_column(String(15), default="")

    account: Mapped[Account] = relationship(back_populates="grants")
