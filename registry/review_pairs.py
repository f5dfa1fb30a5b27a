"""The pairs that wait for a steward, kept in step with what linkage finds."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from models import ReviewPair
from models.linkage import ReviewState
from registry.bulk import insert_rows, parts, reserve_ids, table_of
from registry.frames import Frame
from registry.linkage.comparisons import COMPARISONS, LEVELS
from registry.linkage.decisions import Rule
from registry.linkage.engine import Linkage
from registry.linkage.scorecard import Scorecard

_COLUMNS = ("id", "left_id", "right_id", "weight", "probability", "reason", "comparisons", "state", "created_at")


def renew_pairs(
    session: Session, frame: Frame, linkage: Linkage, scorecard: Scorecard, *, now: datetime
) -> tuple[int, int]:
    """Write new pairs and close those that something else answered; give how many are new and how many wait."""
    pairs = linkage.reviews
    pairs = pairs.chosen(frame.core[pairs.left] & frame.core[pairs.right])
    wanted: dict[tuple[int, int], int] = {}
    for place, (i, j) in enumerate(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)):
        wanted[int(frame.ids[i]), int(frame.ids[j])] = place
    known = _known(session, frame)
    moot = [pair_id for key, (pair_id, state) in known.items() if state is ReviewState.WAITING and key not in wanted]
    again = [pair_id for key, (pair_id, state) in known.items() if state is ReviewState.MOOT and key in wanted]
    for ids, state in ((moot, ReviewState.MOOT), (again, ReviewState.WAITING)):
        for part in parts(ids):
            session.execute(update(ReviewPair).where(ReviewPair.id.in_(part)).values(state=state))
    fresh = [key for key in sorted(wanted) if key not in known]
    numbers = reserve_ids(session, table_of(ReviewPair), len(fresh))
    rows = (
        (number, *key, *_facts(pairs, wanted[key], scorecard), ReviewState.WAITING, now)
        for number, key in zip(numbers, fresh, strict=True)
    )
    insert_rows(session, table_of(ReviewPair), _COLUMNS, rows)
    waiting = session.scalar(select(func.count()).where(ReviewPair.state == ReviewState.WAITING)) or 0
    return len(fresh) + len(again), waiting


def _facts(pairs: Any, place: int, scorecard: Scorecard) -> tuple[float, float, str, dict[str, Any]]:
    levels = pairs.levels[place]
    comparisons = {
        name: [LEVELS[name][levels[k]], round(float(scorecard.weights[k, levels[k]]), 2)]
        for k, name in enumerate(COMPARISONS)
    }
    comparisons["prior"] = ["", round(scorecard.prior, 2)]
    reason = Rule(int(pairs.rule[place])).name.lower()
    return round(float(pairs.weight[place]), 4), round(float(pairs.probability[place]), 6), reason, comparisons


def _known(session: Session, frame: Frame) -> dict[tuple[int, int], tuple[int, ReviewState]]:
    statement = select(ReviewPair.left_id, ReviewPair.right_id, ReviewPair.id, ReviewPair.state)
    rows: list[Any] = []
    if frame.whole:
        rows = list(session.execute(statement))
    else:
        for part in parts(frame.ids[frame.core].tolist()):
            rows += session.execute(statement.where(or_(ReviewPair.left_id.in_(part), ReviewPair.right_id.in_(part))))
    return {(left, right): (number, state) for left, right, number, state in rows}
