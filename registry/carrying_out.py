"""A draft written, some units at a time: golden records, links, merges, pairs for review, the queue emptied.

What changed since the draft was made (a sign-up, a steward's decision, a newer file) is found under the lock that the
writing holds; the units concerned are left in the queue, for another draft.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import LinkQueue, Person, PersonLink, SourceRecord, Verdict
from registry.bulk import delete_rows, insert_rows, parts, reserve_ids, rows_among, table_of
from registry.draft import Draft, Unit, standing_mark
from registry.histories import note_merges_and_splits
from registry.person_rows import Members, PersonRow, Seen, person_rows
from registry.persons import erased_persons, write_rows
from registry.review_pairs import renew_pairs
from registry.served_here import told

SHANGHAI: Final = timedelta(hours=8)
_person: Final = attrgetter("person")

#: Rows that another process computed, and what it saw when it began.
Ahead = tuple[list[PersonRow], Seen]


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


def members_of(draft: Draft, units: Sequence[Unit]) -> dict[int, list[int]]:
    """Give the persons (negative: new ones) of units whose golden records must be computed, and their records."""
    plan = draft.plan
    persons = (person for unit in units for person in unit.survivors)
    return {person: plan.members[person] for person in persons if person in plan.changed}


def carry_out(
    session: Session, draft: Draft, units: Sequence[Unit], *, now: datetime, ahead: Ahead | None = None
) -> Written:
    """Write units of a draft, those that still are as the draft found them.

    Parameters
    ----------
    ahead
        What another process computed of :func:`members_of` these units, and what it saw when it began.
    """
    records = [record for unit in units for record in unit.records]
    seen = dict(rows_among(session, table_of(SourceRecord), ("id", "changed_at"), "id", records))
    changed = _changed(session, draft, units, seen)
    chosen = [unit for unit in units if changed.isdisjoint(unit.records)] if changed else list(units)
    written = _write_people(session, draft, chosen, _Sight(now=now, records=seen, ahead=ahead))
    records = [record for unit in chosen for record in unit.records]
    written.pairs_new = renew_pairs(session, draft, chosen, now=now)
    delete_rows(session, table_of(LinkQueue), "source_record_id", [r for r in records if r in draft.versions])
    written.left = len(units) - len(chosen)
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """When one writes, when each record had changed last then, and what was computed ahead."""

    now: datetime
    records: dict[int, Any]
    ahead: Ahead | None


def _write_people(session: Session, draft: Draft, units: Sequence[Unit], sight: _Sight) -> Written:
    """Give new persons their ids, store golden records and links, and note merges and splits."""
    plan, now = draft.plan, sight.now
    fresh = [person for unit in units for person in unit.survivors if person < 0]
    ids = dict(zip(fresh, reserve_ids(session, table_of(Person), len(fresh)), strict=True))
    drafted = members_of(draft, units)
    write_rows(session, _rows(session, drafted, ids, sight), set(ids.values()), now)
    members = {ids.get(person, person): records for person, records in drafted.items()}
    moved = sorted(
        (record, person, *draft.rules[record], now)
        for person, records in members.items()
        for record in records
        if draft.belongs.get(record) != person
    )
    delete_rows(session, table_of(PersonLink), "source_record_id", [r for r, *_ in moved if r in draft.belongs])
    insert_rows(session, table_of(PersonLink), ("source_record_id", "person_id", "rule", "weight", "linked_at"), moved)
    concerned = [person for unit in units for person in unit.persons]  # in an order that no slice changes
    merged = note_merges_and_splits(session, plan, concerned, ids, now)
    return Written(persons_new=len(ids), persons_changed=len(members) - len(ids), persons_merged=merged)


def _rows(session: Session, members: Members, ids: Mapping[int, int], sight: _Sight) -> list[PersonRow]:
    """Give the rows of persons by their ids: those computed ahead that still hold, the others computed now."""
    erased = erased_persons(session)
    wanted = {person: records for person, records in members.items() if person not in erased}
    rows: list[PersonRow] = []
    if sight.ahead is not None:
        computed, seen = sight.ahead
        handed = told(session, list(sight.records)).keys()  # hours told to an agency meanwhile change no record
        persons = dict(rows_among(session, table_of(Person), ("id", "changed_at"), "id", seen.persons))
        rows = [
            row
            for row in computed
            if row.person in wanted
            and handed.isdisjoint(wanted[row.person])
            and persons.get(row.person) == seen.persons.get(row.person)
            and all(sight.records[record] == seen.records.get(record) for record in wanted[row.person])
        ]
        held = {row.person for row in rows}
        wanted = {person: records for person, records in wanted.items() if person not in held}
    rows += person_rows(session, wanted, (sight.now + SHANGHAI).date())
    return sorted((row._replace(person=ids.get(row.person, row.person)) for row in rows), key=_person)


def _changed(session: Session, draft: Draft, units: Sequence[Unit], seen: Mapping[int, Any]) -> set[int]:
    """Give records whose links, content or verdicts are not what they were when the draft was made."""
    persons = sorted({person for unit in units for person in unit.persons})
    found = _links(session, list(seen), persons)
    changed = {record for unit in units for record in unit.records if record not in seen}
    changed |= {record for record in seen if found.get(record) != draft.belongs.get(record)}
    newcomers = {found[record] for record in found.keys() - seen.keys() if record not in draft.belongs}
    changed |= {record for person in newcomers for record in draft.people.get(person, ())}
    changed |= {record for record, at in seen.items() if draft.versions.get(record, at) != at}
    if standing_mark(session) != draft.verdicts:
        changed |= _judged(session, list(seen), draft.verdicts[1])
    return changed


def _links(session: Session, records: list[int], persons: list[int]) -> dict[int, int]:
    columns = ("source_record_id", "person_id")
    found: dict[int, int] = dict(rows_among(session, table_of(PersonLink), columns, "source_record_id", records))
    found |= dict(rows_among(session, table_of(PersonLink), columns, "person_id", persons))
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
