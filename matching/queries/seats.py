"""One seat and whoever holds it, with what would follow from each thing a coordinator can do."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.access import access_assignment, access_role, access_shift
from matching.asking import is_asked_for
from matching.deadlines import deadline_of
from matching.outbox import leaves_at
from models.authority import Actor, Permission
from models.need import Need, Seat, Shift, ShiftRole, Tier
from models.person import Person
from models.roster import HOLDING, Assignment, AssignmentState, Backup, Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatCard:
    """A held seat.

    Attributes
    ----------
    is_told
        Whether the person knows of the seat, and is told when it is taken from them.
    tier
        Of the seat that falls empty.
    backups
        How many stand by for the role.
    """

    assignment_id: int
    person_id: int
    name: str
    telephone_masked: str | None
    state: AssignmentState
    locked: bool
    offered_at: datetime | None
    role_id: int
    role_name: str
    shift_id: int
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    tier: Tier
    is_told: bool
    backups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCard:
    """A role with free seats; who is placed is asked until `deadline_at`, or with the roster when that is None."""

    role_id: int
    role_name: str
    needs_tags: tuple[str, ...]
    shift_id: int
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    free: int
    deadline_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftCard:
    """A shift and how many people would be told if it did not take place."""

    shift_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    held: int
    told: int


def seat_card(session: Session, actor: Actor, *, assignment_id: int) -> SeatCard:
    """Give one held seat of the actor's units."""
    access_assignment(session, actor, assignment_id, Permission.UNIT_ROSTER_WRITE)
    assignment, seat, role, need, person = session.execute(
        select(Assignment, Seat, ShiftRole, Need, Person)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(ShiftRole, ShiftRole.id == Seat.role_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.id == assignment_id)
    ).one()
    backups = session.scalar(select(func.count()).select_from(Backup).where(Backup.role_id == role.id))
    offered_at = session.scalar(select(func.max(Offer.offered_at)).where(Offer.assignment_id == assignment_id))
    return SeatCard(
        assignment_id=assignment.id,
        person_id=person.id,
        name=person.name,
        telephone_masked=person.telephone_masked,
        state=assignment.state,
        locked=assignment.locked,
        offered_at=offered_at,
        role_id=role.id,
        role_name=role.name,
        shift_id=assignment.shift_id,
        title=need.title,
        place=need.place,
        starts_at=assignment.starts_at,
        ends_at=assignment.ends_at,
        tier=seat.tier,
        is_told=assignment.state is not AssignmentState.PROPOSED,
        backups=backups or 0,
    )


def role_card(session: Session, actor: Actor, *, role_id: int, now: datetime) -> RoleCard:
    """Give one role of the actor's units."""
    role = access_role(session, actor, role_id, Permission.UNIT_ROSTER_WRITE)
    shift = session.get_one(Shift, role.shift_id)
    need = session.get_one(Need, shift.need_id)
    held = select(Assignment.id).where(Assignment.seat_id == Seat.id, Assignment.state.in_(HOLDING))
    free = session.scalar(select(func.count()).select_from(Seat).where(Seat.role_id == role_id, ~held.exists()))
    deadline = None
    if is_asked_for(session, shift):
        leaves = leaves_at(session, now=now)
        deadline = deadline_of(session, shift, now=leaves)
    return RoleCard(
        role_id=role.id,
        role_name=role.name,
        needs_tags=tuple(role.needs_tags),
        shift_id=shift.id,
        title=need.title,
        place=need.place,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        free=free or 0,
        deadline_at=deadline,
    )


def shift_card(session: Session, actor: Actor, *, shift_id: int) -> ShiftCard:
    """Give one shift of the actor's units."""
    shift = access_shift(session, actor, shift_id, Permission.UNIT_ROSTER_WRITE)
    states = session.scalars(
        select(Assignment.state).where(Assignment.shift_id == shift_id, Assignment.state.in_(HOLDING))
    ).all()
    return ShiftCard(
        shift_id=shift.id,
        title=session.get_one(Need, shift.need_id).title,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        held=len(states),
        told=sum(state is not AssignmentState.PROPOSED for state in states),
    )
