"""``linli accounts``: who signs in, and with which role over which unit."""

import click
from sqlalchemy import select

from models.account import Account, Grant
from models.audit import AuditEvent
from models.authority import Role
from web.accounts.passwords import FEWEST_CHARACTERS, hash_password
from web.cli.console import say
from web.cli.opening import opened
from web.database import clock


@click.group()
def accounts() -> None:
    """Accounts that sign in, and their roles."""


@accounts.command("add")
@click.argument("login")
@click.option("--name", required=True, help="How the person is addressed.")
@click.option("--role", "roles", type=click.Choice([role.value for role in Role]), multiple=True, required=True)
@click.option("--unit", default="", help="Code of the organisation unit the roles hold over; everywhere when absent.")
@click.password_option(help="Asked for when absent.")
def add_command(login: str, name: str, roles: tuple[str, ...], unit: str, password: str) -> None:
    """Make an account, or give a new password and roles to one that is there."""
    if len(password) < FEWEST_CHARACTERS:
        raise click.ClickException(f"the password has fewer than {FEWEST_CHARACTERS} characters")
    now = clock()
    with opened() as (_, work), work.begin() as session:
        account = session.scalar(select(Account).where(Account.login == login))
        fresh = account is None
        if account is None:
            account = Account(login=login, created_at=now)
            session.add(account)
        account.display_name, account.password_hash, account.is_active = name, hash_password(password), True
        account.grants = [Grant(role=Role(role), unit_code=unit) for role in roles]
        session.flush()
        session.add(AuditEvent(at=now, action="account.granted", subject_kind="account", subject_id=account.id,
                               facts={"roles": list(roles), "unit": unit}))  # fmt: skip
    say(f"{login}: {'made' if fresh else 'changed'}, {', '.join(roles)} over {unit or 'everything'}")


@accounts.command("list")
def list_command() -> None:
    """List the accounts of clerks."""
    with opened() as (_, work), work.read() as session:
        for account in session.scalars(select(Account).where(Account.password_hash.is_not(None)).order_by(Account.id)):
            roles = ", ".join(f"{grant.role}@{grant.unit_code or '*'}" for grant in account.grants)
            say(f"{account.login}\t{account.display_name}\t{roles}\t{'active' if account.is_active else 'closed'}")
