"""The history of persons: what refers to one and moves along, and what is needed to take a change back exactly."""

import base64
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import Column, Date, Table, or_, select, update
from sqlalchemy.orm import Session

from models import Base, Person, PersonEvent
from models.base import UtcDateTime
from models.linkage import PersonEventKind
from models.person import PersonState
from models.roster import HOLDING, Assignment
from models.sealing import Keyring, key_number, keyring_of
from registry.assignment import Assignment as Plan
from registry.bulk import delete_rows
from registry.person_rows import place_of_choice
from registry.persons import place_of_person

#: What is computed of a person's records, or belongs to the history itself: it does not move, it is made again.
_OWN: Final = frozenset(
    {"person", "person_link", "person_attribute", "person_tag", "person_free", "person_like", "person_event"}
)
#: What a merge or split changes of a person, in the order in which it is put back.
_KEPT: Final = ("person", "person_attribute", "person_tag", "person_free", "person_like", "person_link")
SNAPSHOT: Final = "snapshot"
"""Where an event keeps what its undoing puts back."""
#: Sealed values within a snapshot: table, column, and what the value is bound to.
_SEALED: Final[tuple[tuple[str, str, Callable[[Mapping[str, Any]], str]], ...]] = (
    *(
        ("person", column, lambda row, column=column: place_of_person(column, row["id"]))
        for column in ("id_number_sealed", "telephone_sealed", "email_sealed", "address_sealed")
    ),
    ("person_attribute", "sealed", lambda row: place_of_choice(row["person_id"], row["attribute"])),
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
    """Point all that refers to a person at another one; give ``table.column`` → primary keys as they are then.

    What the database would refuse (a second basis for one purpose, a seat at the same time) stays with the old id,
    which resolves to the new one.
    """
    moved: dict[str, list[list[Any]]] = {}
    for table, column in references():
        found = [list(row) for row in session.execute(select(*table.primary_key).where(column == person_id))]
        keys = []
        for key in found:
            there = [into_id if part is column else value for part, value in zip(table.primary_key, key, strict=True)]
            if _is_free(session, table, key, there) and _may_move(session, table, key, into_id):
                session.execute(table.update().where(*_is(table, key)).values({column.name: into_id}))
                keys.append(there)
        if keys:
            moved[f"{table.name}.{column.name}"] = keys
    return moved


def return_references(session: Session, moved: Mapping[str, list[list[Any]]], person_id: int) -> None:
    """Point what :func:`move_references` moved back at the person it came from."""
    for place, keys in moved.items():
        name, column = place.split(".")
        table = Base.metadata.tables[name]
        for key in keys:
            session.execute(table.update().where(*_is(table, key)).values({column: person_id}))


def _is(table: Table, key: list[Any]) -> list[Any]:
    return [column == value for column, value in zip(table.primary_key, key, strict=True)]


def _is_free(session: Session, table: Table, key: list[Any], there: list[Any]) -> bool:
    """Whether a row whose key names the person may have its new key: nobody has it, and a pair stays ordered."""
    if there == key:
        return True
    if table.name == "person_pair" and not there[0] < there[1]:
        return False
    return session.execute(select(*table.primary_key).where(*_is(table, there))).first() is None


def _may_move(session: Session, table: Table, key: list[Any], into_id: int) -> bool:
    if table.name == "consent":
        row = session.execute(select(table).where(*_is(table, key))).mappings().one()
        same = (table.c.purpose == row["purpose"]) & (table.c.handler == row["handler"])
        return session.execute(select(table.c.id).where(table.c.person_id == into_id, same)).first() is None
    if table.name == "assignment":
        return not overlapping(session, into_id, [key[0]])
    return True


def overlapping(
    session: Session, person_id: int, assignment_ids: list[int] | None = None, *, other_id: int = 0
) -> list[int]:
    """Give the held assignments of `person_id` that overlap those given, or those of `other_id`."""
    mine, theirs = Assignment.__table__.alias("mine"), Assignment.__table__.alias("theirs")
    which = theirs.c.id.in_(assignment_ids) if assignment_ids is not None else theirs.c.person_id == other_id
    held = [state.value for state in HOLDING]
    statement = select(mine.c.id).where(
        mine.c.person_id == person_id,
        which,
        mine.c.id != theirs.c.id,
        mine.c.state.in_(held),
        theirs.c.state.in_(held),
        (mine.c.shift_id == theirs.c.shift_id)
        | ((mine.c.starts_at < theirs.c.ends_at) & (theirs.c.starts_at < mine.c.ends_at)),
    )
    return sorted(set(session.scalars(statement)))


def note_merges_and_splits(
    session: Session, plan: Plan, persons: Iterable[int], ids: Mapping[int, int], now: datetime
) -> int:
    """Write what consolidation did to `persons`, who were there before; give how many went into another one."""
    merged = 0
    for person in persons:
        if person in plan.merged:
            merged += 1
            survivor = ids.get(plan.merged[person], plan.merged[person])
            moved = move_references(session, person, survivor)
            retire(session, person, survivor, now)
            facts = {"merged": person, "records": plan.before[person], "references": moved, "by": "consolidation"}
            session.add(PersonEvent(person_id=survivor, kind=PersonEventKind.MERGED, at=now, before=facts))
        elif person in plan.left:
            facts = {"records": plan.left[person], "by": "consolidation"}
            session.add(PersonEvent(person_id=person, kind=PersonEventKind.SPLIT, at=now, before=facts))
    session.flush()
    return merged


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


def snapshot(session: Session, person_ids: list[int], place: str) -> str:
    """Give every row that is a person's own, sealed for `place`, as text."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in _KEPT:
        table = Base.metadata.tables[name]
        if name == "person":
            which = or_(table.c.id.in_(person_ids), table.c.merged_into_id.in_(person_ids))
        else:
            which = or_(table.c.person_id.in_(person_ids))
        found = session.execute(select(table).where(which).order_by(*table.primary_key)).mappings()
        rows[name] = [{key: _plain(value) for key, value in row.items()} for row in found]
    return _packed(keyring_of(session), rows, place)


def restore(session: Session, kept: str, place: str, person_ids: list[int]) -> None:
    """Put back what :func:`snapshot` gave, row for row, byte for byte."""
    rows = _unpacked(keyring_of(session), kept, place)
    for name in _KEPT[1:]:
        delete_rows(session, Base.metadata.tables[name], "person_id", person_ids)
    for name in _KEPT:
        table = Base.metadata.tables[name]
        for row in rows[name]:
            values = {key: _typed(table.c[key], value) for key, value in row.items()}
            if name == "person":
                session.execute(table.update().where(table.c.id == values.pop("id")).values(values))
            else:
                session.execute(table.insert().values(values))
    session.expire_all()


def resealed(keyring: Keyring, kept: str, place: str) -> str | None:
    """Give a snapshot, and every value in it, under the current key; None when nothing is under an older one."""
    rows, changed = _unpacked(keyring, kept, place), key_number(base64.b64decode(kept)) != keyring.current
    for name, column, bound_to in _SEALED:
        for row in rows[name]:
            blob = _bytes(row[column])
            if blob is not None and key_number(blob) != keyring.current:
                value = keyring.open(blob, bound_to=bound_to(row))
                row[column], changed = _plain(keyring.seal(value, bound_to=bound_to(row))), True
    return _packed(keyring, rows, place) if changed else None


def forget_snapshots(session: Session, person_id: int) -> None:
    """Take away what would bring an erased person back: their merges and splits can no longer be taken back exactly."""
    for event in session.scalars(select(PersonEvent).where(PersonEvent.person_id == person_id)):
        event.before = {name: value for name, value in event.before.items() if name != SNAPSHOT}


def _packed(keyring: Keyring, rows: dict[str, list[dict[str, Any]]], place: str) -> str:
    sealed = keyring.seal(orjson.dumps(rows), bound_to=f"person_event.before/{place}")
    return base64.b64encode(sealed).decode()


def _unpacked(keyring: Keyring, kept: str, place: str) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = orjson.loads(
        keyring.open(base64.b64decode(kept), bound_to=f"person_event.before/{place}")
    )
    return rows


def _bytes(plain: Any) -> bytes | None:
    return None if plain is None else base64.b64decode(plain["b"])


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _typed(column: Column[Any], value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"b"}:
        return base64.b64decode(value["b"])
    if not isinstance(value, str):
        return value
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value
