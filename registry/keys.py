"""Rotation of keys, online: what an old key sealed is sealed again, in steps that each end in a state that can be read.

Sealing keys rotate in place: every envelope names its key, so old and new ones live side by side until the last old one
is gone. The digesting key is another matter: every digest and stored linkage key is made anew, in one transaction.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from models import (
    Actor,
    Certificate,
    ContactWish,
    ImportOriginal,
    KeptAnswer,
    LinkKey,
    Need,
    Permission,
    Person,
    PersonAttribute,
    PersonEvent,
    RecordFeature,
    RowIssue,
    SourceRecord,
    Webhook,
)
from models.sealing import Keyring, key_number, keyring_of
from registry.access import require
from registry.audit import note
from registry.bulk import parts, table_of
from registry.histories import SNAPSHOT
from registry.histories import resealed as resealed_snapshot
from registry.keystore import write_keys
from registry.linkage.features import unpacked
from registry.person_rows import place_of_choice
from registry.persons import place_of_person
from registry.sealed_records import open_record, place_of_feature, place_of_record, sealed_features

_STEP: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationReport:
    """How many values were sealed again, by column, and whether values under an old key are left."""

    resealed: dict[str, int]
    done: bool


@dataclass(frozen=True, slots=True)
class _Column:
    """A sealed column: its table, its name, its key columns, and what a value is bound to."""

    table: Table
    name: str
    keys: tuple[str, ...]
    place: Callable[..., str]


def sealed_columns() -> tuple[_Column, ...]:
    """Give every sealed column, and what a value in it is bound to."""
    person = tuple(
        _Column(table_of(Person), name, ("id",), lambda number, name=name: place_of_person(name, number))
        for name in ("id_number_sealed", "telephone_sealed", "email_sealed", "address_sealed")
    )
    return (
        _Column(table_of(SourceRecord), "sealed", ("id",), place_of_record),
        _Column(table_of(RecordFeature), "sealed", ("source_record_id",), place_of_feature),
        _Column(table_of(RowIssue), "sealed", ("id",), lambda number: f"row_issue.sealed/{number}"),
        _Column(table_of(ImportOriginal), "sealed", ("batch_id",), lambda number: f"import_original.sealed/{number}"),
        _Column(table_of(PersonAttribute), "sealed", ("person_id", "attribute"), place_of_choice),
        _Column(table_of(Need), "contact_sealed", ("id",), lambda number: f"need.contact/{number}"),
        _Column(table_of(Webhook), "secret_sealed", ("id",), lambda number: f"webhook.secret_sealed/{number}"),
        _Column(table_of(KeptAnswer), "answer_sealed", ("id",), lambda number: f"kept_answer.answer_sealed/{number}"),
        _Column(table_of(Certificate), "name_sealed", ("number",), lambda number: f"certificate.name/{number}"),
        *person,
    )


def rotate(
    session: Session, actor: Actor, *, now: datetime, limit: int | None = None, columns: tuple[str, ...] = ()
) -> RotationReport:
    """Seal again under the current key what an older one sealed.

    Codes and links in messages that wait keep the key they were made under: leave it in the keyring for a day after.

    Call it again until ``done``: each call, committed by the caller, leaves everything readable, so it may run beside
    everything else and be stopped at any time. The old key may leave the keyring after ``done``.

    Parameters
    ----------
    limit
        The most values to seal in this call; None: all.
    columns
        Only these, as ``table.column``; empty: all.
    """
    require(actor, Permission.CITY_NUMBER_REVEAL)
    keyring = keyring_of(session)
    resealed: dict[str, int] = {}
    left = limit
    for column in sealed_columns():
        name = f"{column.table.name}.{column.name}"
        if columns and name not in columns:
            continue
        count = 0
        for part in _old(session, column, keyring, left):
            count += _reseal(session, column, keyring, part)
        if count:
            resealed[name] = count
        if left is not None:
            left -= count
            if left <= 0:
                break
    if not columns and (left is None or left > 0):
        count = _reseal_events(session, keyring, left)
        left = None if left is None else left - count
        if count:
            resealed["person_event.before"] = count
    done = left is None or left > 0
    note(session, actor, "keys.rotated", about="keyring", facts={"key": keyring.current, "values": resealed}, now=now)
    session.expire_all()
    return RotationReport(resealed=resealed, done=done)


def _old(session: Session, column: _Column, keyring: Keyring, limit: int | None) -> Iterator[list[Any]]:
    """Give rows (keys and blob) that another key sealed, in steps, along the primary key."""
    sealed, keys = column.table.c[column.name], [column.table.c[key] for key in column.keys]
    rows = session.execute(
        select(*keys, sealed).where(sealed.is_not(None)).order_by(*keys).execution_options(yield_per=_STEP)
    )
    old = (tuple(row) for row in rows if key_number(row[-1]) != keyring.current)
    for part in parts(old, _STEP):
        if limit is not None:
            part = part[:limit]  # noqa: PLW2901  the last step is cut short
            limit -= len(part)
        yield part
        if limit is not None and limit <= 0:
            return


def _reseal(session: Session, column: _Column, keyring: Keyring, rows: list[Any]) -> int:
    table, values = column.table, []
    for *key, blob in rows:
        place = column.place(*key)
        opened = keyring.open(blob, bound_to=place)
        names = {f"k_{name}": value for name, value in zip(column.keys, key, strict=True)}
        values.append(names | {"sealed_": keyring.seal(opened, bound_to=place)})
    if values:
        which = [table.c[name] == bindparam(f"k_{name}") for name in column.keys]
        session.connection().execute(update(table).where(*which).values({column.name: bindparam("sealed_")}), values)
    return len(values)


def _reseal_events(session: Session, keyring: Keyring, limit: int | None) -> int:
    """Seal the snapshots again by which merges and splits are undone: they hold sealed values, sealed once more."""
    count = 0
    for number, before in session.execute(select(PersonEvent.id, PersonEvent.before).order_by(PersonEvent.id)).all():
        if SNAPSHOT not in before or (limit is not None and count >= limit):
            continue
        again = resealed_snapshot(keyring, before[SNAPSHOT], str(number))
        if again is not None:
            session.execute(
                update(PersonEvent).where(PersonEvent.id == number).values(before={**before, SNAPSHOT: again})
            )
            count += 1
    return count


def rotate_digests(session: Session, actor: Actor, *, digesting: bytes, now: datetime) -> Keyring:
    """Make every digest anew under another digesting key, in the caller's transaction; give the keyring for afterwards.

    Sign-ins and look-ups by digest answer with the old key until the caller commits and takes the new keyring.
    """
    require(actor, Permission.CITY_NUMBER_REVEAL)
    old = keyring_of(session)
    new = replace(old, digesting=digesting, _ciphers={})
    _person_digests(session, old, new)
    _proved_digests(session, old, new)
    _record_digests(session, old, new)
    session.info["keyring"] = new
    _link_keys(session)
    note(session, actor, "keys.digests_rotated", about="keyring", now=now)
    session.expire_all()
    return new


def _person_digests(session: Session, old: Keyring, new: Keyring) -> None:
    columns = (Person.id, Person.id_number_sealed, Person.telephone_sealed)
    for part in parts(session.execute(select(*columns).order_by(Person.id)).all(), _STEP):
        rows = []
        for number, sealed_id, sealed_telephone in part:
            digests = {
                f"{kind}_digest": _digest_again(old, new, kind, number, sealed)
                for kind, sealed in (("id_number", sealed_id), ("telephone", sealed_telephone))
            }
            rows.append({"id": number, **digests})
        session.execute(update(Person), rows)


def _proved_digests(session: Session, old: Keyring, new: Keyring) -> None:
    """Digest again the mail addresses that people proved, where the address is still theirs."""
    query = select(ContactWish, Person.email_sealed).join(Person, Person.id == ContactWish.person_id)
    for wish, sealed in session.execute(query.where(ContactWish.email_digest.is_not(None))):
        place = place_of_person("email_sealed", wish.person_id)
        address = "" if sealed is None else old.open(sealed, bound_to=place).decode()
        same = bool(address) and old.digest("email", address) == wish.email_digest
        wish.email_digest = new.digest("email", address) if same else None
    session.flush()


def _digest_again(old: Keyring, new: Keyring, kind: str, number: int, sealed: bytes | None) -> bytes | None:
    if sealed is None:
        return None
    return new.digest(kind, old.open(sealed, bound_to=place_of_person(f"{kind}_sealed", number)).decode())


def _record_digests(session: Session, old: Keyring, new: Keyring) -> None:
    ids = list(session.scalars(select(SourceRecord.id).order_by(SourceRecord.id)))
    for part in parts(ids, _STEP):
        rows = []
        for number, sealed in session.execute(
            select(SourceRecord.id, SourceRecord.sealed).where(SourceRecord.id.in_(part))
        ):
            raw, _ = open_record(old, number, sealed)
            text = "\x1e".join("\x1f".join(cells) for cells in raw)
            rows.append({"id": number, "digest": new.digest("source_record", text)})
        session.execute(update(SourceRecord), rows)


def _link_keys(session: Session) -> None:
    session.execute(delete(LinkKey))
    ids = list(session.scalars(select(RecordFeature.source_record_id).order_by(RecordFeature.source_record_id)))
    for part in parts(ids):
        opened = sealed_features(session, part)
        numbers = np.array(sorted(opened), np.int64)
        write_keys(session, unpacked([opened[number] for number in numbers.tolist()]), numbers)
