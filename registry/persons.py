"""Persons written: golden records sealed and stored, with their tags, free time and likes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Departure, Person, PersonFree, PersonLike, PersonTag
from models.person import PersonState
from models.sealing import Keyring, keyring_of
from registry.bulk import delete_rows, insert_rows, parts, table_of, update_rows
from registry.person_rows import COMPUTED, SEALED, PersonRow, locations_of, person_rows

_CHUNK: Final = 5_000
#: From so many persons on, all units are read once.
_MANY: Final = 200
#: What a new person has besides; the defaults of the table, spelled out because bulk writing skips them.
_FIRST: Final = ("id", "state", "radius_metres", "by_people_only", "created_at", "changed_at")
_RADIUS: Final = 5000
#: Columns whose values are computed as a database keeps them.
_AS_KEPT: Final = frozenset({"provenance"})


def write_persons(
    session: Session, members: Mapping[int, list[int]], fresh: frozenset[int], now: datetime, today: date
) -> None:
    """Compute and write the golden records of persons; who was erased stays erased, whatever an agency sends.

    Parameters
    ----------
    members
        Person → ids of their source records, ascending.
    fresh
        Those persons that have no row yet.
    """
    locations = locations_of(session) if len(members) > _MANY else None
    erased = erased_persons(session)
    for part in parts(sorted(members.keys() - erased), _CHUNK):
        rows = person_rows(session, {person: members[person] for person in part}, today, locations)
        write_rows(session, rows, fresh, now)


def erased_persons(session: Session) -> set[int]:
    """Give the persons of whom only the name is kept."""
    return set(session.scalars(select(Departure.person_id).where(Departure.erased_at.is_not(None))))


def write_rows(session: Session, rows: Sequence[PersonRow], fresh: Collection[int], now: datetime) -> None:
    """Seal and write computed rows, whose persons have their numbers; `fresh` are those without a row yet."""
    sealed = _sealed(keyring_of(session), rows)
    first, old, persons = [], [], []
    for row, columns in zip(rows, sealed, strict=True):
        if row.person in fresh:
            first.append((row.person, PersonState.ACTIVE, _RADIUS, False, now, now, *columns))
        else:
            old.append((now, *columns, row.person))
            persons.append(row.person)
    insert_rows(session, table_of(Person), (*_FIRST, *COMPUTED), first, as_kept=_AS_KEPT)
    update_rows(session, table_of(Person), ("changed_at", *COMPUTED), "id", old, as_kept=_AS_KEPT)
    for model in (PersonTag, PersonFree, PersonLike):
        delete_rows(session, table_of(model), "person_id", persons)
    _write_details(session, rows)


def _sealed(keyring: Keyring, rows: Sequence[PersonRow]) -> Iterable[list[Any]]:
    columns = [list(row.columns) for row in rows]
    places = [(cells, row.person, k, name) for row, cells in zip(rows, columns, strict=True) for k, name in SEALED
              if cells[k] is not None]  # fmt: skip
    blobs = keyring.seal_all((cells[k], place_of_person(name, person)) for cells, person, k, name in places)
    for (cells, _, k, _), blob in zip(places, blobs, strict=True):
        cells[k] = blob
    return columns


def place_of_person(column: str, person_id: int) -> str:
    """Give what a person's sealed column is bound to: ``person.telephone_sealed/17``."""
    return f"person.{column}/{person_id}"


def _write_details(session: Session, rows: Sequence[PersonRow]) -> None:
    tags = ((row.person, *tag) for row in rows for tag in row.tags)
    insert_rows(session, table_of(PersonTag), ("person_id", "tag", "valid_until", "source_record_id"), tags)
    free = ((row.person, *span) for row in rows for span in row.free)
    insert_rows(session, table_of(PersonFree), ("person_id", "weekday", "start_minute", "end_minute"), free)
    likes = ((row.person, category) for row in rows for category in row.likes)
    insert_rows(session, table_of(PersonLike), ("person_id", "category"), likes)


def public_id(person_id: int) -> str:
    """Give a person's public id."""
    return f"P{person_id:09d}"
