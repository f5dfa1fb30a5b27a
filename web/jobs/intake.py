"""An agency's file taken in as a long step: checked to its end, then stored in one short unit of work after another.

Killed at any moment, what was committed stands; the same file, imported again, goes on and ends as if nothing had been.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from models import Actor
from registry.bulk import collector_paused
from registry.intake import ImportReport, begin
from registry.mappings import FeedMapping
from registry.mended import keep_original
from registry.reading import check_whole
from web.database import Work
from web.jobs.turns import Turns


def import_in_slices(
    work: Work,
    actor: Actor,
    *,
    source: str,
    path: Path,
    now: datetime,
    mapping: FeedMapping | None = None,
    partial: bool = False,
    progress: Callable[[int, int | None], None] | None = None,
) -> ImportReport:
    """Import one agency's export, committing as it goes, and keep the file to be handed back.

    The parameters are those of :func:`registry.intake.import_file`.

    Raises
    ------
    NotPermitted, NoSuchMapping, FileUnreadable, FileTooLarge, HeadingsNotFound
        Then nothing of the file was stored.
    ImportOvertaken
        When another import of the same feed began meanwhile.
    """
    with work.begin() as session:
        begun = begin(session, actor, source=source, path=path, now=now, mapping=mapping)
        if isinstance(begun, ImportReport):
            return begun
        check_whole(path, begun.table)
    turns = Turns(work)
    with collector_paused(), closing(begun.chunks(hands=work.hands, progress=progress)) as chunks:
        for chunk in chunks:
            with turns.turn() as session:
                begun.take(session, chunk)
    with turns.turn() as session:
        report = begun.finish(session, partial=partial)
        if report.batch_id is not None:
            keep_original(session, actor, batch_id=report.batch_id, path=path)
    return report
