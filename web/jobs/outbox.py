"""Sending the outbox: claim, send, mark. A message is claimed before it leaves and marked after.

A process that dies in between leaves a claim behind; once that is old the message is tried again under the same key,
which a gateway takes once. So nothing is sent never, and nothing twice by a gateway that keeps its contract.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from models.outbox import MessageState, OutboxMessage
from web.database import Work, clock
from web.gateways import Gateway, Letter, SendLater, SendRefused

CLAIM_MINUTES = 5
MOST_ATTEMPTS = 8
AT_ONCE = 100

#: Makes the letter of a message, None when it has become moot.
Write = Callable[[Work, OutboxMessage], Letter | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one sweep of the outbox did."""

    sent: int
    later: int
    failed: int


def send_outbox(work: Work, gateways: Sequence[Gateway], write: Write) -> Sent:
    """Send what may leave now; give what became of it."""
    counts = {"sent": 0, "later": 0, "failed": 0}
    while True:
        claimed = _claim(work, now=clock())
        for message_id in claimed:
            counts[_send_one(work, message_id, gateways, write)] += 1
        if len(claimed) < AT_ONCE:
            return Sent(**counts)


def _claim(work: Work, *, now: datetime) -> list[int]:
    """Claim the oldest messages that wait, or whose claim is so old that its holder is gone."""
    stale = now - timedelta(minutes=CLAIM_MINUTES)
    free = ((OutboxMessage.state == MessageState.WAITING) & (OutboxMessage.not_before_at <= now)) | (
        (OutboxMessage.state == MessageState.SENDING) & (OutboxMessage.not_before_at <= stale)
    )
    with work.begin() as session:
        found = session.scalars(
            select(OutboxMessage.id)
            .where(free)
            .order_by(OutboxMessage.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(found))
            .values(state=MessageState.SENDING, not_before_at=now, attempts=OutboxMessage.attempts + 1),
            execution_options={"synchronize_session": False},
        )
    return list(found)


def _send_one(work: Work, message_id: int, gateways: Sequence[Gateway], write: Write) -> str:
    with work.read() as session:
        message = session.get_one(OutboxMessage, message_id)
    letter = write(work, message)
    if letter is None:
        _mark(work, message_id, MessageState.FAILED, failure="moot")
        return "failed"
    problem = "no_gateway"
    for gateway in gateways:
        try:
            gateway.send(letter)
        except SendRefused as refusal:
            problem = str(refusal)
            continue
        except SendLater as error:
            return _later(work, message, str(error))
        _mark(work, message_id, MessageState.SENT, channel=gateway.channel)
        return "sent"
    _mark(work, message_id, MessageState.FAILED, failure=problem)
    return "failed"


def _later(work: Work, message: OutboxMessage, why: str) -> str:
    """Wait twice as long after each attempt; give up after :data:`MOST_ATTEMPTS`."""
    if message.attempts >= MOST_ATTEMPTS:
        _mark(work, message.id, MessageState.FAILED, failure=why)
        return "failed"
    pause = timedelta(minutes=2 ** min(message.attempts, 7))
    _mark(work, message.id, MessageState.WAITING, failure=why, not_before_at=clock() + pause)
    return "later"


def _mark(
    work: Work,
    message_id: int,
    state: MessageState,
    *,
    channel: str | None = None,
    failure: str | None = None,
    not_before_at: datetime | None = None,
) -> None:
    with work.begin() as session:
        message = session.get_one(OutboxMessage, message_id)
        message.state, message.failure = state, failure
        if state is MessageState.SENT:
            message.sent_at, message.channel = clock(), channel
        if not_before_at is not None:
            message.not_before_at = not_before_at
