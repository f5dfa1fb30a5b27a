"""Sending the outbox: claim, send, mark. A message is claimed before it leaves and marked after.

A process that dies in between leaves a claim behind; once that is old the message is tried again under the same key,
which a gateway takes once. So nothing is sent never, and nothing twice by a gateway that keeps its contract.

Each message stands for itself: what goes wrong with one is written down, and the next is sent. A gateway that is
down is passed by for the rest of a sweep: a mail server that hangs costs one time-out and holds up nobody's SMS. What
a gateway has not taken so many times is offered to the next gateway, and given up when none takes it; but a message
that only waits for a gateway to come back is never given up.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.outbox import tell
from models.outbox import MessageState, OutboxMessage
from web.database import Work
from web.gateways import CHOSEN, Gateway, GatewayDown, Letter, SendLater, SendRefused

CLAIM_MINUTES = 5
REFRESH_SECONDS = 60.0
MOST_ATTEMPTS = 8
MOST_PAUSE = 7
AT_ONCE = 100

#: Makes the letter of a message, None when it has become moot.
Write = Callable[[Work, OutboxMessage], Letter | None]

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one sweep of the outbox did; `lost` were taken over by another process meanwhile."""

    sent: int
    later: int
    failed: int
    lost: int = 0


@dataclass(slots=True)
class _Sweep:
    """One sweep: its gateways, and those found down, by channel, with what they died of."""

    work: Work
    gateways: Sequence[Gateway]
    write: Write
    down: dict[str, str] = field(default_factory=dict)


def send_outbox(work: Work, gateways: Sequence[Gateway], write: Write) -> Sent:
    """Send what may leave now; give what became of it."""
    sweep = _Sweep(work, gateways, write)
    counts = {"sent": 0, "later": 0, "failed": 0, "lost": 0}
    while True:
        claimed, since = _claim(work, now=work.now()), time.monotonic()
        for message_id, attempt in claimed:
            old = time.monotonic() - since > REFRESH_SECONDS
            ours = not old or _still_ours(work, message_id, attempt)
            counts[_send_one(sweep, message_id) if ours else "lost"] += 1
        if len(claimed) < AT_ONCE:
            return Sent(**counts)


def _claim(work: Work, *, now: datetime) -> list[tuple[int, int]]:
    """Claim the oldest messages that wait, or whose holder is gone; give their ids and attempts.

    A claim from the future is nobody's either: the clock had jumped ahead, and back.
    """
    silent = timedelta(minutes=CLAIM_MINUTES)
    free = ((OutboxMessage.state == MessageState.WAITING) & (OutboxMessage.not_before_at <= now)) | (
        (OutboxMessage.state == MessageState.SENDING)
        & ((OutboxMessage.not_before_at <= now - silent) | (OutboxMessage.not_before_at > now + silent))
    )
    with work.begin() as session:
        found = session.execute(
            select(OutboxMessage.id, OutboxMessage.attempts)
            .where(free)
            .order_by(OutboxMessage.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_([message_id for message_id, _ in found]))
            .values(state=MessageState.SENDING, not_before_at=now, attempts=OutboxMessage.attempts + 1),
            execution_options={"synchronize_session": False},
        )
    return [(message_id, attempts + 1) for message_id, attempts in found]


def _still_ours(work: Work, message_id: int, attempt: int) -> bool:
    """Claim anew what was claimed a while ago; False when somebody took it over."""
    with work.begin() as session:
        message = session.get_one(OutboxMessage, message_id, with_for_update=True)
        ours = message.state is MessageState.SENDING and message.attempts == attempt
        if ours:
            message.not_before_at = work.now()
    return ours


def _send_one(sweep: _Sweep, message_id: int) -> str:
    with sweep.work.read() as session:
        message = session.get_one(OutboxMessage, message_id)
    try:
        letter = sweep.write(sweep.work, message)
    except Exception as error:  # noqa: BLE001  one letter that cannot be written holds up no other
        _log.exception("outbox.not_written", message=message_id)
        return _later(sweep.work, message, type(error).__name__)
    if letter is None:
        _mark(sweep.work, message_id, MessageState.FAILED, failure="moot")
        return "failed"
    return _through(sweep, message, letter)


def _through(sweep: _Sweep, message: OutboxMessage, letter: Letter) -> str:
    """Send a letter through the first gateway that takes it."""
    problem, down, later = "no_gateway", False, False
    for gateway in sweep.gateways:
        if letter.channels is not None and gateway.channel in CHOSEN - letter.channels:
            continue
        try:
            _try(sweep, gateway, letter)
        except SendRefused as refusal:
            problem = str(refusal)
        except SendLater as error:
            problem, later, down = str(error), True, down or isinstance(error, GatewayDown)
            if message.attempts < MOST_ATTEMPTS:
                return _later(sweep.work, message, problem)
        else:
            _mark(sweep.work, message.id, MessageState.SENT, channel=gateway.channel, copy_by=letter.copy_by)
            return "sent"
    if later:
        return _later(sweep.work, message, problem, give_up=not down)
    _mark(sweep.work, message.id, MessageState.FAILED, failure=problem)
    return "failed"


def _try(sweep: _Sweep, gateway: Gateway, letter: Letter) -> None:
    """Send through one gateway; whatever goes wrong is one of the two refusals."""
    known = sweep.down.get(gateway.channel)
    if known is not None:
        raise GatewayDown(known)
    try:
        gateway.send(letter)
    except GatewayDown as error:
        sweep.down[gateway.channel] = str(error)
        raise
    except (SendLater, SendRefused):
        raise
    except Exception as error:
        _log.exception("outbox.gateway_broke", channel=gateway.channel)
        raise SendLater(type(error).__name__) from error


def _later(work: Work, message: OutboxMessage, why: str, *, give_up: bool = True) -> str:
    """Wait twice as long after each attempt; give up after :data:`MOST_ATTEMPTS` where told to."""
    if give_up and message.attempts >= MOST_ATTEMPTS:
        _mark(work, message.id, MessageState.FAILED, failure=why)
        return "failed"
    pause = timedelta(minutes=2 ** min(message.attempts, MOST_PAUSE))
    _mark(work, message.id, MessageState.WAITING, failure=why, not_before_at=work.now() + pause)
    return "later"


def _mark(
    work: Work,
    message_id: int,
    state: MessageState,
    *,
    channel: str | None = None,
    failure: str | None = None,
    not_before_at: datetime | None = None,
    copy_by: str | None = None,
) -> None:
    with work.begin() as session:
        message = session.get_one(OutboxMessage, message_id)
        message.state, message.failure = state, failure
        if state is MessageState.SENT:
            message.sent_at, message.channel = work.now(), channel
        if not_before_at is not None:
            message.not_before_at = not_before_at
        if copy_by is not None:
            _copy(session, message, copy_by, now=work.now())


def _copy(session: Session, message: OutboxMessage, channel: str, *, now: datetime) -> None:
    """Let a message that is sent leave by a second channel too: one row more, in the transaction that marks it."""
    tell(
        session,
        key=f"copy/{message.id}",
        person_id=message.person_id,
        kind="copy",
        facts={"of": message.id, "by": channel},
        now=now,
    )
