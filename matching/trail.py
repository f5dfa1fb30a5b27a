"""The audit trail: one row an act, in the transaction of the act."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.audit import AuditEvent
from models.authority import Actor


def note(
    session: Session,
    actor: Actor,
    *,
    action: str,
    subject: tuple[str, int | None],
    now: datetime,
    reason: str | None = None,
    **facts: Any,
) -> None:
    """Write down that `actor` did `action` to `subject` (table, id); facts are ids, codes and counts only."""
    kind, number = subject
    session.add(
        AuditEvent(
            at=now,
            account_id=actor.account_id,
            action=action,
            subject_kind=kind,
            subject_id=number,
            reason=reason,
            facts=facts,
        )
    )
