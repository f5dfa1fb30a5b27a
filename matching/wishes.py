"""How somebody wants to be asked: how far, how often, not before a day, by people only, and of which kinds nothing.

Wishes are a person's own; a golden record never overwrites them. Seats held already stand whatever is wished: who
cannot come says so in an answer.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matching.refusals import NotFound
from matching.trail import note
from models.authority import Actor
from models.need import Need
from models.person import Person, PersonState
from models.relation import NeedBar, PersonDislike


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person wishes; a limit that is None is the house's usual one, `paused_until` None is not paused."""

    radius_metres: int
    max_shifts_week: int | None = None
    max_minutes_week: int | None = None
    max_shifts_day: int | None = None
    paused_until: date | None = None
    by_people_only: bool = False


def keep_wishes(session: Session, actor: Actor, *, wishes: Wishes, now: datetime) -> None:
    """Keep all wishes of the actor.

    Raises
    ------
    NotFound
        When there is no person behind the actor.
    """
    person = _own(session, actor)
    person.radius_metres = wishes.radius_metres
    person.max_shifts_week = wishes.max_shifts_week
    person.max_minutes_week = wishes.max_minutes_week
    person.max_shifts_day = wishes.max_shifts_day
    person.paused_until = wishes.paused_until
    person.by_people_only = wishes.by_people_only
    person.changed_at = now
    note(session, actor, action="wishes.kept", subject=("person", person.id), now=now)


def pause(session: Session, actor: Actor, *, until: date | None, now: datetime) -> date | None:
    """Ask the actor nothing before `until`, None to ask again at once; give what stood before, for taking back."""
    person = _own(session, actor)
    before = person.paused_until
    person.paused_until, person.changed_at = until, now
    note(session, actor, action="person.paused", subject=("person", person.id), now=now, on=until is not None)
    return before


def ask_by_people(session: Session, actor: Actor, *, only: bool, now: datetime) -> None:
    """Let people alone, not the program, propose the actor for seats, or let both do it again (PIPL 24)."""
    person = _own(session, actor)
    person.by_people_only, person.changed_at = only, now
    note(session, actor, action="person.by_people_only", subject=("person", person.id), now=now, on=only)


def like_again(session: Session, actor: Actor, *, category: str, now: datetime) -> None:
    """Let the actor be asked for a kind of service again; bars from single needs of the kind fall with it."""
    person = _own(session, actor)
    session.execute(
        delete(PersonDislike).where(PersonDislike.person_id == person.id, PersonDislike.category == category)
    )
    of_kind = select(Need.id).where(Need.category == category)
    session.execute(
        delete(NeedBar).where(
            NeedBar.person_id == person.id, NeedBar.reason == "not_this_kind", NeedBar.need_id.in_(of_kind)
        )
    )
    note(session, actor, action="category.liked_again", subject=("person", person.id), now=now, category=category)


def _own(session: Session, actor: Actor) -> Person:
    person = None if actor.person_id is None else session.get(Person, actor.person_id)
    if person is None or person.state is not PersonState.ACTIVE:
        raise NotFound(kind="person")
    return person
