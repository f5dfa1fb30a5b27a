"""What an import would do before anything is written: it is done in a savepoint, counted, and rolled back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, RowIssue
from registry.consolidate import ConsolidationReport, consolidate
from registry.intake import ImportReport, import_file
from registry.mappings import FeedMapping

#: Of each kind of problem, so many lines are named.
_LINES: Final = 12
#: So many problems are named one by one.
MOST_PLACES: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """One kind of problem in a file: how often, and the first lines (sheet, line) where it stands."""

    code: str
    field: str | None
    quarantined: bool
    count: int
    places: tuple[tuple[str | None, int], ...]


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
    problems
        Every kind of problem, most frequent first.
    headings
        By sheet, the header row as it was found.
    places
        The first problems in the order of the file: sheet, line, code, field.
    """

    intake: ImportReport
    will_link: int
    will_review: int
    persons_new: int
    persons_merged: int
    problems: tuple[ProblemKind, ...]
    headings: tuple[tuple[str | None, list[str]], ...]
    places: tuple[tuple[str | None, int, str, str | None], ...]


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
        linking = consolidate(session, actor, now=now, progress=progress)
        batch_id = intake.batch_id or 0
        problems, places = problem_kinds(session, batch_id), _places(session, batch_id)
        headings = session.get_one(ImportBatch, batch_id).mapping.get("headings", [])
    finally:
        trial.rollback()
        session.expire_all()
    return Impact(
        intake=intake,
        will_link=_linked(linking),
        will_review=linking.pairs_new,
        persons_new=linking.persons_new,
        persons_merged=linking.persons_merged,
        problems=problems,
        headings=tuple((sheet, list(cells)) for sheet, cells in headings),
        places=places,
    )


def _places(session: Session, batch_id: int) -> tuple[tuple[str | None, int, str, str | None], ...]:
    columns = (RowIssue.sheet, RowIssue.line_number, RowIssue.code, RowIssue.field)
    statement = select(*columns).where(RowIssue.batch_id == batch_id).order_by(RowIssue.id).limit(MOST_PLACES)
    return tuple((sheet, line, code, field) for sheet, line, code, field in session.execute(statement))


def problem_kinds(session: Session, batch_id: int) -> tuple[ProblemKind, ...]:
    """Give the kinds of problems of a batch, most frequent first."""
    kind = (RowIssue.code, RowIssue.field, RowIssue.quarantined)
    turn = func.row_number().over(partition_by=kind, order_by=(RowIssue.sheet, RowIssue.line_number, RowIssue.id))
    count = func.count().over(partition_by=kind)
    ranked = select(*kind, RowIssue.sheet, RowIssue.line_number, turn.label("turn"), count.label("times"))
    inner = ranked.where(RowIssue.batch_id == batch_id).subquery()
    rows = session.execute(
        select(inner).where(inner.c.turn <= _LINES).order_by(inner.c.times.desc(), inner.c.code, inner.c.turn)
    ).all()
    places: dict[tuple[str, str | None, bool, int], list[tuple[str | None, int]]] = {}
    for row in rows:
        places.setdefault((row.code, row.field, bool(row.quarantined), row.times), []).append(
            (row.sheet, row.line_number)
        )
    return tuple(
        ProblemKind(code=code, field=field, quarantined=quarantined, count=number, places=tuple(found))
        for (code, field, quarantined, number), found in places.items()
    )


def _linked(report: ConsolidationReport) -> int:
    return report.records - report.persons_new if report.records > report.persons_new else 0
