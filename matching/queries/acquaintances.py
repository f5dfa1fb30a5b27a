"""Finding a person whom a coordinator has before her.

By the beginning of a name among her own people, or by the whole telephone number among all. It is no list of others'
people.
"""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matching.access import within
from models.authority import Actor, Permission
from models.organisation import OrganisationUnit
from models.person import Person, PersonState
from models.sealing import keyring_of

SHORTEST_NAME = 1
TELEPHONE_DIGITS = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    person_id: int
    name: str
    telephone_masked: str | None
    unit_name: str | None


def acquaintances(session: Session, actor: Actor, *, wanted: str, limit: int = 20) -> tuple[Acquaintance, ...]:
    """Give the people whose name begins with `wanted` in the actor's units, or whose telephone it is anywhere."""
    text = "".join(wanted.split())
    if len(text) < SHORTEST_NAME or not actor.units(Permission.UNIT_PERSON_READ):
        return ()
    query = (
        select(Person.id, Person.name, Person.telephone_masked, OrganisationUnit.name)
        .outerjoin(OrganisationUnit, OrganisationUnit.code == Person.unit_code)
        .where(Person.state == PersonState.ACTIVE)
        .order_by(Person.name_sort, Person.id)
        .limit(limit)
    )
    if text.isascii() and text.isdecimal() and len(text) == TELEPHONE_DIGITS:
        query = query.where(Person.telephone_digest == keyring_of(session).digest("telephone", text))
    else:
        mine = or_(False, within(Person.unit_code, actor, Permission.UNIT_PERSON_READ))  # type: ignore[arg-type]
        query = query.where(Person.name.startswith(text, autoescape=True), mine)
    return tuple(
        Acquaintance(person_id=person_id, name=name, telephone_masked=telephone, unit_name=unit)
        for person_id, name, telephone, unit in session.execute(query)
    )
