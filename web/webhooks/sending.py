"""The way of a message: what happened becomes a delivery for each webhook that may know, sent until it lands.

Like the outbox: claim, send, mark. A claim whose process died is taken up again; receivers drop repeats by the id.
"""

from datetime import datetime, timedelta
from typing import Final

import orjson
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from models.account import Account
from models.authority import Actor
from models.certificate import Certificate
from models.need import Need, Shift
from models.organisation import OrganisationUnit
from models.person import Person
from models.program import ANNOUNCED, DeliveryState, Happening, Webhook, WebhookDelivery
from models.roster import Assignment, Offer
from models.sealing import keyring_of
from models.service import HourRecord
from web.accounts.reader import find_reader
from web.database import Work
from web.webhooks.receivers import NotReached, Receiver
from web.webhooks.signing import headers
from web.webhooks.subscriptions import new_delivery, place_of_secret

#: How long to wait after each attempt that failed; after the last one a message is dead.
PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 21600, 43200, 86400))
CLAIM = timedelta(minutes=5)
KEPT = timedelta(days=30)
AT_ONCE = 100
_GONE = 410


def spread(work: Work, *, now: datetime) -> int:
    """Make deliveries of what happened, each for every webhook whose account may know of it; give how many."""
    made = 0
    with work.begin() as session:
        rows = session.scalars(
            select(Happening).order_by(Happening.id).limit(AT_ONCE).with_for_update(skip_locked=True)
        ).all()
        if not rows:
            return 0
        hooks = session.scalars(select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id)).all()
        actors = {hook.account_id: _actor(session, hook.account_id) for hook in hooks}
        for row in rows:
            unit = _unit(session, row) if hooks else ""
            for hook in hooks:
                if row.action in hook.events and _may_know(actors[hook.account_id], row, unit):
                    data = {"subject": row.subject_kind, "id": row.subject_id, **row.facts}
                    new_delivery(session, hook.id, kind=row.action, data=data, at=row.at, now=now)
                    made += 1
        session.execute(delete(Happening).where(Happening.id.in_([row.id for row in rows])))
    return made


def send_webhooks(work: Work, receiver: Receiver, *, now: datetime) -> dict[DeliveryState, int]:
    """Send what may leave now; give how many landed, wait again, or died."""
    counts = dict.fromkeys(DeliveryState, 0)
    for delivery_id in _claim(work, now=now):
        counts[_send_one(work, delivery_id, receiver, now=now)] += 1
    return counts


def forget_deliveries(session: Session, *, now: datetime) -> None:
    """Take away messages that landed or died long ago."""
    over = WebhookDelivery.state.in_((DeliveryState.SENT, DeliveryState.DEAD))
    session.execute(delete(WebhookDelivery).where(over, WebhookDelivery.created_at < now - KEPT))


def _actor(session: Session, account_id: int) -> Actor | None:
    reader = find_reader(session, account_id)
    return None if reader is None else reader.actor


def _may_know(actor: Actor | None, row: Happening, unit: str | None) -> bool:
    """Say whether an account, as it stands now, may see the subject where it lies."""
    permission = ANNOUNCED[row.action]
    return actor is not None and unit is not None and actor.may(permission, unit)


def _unit(session: Session, row: Happening) -> str | None:
    """Give the code of the unit where a subject lies, "" for what is the city's, None when it is gone."""
    query = {
        "need": select(OrganisationUnit.code).join(Need, Need.unit_id == OrganisationUnit.id).where(_is(Need, row)),
        "offer": select(Shift.unit_code)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .join(Offer, Offer.assignment_id == Assignment.id)
        .where(_is(Offer, row)),
        "assignment": select(Shift.unit_code)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .where(_is(Assignment, row)),
        "hour_record": select(Shift.unit_code)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .join(HourRecord, HourRecord.assignment_id == Assignment.id)
        .where(_is(HourRecord, row)),
        "certificate": select(Person.unit_code)
        .join(Certificate, Certificate.person_id == Person.id)
        .where(_is(Certificate, row)),
    }.get(row.subject_kind)
    return "" if query is None else session.scalar(query)


def _is(kind: type, row: Happening) -> ColumnElement[bool]:
    found: ColumnElement[bool] = kind.id == row.subject_id  # type: ignore[attr-defined]  # every table is numbered
    return found


def _claim(work: Work, *, now: datetime) -> list[int]:
    is_due = (WebhookDelivery.state == DeliveryState.WAITING) & (WebhookDelivery.not_before_at <= now)
    is_lost = (WebhookDelivery.state == DeliveryState.SENDING) & (WebhookDelivery.not_before_at <= now - CLAIM)
    with work.begin() as session:
        found = list(
            session.scalars(
                select(WebhookDelivery.id)
                .where(is_due | is_lost)
                .order_by(WebhookDelivery.not_before_at, WebhookDelivery.id)
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            )
        )
        session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id.in_(found))
            .values(state=DeliveryState.SENDING, not_before_at=now, attempts=WebhookDelivery.attempts + 1)
        )
    return found


def _send_one(work: Work, delivery_id: int, receiver: Receiver, *, now: datetime) -> DeliveryState:
    with work.read() as session:
        row = session.get_one(WebhookDelivery, delivery_id)
        hook = session.get_one(Webhook, row.webhook_id)
        is_open = session.get_one(Account, hook.account_id).is_active and hook.ended_at is None
        secret = keyring_of(session).open(hook.secret_sealed, bound_to=place_of_secret(hook.id)).decode()
    if not is_open:
        return _mark(work, delivery_id, DeliveryState.DEAD, failure="ended")
    body = orjson.dumps(row.payload)
    try:
        sent = headers(secret, message_id=row.message_id, body=body, now=now)
        status = receiver.post(hook.url, headers=sent, body=body)
    except NotReached as problem:
        return _later(work, row, now=now, failure=str(problem))
    if 200 <= status < 300:  # noqa: PLR2004
        return _mark(work, delivery_id, DeliveryState.SENT, status=status, sent_at=now)
    if status == _GONE:
        return _mark(work, delivery_id, DeliveryState.DEAD, status=status, failure="gone")
    return _later(work, row, now=now, status=status, failure="refused")


def _later(
    work: Work, row: WebhookDelivery, *, now: datetime, failure: str, status: int | None = None
) -> DeliveryState:
    if row.attempts > len(PAUSES):
        return _mark(work, row.id, DeliveryState.DEAD, status=status, failure=failure)
    again_at = now + PAUSES[row.attempts - 1]
    return _mark(work, row.id, DeliveryState.WAITING, status=status, failure=failure, not_before_at=again_at)


def _mark(
    work: Work,
    delivery_id: int,
    state: DeliveryState,
    *,
    status: int | None = None,
    failure: str | None = None,
    sent_at: datetime | None = None,
    not_before_at: datetime | None = None,
) -> DeliveryState:
    with work.begin() as session:
        row = session.get_one(WebhookDelivery, delivery_id)
        row.state, row.status, row.failure = state, status, failure
        row.sent_at = sent_at or row.sent_at
        row.not_before_at = not_before_at or row.not_before_at
    return state
