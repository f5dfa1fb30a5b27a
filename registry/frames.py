"""The records that one consolidation looks at: all of them, or those that new ones can reach.

An increment takes in the queue, the records that share a key with it, and, as long as pairs lead further, those that
share a key with these; a pair that a steward should see leads on like a link. So the clusters and the pairs for review
are those that linking everything would give.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import LinkQueue, PersonLink, RecordFeature, SourceRecord, Verdict
from models.linkage import VerdictKind
from models.sealing import keyring_of
from models.source import RecordState
from registry.bulk import MANY, rows_among, table_of
from registry.keystore import neighbours, stored_keys
from registry.linkage.engine import edges
from registry.linkage.features import Features, unpacked
from registry.linkage.scorecard import Scorecard
from registry.sealed_records import place_of_feature, sealed_features

I64 = npt.NDArray[np.int64]

#: The share of the registry that must be new for all of it to be linked again at once.
_WHOLE_SHARE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Records to link.

    Attributes
    ----------
    ids
        Record ids, ascending, one a row of `features`.
    core
        By row, whether its links are complete here: only these rows' clusters count.
    queued
        Record ids that are new or changed.
    total
        Records of the whole registry.
    same, different
        Verdicts, as pairs of rows.
    """

    ids: I64
    features: Features
    core: npt.NDArray[np.bool_]
    queued: I64
    total: int
    same: I64
    different: I64
    whole: bool


def queued_records(session: Session) -> I64:
    """Give the records that wait for consolidation, ascending; those taken back since are not among them."""
    statement = (
        select(LinkQueue.source_record_id)
        .join(SourceRecord, SourceRecord.id == LinkQueue.source_record_id)
        .where(SourceRecord.state != RecordState.WITHDRAWN)
        .order_by(LinkQueue.source_record_id)
    )
    return np.fromiter(session.scalars(statement), np.int64)


def count_records(session: Session) -> int:
    """Estimate the source records, never too few: the highest number of one. Counting a million takes too long."""
    return session.scalar(select(func.max(RecordFeature.source_record_id))) or 0


def is_whole(session: Session, queued: I64) -> bool:
    """Say whether to link the whole registry again rather than an increment."""
    return len(queued) > _WHOLE_SHARE * count_records(session)


def whole_frame(session: Session, queued: I64) -> Frame:
    """Take every record in."""
    keyring = keyring_of(session)
    statement = (
        select(RecordFeature.source_record_id, RecordFeature.sealed)
        .join(SourceRecord, SourceRecord.id == RecordFeature.source_record_id)
        .where(SourceRecord.state != RecordState.WITHDRAWN)
        .order_by(RecordFeature.source_record_id)
    )
    ids: list[int] = []
    opened: list[bytes] = []
    for number, sealed in session.execute(statement.execution_options(yield_per=50_000)):
        ids.append(number)
        opened.append(keyring.open(sealed, bound_to=place_of_feature(number)))
    numbers = np.array(ids, np.int64)
    return _frame(session, numbers, unpacked(opened), np.ones(len(ids), np.bool_), queued, total=len(ids), whole=True)


def reachable_frame(session: Session, queued: I64, scorecard: Scorecard) -> Frame:
    """Take in what the queued records can reach. Their keys must be stored already."""
    total = count_records(session)
    opened: dict[int, bytes] = {}
    core: set[int] = set()
    frontier = set(queued.tolist())
    while frontier:
        frontier |= _companions(session, frontier) - core
        core |= frontier
        _open(session, frontier, opened)
        here = [opened[n] for n in sorted(frontier & opened.keys())]  # what was erased has nothing to compare
        values, _ = stored_keys(keyring_of(session), unpacked(here))
        _open(session, neighbours(session, np.unique(values).tolist()), opened)
        ids = np.array(sorted(opened), np.int64)
        found = edges(unpacked([opened[n] for n in ids.tolist()]), scorecard, total)
        left, right = ids[found.left], ids[found.right]
        touched = np.isin(left, list(core)) | np.isin(right, list(core))
        frontier = (set(left[touched].tolist()) | set(right[touched].tolist())) - core
    ids = np.array(sorted(opened), np.int64)
    rows = unpacked([opened[n] for n in ids.tolist()])
    return _frame(session, ids, rows, np.isin(ids, list(core)), queued, total=total, whole=False)


def _open(session: Session, wanted: set[int], opened: dict[int, bytes]) -> None:
    opened |= sealed_features(session, sorted(wanted - opened.keys()))


def _companions(session: Session, record_ids: set[int]) -> set[int]:
    """Give all records of the persons that the records belong to now, and those that verdicts tie to them."""
    links, verdicts = table_of(PersonLink), table_of(Verdict)
    persons = {person for (person,) in rows_among(session, links, ("person_id",), "source_record_id", record_ids)}
    found = {record for (record,) in rows_among(session, links, ("source_record_id",), "person_id", persons)}
    for here, there in (("left_id", "right_id"), ("right_id", "left_id")):
        tied = rows_among(session, verdicts, (there, "kind"), here, record_ids, absent="withdrawn_at")
        found.update(record for record, kind in tied if kind == VerdictKind.SAME)
    return found


def _frame(
    session: Session, ids: I64, features: Features, core: npt.NDArray[np.bool_], queued: I64, *, total: int, whole: bool
) -> Frame:
    same, different = _verdicts(session, ids)
    return Frame(
        ids=ids,
        features=features,
        core=core,
        queued=queued,
        total=total,
        same=same,
        different=different,
        whole=whole,
    )


def _verdicts(session: Session, ids: I64) -> tuple[I64, I64]:
    """Give the standing verdicts between records of a frame, as rows: the same person, and different ones."""
    statement = select(Verdict.left_id, Verdict.right_id, Verdict.kind).where(Verdict.withdrawn_at.is_(None))
    if len(ids) <= MANY:
        columns = ("left_id", "right_id", "kind", "id")
        rows = sorted(
            rows_among(session, table_of(Verdict), columns, "left_id", ids.tolist(), absent="withdrawn_at"),
            key=lambda row: row[3],
        )
    else:
        rows = [tuple(row) for row in session.execute(statement.order_by(Verdict.id))]
    known: dict[str, list[tuple[int, int]]] = {VerdictKind.SAME: [], VerdictKind.DIFFERENT: []}
    for left, right, kind, *_ in rows:
        known[kind].append((left, right))
    return _as_rows(ids, known[VerdictKind.SAME]), _as_rows(ids, known[VerdictKind.DIFFERENT])


def _as_rows(ids: I64, pairs: list[tuple[int, int]]) -> I64:
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return np.searchsorted(ids, found[np.isin(found, ids).all(axis=1)]).astype(np.int64)
