"""The demonstration's accounts: one a kind of user, each with something to see in the week."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.queries.finding import needs_nearby
from models.account import Account, Grant
from models.authority import Actor, Role
from models.need import Shift, ShiftRole
from models.organisation import OrganisationUnit
from models.person import Person
from models.roster import Assignment, AssignmentState, Shortfall
from web.accounts.passwords import hash_password
from web.database import Work, clock
from web.pages.demonstration import DEMO_PASSWORD

STREET_DIGITS = 9
MANY_SHIFTS = 10
MOST_LOOKED_AT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A login to try, and what it shows."""

    login: str
    title: str


def make_accounts(work: Work) -> list[SignIn]:
    """Make the accounts that are not there; give all of them."""
    with work.begin() as session:
        street = _telling_street(session)
        volunteer = None if _exists(session, "volunteer") else _asked_volunteer(session)
        district = street[:6]
        _account(session, "coordinator", f"社区协调员 · {_name(session, street)}", Role.COORDINATOR, street)
        _account(session, "steward", "数据管理员", Role.STEWARD, "")
        _account(session, "operator", "运行员", Role.OPERATOR, "")
        _account(session, "leader", f"区领导 · {_name(session, district)}", Role.LEADER, district)
        _account(session, "auditor", "审计员", Role.AUDITOR, "")
        _account(session, "volunteer", None, Role.VOLUNTEER, "", person_id=volunteer)
        return [
            SignIn(login=login, title=title)
            for login, title in session.execute(
                select(Account.login, Account.display_name)
                .where(Account.password_hash.is_not(None))
                .order_by(Account.id)
            )
        ]


def _account(
    session: Session, login: str, title: str | None, role: Role, unit: str, *, person_id: int | None = None
) -> None:
    if _exists(session, login):
        return
    person = None if person_id is None else session.get(Person, person_id)
    name = title or (f"志愿者 · {person.name}" if person else "志愿者")
    account = Account(
        login=login,
        display_name=name,
        password_hash=hash_password(DEMO_PASSWORD),
        person_id=person_id,
        created_at=clock(),
    )
    account.grants = [Grant(role=role, unit_code=unit)]
    session.add(account)


def _exists(session: Session, login: str) -> bool:
    return session.scalar(select(Account.id).where(Account.login == login)) is not None


def _telling_street(session: Session) -> str:
    """Give the street with most seats that stay empty among those with many shifts: it has something to tell."""
    street = func.substr(Shift.unit_code, 1, STREET_DIGITS)
    query = (
        select(street)
        .outerjoin(ShiftRole, ShiftRole.shift_id == Shift.id)
        .outerjoin(Shortfall, Shortfall.role_id == ShiftRole.id)
        .group_by(street)
        .having(func.count(func.distinct(Shift.id)) >= MANY_SHIFTS)
        .order_by(func.coalesce(func.sum(Shortfall.missing), 0).desc(), func.count().desc(), street)
        .limit(1)
    )
    return session.scalar(query) or session.scalar(select(func.min(street))) or ""


def _asked_volunteer(session: Session) -> int | None:
    """Give somebody with an offer that waits and a place they could take beside it, of those with most hours."""
    query = (
        select(Person.id)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.state == AssignmentState.OFFERED, Person.telephone_digest.is_not(None))
        .order_by(Person.reported_minutes.desc(), Person.id)
        .limit(MOST_LOOKED_AT)
    )
    asked = session.scalars(query).all()
    return next((one for one in asked if _may_take_more(session, one)), next(iter(asked), None))


def _may_take_more(session: Session, person_id: int) -> bool:
    found = needs_nearby(session, Actor(account_id=None, person_id=person_id), now=clock())
    return bool(found.mine)


def _name(session: Session, code: str) -> str:
    return session.scalar(select(OrganisationUnit.name).where(OrganisationUnit.code == code)) or code
