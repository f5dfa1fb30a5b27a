"""Messages that leave after the transaction which decided them; each is made once, whatever is run twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.outbox import MessageState, OutboxMessage


def tell(
    session: Session,
    *,
    key: str,
    person_id: int | None,
    kind: str,
    facts: dict[str, Any],
    now: datetime,
    not_before_at: datetime | None = None,
) -> None:
    """Put a message to a person into the outbox; a key that is there already changes nothing."""
    if session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) is not None:
        return
    session.add(
        OutboxMessage(
            key=key,
            person_id=person_id,
            kind=kind,
            facts=facts,
            state=MessageState.WAITING,
            not_before_at=not_before_at or now,
            created_at=now,
        )
    )


def waiting_messages(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Give the ids of messages that may leave now, oldest first."""
    query = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == MessageState.WAITING, OutboxMessage.not_before_at <= now)
        .order_by(OutboxMessage.id)
        .limit(limit)
    )
    return list(session.scalars(query))
