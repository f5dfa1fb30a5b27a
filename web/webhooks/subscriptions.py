"""Who wants to be told what: making and ending webhooks, their messages, and sending one again by hand."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.refusals import NotFound, WrongState
from matching.trail import note
from models.authority import Actor
from models.program import ANNOUNCED, DeliveryState, Webhook, WebhookDelivery
from models.sealing import keyring_of
from web.refusals import ScopeTooWide, TooManyWebhooks
from web.webhooks.receivers import checked_url
from web.webhooks.signing import new_secret

MOST_WEBHOOKS = 20
PING = "webhook.ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookLine:
    """A webhook as its owner sees it, with how its messages stand."""

    webhook_id: int
    url: str
    events: tuple[str, ...]
    created_at: datetime
    waiting: int
    sent: int
    dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """A new webhook; `secret` is shown this once."""

    webhook_id: int
    url: str
    events: tuple[str, ...]
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One message on its way; `status` is of the receiver's last answer, `failure` why the last attempt failed."""

    delivery_id: int
    message_id: str
    kind: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    not_before_at: datetime
    sent_at: datetime | None
    status: int | None
    failure: str | None
    payload: dict[str, Any]


def add_webhook(
    session: Session, actor: Actor, *, url: str, events: tuple[str, ...], private_allowed: bool, now: datetime
) -> NewWebhook:
    """Begin to tell `url` of `events`, all that the actor may see when none is named.

    Raises
    ------
    AddressRefused, ScopeTooWide, TooManyWebhooks
    """
    checked_url(url, private_allowed=private_allowed)
    may_see = tuple(name for name, permission in ANNOUNCED.items() if actor.has(permission))
    beyond = sorted(set(events) - set(may_see))
    if beyond or not may_see:
        raise ScopeTooWide(scopes=beyond)
    count = session.scalar(select(func.count()).select_from(Webhook).where(*_live(actor)))
    if count is not None and count >= MOST_WEBHOOKS:
        raise TooManyWebhooks(limit=MOST_WEBHOOKS)
    secret, wanted = new_secret(), tuple(name for name in may_see if not events or name in events)
    row = Webhook(account_id=actor.account_id, url=url, events=list(wanted), secret_sealed=b"", created_at=now)
    session.add(row)
    session.flush()
    row.secret_sealed = keyring_of(session).seal(secret.encode(), bound_to=place_of_secret(row.id))
    note(session, actor, action="webhook.added", subject=("webhook", row.id), now=now)
    return NewWebhook(webhook_id=row.id, url=url, events=wanted, secret=secret)


def end_webhook(session: Session, actor: Actor, *, webhook_id: int, now: datetime) -> None:
    """Tell an address nothing more."""
    row = access_webhook(session, actor, webhook_id)
    row.ended_at = now
    note(session, actor, action="webhook.ended", subject=("webhook", row.id), now=now)


def ping(session: Session, actor: Actor, *, webhook_id: int, now: datetime) -> int:
    """Send a message that says nothing, to try a receiver; give its id."""
    row = access_webhook(session, actor, webhook_id)
    return new_delivery(session, row.id, kind=PING, data={"webhook_id": row.id}, at=now, now=now)


def send_again(session: Session, actor: Actor, *, webhook_id: int, delivery_id: int, now: datetime) -> None:
    """Send a message again that is dead or was sent: same id, same content, attempts counted anew.

    Raises
    ------
    NotFound, WrongState
    """
    access_webhook(session, actor, webhook_id)
    row = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if row is None or row.webhook_id != webhook_id:
        raise NotFound(kind="webhook_delivery", id=delivery_id)
    if row.state not in {DeliveryState.DEAD, DeliveryState.SENT}:
        raise WrongState(kind="webhook_delivery", state=row.state.value)
    row.state, row.attempts, row.not_before_at = DeliveryState.WAITING, 0, now
    note(session, actor, action="webhook.sent_again", subject=("webhook_delivery", row.id), now=now)


def webhooks_of(session: Session, actor: Actor) -> tuple[WebhookLine, ...]:
    """Give the actor's webhooks, the newest first, in two statements."""
    rows = session.scalars(select(Webhook).where(*_live(actor)).order_by(Webhook.id.desc())).all()
    counted: dict[tuple[int, DeliveryState], int] = {}
    found = session.execute(
        select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count())
        .where(WebhookDelivery.webhook_id.in_([row.id for row in rows]))
        .group_by(WebhookDelivery.webhook_id, WebhookDelivery.state)
    )
    for webhook_id, state, count in found:
        counted[webhook_id, state] = count
    return tuple(
        WebhookLine(
            webhook_id=row.id,
            url=row.url,
            events=tuple(row.events),
            created_at=row.created_at,
            waiting=sum(counted.get((row.id, one), 0) for one in (DeliveryState.WAITING, DeliveryState.SENDING)),
            sent=counted.get((row.id, DeliveryState.SENT), 0),
            dead=counted.get((row.id, DeliveryState.DEAD), 0),
        )
        for row in rows
    )


def deliveries(
    session: Session,
    actor: Actor,
    *,
    webhook_id: int,
    state: DeliveryState | None = None,
    limit: int = 50,
    before_id: int | None = None,
) -> tuple[DeliveryLine, ...]:
    """Give a webhook's messages, the newest first."""
    access_webhook(session, actor, webhook_id)
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    if before_id is not None:
        query = query.where(WebhookDelivery.id < before_id)
    return tuple(
        DeliveryLine(
            delivery_id=row.id,
            message_id=row.message_id,
            kind=row.kind,
            state=row.state,
            attempts=row.attempts,
            created_at=row.created_at,
            not_before_at=row.not_before_at,
            sent_at=row.sent_at,
            status=row.status,
            failure=row.failure,
            payload=dict(row.payload),
        )
        for row in session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit))
    )


def access_webhook(session: Session, actor: Actor, webhook_id: int) -> Webhook:
    """Give a webhook of the actor's that has not ended.

    Raises
    ------
    NotFound
    """
    row = session.get(Webhook, webhook_id)
    if row is None or row.ended_at is not None or row.account_id != actor.account_id:
        raise NotFound(kind="webhook", id=webhook_id)
    return row


def new_delivery(
    session: Session, webhook_id: int, *, kind: str, data: dict[str, Any], at: datetime, now: datetime
) -> int:
    """Put one message on its way."""
    row = WebhookDelivery(
        webhook_id=webhook_id,
        message_id=f"msg_{uuid.uuid4().hex}",
        kind=kind,
        payload={"type": kind, "timestamp": at.isoformat(), "data": data},
        state=DeliveryState.WAITING,
        created_at=now,
        not_before_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def place_of_secret(webhook_id: int) -> str:
    """Say what a webhook's secret is bound to."""
    return f"webhook.secret_sealed/{webhook_id}"


def _live(actor: Actor) -> tuple[Any, ...]:
    return Webhook.account_id == actor.account_id, Webhook.ended_at.is_(None)
