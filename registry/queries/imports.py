"""Import batches and what was wrong with their rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, Permission, RowIssue
from models.sealing import keyring_of
from models.source import BatchState
from registry.access import require


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """One imported file."""

    id: int
    source: str
    file_name: str
    state: BatchState
    started_at: datetime
    finished_at: datetime | None
    encoding: str | None
    delimiter: str | None
    sheets: tuple[str, ...]
    rows: int
    new: int
    changed: int
    unchanged: int
    gone: int
    quarantined: int
    issue_counts: tuple[tuple[str, int], ...]
    account_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView:
    """One problem of a row or a cell. `cells` is the quarantined row as it came, for whoever may read imports."""

    id: int
    line_number: int
    sheet: str | None
    field: str | None
    code: str
    parameters: dict[str, Any]
    quarantined: bool
    cells: tuple[str, ...] | None


def batches(
    session: Session, actor: Actor, *, source: str | None = None, limit: int = 50, before_id: int | None = None
) -> tuple[BatchView, ...]:
    """Give imported files, newest first; sign-ups, which are feeds of one row, only when asked for by `source`."""
    require(actor, Permission.CITY_IMPORT_READ)
    statement = select(ImportBatch).order_by(ImportBatch.id.desc()).limit(limit)
    statement = statement.where(ImportBatch.source == source if source else ImportBatch.source != "self_service")
    if before_id is not None:
        statement = statement.where(ImportBatch.id < before_id)
    return tuple(_view(batch) for batch in session.scalars(statement))


def _view(batch: ImportBatch) -> BatchView:
    return BatchView(
        id=batch.id,
        source=batch.source,
        file_name=batch.file_name,
        state=batch.state,
        started_at=batch.started_at,
        finished_at=batch.finished_at,
        encoding=batch.encoding,
        delimiter=batch.delimiter,
        sheets=tuple(batch.mapping.get("sheets", ())),
        rows=batch.rows,
        new=batch.new,
        changed=batch.changed,
        unchanged=batch.unchanged,
        gone=batch.gone,
        quarantined=batch.quarantined,
        issue_counts=tuple((code, count) for code, count in batch.mapping.get("issue_counts", ())),
        account_id=batch.account_id,
    )


def issues_of_batch(
    session: Session,
    actor: Actor,
    *,
    batch_id: int,
    code: str | None = None,
    quarantined: bool | None = None,
    limit: int = 100,
    offset: int = 0,
) -> tuple[IssueView, ...]:
    """Give the problems of a batch in the order of the file."""
    require(actor, Permission.CITY_IMPORT_READ)
    statement = select(RowIssue).where(RowIssue.batch_id == batch_id)
    if code is not None:
        statement = statement.where(RowIssue.code == code)
    if quarantined is not None:
        statement = statement.where(RowIssue.quarantined == quarantined)
    statement = statement.order_by(RowIssue.sheet, RowIssue.line_number, RowIssue.id).limit(limit).offset(offset)
    keyring = keyring_of(session)
    views = []
    for issue in session.scalars(statement):
        cells = None
        if issue.sealed is not None:
            cells = tuple(orjson.loads(keyring.open(issue.sealed, bound_to=f"row_issue.sealed/{issue.id}")))
        views.append(
            IssueView(
                id=issue.id,
                line_number=issue.line_number,
                sheet=issue.sheet,
                field=issue.field,
                code=issue.code,
                parameters=issue.parameters,
                quarantined=issue.quarantined,
                cells=cells,
            )
        )
    return tuple(views)


def issue_counts(session: Session, actor: Actor, *, batch_id: int) -> tuple[tuple[str, bool, int], ...]:
    """Give (code, quarantined, number) of a batch, most frequent first."""
    require(actor, Permission.CITY_IMPORT_READ)
    number = func.count()
    statement = select(RowIssue.code, RowIssue.quarantined, number).where(RowIssue.batch_id == batch_id)
    statement = statement.group_by(RowIssue.code, RowIssue.quarantined).order_by(number.desc(), RowIssue.code)
    return tuple((code, bool(held), count) for code, held, count in session.execute(statement))
