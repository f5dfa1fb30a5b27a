"""Counting anew what pages do not count themselves: every few hours, and after a consolidation."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from matching.people_counts import count_people
from registry.figures import count_registry
from web.database import Work


def count_anew(work: Work, *, now: datetime) -> None:
    """Count the registry and every unit's people and keep that, each in its own unit of work.

    Where another process counts at the same moment, its figures are as good as ours.
    """
    for count in (count_registry, count_people):
        try:
            with work.begin() as session:
                count(session, now=now)
        except IntegrityError:
            continue
