"""A draft written, some units at a time: golden records, links, merges, pairs for review, the queue emptied.

What changed since the draft was made (a sign-up, a steward's decision, a newer file) is found under the lock that the
writing holds; the units concerned are left in the queue, for another draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import LinkQueue, Person, PersonLink, SourceRecord, Verdict
from registry.bulk import delete_rows, insert_rows, parts, reserve_ids, table_of
from registry.draft import Draft, Unit, standing_mark
from registry.histories import note_merges_and_splits
from registry.persons import write_persons
from registry.review_pairs import renew_pairs

SHANGHAI: Final = timedelta(hours=8)


@dataclass(slots=True, kw_only=True)
class Written:
    """What was written: counts of persons, pairs and units; `left` are units that something else has changed."""

    persons_new: int = 0
    persons_changed: int = 0
    persons_merged: int = 0
    pairs_new: int = 0
    left: int = 0

    def add(self, other: "Written") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def carry_out(session: Session, draft: Draft, units: Sequence[Unit], *, now: datetime) -> Written:
    """Write units of a draft, those that still are as the draft found them."""
    changed = _changed(session, draft, units)
    chosen = [unit for unit in units if changed.isdisjoint(unit.records)]
    written = _write_people(session, draft, chosen, now=now, today=(now + SHANGHAI).date())
    records = [record for unit in chosen for record in unit.records]
    wanted = {pair: draft.wanted[pair] for unit in chosen for pair in unit.pairs}
    written.pairs_new = renew_pairs(session, records, wanted, draft.linkage.reviews, draft.weights, now=now)
    delete_rows(session, table_of(LinkQueue), "source_record_id", [r for r in records if r in draft.versions])
    written.left = len(units) - len(chosen)
    return written


def _write_people(session: Session, draft: Draft, units: Sequence[Unit], *, now: datetime, today: date) -> Written:
    """Give new persons their ids, store golden records and links, and note merges and splits."""
    plan = draft.plan
    survivors = [person for unit in units for person in unit.survivors]
    fresh = [person for person in survivors if person < 0]
    ids = dict(zip(fresh, reserve_ids(session, table_of(Person), len(fresh)), strict=True))
    members = {ids.get(person, person): plan.members[person] for person in survivors if person in plan.changed}
    write_persons(session, members, frozenset(ids.values()), now, today)
    moved = sorted(
        (record, person, *draft.rules[record], now)
        for person, records in members.items()
        for record in records
        if draft.belongs.get(record) != person
    )
    delete_rows(session, table_of(PersonLink), "source_record_id", [r for r, *_ in moved if r in draft.belongs])
    insert_rows(session, table_of(PersonLink), ("source_record_id", "person_id", "rule", "weight", "linked_at"), moved)
    concerned = sorted({person for unit in units for person in unit.persons})
    merged = note_merges_and_splits(session, plan, concerned, ids, now)
    return Written(persons_new=len(ids), persons_changed=len(members) - len(ids), persons_merged=merged)


def _changed(session: Session, draft: Draft, units: Sequence[Unit]) -> set[int]:
    """Give records whose links, content or verdicts are not what they were when the draft was made."""
    records = [record for unit in units for record in unit.records]
    persons = sorted({person for unit in units for person in unit.persons})
    found = _links(session, records, persons)
    changed = {record for record in records if found.get(record) != draft.belongs.get(record)}
    newcomers = {found[record] for record in found.keys() - set(records) if record not in draft.belongs}
    changed |= {record for person in newcomers for record in draft.people.get(person, ())}
    for part in parts([record for record in records if record in draft.versions]):
        statement = select(SourceRecord.id, SourceRecord.changed_at).where(SourceRecord.id.in_(part))
        changed |= {record for record, at in session.execute(statement) if at != draft.versions[record]}
    if standing_mark(session) != draft.verdicts:
        changed |= _judged(session, records, draft.verdicts[1])
    return changed


def _links(session: Session, records: list[int], persons: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    columns = (PersonLink.source_record_id, PersonLink.person_id)
    for column, wanted in ((PersonLink.source_record_id, records), (PersonLink.person_id, persons)):
        for part in parts(wanted):
            found |= dict(session.execute(select(*columns).where(column.in_(part))).all())
    return found


def _judged(session: Session, records: list[int], since: int) -> set[int]:
    """Give those of `records` about which a verdict was given since, or withdrawn at any time."""
    judged: set[int] = set()
    for part in parts(records):
        about = or_(Verdict.left_id.in_(part), Verdict.right_id.in_(part))
        newer = or_(Verdict.id > since, Verdict.withdrawn_at.is_not(None))
        for pair in session.execute(select(Verdict.left_id, Verdict.right_id).where(about, newer)):
            judged.update(pair)
    return judged & set(records)
