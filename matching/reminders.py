"""What is said without being asked: a reminder the day before, and a shift that is short before it is too late.

Each is said once: its key is what it is about. A reminder counts among a person's messages of the week.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, String, cast, literal, select
from sqlalchemy.orm import Session

from matching.asking import is_asked_for
from matching.outbox import reached, tell
from matching.policy import policy_of
from models.account import Account, Grant
from models.authority import Role
from models.need import Seat, Shift, ShiftRole, ShiftState, Tier
from models.outbox import OutboxMessage
from models.roster import HOLDING, Assignment, AssignmentState

#: How long before a shift its coordinators are told that essential seats are empty.
ALERT_BEFORE = timedelta(hours=72)


def remind_tomorrow(session: Session, *, now: datetime, limit: int = 1000) -> int:
    """Remind those who confirmed of their shifts of the coming day, from the policy's hour on; give how many."""
    policy = policy_of(session)
    local = now.astimezone(policy.zone)
    if local.time() < policy.remind_at:
        return 0
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    key = literal("reminder/") + cast(Assignment.id, String)
    said = select(OutboxMessage.id).where(OutboxMessage.key == key)
    coming = session.execute(
        select(Assignment.id, Assignment.person_id)
        .where(
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.starts_at >= midnight + timedelta(days=1),
            Assignment.starts_at < midnight + timedelta(days=2),
            ~said.exists(),
        )
        .order_by(Assignment.id)
        .limit(limit)
    ).all()
    enough = reached(session, [person for _, person in coming], now=now)
    wanted = [(assignment, person) for assignment, person in coming if person not in enough]
    for assignment, person in wanted:
        facts = {"assignment": assignment}
        tell(session, key=f"reminder/{assignment}", person_id=person, kind="reminder", facts=facts, now=now)
    return len(wanted)


def alert_shortages(session: Session, *, now: datetime) -> int:
    """Tell the coordinators of a unit of published shifts whose essential seats are empty soon before; give how many.

    Those are told who hold the role over the unit or above it and have a person behind their account.
    """
    told = 0
    for shift_id, unit_code in session.execute(_short(now)).all():
        shift = session.get_one(Shift, shift_id)
        if not is_asked_for(session, shift):
            continue
        for person_id in _coordinators(session, unit_code):
            key = f"shortage/{shift_id}/{person_id}"
            if session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) is None:
                tell(session, key=key, person_id=person_id, kind="shortage", facts={"shift": shift_id}, now=now)
                told += 1
    return told


def _short(now: datetime) -> Select[int, str]:
    """Select the open shifts that begin soon with an essential seat that nobody holds."""
    held = select(Assignment.id).where(Assignment.seat_id == Seat.id, Assignment.state.in_(HOLDING))
    return (
        select(Shift.id, Shift.unit_code)
        .join(ShiftRole, ShiftRole.shift_id == Shift.id)
        .join(Seat, Seat.role_id == ShiftRole.id)
        .where(
            Shift.state == ShiftState.OPEN,
            Shift.starts_at > now,
            Shift.starts_at <= now + ALERT_BEFORE,
            Seat.tier == Tier.ESSENTIAL,
            ~held.exists(),
        )
        .distinct()
        .order_by(Shift.id)
    )


def _coordinators(session: Session, unit_code: str) -> list[int]:
    rows = session.execute(
        select(Account.person_id, Grant.unit_code)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role == Role.COORDINATOR, Account.person_id.is_not(None), Account.is_active.is_(True))
    )
    return sorted({person for person, code in rows if person is not None and unit_code.startswith(code)})
