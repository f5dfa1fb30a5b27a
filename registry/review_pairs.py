"""The pairs that wait for a steward, kept in step with what linkage finds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from models import ReviewPair
from models.linkage import ReviewState
from registry.bulk import insert_rows, parts, reserve_ids, table_of
from registry.frames import Frame
from registry.linkage.comparisons import COMPARISONS, LEVELS
from registry.linkage.decisions import Rule
from registry.linkage.engine import Linkage, Pairs
from registry.linkage.scorecard import Scorecard

_FOUND = ("weight", "probability", "reason", "comparisons")
_COLUMNS = ("id", "left_id", "right_id", *_FOUND, "state", "created_at")


def wanted_pairs(frame: Frame, linkage: Linkage) -> dict[tuple[int, int], int]:
    """Give the pairs of records that a steward should see, and the place of each among those that linkage found."""
    found = linkage.reviews
    inside = np.flatnonzero(frame.core[found.left] & frame.core[found.right])
    left, right = frame.ids[found.left[inside]], frame.ids[found.right[inside]]
    return dict(zip(zip(left.tolist(), right.tolist(), strict=True), inside.tolist(), strict=True))


def renew_pairs(
    session: Session,
    records: list[int],
    wanted: Mapping[tuple[int, int], int],
    found: Pairs,
    scorecard: Scorecard,
    *,
    now: datetime,
) -> int:
    """Write the wanted pairs, new or found anew, and close those of the records that something else answered.

    Parameters
    ----------
    records
        The records that are dealt with now: a waiting pair between two of them is wanted or moot.
    wanted
        Pair → its place in `found`.

    Returns
    -------
    int
        How many pairs are new or wait again.
    """
    known = _known(session, {*records, *(record for pair in wanted for record in pair)})
    here = set(records)
    moot = [
        pair_id
        for key, (pair_id, state) in known.items()
        if state is ReviewState.WAITING and key not in wanted and here.issuperset(key)
    ]
    again = [pair_id for key, (pair_id, state) in known.items() if state is ReviewState.MOOT and key in wanted]
    for ids, state in ((moot, ReviewState.MOOT), (again, ReviewState.WAITING)):
        for part in parts(ids):
            session.execute(update(ReviewPair).where(ReviewPair.id.in_(part)).values(state=state))
    seen = [key for key in wanted if key in known]
    if seen:
        facts = [dict(zip(_FOUND, _facts(found, wanted[key], scorecard), strict=True)) for key in seen]
        ids = [known[key][0] for key in seen]
        session.execute(update(ReviewPair), [{"id": n, **fact} for n, fact in zip(ids, facts, strict=True)])
    fresh = [key for key in wanted if key not in known]
    numbers = reserve_ids(session, table_of(ReviewPair), len(fresh))
    rows = (
        (number, *key, *_facts(found, wanted[key], scorecard), ReviewState.WAITING, now)
        for number, key in zip(numbers, fresh, strict=True)
    )
    insert_rows(session, table_of(ReviewPair), _COLUMNS, rows)
    return len(fresh) + len(again)


def count_waiting(session: Session) -> int:
    """Count the pairs that wait for a steward."""
    return session.scalar(select(func.count()).where(ReviewPair.state == ReviewState.WAITING)) or 0


def _facts(pairs: Any, place: int, scorecard: Scorecard) -> tuple[float, float, str, dict[str, Any]]:
    levels = pairs.levels[place]
    comparisons = {
        name: [LEVELS[name][levels[k]], round(float(scorecard.weights[k, levels[k]]), 2)]
        for k, name in enumerate(COMPARISONS)
    }
    comparisons["prior"] = ["", round(scorecard.prior, 2)]
    reason = Rule(int(pairs.rule[place])).name.lower()
    return round(float(pairs.weight[place]), 4), round(float(pairs.probability[place]), 6), reason, comparisons


def _known(session: Session, records: set[int]) -> dict[tuple[int, int], tuple[int, ReviewState]]:
    statement = select(ReviewPair.left_id, ReviewPair.right_id, ReviewPair.id, ReviewPair.state)
    found: dict[tuple[int, int], tuple[int, ReviewState]] = {}
    for part in parts(sorted(records)):
        which = or_(ReviewPair.left_id.in_(part), ReviewPair.right_id.in_(part))
        for left, right, number, state in session.execute(statement.where(which)):
            found[left, right] = number, state
    return found
