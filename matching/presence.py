"""The day at the place: arrivals and departures by a six-digit code, a QR token or the leader's list.

What was said is never changed: a correction is a row that replaces another. The code and the token are keyed digests
of the shift and its day, so they need no table and a guess of one says nothing of the next.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.access import access_assignment, access_role, access_shift
from matching.eligibility import lacks
from matching.hours import write_hours
from matching.locks import lock_person, lock_shift, lock_shift_of
from matching.policy import policy_of
from matching.refusals import CodeWrong, NotAllowed, NotEligible, NotFound, TooManyCheckIns, WrongState
from matching.seating import free_seat, hold, move_state
from matching.trail import note
from models.authority import Actor, Permission
from models.need import Seat, Shift, ShiftRole, ShiftState, Tier
from models.roster import HOLDING, Assignment, AssignmentState, Offer, OfferState
from models.sealing import keyring_of
from models.service import Presence, PresenceKind, PresenceVia

CODE_DIGITS = 6
PRESENT = (AssignmentState.CONFIRMED, AssignmentState.SERVED)
#: Who was asked and came without having answered has answered by coming.
MAY_ARRIVE = (AssignmentState.OFFERED, *PRESENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCode:
    """What hangs at the place of a shift: digits to type, a token for the QR code."""

    code: str
    token: str


def place_code(session: Session, actor: Actor, *, shift_id: int) -> PlaceCode:
    """Give the code and token of a shift, to be shown at its place."""
    return _code_of(session, access_shift(session, actor, shift_id, Permission.UNIT_ATTENDANCE_WRITE))


def shift_of_token(session: Session, token: str) -> int:
    """Give the shift that a QR token speaks of.

    Raises
    ------
    CodeWrong
        When it is not one of ours.
    """
    number, _, _ = token.partition(".")
    shift = session.get(Shift, int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None  # noqa: PLR2004
    if shift is None or not hmac.compare_digest(_code_of(session, shift).token.encode(), token.encode()):
        raise CodeWrong
    return shift.id


def check_in(session: Session, actor: Actor, *, shift_id: int, said: str, now: datetime) -> int:
    """Say that one has arrived, by the code or token of the place; give the assignment's id. Twice is once.

    Raises
    ------
    NotFound
        When one holds no confirmed seat there.
    CodeWrong, TooManyCheckIns
    WrongState
        Too early, or after the shift.
    """
    assignment, via = _own(session, actor, shift_id, said)
    policy = policy_of(session)
    opens = assignment.starts_at - timedelta(minutes=policy.check_in_before_minutes)
    if not opens <= now < assignment.ends_at:
        raise WrongState(kind="assignment", state=assignment.state.value)
    if standing_presence(session, assignment.id).get(PresenceKind.IN) is None:
        _refuse_too_many(session, assignment.person_id, now=now)
        _answer_by_coming(session, assignment, now=now)
        _say(session, actor, assignment, PresenceKind.IN, at=now, via=via, now=now)
        note(session, actor, action="presence.in", subject=("assignment", assignment.id), now=now)
    return assignment.id


def check_out(session: Session, actor: Actor, *, shift_id: int, said: str, now: datetime) -> int:
    """Say that one leaves; the hours are recorded by it. Give the hour record's id. Twice is once.

    Raises
    ------
    NotFound, CodeWrong
    WrongState
        Without a check-in, or too long after the end: then the leader records it.
    """
    assignment, via = _own(session, actor, shift_id, said)
    came = standing_presence(session, assignment.id).get(PresenceKind.IN)
    closes = assignment.ends_at + timedelta(minutes=policy_of(session).check_out_after_minutes)
    if came is None or now > closes:
        raise WrongState(kind="assignment", state=assignment.state.value)
    if standing_presence(session, assignment.id).get(PresenceKind.OUT) is None:
        _say(session, actor, assignment, PresenceKind.OUT, at=now, via=via, now=now)
        note(session, actor, action="presence.out", subject=("assignment", assignment.id), now=now)
    return _served(session, actor, assignment, now=now)


def mark_presence(
    session: Session, actor: Actor, *, assignment_id: int, kind: PresenceKind, at: datetime, now: datetime
) -> None:
    """Write an arrival or departure from the leader's list; one that stands is replaced, and kept."""
    access_assignment(session, actor, assignment_id, Permission.UNIT_ATTENDANCE_WRITE)
    assignment = lock_shift_of(session, assignment_id)
    if assignment.state not in MAY_ARRIVE or at > now or now < assignment.starts_at - timedelta(hours=1):
        raise WrongState(kind="assignment", state=assignment.state.value)
    _answer_by_coming(session, assignment, now=now)
    standing = standing_presence(session, assignment_id).get(kind)
    via = PresenceVia.LEADER if standing is None else PresenceVia.CORRECTION
    if standing is not None:
        standing.replaced_at = now
        session.flush()
    _say(session, actor, assignment, kind, at=at, via=via, now=now)
    note(session, actor, action=f"presence.{kind}", subject=("assignment", assignment_id), now=now, via=via.value)
    if {PresenceKind.IN, PresenceKind.OUT} <= standing_presence(session, assignment_id).keys():
        _served(session, actor, assignment, now=now)


def mark_everybody(session: Session, actor: Actor, *, shift_id: int, kind: PresenceKind, now: datetime) -> int:
    """Write that everybody arrived who was expected, or that everybody leaves who is here; give how many.

    Raises
    ------
    WrongState
        Earlier than an hour before the shift.
    """
    shift = access_shift(session, actor, shift_id, Permission.UNIT_ATTENDANCE_WRITE)
    if now < shift.starts_at - timedelta(hours=1):
        raise WrongState(kind="shift", state=shift.state.value)
    count = 0
    for assignment_id in session.scalars(
        select(Assignment.id)
        .where(Assignment.shift_id == shift_id, Assignment.state == AssignmentState.CONFIRMED)
        .order_by(Assignment.id)
    ).all():
        said = standing_presence(session, assignment_id)
        if kind not in said and (kind is PresenceKind.IN or PresenceKind.IN in said):
            mark_presence(session, actor, assignment_id=assignment_id, kind=kind, at=now, now=now)
            count += 1
    return count


def add_walk_in(session: Session, actor: Actor, *, role_id: int, person_id: int, now: datetime) -> int:
    """Seat somebody who came without having been asked, on the day; give the assignment's id.

    They take a free seat, or an extra one is put out for them.

    Raises
    ------
    NotEligible
        When the role asks by law for a certificate or an age that they do not have on that day.
    WrongState
        Before the shift's day, or when it is cancelled.
    AlreadyBooked
        When they hold another seat at that time.
    """
    role = access_role(session, actor, role_id, Permission.UNIT_ATTENDANCE_WRITE)
    shift = lock_shift(session, role.shift_id)
    zone = policy_of(session).zone
    if shift.state is not ShiftState.OPEN or _day(shift, session) > now.astimezone(zone).date():
        raise WrongState(kind="shift", state=shift.state.value)
    rule = lacks(session, person_id=person_id, role=role, shift=shift)
    if rule is not None:
        raise NotEligible(person=person_id, role=role_id, rule=rule)
    lock_person(session, person_id)
    seat_id = _seat_or_more(session, role)
    confirmed = AssignmentState.CONFIRMED
    assignment_id = hold(session, seat_id=seat_id, shift=shift, person_id=person_id, state=confirmed, now=now)
    note(session, actor, action="assignment.walk_in", subject=("assignment", assignment_id), now=now, person=person_id)
    return assignment_id


def standing_presence(session: Session, assignment_id: int) -> dict[PresenceKind, Presence]:
    """Give the arrival and departure that stand, corrections done."""
    query = select(Presence).where(Presence.assignment_id == assignment_id, Presence.replaced_at.is_(None))
    return {one.kind: one for one in session.scalars(query)}


def _own(session: Session, actor: Actor, shift_id: int, said: str) -> tuple[Assignment, PresenceVia]:
    if actor.person_id is None:
        raise NotAllowed(permission=Permission.SELF_WEEK_READ.value)
    assignment_id = session.scalar(
        select(Assignment.id).where(
            Assignment.shift_id == shift_id, Assignment.person_id == actor.person_id, Assignment.state.in_(MAY_ARRIVE)
        )
    )
    if assignment_id is None:
        raise NotFound(kind="assignment")
    assignment = lock_shift_of(session, assignment_id)
    known = _code_of(session, session.get_one(Shift, shift_id))
    for right, via in ((known.code, PresenceVia.CODE), (known.token, PresenceVia.TOKEN)):
        if hmac.compare_digest(right.encode(), said.strip().encode()):
            return assignment, via
    raise CodeWrong


def _code_of(session: Session, shift: Shift) -> PlaceCode:
    keyring, subject = keyring_of(session), f"{shift.id}/{_day(shift, session).isoformat()}"
    digits = int.from_bytes(keyring.digest("place_code", subject)) % 10**CODE_DIGITS
    token = urlsafe_b64encode(keyring.digest("place_token", subject)).rstrip(b"=").decode()
    return PlaceCode(code=f"{digits:0{CODE_DIGITS}}", token=f"{shift.id}.{token}")


def _day(shift: Shift, session: Session) -> date:
    return shift.starts_at.astimezone(policy_of(session).zone).date()


def _refuse_too_many(session: Session, person_id: int, *, now: datetime) -> None:
    policy = policy_of(session)
    midnight = now.astimezone(policy.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    lock_person(session, person_id)
    count = session.scalar(
        select(func.count())
        .select_from(Presence)
        .where(
            Presence.person_id == person_id,
            Presence.kind == PresenceKind.IN,
            Presence.at >= midnight,
            Presence.at < midnight + timedelta(days=1),
            Presence.replaced_at.is_(None),
        )
    )
    if (count or 0) >= policy.most_check_ins_day:
        raise TooManyCheckIns(limit=policy.most_check_ins_day)


def _answer_by_coming(session: Session, assignment: Assignment, *, now: datetime) -> None:
    if assignment.state is not AssignmentState.OFFERED:
        return
    move_state(session, assignment, AssignmentState.CONFIRMED, now=now)
    offer = session.scalar(select(Offer).where(Offer.assignment_id == assignment.id, Offer.state == OfferState.OPEN))
    if offer is not None:
        offer.state, offer.answered_at = OfferState.CONFIRMED, now


def _say(
    session: Session,
    actor: Actor,
    assignment: Assignment,
    kind: PresenceKind,
    *,
    at: datetime,
    via: PresenceVia,
    now: datetime,
) -> None:
    session.add(
        Presence(
            assignment_id=assignment.id,
            person_id=assignment.person_id,
            kind=kind,
            at=at,
            via=via,
            recorded_at=now,
            recorded_by_id=actor.account_id if via in {PresenceVia.LEADER, PresenceVia.CORRECTION} else None,
        )
    )
    session.flush()


def _served(session: Session, actor: Actor, assignment: Assignment, *, now: datetime) -> int:
    """Record the hours between the arrival and the departure that stand."""
    standing = standing_presence(session, assignment.id)
    if assignment.state is not AssignmentState.SERVED:
        move_state(session, assignment, AssignmentState.SERVED, now=now)
    came, left = standing[PresenceKind.IN].at, standing[PresenceKind.OUT].at
    return write_hours(session, actor, assignment, checked_in_at=came, checked_out_at=max(came, left), now=now)


def _seat_or_more(session: Session, role: ShiftRole) -> int:
    held = select(Assignment.seat_id).where(Assignment.state.in_(HOLDING), Assignment.seat_id == Seat.id)
    if session.scalar(select(Seat.id).where(Seat.role_id == role.id, ~held.exists()).limit(1)) is not None:
        return free_seat(session, role.id)
    session.refresh(role)
    role.max_seats += 1
    seat = Seat(role_id=role.id, number=role.max_seats, tier=Tier.EXTRA)
    session.add(seat)
    session.flush()
    return seat.id
