"""The two long steps of a file's way, done beside the pages: seeing what it would do, and taking it in."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import structlog

from models.authority import Actor
from registry.intake import ImportReport
from registry.mappings import FeedMapping
from registry.preview import impact
from registry.refusals import Refusal
from web.database import Work, clock
from web.jobs.consolidation import consolidate_in_slices
from web.jobs.figures import count_anew
from web.jobs.intake import import_in_slices
from web.uploads import Upload, Uploads

_EVERY_SECONDS: Final = 0.5
_COUNTS: Final = ("rows", "new", "changed", "unchanged", "gathered", "gone", "quarantined", "repeated")
_log = structlog.get_logger()


def look_at(work: Work, actor: Actor, uploads: Uploads, upload: Upload, mapping: FeedMapping, *, now: datetime) -> None:
    """Count what a file would do, by the code that does it; nothing of it stays."""
    with _noted(uploads, upload) as say, work.begin() as session:
        path = uploads.path(upload)
        found = impact(
            session, actor, source=mapping.source, path=path, now=now, mapping=mapping, progress=say("reading")
        )
        counted = asdict(found) | {"intake": _counts(found.intake)}
        uploads.write(upload, stage="looked", impact=counted)


def take_in(work: Work, actor: Actor, uploads: Uploads, upload: Upload, mapping: FeedMapping, *, now: datetime) -> None:
    """Take a file in, keep it to be handed back, and link what is new."""
    with _noted(uploads, upload) as say:
        path = uploads.path(upload)
        report = import_in_slices(
            work, actor, source=mapping.source, path=path, now=now, mapping=mapping, progress=say("reading")
        )
        linking = consolidate_in_slices(work, actor, now=now, progress=say("linking"))
        count_anew(work, now=clock())
        result = _counts(report) | {
            "batch_id": report.batch_id,
            "persons_new": linking.persons_new,
            "persons_merged": linking.persons_merged,
            "linked": max(0, linking.records - linking.persons_new),
            "pairs_new": linking.pairs_new,
        }
        uploads.write(upload, stage="taken", result=result)
        uploads.drop(upload)


def _counts(report: ImportReport) -> dict[str, Any]:
    return {name: getattr(report, name) for name in _COUNTS}


class _noted:  # noqa: N801  used as a statement
    """Notes how a step goes, and what stopped it."""

    def __init__(self, uploads: Uploads, upload: Upload) -> None:
        self.uploads, self.upload, self.last = uploads, upload, 0.0

    def __enter__(self) -> Callable[[str], Callable[[int, int | None], None]]:
        return self._step

    def _step(self, name: str) -> Callable[[int, int | None], None]:
        def progress(count: int, total: int | None) -> None:
            if time.monotonic() - self.last > _EVERY_SECONDS:
                self.last = time.monotonic()
                self.uploads.write(self.upload, step=name if total is None else "linking", count=count)

        return progress

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> bool:
        if error is None:
            return False
        failure = error.code if isinstance(error, Refusal) else "refused"
        self.uploads.write(self.upload, stage="failed", failure=failure)
        _log.warning("upload.failed", code=failure, exc_info=None if isinstance(error, Refusal) else error)
        return isinstance(error, Refusal)
