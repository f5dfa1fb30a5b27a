"""The pairs that wait for a steward, kept in step with what linkage finds."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import ReviewPair
from models.linkage import ReviewState
from registry.bulk import insert_rows, parts, reserve_ids, rows_among, table_of
from registry.frames import Frame
from registry.linkage.comparisons import COMPARISONS, LEVELS
from registry.linkage.decisions import Rule
from registry.linkage.engine import Linkage
from registry.linkage.scorecard import Scorecard

if TYPE_CHECKING:
    from registry.draft import Draft, Unit

_FOUND = ("weight", "probability", "reason", "comparisons")
_COLUMNS = ("id", "left_id", "right_id", *_FOUND, "state", "created_at")


def wanted_pairs(frame: Frame, linkage: Linkage) -> dict[tuple[int, int], int]:
    """Give the pairs of records that a steward should see, and the place of each among those that linkage found."""
    found = linkage.reviews
    inside = np.flatnonzero(frame.core[found.left] & frame.core[found.right])
    left, right = frame.ids[found.left[inside]], frame.ids[found.right[inside]]
    return dict(zip(zip(left.tolist(), right.tolist(), strict=True), inside.tolist(), strict=True))


def renew_pairs(session: Session, draft: "Draft", units: Sequence["Unit"], *, now: datetime) -> int:
    """Write the wanted pairs of units of a draft, new or found anew, and close those that something else answered.

    A waiting pair of two records that the draft looked at is wanted, in whichever unit, or moot.

    Returns
    -------
    int
        How many pairs are new or wait again.
    """
    found, scorecard = draft.linkage.reviews, draft.weights
    wanted = {pair: draft.wanted[pair] for unit in units for pair in unit.pairs}
    here = {record for unit in units for record in unit.records}
    known = _known(session, here)
    moot = [
        pair_id
        for key, (pair_id, state) in known.items()
        if state == ReviewState.WAITING and key not in draft.wanted and draft.looked_at(key)
    ]
    again = [pair_id for key, (pair_id, state) in known.items() if state == ReviewState.MOOT and key in wanted]
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


def _known(session: Session, records: set[int]) -> dict[tuple[int, int], tuple[int, str]]:
    """Give the pairs of which one side is among `records`: id and state."""
    columns, found = ("left_id", "right_id", "id", "state"), {}
    for side in columns[:2]:
        for left, right, number, state in rows_among(session, table_of(ReviewPair), columns, side, records):
            found[left, right] = number, state
    return found
