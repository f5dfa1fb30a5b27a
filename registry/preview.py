"""What an import would do before anything is written: it is done in a savepoint, counted, and rolled back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from models import Actor
from registry.consolidate import ConsolidationReport, consolidate
from registry.intake import ImportReport, import_file
from registry.mappings import FeedMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """The preview of an import.

    Attributes
    ----------
    intake
        New, changed, gone, quarantined; its batch id means nothing.
    will_link
        Records that would belong to a person whom another record names, too.
    will_review
        Pairs that would wait for a steward because of this file.
    persons_new, persons_merged
        Persons that would be made, and that would go into another one.
    """

    intake: ImportReport
    will_link: int
    will_review: int
    persons_new: int
    persons_merged: int


def impact(
    session: Session,
    actor: Actor,
    *,
    source: str,
    path: Path,
    now: datetime,
    mapping: FeedMapping | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> Impact:
    """Give what importing and consolidating a file would do. Nothing is written.

    Records that waited for consolidation before are consolidated first, so that only this file's doing is counted.

    Raises
    ------
    NotPermitted, NoSuchMapping, FileUnreadable, FileTooLarge, HeadingsNotFound
    """
    trial = session.begin_nested()
    try:
        consolidate(session, actor, now=now)
        intake = import_file(session, actor, source=source, path=path, now=now, mapping=mapping, progress=progress)
        linking = consolidate(session, actor, now=now)
    finally:
        trial.rollback()
        session.expire_all()
    return Impact(
        intake=intake,
        will_link=_linked(linking),
        will_review=linking.pairs_new,
        persons_new=linking.persons_new,
        persons_merged=linking.persons_merged,
    )


def _linked(report: ConsolidationReport) -> int:
    return report.records - report.persons_new if report.records > report.persons_new else 0
