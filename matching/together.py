"""Family and friends who serve together or not at all: asked by one, agreed to by the other, ended by either."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from matching.refusals import NotFound, WrongState
from matching.trail import note
from models.authority import Actor
from models.person import Person, PersonState
from models.relation import PairKind, PersonPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """Somebody with whom the reader serves together."""

    person_id: int
    name: str
    since: datetime


def companions(session: Session, actor: Actor) -> tuple[Companion, ...]:
    """Give those who agreed to serve together with the actor."""
    mine = or_(PersonPair.left_id == actor.person_id, PersonPair.right_id == actor.person_id)
    pairs = session.scalars(select(PersonPair).where(mine, PersonPair.kind == PairKind.TOGETHER)).all()
    since = {(pair.right_id if pair.left_id == actor.person_id else pair.left_id): pair.created_at for pair in pairs}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(since)).order_by(Person.id))
    return tuple(Companion(person_id=number, name=name, since=since[number]) for number, name in rows)


def inviter(session: Session, actor: Actor, *, person_id: int) -> str:
    """Give the name of whoever invites the actor; the invitation's signature is the right to it.

    Raises
    ------
    NotFound
        When they are not there any more, or are the actor.
    """
    person = session.get(Person, person_id)
    if person is None or person.state is not PersonState.ACTIVE or person.id == actor.person_id:
        raise NotFound(kind="person", id=person_id)
    return person.name


def serve_together(session: Session, actor: Actor, *, person_id: int, now: datetime) -> None:
    """Agree to serve together with whoever invited the actor.

    Raises
    ------
    NotFound
        When the inviter is not there, or there is no person behind the actor.
    WrongState
        When a coordinator keeps the two apart.
    """
    inviter(session, actor, person_id=person_id)
    own = None if actor.person_id is None else session.get(Person, actor.person_id)
    if own is None or own.state is not PersonState.ACTIVE:
        raise NotFound(kind="person")
    left, right = sorted((own.id, person_id))
    pair = session.get(PersonPair, (left, right))
    if pair is not None and pair.kind is PairKind.APART:
        raise WrongState(kind="pair", state=pair.kind.value)
    if pair is None:
        made = PersonPair(left_id=left, right_id=right, kind=PairKind.TOGETHER, created_at=now)
        made.created_by_id = actor.account_id
        session.add(made)
        note(session, actor, action="person.together", subject=("person", own.id), now=now, other=person_id)


def serve_apart(session: Session, actor: Actor, *, person_id: int, now: datetime) -> None:
    """End serving together; either of the two may."""
    if actor.person_id is None:
        raise NotFound(kind="person")
    left, right = sorted((actor.person_id, person_id))
    session.execute(
        delete(PersonPair).where(
            PersonPair.left_id == left, PersonPair.right_id == right, PersonPair.kind == PairKind.TOGETHER
        )
    )
    note(session, actor, action="person.not_together", subject=("person", actor.person_id), now=now, other=person_id)
