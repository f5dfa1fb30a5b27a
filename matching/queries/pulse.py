"""How the service is doing at this moment: what waits, since when, and when it last did what it must do every week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.outbox import MessageState, OutboxMessage
from models.roster import Offer, OfferState, RosterRun, RunState
from models.schedule import StepRun, StepState


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Counts of the whole installation; nothing in it is about a person.

    Attributes
    ----------
    messages
        Messages of the outbox by state, without those that were sent.
    overdue_seconds
        How long the oldest message that may leave has waited; 0 when none does.
    offers_open, offers_overdue
        Questions without an answer, and those of them whose deadline has passed.
    runs
        Runs by state.
    steps_failed
        Steps of a week that failed and that nobody has run since.
    last_plan_at
        When a plan was last stored.
    """

    messages: Mapping[str, int]
    overdue_seconds: float
    offers_open: int
    offers_overdue: int
    runs: Mapping[str, int]
    steps_failed: int
    last_plan_at: datetime | None


def pulse(session: Session, *, now: datetime) -> Pulse:
    """Count what an operator watches, in seven statements."""
    waiting = OutboxMessage.state.in_((MessageState.WAITING, MessageState.SENDING))
    due = session.scalar(select(func.min(OutboxMessage.not_before_at)).where(waiting))
    messages = dict.fromkeys((MessageState.WAITING, MessageState.SENDING, MessageState.FAILED), 0)
    for state, count in session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.state != MessageState.SENT)
        .group_by(OutboxMessage.state)
    ):
        messages[state] = count
    runs = dict.fromkeys(RunState, 0)
    for kind, count in session.execute(select(RosterRun.state, func.count()).group_by(RosterRun.state)):
        runs[kind] = count
    is_open = Offer.state == OfferState.OPEN
    return Pulse(
        messages={state.value: count for state, count in messages.items()},
        overdue_seconds=0.0 if due is None else max(0.0, (now - due).total_seconds()),
        offers_open=session.scalar(select(func.count()).where(is_open)) or 0,
        offers_overdue=session.scalar(select(func.count()).where(is_open, Offer.deadline_at < now)) or 0,
        runs={state.value: count for state, count in runs.items()},
        steps_failed=session.scalar(select(func.count()).where(StepRun.state == StepState.FAILED)) or 0,
        last_plan_at=session.scalar(select(func.max(RosterRun.finished_at)).where(RosterRun.state == RunState.STORED)),
    )
