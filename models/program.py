"""Programs that act for an account: their tokens, the answers kept for repeated sends, and where events are told.

A token is kept as a digest only; what is sealed here is what must be read again (secrets of webhooks, kept answers).
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, ForeignKey, Index, String, UniqueConstraint, event, insert
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from models.audit import AuditEvent
from models.authority import Permission
from models.base import Base, Identifier, Numbered, StrEnumType, one_of

#: Acts that are told to webhooks, and what an account must hold, where the subject lies, to be told.
ANNOUNCED: Final[dict[str, Permission]] = {
    "need.posted": Permission.UNIT_NEED_READ,
    "need.changed": Permission.UNIT_NEED_READ,
    "need.cancelled": Permission.UNIT_NEED_READ,
    "need.reopened": Permission.UNIT_NEED_READ,
    "roster.proposed": Permission.CITY_RUN_READ,
    "roster.published": Permission.CITY_RUN_READ,
    "repair.proposed": Permission.CITY_RUN_READ,
    "repair.applied": Permission.CITY_RUN_READ,
    "run.failed": Permission.CITY_RUN_READ,
    "offer.confirmed": Permission.UNIT_ROSTER_READ,
    "offer.declined": Permission.UNIT_ROSTER_READ,
    "offer.lapsed": Permission.UNIT_ROSTER_READ,
    "offer.reopened": Permission.UNIT_ROSTER_READ,
    "seat.taken": Permission.UNIT_ROSTER_READ,
    "seat.given_back": Permission.UNIT_ROSTER_READ,
    "presence.in": Permission.UNIT_ATTENDANCE_WRITE,
    "presence.out": Permission.UNIT_ATTENDANCE_WRITE,
    "hours.recorded": Permission.UNIT_HOURS_APPROVE,
    "hours.approved": Permission.UNIT_HOURS_APPROVE,
    "certificate.issued": Permission.UNIT_HOURS_APPROVE,
    "certificate.revoked": Permission.UNIT_HOURS_APPROVE,
    "import.stored": Permission.CITY_IMPORT_READ,
    "registry.consolidated": Permission.CITY_IMPORT_READ,
}


class ApiToken(Numbered, Base):
    """What lets one program act for an account, within `scopes`, until it expires or is revoked."""

    __tablename__ = "api_token"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64), unique=True, doc="SHA-256 of the token, which is random")
    hint: Mapped[str] = mapped_column(String(8), doc="its last characters, to tell tokens apart")
    seal: Mapped[str] = mapped_column(String(16), doc="changes with the password: a new one ends the token")
    scopes: Mapped[list[str]] = mapped_column(default=list, doc="permissions, at most the account's own")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class KeptState(StrEnum):
    STARTED = "started"
    DONE = "done"  # the effect is committed; the answer may not be here yet
    ANSWERED = "answered"


class KeptAnswer(Numbered, Base):
    """One ``Idempotency-Key`` of one holder: what was asked with it, and the answer for whoever asks again."""

    __tablename__ = "kept_answer"
    __table_args__ = (UniqueConstraint("holder", "key"), one_of("state", KeptState))

    holder: Mapped[str] = mapped_column(String(40), doc="token/7, account/3 for a session")
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64), doc="SHA-256 of method, path, query and body")
    state: Mapped[KeptState] = mapped_column(StrEnumType(KeptState), default=KeptState.STARTED)
    status: Mapped[int | None]
    kind: Mapped[str | None] = mapped_column(String(60), doc="media type of the answer")
    answer_sealed: Mapped[bytes | None] = mapped_column(doc="the answer's body")
    created_at: Mapped[datetime] = mapped_column(index=True)


class Happening(Numbered, Base):
    """What webhooks are told of: written by the act's own transaction, gone once deliveries are made of it."""

    __tablename__ = "happening"

    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int | None] = mapped_column(Identifier)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]


class Webhook(Numbered, Base):
    """An address that is told of `events` which its account may see."""

    __tablename__ = "webhook"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(String(500))
    events: Mapped[list[str]] = mapped_column(default=list)
    secret_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"  # every attempt failed; it can be sent again by hand


class WebhookDelivery(Numbered, Base):
    """One event on its way to one webhook."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of("state", DeliveryState),
        Index("ix_webhook_delivery_state_not_before_at", "state", "not_before_at"),
    )

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(String(40), doc="the same in every attempt: receivers drop repeats by it")
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[DeliveryState] = mapped_column(StrEnumType(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    not_before_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    status: Mapped[int | None] = mapped_column(doc="of the last answer")
    failure: Mapped[str | None] = mapped_column(String(40), doc="a code: why the last attempt failed")


@event.listens_for(AuditEvent, "after_insert")
def _announce(_mapper: Mapper[AuditEvent], connection: Connection, act: AuditEvent) -> None:
    """Write the event beside the act, in its transaction: neither is ever there without the other."""
    if act.action in ANNOUNCED:
        connection.execute(
            insert(Happening).values(
                action=act.action, subject_kind=act.subject_kind, subject_id=act.subject_id, facts=act.facts, at=act.at
            )
        )
