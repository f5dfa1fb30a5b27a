"""The history of persons: what consolidation merged and split, and what refers to a person and moves with them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, select, update
from sqlalchemy.orm import Session

from models import Base, Person, PersonEvent
from models.linkage import PersonEventKind
from models.person import PersonState
from registry.assignment import Assignment
from registry.bulk import delete_rows

#: What is computed of a person's records, or belongs to the history itself: it does not move, it is made again.
_OWN = frozenset(
    {"person", "person_link", "person_attribute", "person_tag", "person_free", "person_like", "person_event", "consent"}
)


def references() -> list[tuple[Table, Column[Any]]]:
    """Give every column outside the registry's own tables that refers to a person, in the order of names."""
    person = Person.__table__.c.id
    return [
        (table, column)
        for name, table in sorted(Base.metadata.tables.items())
        if name not in _OWN
        for column in table.columns
        if any(key.column is person for key in column.foreign_keys)
    ]


def move_references(session: Session, person_id: int, into_id: int) -> dict[str, list[list[Any]]]:
    """Point all that refers to a person at another one; give ``table.column`` → primary keys, to undo it."""
    moved: dict[str, list[list[Any]]] = {}
    for table, column in references():
        keys = [list(row) for row in session.execute(select(*table.primary_key).where(column == person_id))]
        if keys:
            session.execute(table.update().where(column == person_id).values({column.name: into_id}))
            moved[f"{table.name}.{column.name}"] = keys
    return moved


def note_merges_and_splits(session: Session, plan: Assignment, ids: Mapping[int, int], now: datetime) -> None:
    """Write what consolidation did to persons that were there before."""
    for person, into in sorted(plan.merged.items()):
        survivor = ids.get(into, into)
        moved = move_references(session, person, survivor)
        retire(session, person, survivor, now)
        facts = {"merged": person, "references": moved, "by": "consolidation"}
        session.add(PersonEvent(person_id=survivor, kind=PersonEventKind.MERGED, at=now, before=facts))
    for person, records in sorted(plan.left.items()):
        if person not in plan.merged:
            facts = {"records": records, "by": "consolidation"}
            session.add(PersonEvent(person_id=person, kind=PersonEventKind.SPLIT, at=now, before=facts))
    session.flush()


def retire(session: Session, person_id: int, into_id: int, now: datetime) -> None:
    """Turn a person into a pointer to another one: their computed rows go, their id resolves for ever."""
    session.execute(update(Person).where(Person.merged_into_id == person_id).values(merged_into_id=into_id))
    session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(state=PersonState.MERGED, merged_into_id=into_id, changed_at=now)
    )
    for name in ("person_tag", "person_free", "person_like"):
        delete_rows(session, Base.metadata.tables[name], "person_id", [person_id])
