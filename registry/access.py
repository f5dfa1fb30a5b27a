"""Fetching a row and checking the right to it, in one act: what is not there and what is not yours look the same."""

from sqlalchemy.orm import Session

from models import Actor, Permission, Person, PersonEvent, ReviewPair
from registry.refusals import NoSuchEvent, NoSuchPair, NoSuchPerson, NotPermitted


def require(actor: Actor, permission: Permission) -> None:
    """Refuse unless `actor` holds `permission` for the whole city.

    Raises
    ------
    NotPermitted
        When they do not.
    """
    if not actor.may(permission):
        raise NotPermitted(permission=permission.value)


def access_person(session: Session, actor: Actor, person_id: int, permission: Permission) -> Person:
    """Fetch a person.

    Raises
    ------
    NoSuchPerson
        When there is none, or the actor may not.
    """
    person = session.get(Person, person_id) if actor.may(permission) else None
    if person is None:
        raise NoSuchPerson(person_id=person_id)
    return person


def access_pair(session: Session, actor: Actor, pair_id: int) -> ReviewPair:
    """Fetch a pair for review.

    Raises
    ------
    NoSuchPair
        When there is none, or the actor may not decide pairs.
    """
    pair = session.get(ReviewPair, pair_id) if actor.may(Permission.CITY_REVIEW_DECIDE) else None
    if pair is None:
        raise NoSuchPair(pair_id=pair_id)
    return pair


def access_event(session: Session, actor: Actor, event_id: int) -> PersonEvent:
    """Fetch an event of a person's history.

    Raises
    ------
    NoSuchEvent
        When there is none, or the actor may not merge persons.
    """
    event = session.get(PersonEvent, event_id) if actor.may(Permission.CITY_PERSON_MERGE) else None
    if event is None:
        raise NoSuchEvent(event_id=event_id)
    return event
