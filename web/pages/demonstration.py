"""The sign-ins that a demonstration shows on its start page, one a kind of user; never outside of it."""

from dataclasses import dataclass

from sqlalchemy import select

from models.account import Account, Grant
from models.authority import Role
from web.current import current_work

#: Every account of a demonstration has this password; the sample city says so too.
DEMO_PASSWORD = "linli-demo"  # noqa: S105  shown on the page


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSignIn:
    """One account to try."""

    login: str
    name: str
    role: Role


def demo_sign_ins() -> tuple[DemoSignIn, ...]:
    """Give one account a role, the first of each, in the order of the roles."""
    with current_work().read() as session:
        rows = session.execute(
            select(Grant.role, Account.login, Account.display_name)
            .join(Account, Account.id == Grant.account_id)
            .where(Account.is_active, Account.password_hash.is_not(None))
            .order_by(Account.id)
        ).all()
    first: dict[Role, DemoSignIn] = {}
    for role, login, name in rows:
        first.setdefault(role, DemoSignIn(login=login, name=name, role=role))
    return tuple(first[role] for role in Role if role in first)
