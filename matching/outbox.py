"""Messages that leave after the transaction which decided them; each is made once, whatever is run twice.

They leave by day: what is decided in the quiet hours waits for the morning. So many that ask or remind reach one person
in seven days; news of a change always does, since somebody would travel in vain.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from matching.contact import Quiet
from matching.policy import policy_of
from models.outbox import MessageState, OutboxMessage

#: The kinds of messages that are counted against a person's week.
COUNTED = ("offer", "offers", "reminder", "stand_in")
WEEK = timedelta(days=7)
#: Beyond so many persons one read of the last days' messages is cheaper than a list, which a database limits anyway.
FEW = 2000


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
            not_before_at=not_before_at or Quiet(session, [person_id or 0]).leaves_at(person_id, now=now),
            created_at=now,
        )
    )


def leaves_at(session: Session, *, now: datetime) -> datetime:
    """Give when a message to anybody that is decided `now` may leave: at once, or at the end of the quiet hours."""
    return Quiet(session, []).leaves_at(None, now=now)


def reached(session: Session, person_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Give those of the persons whose messages of the last seven days are used up."""
    of_whom = OutboxMessage.person_id.in_(person_ids) if len(person_ids) <= FEW else true()
    query = (
        select(OutboxMessage.person_id)
        .where(
            of_whom,
            OutboxMessage.kind.in_(COUNTED),
            OutboxMessage.state != MessageState.FAILED,
            OutboxMessage.created_at > now - WEEK,
        )
        .group_by(OutboxMessage.person_id)
        .having(func.count() >= policy_of(session).most_messages_week)
    )
    wanted = set(person_ids)
    return {person for person in session.scalars(query) if person in wanted}


def waiting_messages(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Give the ids of messages that may leave now, oldest first."""
    query = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == MessageState.WAITING, OutboxMessage.not_before_at <= now)
        .order_by(OutboxMessage.id)
        .limit(limit)
    )
    return list(session.scalars(query))
