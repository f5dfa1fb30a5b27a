"""The signed-in reader: what a request needs of an account, read in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask_login import UserMixin
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Account, Grant
from models.authority import Actor, Permission, Role, Scope

_FRAGMENT = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reader(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """Somebody who signed in; `token_id` is the token when it is a program that acts for them."""

    account_id: int
    display_name: str
    language: str
    large_type: bool
    seal: str
    actor: Actor
    token_id: int | None = None

    def get_id(self) -> str:
        """Give what the session keeps: the account, and a fragment that changes with its password."""
        return f"{self.account_id}.{self.seal}"

    def has(self, permission: Permission) -> bool:
        """Say whether the reader holds `permission` anywhere."""
        return self.actor.has(permission)

    def is_a(self, role: Role) -> bool:
        """Say whether the reader was granted `role` over any unit."""
        return any(scope.role is role for scope in self.actor.scopes)


def seal_of(password_hash: str | None) -> str:
    """Give a fragment that changes when the password does, and says nothing about it."""
    return sha256((password_hash or "").encode()).hexdigest()[:_FRAGMENT]


def find_reader(session: Session, account_id: int) -> Reader | None:
    """Give the reader behind an account, None when there is none or it was closed."""
    rows = session.execute(
        select(
            Account.id,
            Account.person_id,
            Account.display_name,
            Account.language,
            Account.large_type,
            Account.password_hash,
            Grant.role,
            Grant.unit_code,
        )
        .outerjoin(Grant, Grant.account_id == Account.id)
        .where(Account.id == account_id, Account.is_active)
    ).all()
    return _reader(rows) if rows else None


def reader_of(account: Account) -> Reader:
    """Give the reader behind an account that is loaded."""
    return Reader(
        account_id=account.id,
        display_name=account.display_name,
        language=account.language,
        large_type=account.large_type,
        seal=seal_of(account.password_hash),
        actor=_actor(account.id, account.person_id, ((grant.role, grant.unit_code) for grant in account.grants)),
    )


def _reader(rows: Any) -> Reader:
    first = rows[0]
    return Reader(
        account_id=first.id,
        display_name=first.display_name,
        language=first.language,
        large_type=first.large_type,
        seal=seal_of(first.password_hash),
        actor=_actor(first.id, first.person_id, ((row.role, row.unit_code) for row in rows)),
    )


def _actor(account_id: int, person_id: int | None, grants: Iterable[tuple[Role | None, str | None]]) -> Actor:
    scopes = tuple(Scope(role=role, unit_code=code or "") for role, code in grants if role is not None)
    return Actor(account_id=account_id, person_id=person_id, scopes=scopes)


def reader_of_session(session: Session, kept: str) -> Reader | None:
    """Give the reader that a session keeps, None when the password has changed since."""
    number, _, seal = kept.partition(".")
    if not number.isdecimal():
        return None
    reader = find_reader(session, int(number))
    return reader if reader is not None and reader.seal == seal else None
