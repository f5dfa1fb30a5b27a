"""Volunteers and their accounts: signing up, claiming the person that agencies know already, changing what one offers.

The registry is the one door for who somebody is; what is kept here is the account that leads to them.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.wishes import Wishes, keep_wishes
from models.account import Account, Grant
from models.authority import Actor, Role
from models.person import Person
from registry.claiming import without_foreign_number
from registry.own_entry import own_entry
from registry.signup import SelfServiceEntry, register, update_self
from web.accounts.signing_in import telephone_login

STRANGER = Actor(account_id=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a volunteer offers; `free` are spans of an ordinary week in minutes, half-open."""

    skills: tuple[str, ...]
    likes: tuple[str, ...]
    free: tuple[tuple[int, int, int], ...]
    wishes: Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """Somebody who signs up; the telephone was proved by a code."""

    name: str
    telephone: str
    born_on: date
    gender: str
    unit_code: str
    id_number: str
    offered: Offered


def sign_up(session: Session, command: SignUp, *, language: str, now: datetime) -> Account:
    """Register a volunteer, who may turn out to be known already, and give the account that leads to them.

    Raises
    ------
    SignUpIncomplete
        With all problems at once.
    """
    entry = SelfServiceEntry(
        name=command.name,
        telephone=command.telephone,
        born_on=command.born_on,
        gender=command.gender,
        id_number=command.id_number,
        unit_code=command.unit_code,
        skills=command.offered.skills,
        categories=command.offered.likes,
        free=command.offered.free,
    )
    person_id = register(session, STRANGER, command=without_foreign_number(session, entry), now=now)
    keep_wishes(session, Actor(account_id=None, person_id=person_id), wishes=command.offered.wishes, now=now)
    return open_account(session, person_id=person_id, telephone=command.telephone, language=language, now=now)


def open_account(session: Session, *, person_id: int, telephone: str, language: str, now: datetime) -> Account:
    """Give the account of a proved telephone, made when there is none; it leads to the person."""
    login = telephone_login(session, telephone)
    name = session.get_one(Person, person_id).name
    account = session.scalar(select(Account).where(Account.login == login))
    if account is None:
        account = Account(login=login, display_name=name, created_at=now, language=language, person_id=person_id)
        account.grants = [Grant(role=Role.VOLUNTEER, unit_code="")]
        session.add(account)
    account.person_id, account.display_name = person_id, name
    account.last_signed_in_at = now
    session.flush()
    return account


def change_offered(session: Session, actor: Actor, offered: Offered, *, now: datetime) -> None:
    """Change what a volunteer offers; who they are stays as it is known.

    Raises
    ------
    NoSuchPerson, NotPermitted, SignUpIncomplete
    """
    entry = replace(own_entry(session, actor), skills=offered.skills, categories=offered.likes, free=offered.free)
    person_id = update_self(session, actor, command=entry, now=now)
    own = Actor(account_id=actor.account_id, person_id=person_id)
    keep_wishes(session, own, wishes=offered.wishes, now=now)
