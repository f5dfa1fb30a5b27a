"""What a volunteer sees of their week: shifts held, offers that wait, hours served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from matching.access import access_offer
from matching.policy import policy_of
from matching.refusals import NotFound
from matching.supply import age_on
from models.authority import Actor
from models.need import Need, Seat, Shift, ShiftRole
from models.organisation import OrganisationUnit
from models.person import Person, PersonFree, PersonLike, PersonState, PersonTag
from models.relation import PersonDislike
from models.roster import HOLDING, Assignment, AssignmentState, Offer, OfferState
from models.service import COUNTED, HourRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftLine:
    """One seat of one person, as they read it."""

    assignment_id: int
    offer_id: int | None
    offer_state: OfferState | None
    deadline_at: datetime | None
    state: AssignmentState
    need_id: int
    title: str
    description: str
    category: str
    priority: int
    role_name: str
    needs_tags: tuple[str, ...]
    place: str
    unit_name: str
    longitude: float | None
    latitude: float | None
    starts_at: datetime
    ends_at: datetime
    contact_name: str | None
    reasons: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MyWeek:
    """A volunteer's page: what waits for an answer, what is coming, what was served."""

    person_id: int
    name: str
    waiting: tuple[ShiftLine, ...]
    coming: tuple[ShiftLine, ...]
    past: tuple[ShiftLine, ...]
    served_minutes: int
    reported_minutes: int
    paused_until: date | None = None
    by_people_only: bool = False
    needs_guardian: bool = False
    has_left: bool = False

    @property
    def total_minutes(self) -> int:
        return self.served_minutes + self.reported_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What matching knows of a person, as they may read and change it."""

    person_id: int
    name: str
    gender: str
    born_on: date | None
    telephone_masked: str | None
    id_number_masked: str | None
    unit_code: str | None
    unit_name: str | None
    workplace: str | None
    tags: tuple[tuple[str, date | None], ...]
    free: tuple[tuple[int, int, int], ...]
    likes: tuple[str, ...]
    radius_metres: int
    max_shifts_week: int | None
    max_minutes_week: int | None
    max_shifts_day: int | None
    paused_until: date | None
    by_people_only: bool
    dislikes: tuple[str, ...] = ()


def my_week(session: Session, actor: Actor, *, now: datetime, past: int = 10) -> MyWeek:
    """Give the actor's own week.

    Raises
    ------
    NotFound
        When there is no person behind the account.
    """
    person = _own(session, actor)
    lines = [_line(row) for row in session.execute(_lines(person.id).order_by(Shift.starts_at, Shift.id))]
    coming = [line for line in lines if line.ends_at > now and line.state in HOLDING]
    shown = [line for line in coming if line.state is not AssignmentState.PROPOSED]
    done = [line for line in lines if line.ends_at <= now and line.state in HOLDING]
    return MyWeek(
        person_id=person.id,
        name=person.name,
        waiting=tuple(line for line in shown if line.offer_state is OfferState.OPEN),
        coming=tuple(line for line in shown if line.offer_state is not OfferState.OPEN),
        past=tuple(done[: -past - 1 : -1]),
        served_minutes=_served(session, person.id),
        reported_minutes=person.reported_minutes,
        paused_until=person.paused_until
        if person.paused_until and person.paused_until > _today(session, now)
        else None,
        by_people_only=person.by_people_only,
        needs_guardian=_needs_guardian(session, person, now),
        has_left=person.state is PersonState.WITHDRAWN,
    )


def offer_line(session: Session, actor: Actor, *, offer_id: int) -> ShiftLine:
    """Give one of the actor's own offers, answered or not."""
    offer = access_offer(session, actor, offer_id)
    row = session.execute(_lines(offer.person_id, offer_id=offer.id)).one()
    return _line(row)


def holder_of_offer(session: Session, *, offer_id: int) -> int | None:
    """Give the person whom an offer asks, None when there is no such offer; a link's signature is the right to it."""
    return session.scalar(select(Offer.person_id).where(Offer.id == offer_id))


def my_profile(session: Session, actor: Actor) -> Profile:
    """Give the actor's own facts for matching."""
    return profile(session, _own(session, actor).id)


def profile(session: Session, person_id: int) -> Profile:
    """Give a person's facts for matching; whoever calls has checked the right to them."""
    person = session.get_one(Person, person_id)
    unit = session.scalar(select(OrganisationUnit.name).where(OrganisationUnit.code == person.unit_code))
    tags = session.execute(
        select(PersonTag.tag, PersonTag.valid_until).where(PersonTag.person_id == person_id).order_by(PersonTag.tag)
    )
    free = session.execute(
        select(PersonFree.weekday, PersonFree.start_minute, PersonFree.end_minute)
        .where(PersonFree.person_id == person_id)
        .order_by(PersonFree.weekday, PersonFree.start_minute)
    )
    likes = session.scalars(
        select(PersonLike.category).where(PersonLike.person_id == person_id).order_by(PersonLike.category)
    )
    dislikes = session.scalars(
        select(PersonDislike.category).where(PersonDislike.person_id == person_id).order_by(PersonDislike.category)
    )
    return Profile(
        person_id=person.id,
        name=person.name,
        gender=person.gender,
        born_on=person.born_on,
        telephone_masked=person.telephone_masked,
        id_number_masked=person.id_number_masked,
        unit_code=person.unit_code,
        unit_name=unit,
        workplace=person.workplace,
        tags=tuple((tag, until) for tag, until in tags),
        free=tuple((weekday, start, end) for weekday, start, end in free),
        likes=tuple(likes),
        radius_metres=person.radius_metres,
        max_shifts_week=person.max_shifts_week,
        max_minutes_week=person.max_minutes_week,
        max_shifts_day=person.max_shifts_day,
        paused_until=person.paused_until,
        by_people_only=person.by_people_only,
        dislikes=tuple(dislikes),
    )


def _today(session: Session, now: datetime) -> date:
    return now.astimezone(policy_of(session).zone).date()


def _needs_guardian(session: Session, person: Person, now: datetime) -> bool:
    if person.born_on is None or person.guardian_consent:
        return False
    return age_on(person.born_on, _today(session, now)) < policy_of(session).consent_below_age


def _own(session: Session, actor: Actor) -> Person:
    person = None if actor.person_id is None else session.get(Person, actor.person_id)
    if person is None:
        raise NotFound(kind="person")
    return person


def _served(session: Session, person_id: int) -> int:
    minutes = session.scalar(
        select(func.sum(HourRecord.minutes)).where(HourRecord.person_id == person_id, HourRecord.state.in_(COUNTED))
    )
    return int(minutes or 0)


def _lines(person_id: int, *, offer_id: int | None = None) -> Select[Assignment, Shift, Need, ShiftRole, str, Offer]:
    """Select a person's assignments with all that a line shows; the newest offer of each."""
    newest = (
        select(Offer.assignment_id, func.max(Offer.id).label("offer_id"))
        .where(Offer.person_id == person_id)
        .group_by(Offer.assignment_id)
        .subquery()
    )
    query = (
        select(Assignment, Shift, Need, ShiftRole, OrganisationUnit.name, Offer)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .join(OrganisationUnit, OrganisationUnit.id == Need.unit_id)
        .outerjoin(newest, newest.c.assignment_id == Assignment.id)
        .outerjoin(Offer, Offer.id == newest.c.offer_id)
        .where(Assignment.person_id == person_id)
    )
    return query if offer_id is None else query.where(Offer.id == offer_id)


def _line(row: Sequence[Any]) -> ShiftLine:
    assignment, shift, need, role, unit_name, offer = row
    return ShiftLine(
        assignment_id=assignment.id,
        offer_id=None if offer is None else offer.id,
        offer_state=None if offer is None else offer.state,
        deadline_at=None if offer is None else offer.deadline_at,
        state=assignment.state,
        need_id=need.id,
        title=need.title,
        description=need.description,
        category=shift.category,
        priority=shift.priority,
        role_name=role.name,
        needs_tags=tuple(role.needs_tags),
        place=need.place,
        unit_name=unit_name,
        longitude=shift.longitude,
        latitude=shift.latitude,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        contact_name=need.contact_name,
        reasons=dict(assignment.reasons),
    )
