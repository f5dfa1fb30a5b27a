"""Acts written down: who did what to what, when and why. Ids, codes and counts; never a name or a number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Actor, AuditEvent


def note(
    session: Session,
    actor: Actor,
    action: str,
    *,
    about: str,
    about_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    reason: str | None = None,
    now: datetime,
) -> None:
    """Write one act; `about` is a table's name."""
    session.add(
        AuditEvent(
            at=now,
            account_id=actor.account_id,
            action=action,
            subject_kind=about,
            subject_id=about_id,
            reason=reason,
            facts=dict(facts or {}),
        )
    )
    session.flush()
