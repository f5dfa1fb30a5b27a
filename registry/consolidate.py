"""Consolidation: what has come in since the last time is linked, clustered and made into persons.

In the caller's one transaction (:func:`consolidate`), or in steps that a caller commits one by one, so that nobody who
writes waits long: keys (:func:`prepared`), a draft that only reads (:func:`draft_of`), its units in slices
(:func:`registry.carrying_out.carry_out`), and the end (:func:`finish`). Killed at any moment, what is written stands,
the rest is still in the queue, and the next run does it. The same input gives the same persons with the same ids in the
same order on every database.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from time import perf_counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Actor, LinkQueue, Permission, Person, PersonLink
from models.person import PersonState
from registry.access import require
from registry.audit import note
from registry.bulk import collector_paused, parts
from registry.carrying_out import SHANGHAI, Written, carry_out
from registry.draft import Draft, Progress, drafted
from registry.frames import Frame, is_whole, queued_records, reachable_frame, whole_frame
from registry.keystore import write_keys
from registry.linkage.features import unpacked
from registry.linkage.scorecard import Scorecard
from registry.persons import write_persons
from registry.review_pairs import count_waiting
from registry.scorecards import current_scorecard, keep_scorecard, weights_for
from registry.sealed_records import sealed_features

I64 = npt.NDArray[np.int64]
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
    """Consolidate everything that has come in since the last time, in the caller's one transaction.

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
        draft, written = _at_once(session, queued_records(session), now, progress)
    session.execute(delete(LinkQueue))
    return finish(session, actor, draft, written, now=now)


def relink(session: Session, record_ids: list[int], *, now: datetime) -> ConsolidationReport:
    """Consolidate these records only, as one does for somebody who signs up or a decision that was taken back."""
    draft, written = _at_once(session, np.array(sorted(set(record_ids)), np.int64), now, None)
    for part in parts(record_ids):
        session.execute(delete(LinkQueue).where(LinkQueue.source_record_id.in_(part)))
    session.flush()
    session.expire_all()
    return _report(session, draft, written)


def _at_once(session: Session, queued: I64, now: datetime, progress: Progress | None) -> tuple[Draft, Written]:
    known = current_scorecard(session)
    if known is not None and not is_whole(session, queued):
        prepare(session, queued)
    draft = draft_of(session, queued, known=known, progress=progress)
    keep_weights(session, draft, now=now)
    if draft.frame.whole:
        prepare(session, queued, draft)
    started = perf_counter()
    written = carry_out(session, draft, draft.units, now=now)
    draft.seconds["write"] = round(perf_counter() - started, 3)
    return draft, written


def links_everything(session: Session, queued: I64) -> bool:
    """Say whether so much is new that the whole registry is linked again, which needs no stored keys."""
    return current_scorecard(session) is None or is_whole(session, queued)


def prepare(session: Session, queued: I64, draft: Draft | None = None) -> None:
    """Store the keys by which queued records are found, those that are not stored yet.

    `draft` has their features at hand; without it they are opened.
    """
    if draft is not None:
        rows = np.searchsorted(draft.frame.ids, queued)
        write_keys(session, draft.frame.features[rows], queued)
        return
    opened = sealed_features(session, queued.tolist())
    ids = np.array(sorted(opened), np.int64)
    write_keys(session, unpacked([opened[number] for number in ids.tolist()]), ids)


def draft_of(session: Session, queued: I64, *, known: Scorecard | None, progress: Progress | None = None) -> Draft:
    """Link what is queued with all that it can reach. Reads only; an increment's keys must be stored already.

    `known` is the scorecard in force.
    """
    started = perf_counter()
    frame = frame_of(session, queued, known)
    read = round(perf_counter() - started, 3)
    draft = draft_from(session, frame, known, progress=progress)
    draft.seconds = {"read": read} | draft.seconds
    return draft


def frame_of(session: Session, queued: I64, known: Scorecard | None) -> Frame:
    """Take in what is queued and all that it can reach: everything, or what stored keys lead to."""
    if known is None or is_whole(session, queued):
        return whole_frame(session, queued)
    return reachable_frame(session, queued, known)


def draft_from(session: Session, frame: Frame, known: Scorecard | None, *, progress: Progress | None = None) -> Draft:
    """Link the records of a frame, with the weights in force or, when they are outgrown, new ones."""
    started = perf_counter()
    weights = weights_for(known, frame.features) if known is None or frame.whole else known
    weighed = round(perf_counter() - started, 3)
    draft = drafted(session, frame, weights, progress=progress)
    draft.has_new_weights = weights is not known
    draft.seconds = {"weights": weighed} | draft.seconds
    return draft


def keep_weights(session: Session, draft: Draft, *, now: datetime) -> None:
    """Put the scorecard that a draft was linked with in force, if it is a new one."""
    if draft.has_new_weights:
        keep_scorecard(session, draft.weights, now=now)


def finish(session: Session, actor: Actor, draft: Draft, written: Written, *, now: datetime) -> ConsolidationReport:
    """Look again at those who have come of age, and write down what was done."""
    _come_of_age(session, now, (now + SHANGHAI).date())
    report = _report(session, draft, written)
    counted = ("records", "persons_new", "persons_changed", "persons_merged")
    facts = {name: getattr(report, name) for name in counted}
    note(session, actor, "registry.consolidated", about="person", facts=facts, now=now)
    session.flush()
    session.expire_all()
    return report


def _report(session: Session, draft: Draft, written: Written) -> ConsolidationReport:
    return ConsolidationReport(
        records=draft.records,
        whole=draft.frame.whole,
        persons_new=written.persons_new,
        persons_changed=written.persons_changed,
        persons_merged=written.persons_merged,
        links_by_rule=draft.links_by_rule(),
        pairs_waiting=count_waiting(session),
        pairs_new=written.pairs_new,
        candidates=draft.linkage.candidates,
        capped=draft.linkage.capped,
        scorecard=dict(draft.weights.facts),
        seconds=draft.seconds,
    )


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
