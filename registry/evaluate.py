"""How good a consolidation is against a known truth: by pairs and by clusters, and what kinds of errors there are.

Pairs are counted from sizes of groups, never listed, so a million records take seconds. Only records that both sides
know are counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import SourceRecord
from registry.frames import whole_frame
from registry.linkage.engine import all_weights
from registry.linkage.scorecard import shipped_scorecard
from registry.scorecards import current_scorecard

Row = tuple[str, str, str]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Precision, recall and their harmonic mean; 1 where there was nothing to find."""

    right: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The result.

    Attributes
    ----------
    pairs
        Of pairs of records within one person.
    clusters
        Of whole persons: every record, and no other.
    records, missing, strangers
        Records on both sides; those that only the truth has; those that only the links have.
    errors
        Kind → number: ``merged`` found persons that hold several true ones, ``split`` true persons in several found
        ones, ``false_pairs``, ``missed_pairs``; and false and missed pairs by the feeds of their records
        (``missed:civilisation+red_cross``).
    examples
        The first wrong groups: kind and its records (source, external id).
    """

    pairs: Score
    clusters: Score
    records: int
    missing: int
    strangers: int
    errors: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


def evaluate(links: Iterable[Row], truth: Iterable[Row], *, examples: int = 20) -> Evaluation:
    """Compare a consolidation with the truth, both as (source, external id, person)."""
    found_of = {(source, key): person for source, key, person in links}
    true_of = {(source, key): person for source, key, person in truth}
    records = sorted(found_of.keys() & true_of.keys())
    found, true = _coded([found_of[r] for r in records]), _coded([true_of[r] for r in records])
    both = _coded_pairs(found, true)
    pairs = Score(right=_pairs(both), found=_pairs(found), true=_pairs(true))
    merged, split = _mixed(found, both), _mixed(true, both)
    errors = {
        "merged": len(merged),
        "split": len(split),
        "false_pairs": pairs.found - pairs.right,
        "missed_pairs": pairs.true - pairs.right,
    }
    errors |= _by_feeds(records, found, true, merged, "false") | _by_feeds(records, true, found, split, "missed")
    return Evaluation(
        pairs=pairs,
        clusters=_clusters(found, true, both),
        records=len(records),
        missing=len(true_of) - len(records),
        strangers=len(found_of) - len(records),
        errors=errors,
        examples=_examples(records, found, merged, "merged", examples)
        + _examples(records, true, split, "split", examples),
    )


def _coded(values: list[str]) -> I64:
    codes: I64 = np.unique(np.array(values, dtype=str), return_inverse=True)[1].ravel().astype(np.int64)
    return codes


def _coded_pairs(a: I64, b: I64) -> I64:
    width = int(b.max(initial=0)) + 1
    codes: I64 = np.unique(a * width + b, return_inverse=True)[1].ravel().astype(np.int64)
    return codes


def _pairs(groups: I64) -> int:
    sizes = np.bincount(groups) if len(groups) else np.zeros(0, np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _mixed(groups: I64, both: I64) -> list[int]:
    """Give the groups that fall into more than one part of the other side."""
    if not len(groups):
        return []
    parts = np.unique(np.stack([groups, both]), axis=1)[0]
    mixed: list[int] = np.flatnonzero(np.bincount(parts) > 1).tolist()
    return mixed


def _clusters(found: I64, true: I64, both: I64) -> Score:
    """Count persons found exactly: group and counterpart of one size, and it is all theirs."""
    if not len(found):
        return Score(right=0, found=0, true=0)
    first = np.unique(both, return_index=True)[1]
    size = np.bincount(both)
    same = (np.bincount(found)[found[first]] == size) & (np.bincount(true)[true[first]] == size)
    return Score(right=int(same.sum()), found=int(found.max()) + 1, true=int(true.max()) + 1)


def _by_feeds(records: list[tuple[str, str]], groups: I64, other: I64, wrong: list[int], name: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for rows in _rows_of(groups, wrong):
        for k, i in enumerate(rows):
            for j in rows[k + 1 :]:
                if other[i] != other[j]:
                    feeds = "+".join(sorted((records[i][0], records[j][0])))
                    counts[f"{name}:{feeds}"] = counts.get(f"{name}:{feeds}", 0) + 1
    return dict(sorted(counts.items()))


def _rows_of(groups: I64, wanted: list[int]) -> list[list[int]]:
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], wanted)
    ends = np.searchsorted(groups[order], wanted, side="right")
    return [[int(row) for row in order[a:b]] for a, b in zip(starts, ends, strict=True)]


def _examples(
    records: list[tuple[str, str]], groups: I64, wrong: list[int], kind: str, count: int
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return tuple((kind, tuple(records[row] for row in rows)) for rows in _rows_of(groups, wrong[:count]))


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedPairs:
    """Candidate pairs of the registry that the truth knows: match weight, whether one person, and all true pairs."""

    weights: npt.NDArray[np.float64]
    same: npt.NDArray[np.bool_]
    all_true: int


def weighed_pairs(session: Session, truth: Iterable[Row]) -> WeighedPairs:
    """Weigh every candidate pair of the registry again, for charts."""
    scorecard = current_scorecard(session) or shipped_scorecard()
    frame = whole_frame(session, np.empty(0, np.int64))
    true_of = {(source, key): person for source, key, person in truth}
    person_of = np.full(len(frame.ids), -1, np.int64)
    codes: dict[str, int] = {}
    columns = (SourceRecord.id, SourceRecord.source, SourceRecord.external_id)
    for number, source, key in session.execute(select(*columns).order_by(SourceRecord.id)):
        person = true_of.get((source, key))
        row = int(np.searchsorted(frame.ids, number))
        if person is not None and row < len(frame.ids) and frame.ids[row] == number:
            person_of[row] = codes.setdefault(person, len(codes))
    left, right, weights = all_weights(frame.features, scorecard, frame.total)
    known = (person_of[left] >= 0) & (person_of[right] >= 0)
    left, right = left[known], right[known]
    return WeighedPairs(
        weights=weights[known],
        same=person_of[left] == person_of[right],
        all_true=_pairs(person_of[person_of >= 0]),
    )
