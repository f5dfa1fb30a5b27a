"""Hours served here that an agency was told of, so that they count once when its next report contains them.

With a person's consent (PIPL 23) a hand-back tells an agency how many approved minutes were served here. When the
agency reports again, what its figure has grown by is taken to contain them, up to what it was told: served elsewhere or
here, it counts once. So a person's total never falls by such a report, and in doubt an hour is counted once, not twice.
What an agency was not told of it cannot have from here; its figure stands as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Consent, HourRecord, HoursHanded, PersonLink, SourceRecord
from models.person import Purpose
from models.service import HourState
from models.source import RecordState
from registry.bulk import parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What an agency was told of one of its records.

    Attributes
    ----------
    minutes
        Served here in all, as it was last told.
    reported
        What it reported itself when it was told.
    contained
        How much of `minutes` its reports contained already by then.
    """

    minutes: int
    reported: int
    contained: int

    def contained_in(self, reported: int) -> int:
        """Give how many of the minutes served here an agency's figure of now contains."""
        grown = max(0, reported - self.reported)
        return min(reported, self.contained + min(self.minutes - self.contained, grown))


def handed_of(session: Session, record_ids: Sequence[int]) -> dict[int, Handed]:
    """Give what agencies were told, by source record; records of which nothing was told are left out."""
    rows = session.scalars(select(HoursHanded).where(HoursHanded.source_record_id.in_(record_ids)))
    return {
        row.source_record_id: Handed(minutes=row.minutes, reported=row.reported, contained=row.contained)
        for row in rows
    }


def any_handed(session: Session) -> bool:
    """Say whether any agency was ever told of hours."""
    return session.scalar(select(HoursHanded.source_record_id).limit(1)) is not None


def told(session: Session, record_ids: Sequence[int]) -> dict[int, Handed]:
    """Give what agencies were told of however many records."""
    found: dict[int, Handed] = {}
    if any_handed(session):
        for part in parts(record_ids):
            found |= handed_of(session, part)
    return found


def contained_minutes(handed: Mapping[int, Handed], record_id: int, reported: int | None) -> int:
    """Give how many minutes served here the figure of a record contains."""
    told = handed.get(record_id)
    return 0 if told is None else told.contained_in(reported or 0)


def to_tell(session: Session, *, source: str) -> dict[int, int]:
    """Give the approved minutes served here to tell an agency, by its record: one record a person who consented."""
    first = (
        select(PersonLink.person_id, func.min(SourceRecord.id).label("record_id"))
        .join(SourceRecord, SourceRecord.id == PersonLink.source_record_id)
        .where(SourceRecord.source == source, SourceRecord.state == RecordState.CURRENT)
        .group_by(PersonLink.person_id)
        .subquery()
    )
    consented = select(Consent.id).where(
        Consent.person_id == first.c.person_id,
        Consent.purpose == Purpose.SHARE,
        Consent.handler == source,
        Consent.withdrawn_at.is_(None),
    )
    rows = session.execute(
        select(first.c.record_id, func.sum(HourRecord.minutes))
        .join(HourRecord, HourRecord.person_id == first.c.person_id)
        .where(HourRecord.state == HourState.APPROVED, HourRecord.minutes > 0, consented.exists())
        .group_by(first.c.record_id)
    )
    return {record_id: int(minutes) for record_id, minutes in rows}


def note_told(session: Session, *, record_id: int, minutes: int, reported: int, now: datetime) -> int:
    """Keep that an agency is told of `minutes` served here in all; give how many of them are new to it."""
    row = session.get(HoursHanded, record_id)
    if row is None:
        row = HoursHanded(source_record_id=record_id, minutes=0, reported=reported, contained=0, handed_at=now)
        session.add(row)
    told = Handed(minutes=row.minutes, reported=row.reported, contained=row.contained)
    contained = told.contained_in(reported)
    new = max(0, minutes - contained)
    row.minutes, row.reported, row.contained = max(row.minutes, minutes), reported, contained
    row.handed_at = now
    return new
