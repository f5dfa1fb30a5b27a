"""Mappings that stewards saved: a version a change, the newest in force; before the first, the one that ships."""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Actor, Permission, SavedMapping
from registry.access import require
from registry.audit import note
from registry.mappings import FeedMapping, mapping_for, mapping_from, shipped

_NAME: Final = 80


def save_mapping(session: Session, actor: Actor, *, mapping: FeedMapping, name: str, now: datetime) -> int:
    """Save `mapping` as the next version of its source; give the version in force, 0 for the one that ships.

    Nothing is saved when it does not differ from the one in force.

    Raises
    ------
    NotPermitted
    """
    require(actor, Permission.CITY_IMPORT_WRITE)
    newest = _newest(session, mapping.source)
    if newest is not None and newest.content == mapping.as_data():
        return newest.version
    if newest is None and mapping == shipped().get(mapping.source):
        return 0
    version = 1 if newest is None else newest.version + 1
    saved = SavedMapping(
        source=mapping.source,
        version=version,
        name=name.strip()[:_NAME],
        content=mapping.as_data(),
        saved_at=now,
        account_id=actor.account_id,
    )
    session.add(saved)
    session.flush()
    facts = {"source": mapping.source, "version": version}
    note(session, actor, "mapping.saved", about="saved_mapping", about_id=saved.id, facts=facts, now=now)
    return version


def mapping_in_force(session: Session, source: str, version: int | None = None) -> FeedMapping:
    """Give the mapping of a source: the version asked for, else the newest saved, else the one that ships.

    Raises
    ------
    NoSuchMapping
    """
    statement = select(SavedMapping).where(SavedMapping.source == source)
    if version is not None:
        statement = statement.where(SavedMapping.version == version)
    row = session.scalars(statement.order_by(SavedMapping.version.desc()).limit(1)).first()
    if row is not None:
        return mapping_from(row.content)
    return mapping_for(source if version is None else f"{source}@{version}")


def mappings_in_force(session: Session) -> dict[str, FeedMapping]:
    """Give the mapping in force of every feed of an agency, by source: those that ship first."""
    newest = select(SavedMapping.source, func.max(SavedMapping.version).label("version")).group_by(SavedMapping.source)
    last = newest.subquery()
    rows = session.scalars(
        select(SavedMapping)
        .join(last, (last.c.source == SavedMapping.source) & (last.c.version == SavedMapping.version))
        .order_by(SavedMapping.source)
    )
    known = {source: mapping for source, mapping in shipped().items() if source != "self_service"}
    return known | {row.source: mapping_from(row.content) for row in rows}


def _newest(session: Session, source: str) -> SavedMapping | None:
    statement = select(SavedMapping).where(SavedMapping.source == source)
    return session.scalars(statement.order_by(SavedMapping.version.desc()).limit(1)).first()
