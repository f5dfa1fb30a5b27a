"""What agencies' records are worth, counted once a day and after every consolidation, and kept: counting takes seconds.

A page reads what was kept and says when that was; where a file came in since then, it is counted anew. The rows of the
days are the trend of the months.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, KeptFigure, Permission
from models.authority import SYSTEM
from models.figure import FigureKind
from models.source import BatchState
from registry.access import require
from registry.carrying_out import SHANGHAI
from registry.queries.quality import FeedQuality, feed_qualities
from registry.queries.summary import RegistrySummary, summary, waiting
from registry.signup import SOURCE

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFigures:
    """The registry in numbers and each feed's worth, as they were `counted_at`; what waits for a steward is of now."""

    counted_at: datetime
    whole: RegistrySummary
    feeds: tuple[FeedQuality, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfFeeds:
    """The last figures of a month: persons, and by feed its records and the share of values that are there."""

    month: date
    persons: int
    feeds: dict[str, tuple[int, float]]


def count_registry(session: Session, *, now: datetime) -> None:
    """Count the registry and keep it as the figures of the day; a second count of a day takes the first one's place."""
    feeds = feed_qualities(session, SYSTEM)
    whole = summary(session, SYSTEM)
    key = (now + SHANGHAI).date().isoformat()
    session.execute(delete(KeptFigure).where(KeptFigure.kind == FigureKind.REGISTRY, KeptFigure.key == key))
    content = {"whole": asdict(whole), "feeds": [_stored(feed) for feed in feeds]}
    session.add(KeptFigure(kind=FigureKind.REGISTRY, key=key, counted_at=now, content=content))
    session.flush()


def registry_figures(session: Session, actor: Actor, *, now: datetime) -> RegistryFigures:
    """Give the figures that were kept last, or count them where there are none or a file came in since then.

    Raises
    ------
    NotPermitted
    """
    require(actor, Permission.CITY_IMPORT_READ)
    kept = session.scalar(
        select(KeptFigure).where(KeptFigure.kind == FigureKind.REGISTRY).order_by(KeptFigure.key.desc()).limit(1)
    )
    # Somebody who signs up is a file of one row, and changes next to nothing.
    files = (ImportBatch.state == BatchState.STORED) & (ImportBatch.source != SOURCE)
    newest = session.scalar(select(func.max(ImportBatch.finished_at)).where(files))
    if kept is None or (newest is not None and newest > kept.counted_at):
        return RegistryFigures(counted_at=now, whole=summary(session, actor), feeds=feed_qualities(session, actor))
    whole = replace(_whole(kept.content["whole"]), **waiting(session))
    return RegistryFigures(
        counted_at=kept.counted_at, whole=whole, feeds=tuple(_feed(one) for one in kept.content["feeds"])
    )


def registry_by_month(session: Session, actor: Actor, *, months: int = MONTHS) -> tuple[MonthOfFeeds, ...]:
    """Give the last figures of each of the newest `months` that have any, the oldest first.

    Raises
    ------
    NotPermitted
    """
    require(actor, Permission.CITY_IMPORT_READ)
    month = func.substr(KeptFigure.key, 1, 7)
    last = select(func.max(KeptFigure.key)).where(KeptFigure.kind == FigureKind.REGISTRY).group_by(month)
    rows = session.execute(
        select(KeptFigure.key, KeptFigure.content)
        .where(KeptFigure.kind == FigureKind.REGISTRY, KeptFigure.key.in_(last))
        .order_by(KeptFigure.key.desc())
        .limit(months)
    ).all()
    return tuple(
        MonthOfFeeds(
            month=date.fromisoformat(key).replace(day=1),
            persons=content["whole"]["persons"],
            feeds={one["source"]: (one["records"], _completeness(one["complete"])) for one in content["feeds"]},
        )
        for key, content in reversed(rows)
    )


def _completeness(complete: dict[str, float]) -> float:
    return sum(complete.values()) / len(complete) if complete else 0.0


def _stored(feed: FeedQuality) -> dict[str, Any]:
    return asdict(feed) | {"newest_at": feed.newest_at.isoformat() if feed.newest_at else None}


def _feed(stored: dict[str, Any]) -> FeedQuality:
    came = stored["newest_at"]
    return FeedQuality(**stored | {"newest_at": datetime.fromisoformat(came) if came else None})


def _whole(stored: dict[str, Any]) -> RegistrySummary:
    by_agencies = {int(number): count for number, count in stored["persons_by_agencies"].items()}
    return RegistrySummary(**stored | {"persons_by_agencies": by_agencies})
