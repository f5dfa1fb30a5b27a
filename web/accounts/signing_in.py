"""Signing in: the account behind a login and a password, or behind a telephone whose code was shown.

Nothing here tells a stranger whether an account exists.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Account
from models.sealing import keyring_of
from web.accounts.passwords import password_matches

TELEPHONE = "telephone"


def account_by_password(
    session: Session, *, login: str, password: str, now: datetime, cheap: bool = False
) -> Account | None:
    """Give the account that `login` and `password` open, None when they open none; notes the time on it."""
    account = session.scalar(select(Account).where(Account.login == login.strip(), Account.is_active))
    if not password_matches(account.password_hash if account else None, password, cheap=cheap):
        return None
    return _signed_in(account, now)


def account_by_telephone(session: Session, *, telephone: str, now: datetime) -> Account | None:
    """Give the volunteer's account that `telephone` (12800000000) belongs to; the caller has checked the code."""
    account = session.scalar(
        select(Account).where(Account.login == telephone_login(session, telephone), Account.is_active)
    )
    return _signed_in(account, now)


def telephone_login(session: Session, telephone: str) -> str:
    """Give the login of a volunteer's account: a keyed digest, so that the number is not kept in the clear."""
    return keyring_of(session).digest(TELEPHONE, telephone).hex()


def _signed_in(account: Account | None, now: datetime) -> Account | None:
    if account is not None:
        account.last_signed_in_at = now
    return account
