"""Consolidation: what has come in since the last time is linked, clustered and made into persons.

One transaction, the caller's: killed at any moment, it leaves nothing behind, and the next run does the same work.
The same input gives the same persons with the same ids in the same order on every database.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import perf_counter
from typing import Any, Final

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Actor, LinkKey, LinkQueue, Permission, Person, PersonLink
from models.person import PersonState
from registry.access import require
from registry.assignment import Assignment, assigned
from registry.audit import note
from registry.bulk import collector_paused, delete_rows, insert_rows, parts, reserve_ids, table_of
from registry.frames import Frame, is_whole, queued_records, reachable_frame, whole_frame
from registry.histories import note_merges_and_splits
from registry.keystore import remove_keys, write_keys
from registry.linkage.decisions import Rule
from registry.linkage.engine import Linkage, Pairs, linked
from registry.linkage.features import unpacked
from registry.persons import write_persons
from registry.review_pairs import renew_pairs
from registry.scorecards import current_scorecard, scorecard_for
from registry.sealed_records import sealed_features

Progress = Callable[[int, int | None], None]
_SHANGHAI: Final = timedelta(hours=8)
_YEARS: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidationReport:
    """What a consolidation did.

    Attributes
    ----------
    records
        New or changed source records that were looked at.
    persons_new, persons_changed, persons_merged
        Persons made, persons whose golden record was computed again, persons that went into another one.
    links_by_rule
        Source records by the rule that linked them, of those looked at.
    pairs_waiting, pairs_new
        Pairs that wait for a steward in all, and those that came now.
    candidates
        Pairs compared.
    capped
        Blocks of candidate pairs too large to look at, by kind of key.
    seconds
        By step.
    """

    records: int
    whole: bool
    persons_new: int
    persons_changed: int
    persons_merged: int
    links_by_rule: dict[str, int]
    pairs_waiting: int
    pairs_new: int
    candidates: int
    capped: dict[str, int]
    scorecard: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)


def consolidate(
    session: Session, actor: Actor, *, now: datetime, progress: Progress | None = None
) -> ConsolidationReport:
    """Consolidate everything that has come in since the last time.

    Parameters
    ----------
    progress
        Called with candidate pairs compared and their number.

    Raises
    ------
    NotPermitted
        Without ``city:import:write``.
    """
    require(actor, Permission.CITY_IMPORT_WRITE)
    with collector_paused():
        report = _run(session, queued_records(session), now, progress)
        _come_of_age(session, now, (now + _SHANGHAI).date())
    session.execute(delete(LinkQueue))
    counted = ("records", "persons_new", "persons_changed", "persons_merged")
    facts = {name: getattr(report, name) for name in counted}
    note(session, actor, "registry.consolidated", about="person", facts=facts, now=now)
    session.expire_all()
    return report


def relink(session: Session, record_ids: list[int], *, now: datetime) -> ConsolidationReport:
    """Consolidate these records only, as one does for somebody who signs up or a decision that was taken back."""
    report = _run(session, np.array(sorted(set(record_ids)), np.int64), now, None)
    for part in parts(record_ids):
        session.execute(delete(LinkQueue).where(LinkQueue.source_record_id.in_(part)))
    session.flush()
    session.expire_all()
    return report


def _run(session: Session, queued: Any, now: datetime, progress: Progress | None) -> ConsolidationReport:
    steps = _Steps()
    today = (now + _SHANGHAI).date()
    frame, linkage, weights = _linked(session, queued, steps, progress, now)
    plan, links = _people(session, frame, linkage)
    numbers = _write_people(session, plan, frame, links, now=now, today=today)
    steps.done("persons")
    pairs_new, pairs_waiting = renew_pairs(session, frame, linkage, weights, now=now)
    steps.done("review")
    return ConsolidationReport(
        records=len(queued),
        whole=frame.whole,
        persons_new=numbers["new"],
        persons_changed=numbers["changed"],
        persons_merged=len(plan.merged),
        links_by_rule=dict(sorted(Counter(rule for rule, _ in links.values()).items())),
        pairs_waiting=pairs_waiting,
        pairs_new=pairs_new,
        candidates=linkage.candidates,
        capped=linkage.capped,
        scorecard=dict(weights.facts),
        seconds=steps.seconds | {f"link.{name}": value for name, value in linkage.seconds.items()},
    )


class _Steps:
    """Seconds by step, for the report only."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def done(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] = round(now - self._last, 3)
        self._last = now


def _linked(
    session: Session, queued: Any, steps: _Steps, progress: Progress | None, now: datetime
) -> tuple[Frame, Linkage, Any]:
    """Read the records that matter, store the keys of the new ones, and link."""
    weights = current_scorecard(session)
    if weights is None or is_whole(session, queued):
        frame = whole_frame(session, queued)
        steps.done("read")
        weights = scorecard_for(session, frame.features, now=now)
        steps.done("weights")
        _store_keys(session, frame.ids, frame.features, queued)
        steps.done("keys")
    else:
        opened = sealed_features(session, queued.tolist())
        ids = np.array(sorted(opened), np.int64)
        _store_keys(session, ids, unpacked([opened[n] for n in ids.tolist()]), queued)
        steps.done("keys")
        frame = reachable_frame(session, queued, weights)
        steps.done("read")
    linkage = linked(
        frame.features,
        weights,
        records_now=frame.total,
        same=frame.same,
        different=frame.different,
        progress=progress,
    )
    steps.done("link")
    return frame, linkage, weights


def _store_keys(session: Session, ids: Any, features: Any, queued: Any) -> None:
    """Store the keys of queued records; those that have some already lose them first."""
    chosen = np.isin(ids, queued)
    empty = session.scalar(select(LinkKey.key).limit(1)) is None
    if not empty:
        remove_keys(session, ids[chosen].tolist())
    write_keys(session, features[chosen], ids[chosen])


def _people(session: Session, frame: Frame, linkage: Linkage) -> tuple[Assignment, dict[int, tuple[str, float | None]]]:
    """Decide which cluster is which person, and by which rule each record belongs to it."""
    core_ids = frame.ids[frame.core]
    roots = frame.ids[linkage.root[frame.core]]
    clusters: dict[int, list[int]] = {}
    for record, root in zip(core_ids.tolist(), roots.tolist(), strict=True):
        clusters.setdefault(root, []).append(record)
    belongs = _belongs(session, frame)
    people: dict[int, list[int]] = {}
    for record in sorted(belongs):
        people.setdefault(belongs[record], []).append(record)
    plan = assigned(clusters, people)
    queued = set(frame.queued.tolist())
    plan.changed |= {person for person, records in plan.members.items() if not queued.isdisjoint(records)}
    return plan, _rules(frame, linkage.links)


def _belongs(session: Session, frame: Frame) -> dict[int, int]:
    statement = select(PersonLink.source_record_id, PersonLink.person_id)
    if frame.whole:
        return dict(session.execute(statement).all())
    core: list[int] = frame.ids[frame.core].tolist()
    found: dict[int, int] = {}
    for part in parts(core):
        found |= dict(session.execute(statement.where(PersonLink.source_record_id.in_(part))).all())
    return found


def _rules(frame: Frame, links: Pairs) -> dict[int, tuple[str, float | None]]:
    """Give the rule and the weight of the strongest link of each record of the core."""
    order = np.lexsort((-links.right, -links.left, np.round(links.weight, 6), links.rule == Rule.VERDICT))
    rule = np.full(len(frame.ids), -1, np.int16)
    weight = np.zeros(len(frame.ids))
    for rows in (links.left[order], links.right[order]):
        better = links.weight[order] >= weight[rows]
        rule[rows[better]] = links.rule[order][better]
        weight[rows[better]] = links.weight[order][better]
    names = {int(r): r.name.lower() for r in Rule}
    found: dict[int, tuple[str, float | None]] = {}
    core = np.flatnonzero(frame.core)
    for record, r, w in zip(frame.ids[core].tolist(), rule[core].tolist(), weight[core].tolist(), strict=True):
        found[record] = (names[r], round(w, 3)) if r >= 0 else ("single", None)
    return found


def _write_people(
    session: Session,
    plan: Assignment,
    frame: Frame,
    links: dict[int, tuple[str, float | None]],
    *,
    now: datetime,
    today: date,
) -> dict[str, int]:
    """Give new persons their ids, store golden records and links, and note merges and splits."""
    fresh = sorted((person for person in plan.members if person < 0), reverse=True)
    ids = dict(zip(fresh, reserve_ids(session, table_of(Person), len(fresh)), strict=True))
    members = {ids.get(person, person): records for person, records in plan.members.items() if person in plan.changed}
    write_persons(session, members, frozenset(ids.values()), now, today)
    belongs = _belongs(session, frame)
    moved = [
        (record, person, *links[record], now)
        for person, records in sorted(members.items())
        for record in records
        if belongs.get(record) != person
    ]
    moved.sort()
    delete_rows(session, table_of(PersonLink), "source_record_id", [r for r, *_ in moved if r in belongs])
    insert_rows(session, table_of(PersonLink), ("source_record_id", "person_id", "rule", "weight", "linked_at"), moved)
    note_merges_and_splits(session, plan, ids, now)
    return {"new": len(ids), "changed": len(members) - len(ids)}


def _come_of_age(session: Session, now: datetime, today: date) -> int:
    """Compute again those who were held back as too young and are 14 now."""
    limit = date(today.year - _YEARS, today.month, min(today.day, 28))
    held = Person.held_back.is_(True) & (Person.state == PersonState.ACTIVE) & (Person.born_on <= limit)
    people = list(session.scalars(select(Person.id).where(held)))
    members: dict[int, list[int]] = {}
    for part in parts(people):
        statement = select(PersonLink.person_id, PersonLink.source_record_id).where(PersonLink.person_id.in_(part))
        for person, record in session.execute(statement.order_by(PersonLink.source_record_id)):
            members.setdefault(person, []).append(record)
    write_persons(session, members, frozenset(), now, today)
    return len(members)
