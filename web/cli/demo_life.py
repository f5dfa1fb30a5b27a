"""A week that lives: some volunteers of the demonstration have answered, and a week behind them was served.

Made through the same use cases as real life, at the times at which it would have happened, and the same every time:
who answers what follows from the number of the offer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from matching.asking import ask
from matching.attendance import record_absence, record_excuse
from matching.copying import command_of
from matching.hours import approve_hours
from matching.needs import post_need
from matching.offers import Answer, DeclineReason, answer_offer
from matching.presence import mark_presence
from matching.refusals import AlreadyBooked, OfferClosed, SeatTaken
from models.account import Account, Grant
from models.authority import Actor, Role
from models.need import Need, Shift, ShiftRole
from models.person import Person
from models.roster import Assignment, AssignmentState, Offer, OfferState
from models.service import HourRecord, PresenceKind
from web.cli.opening import OPERATOR
from web.database import Work, clock

#: How many shifts of the week behind are made, and with how many people each.
SHIFTS_BEHIND, PEOPLE_BEHIND = 8, 8
WEEKS_BEHIND = 2
MOST_ANSWERS = 240
MOST_DECLINES = 8
_REASONS = (DeclineReason.BUSY, DeclineReason.ILL, DeclineReason.TOO_FAR, DeclineReason.BUSY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What happened in the demonstration: answers of the coming week, and the week behind."""

    confirmed: int
    declined: int
    served: int
    hours: int


def live(work: Work) -> Life:
    """Let the coordinator's district answer, and give her street a week behind it; twice is once."""
    with work.read() as session:
        street = _street(session)
        confirmed, declined = _answered(session)
    if not street:
        return Life(confirmed=0, declined=0, served=0, hours=0)
    if not confirmed + declined:
        confirmed, declined = _let_answer(work, street[:6])
    with work.begin() as session:
        if not session.scalar(select(exists().where(HourRecord.id > 0))):
            _serve_a_week(session, street)
        served, minutes = session.execute(
            select(func.count(), func.sum(HourRecord.minutes)).select_from(HourRecord)
        ).one()
    return Life(confirmed=confirmed, declined=declined, served=served, hours=round((minutes or 0) / 60))


def _street(session: Session) -> str:
    """Give the street of the coordinator who can be tried."""
    query = (
        select(Grant.unit_code)
        .join(Account, Account.id == Grant.account_id)
        .where(Account.login == "coordinator", Grant.role == Role.COORDINATOR)
    )
    return session.scalar(query) or ""


def _answered(session: Session) -> tuple[int, int]:
    query = (
        select(Offer.state, func.count())
        .join(Assignment, Assignment.id == Offer.assignment_id)
        .where(Assignment.roster_id.is_not(None))  # the week behind was asked by hand
        .group_by(Offer.state)
    )
    counts = dict(session.execute(query).all())
    return counts.get(OfferState.CONFIRMED, 0), counts.get(OfferState.DECLINED, 0)


def _let_answer(work: Work, area: str) -> tuple[int, int]:
    """Confirm two of three offers of an area, decline a few, leave the rest open."""
    with work.read() as session:
        tried = select(Account.person_id).where(Account.person_id.is_not(None))
        offers = session.execute(
            select(Offer.id, Offer.person_id)
            .join(Assignment, Assignment.id == Offer.assignment_id)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(Offer.state == OfferState.OPEN, Shift.unit_code.startswith(area), Offer.person_id.not_in(tried))
            .order_by(Offer.id)
            .limit(MOST_ANSWERS)
        ).all()
    confirmed = declined = 0
    with work.begin() as session:
        for offer_id, person_id in offers:
            lot = offer_id * 2654435761 % 100
            actor = Actor(account_id=None, person_id=person_id)
            if lot < 66:  # noqa: PLR2004  two of three
                answer_offer(session, actor, offer_id=offer_id, answer=Answer.CONFIRM, now=clock())
                confirmed += 1
            elif lot >= 92 and declined < MOST_DECLINES:  # noqa: PLR2004  one of twelve
                reason = _REASONS[offer_id % len(_REASONS)]
                answer_offer(session, actor, offer_id=offer_id, answer=Answer.DECLINE, reason=reason, now=clock())
                declined += 1
    return confirmed, declined


def _serve_a_week(session: Session, street: str) -> None:
    """Post some of the coming week's needs two weeks earlier, and let the same people have come."""
    rows = session.execute(
        select(Shift, Need)
        .join(Need, Need.id == Shift.need_id)
        .where(Shift.unit_code.startswith(street), Shift.starts_at > clock())
        .order_by(Shift.starts_at, Shift.id)
    ).all()
    taken = rows[:: max(1, len(rows) // SHIFTS_BEHIND)][:SHIFTS_BEHIND]
    for number, (shift, need) in enumerate(taken):
        starts_at = shift.starts_at - timedelta(weeks=WEEKS_BEHIND)
        asked_at = starts_at - timedelta(days=4)
        need_id = post_need(session, OPERATOR, command=command_of(session, need, starts_at=starts_at), now=asked_at)
        past = session.scalars(select(Shift).where(Shift.need_id == need_id)).one()
        _let_come(session, past, _people(session, shift.id), number, asked_at)


def _people(session: Session, shift_id: int) -> Sequence[tuple[int, int]]:
    """Give who holds which role's position in a shift of the coming week, whoever can be tried first."""
    tried = select(Account.id).where(Account.person_id == Assignment.person_id).exists()
    query = (
        select(Assignment.person_id, ShiftRole.position)
        .join(Person, Person.id == Assignment.person_id)
        .join(ShiftRole, ShiftRole.shift_id == Assignment.shift_id)
        .where(
            Assignment.shift_id == shift_id, Assignment.state.in_((AssignmentState.OFFERED, AssignmentState.CONFIRMED))
        )
        .order_by(tried.desc(), Assignment.id)
        .limit(PEOPLE_BEHIND)
    )
    return [(person, position) for person, position in session.execute(query)]


def _let_come(
    session: Session, shift: Shift, people: Sequence[tuple[int, int]], number: int, asked_at: datetime
) -> None:
    roles = {role.position: role.id for role in shift.roles}
    for place, (person_id, position) in enumerate(people):
        try:
            offer_id = ask(
                session, role_id=roles[position], shift=shift, person_id=person_id, roster_id=None, now=asked_at
            )
        except (SeatTaken, AlreadyBooked):
            continue
        actor, said_at = Actor(account_id=None, person_id=person_id), asked_at + timedelta(minutes=50)
        try:
            answer_offer(session, actor, offer_id=offer_id, answer=Answer.CONFIRM, now=said_at)
        except OfferClosed:
            continue
        assignment_id = session.scalars(select(Offer.assignment_id).where(Offer.id == offer_id)).one()
        _let_one_serve(session, shift, assignment_id, lot=number * 7 + place)


def _let_one_serve(session: Session, shift: Shift, assignment_id: int, *, lot: int) -> None:
    """Most come, some late; one in eleven is excused or missing; two of three records are approved."""
    ends_at = shift.ends_at + timedelta(minutes=5)
    if lot % 23 == 9:  # noqa: PLR2004
        record_absence(session, OPERATOR, assignment_id=assignment_id, now=ends_at)
        return
    if lot % 23 == 17:  # noqa: PLR2004
        record_excuse(session, OPERATOR, assignment_id=assignment_id, reason="ill", now=ends_at)
        return
    came = shift.starts_at + timedelta(minutes=(-4, -1, 2, 0, 18)[lot % 5])
    for kind, at in ((PresenceKind.IN, came), (PresenceKind.OUT, shift.ends_at)):
        mark_presence(session, OPERATOR, assignment_id=assignment_id, kind=kind, at=at, now=ends_at)
    if lot % 3:
        record = session.scalars(select(HourRecord.id).where(HourRecord.assignment_id == assignment_id)).one()
        approve_hours(session, OPERATOR, record_id=record, now=ends_at + timedelta(days=2))
