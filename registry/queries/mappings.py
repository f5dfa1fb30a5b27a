"""The mappings that stewards saved, newest first, and the names of agencies."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Actor, Permission, SavedMapping
from registry.access import require


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingView:
    """One saved version: who saved it, and how many columns are used of how many."""

    source: str
    version: int
    name: str
    saved_at: datetime
    saved_by: str | None
    columns: int
    used: int


def saved_mappings(session: Session, actor: Actor, *, source: str, limit: int = 10) -> tuple[MappingView, ...]:
    """Give the saved versions of a feed's mapping, newest first."""
    require(actor, Permission.CITY_IMPORT_READ)
    rows = session.execute(
        select(SavedMapping, Account.display_name)
        .outerjoin(Account, Account.id == SavedMapping.account_id)
        .where(SavedMapping.source == source)
        .order_by(SavedMapping.version.desc())
        .limit(limit)
    )
    return tuple(
        MappingView(
            source=row.source,
            version=row.version,
            name=row.name,
            saved_at=row.saved_at,
            saved_by=name,
            columns=len(row.content.get("columns", {})),
            used=sum(field != "ignored" for field in row.content.get("columns", {}).values()),
        )
        for row, name in rows
    )
