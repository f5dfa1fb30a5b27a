"""Merge and split by a steward: a verdict that wins for ever, all is re-pointed, and the way back restores exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Actor, Permission, Person, PersonAttribute, PersonEvent, PersonLink, SourceRecord
from models.linkage import PersonEventKind, VerdictKind
from models.person import PersonState
from models.sealing import keyring_of
from registry.access import access_event, access_person
from registry.audit import note
from registry.bulk import reserve_ids, table_of
from registry.consolidate import relink
from registry.histories import SNAPSHOT, move_references, overlapping, restore, retire, return_references, snapshot
from registry.person_rows import place_of_choice, standing_choices
from registry.persons import write_persons
from registry.refusals import (
    ConflictingNumbers,
    NoSuchPerson,
    NoSuchRecord,
    NothingToUndo,
    SamePerson,
    WouldDoubleBook,
    WouldEmptyPerson,
)
from registry.verdicts import reinstate, stand, standing_between, withdraw

_SHANGHAI: Final = timedelta(hours=8)


def merge_persons(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    other_id: int,
    choices: Mapping[str, int] | None = None,
    despite_numbers: bool = False,
    reason: str | None = None,
    now: datetime,
) -> int:
    """Merge two persons; the older id survives. Give the event's id.

    Parameters
    ----------
    choices
        Attribute → source record from which it is to be taken, against the rules.
    despite_numbers
        Merge even though two different identity numbers are known.

    Raises
    ------
    NoSuchPerson, SamePerson, ConflictingNumbers, WouldDoubleBook, NoSuchRecord
    """
    survivor, other = _two(session, actor, person_id, other_id)
    numbers = {person.id_number_digest for person in (survivor, other)} - {None}
    if len(numbers) > 1 and not despite_numbers:
        raise ConflictingNumbers(person_ids=[survivor.id, other.id])
    clash = overlapping(session, survivor.id, other_id=other.id)
    if clash:
        raise WouldDoubleBook(assignment_ids=clash)
    left, right = records_of(session, survivor.id), records_of(session, other.id)
    if unknown := set((choices or {}).values()) - {*left, *right}:
        raise NoSuchRecord(record_ids=sorted(unknown))
    event = _event(session, actor, survivor.id, PersonEventKind.MERGED, reason, now=now)
    before: dict[str, Any] = {"merged": other.id, "records": right, "by": "steward"}
    before[SNAPSHOT] = snapshot(session, [survivor.id, other.id], str(event.id))
    before["withdrawn"] = withdraw(session, standing_between(session, left, right, VerdictKind.DIFFERENT), now=now)
    before["verdicts"] = stand(session, actor, [(left[0], right[0])], VerdictKind.SAME, now=now, note=reason)
    _keep_choices(session, actor, survivor.id, other.id, choices or {}, now=now)
    _move_links(session, right, survivor.id, "verdict", now)
    before["references"] = move_references(session, other.id, survivor.id)
    retire(session, other.id, survivor.id, now)
    _rewrite(session, {survivor.id: sorted(left + right)}, now)
    event.before = before
    note(
        session,
        actor,
        "person.merged",
        about="person",
        about_id=survivor.id,
        facts={"merged": other.id, "event": event.id},
        reason=reason,
        now=now,
    )
    return event.id


def split_person(
    session: Session, actor: Actor, *, person_id: int, record_ids: list[int], reason: str | None = None, now: datetime
) -> int:
    """Move source records out to a new person. Give the event's id; its ``before`` names the new person.

    Raises
    ------
    NoSuchPerson, NoSuchRecord, WouldEmptyPerson
    """
    person = access_person(session, actor, person_id, Permission.CITY_PERSON_MERGE)
    records = records_of(session, person.id)
    moved = sorted(set(record_ids))
    if not moved or set(moved) - set(records):
        raise NoSuchRecord(record_ids=sorted(set(moved) - set(records)))
    stay = [record for record in records if record not in set(moved)]
    if not stay:
        raise WouldEmptyPerson(person_id=person.id)
    event = _event(session, actor, person.id, PersonEventKind.SPLIT, reason, now=now)
    before: dict[str, Any] = {"records": moved, "by": "steward"}
    before[SNAPSHOT] = snapshot(session, [person.id], str(event.id))
    before["withdrawn"] = withdraw(session, standing_between(session, stay, moved, VerdictKind.SAME), now=now)
    before["verdicts"] = stand(session, actor, list(product(stay, moved)), VerdictKind.DIFFERENT, now=now, note=reason)
    fresh = reserve_ids(session, table_of(Person), 1)[0]
    before["into"] = fresh
    write_persons(session, {fresh: moved}, frozenset({fresh}), now, (now + _SHANGHAI).date())
    _move_links(session, moved, fresh, "split", now)
    _rewrite(session, {person.id: stay}, now)
    event.before = before
    note(
        session,
        actor,
        "person.split",
        about="person",
        about_id=person.id,
        facts={"into": fresh, "event": event.id},
        reason=reason,
        now=now,
    )
    return event.id


def undo_event(session: Session, actor: Actor, *, event_id: int, reason: str | None = None, now: datetime) -> int:
    """Take a merge or split back; give the id of the event that says so.

    Where nothing happened to the persons since, every row is put back as it was. Otherwise the verdicts are turned
    round and the records linked again, so that what came in since is not lost.

    Raises
    ------
    NoSuchEvent, NothingToUndo
    """
    event = access_event(session, actor, event_id)
    if event.undone_by_id is not None or event.kind not in (PersonEventKind.MERGED, PersonEventKind.SPLIT):
        raise NothingToUndo(event_id=event_id)
    later = blocking_event(session, event)
    if later:
        raise NothingToUndo(event_id=later)
    undone = _event(session, actor, event.person_id, PersonEventKind.UNDONE, reason, now=now)
    undone.before = {"event": event.id}
    event.undone_by_id = undone.id
    session.flush()
    if event.kind is PersonEventKind.MERGED:
        _unmerge(session, actor, event, now)
    else:
        _unsplit(session, event, now)
    note(
        session,
        actor,
        "person.undone",
        about="person",
        about_id=event.person_id,
        facts={"event": event.id},
        reason=reason,
        now=now,
    )
    return undone.id


@dataclass(frozen=True, slots=True)
class _Sides:
    """The records on the two sides of a merge, as they are now."""

    stay: list[int]
    moved: list[int]


def _unmerge(session: Session, actor: Actor, event: PersonEvent, now: datetime) -> None:
    facts = event.before
    other = int(facts["merged"])
    records = records_of(session, event.person_id)
    sides = _Sides(
        [r for r in records if r not in set(facts["records"])], [r for r in facts["records"] if r in records]
    )
    withdraw(session, facts.get("verdicts", []), now=now)
    reinstate(session, facts.get("withdrawn", []))
    untouched = _untouched(session, event, records)
    if facts["by"] == "consolidation" or not untouched:
        stand(session, actor, list(product(sides.stay, sides.moved)), VerdictKind.DIFFERENT, now=now)
    return_references(session, facts.get("references", {}), other)
    if SNAPSHOT in facts and untouched:
        restore(session, facts[SNAPSHOT], str(event.id), [event.person_id, other])
        return
    session.execute(
        update(Person).where(Person.id == other).values(state=PersonState.ACTIVE, merged_into_id=None, changed_at=now)
    )
    _move_links(session, sides.moved, other, "undone", now)
    _rewrite(session, {event.person_id: sides.stay, other: sides.moved}, now)
    relink(session, sides.stay + sides.moved, now=now)


def _unsplit(session: Session, event: PersonEvent, now: datetime) -> None:
    facts = event.before
    withdraw(session, facts.get("verdicts", []), now=now)
    reinstate(session, facts.get("withdrawn", []))
    records = records_of(session, event.person_id)
    fresh = facts.get("into")
    if fresh is None:  # consolidation split it: let it link what the evidence says
        relink(session, sorted({*records, *facts["records"]}), now=now)
        return
    moved = records_of(session, fresh)
    move_references(session, fresh, event.person_id)
    _move_links(session, moved, event.person_id, "undone", now)
    retire(session, fresh, event.person_id, now)
    if SNAPSHOT in facts and moved == facts["records"] and _untouched(session, event, records):
        restore(session, facts[SNAPSHOT], str(event.id), [event.person_id])
    else:
        _rewrite(session, {event.person_id: sorted(records + moved)}, now)


def _untouched(session: Session, event: PersonEvent, records: list[int]) -> bool:
    """Say whether nothing came in for the person since the event."""
    person = session.get_one(Person, event.person_id, populate_existing=True)
    changed = session.scalars(select(SourceRecord.changed_at).where(SourceRecord.id.in_(records)))
    linked = session.scalars(select(PersonLink.linked_at).where(PersonLink.person_id == event.person_id))
    return person.changed_at <= event.at and all(at <= event.at for at in (*changed, *linked))


def blocking_event(session: Session, event: PersonEvent) -> int | None:
    """Give a later merge or split that stands on this one, which must be undone first."""
    others = (event.before.get("merged"), event.before.get("into"))
    involved = sorted({event.person_id, *(int(other) for other in others if other is not None)})
    statement = select(PersonEvent.id).where(
        PersonEvent.id > event.id,
        PersonEvent.undone_by_id.is_(None),
        PersonEvent.kind.in_([PersonEventKind.MERGED, PersonEventKind.SPLIT]),
        PersonEvent.person_id.in_(involved)
        | PersonEvent.before["merged"].as_integer().in_(involved)
        | PersonEvent.before["into"].as_integer().in_(involved),
    )
    return session.scalars(statement.order_by(PersonEvent.id.desc()).limit(1)).first()


def _two(session: Session, actor: Actor, person_id: int, other_id: int) -> tuple[Person, Person]:
    low, high = sorted((person_id, other_id))
    if low == high:
        raise SamePerson(person_id=low)
    survivor = access_person(session, actor, low, Permission.CITY_PERSON_MERGE)
    other = access_person(session, actor, high, Permission.CITY_PERSON_MERGE)
    for person in (survivor, other):
        if person.state is PersonState.MERGED:
            raise NoSuchPerson(person_id=person.id)
    return survivor, other


def records_of(session: Session, person_id: int) -> list[int]:
    """Give the source records of a person, ascending."""
    statement = select(PersonLink.source_record_id).where(PersonLink.person_id == person_id)
    return list(session.scalars(statement.order_by(PersonLink.source_record_id)))


def _event(
    session: Session, actor: Actor, person_id: int, kind: PersonEventKind, reason: str | None, *, now: datetime
) -> PersonEvent:
    event = PersonEvent(person_id=person_id, kind=kind, at=now, account_id=actor.account_id, reason=reason, before={})
    session.add(event)
    session.flush()
    return event


def _keep_choices(
    session: Session, actor: Actor, survivor: int, other: int, choices: Mapping[str, int], *, now: datetime
) -> None:
    """Keep the choices made now, and those made before for the other person that the survivor has none for."""
    keyring = keyring_of(session)
    standing = standing_choices(session, [survivor, other])
    mine = standing.get(survivor, {})
    for attribute, choice in standing.get(other, {}).items():
        if attribute in mine or attribute in choices:
            continue
        place = place_of_choice(survivor, attribute)
        sealed = None
        if choice.source_record_id is None:
            sealed = keyring.seal(orjson.dumps(choice.value), bound_to=place)
        session.add(
            PersonAttribute(
                person_id=survivor,
                attribute=attribute,
                source_record_id=choice.source_record_id,
                sealed=sealed,
                as_of=now,
                edited_by_id=actor.account_id,
            )
        )
    for attribute, record in choices.items():
        session.merge(
            PersonAttribute(
                person_id=survivor,
                attribute=attribute,
                source_record_id=record,
                sealed=None,
                as_of=now,
                edited_by_id=actor.account_id,
            )
        )
    session.flush()


def _move_links(session: Session, records: list[int], person_id: int, rule: str, now: datetime) -> None:
    session.execute(
        update(PersonLink)
        .where(PersonLink.source_record_id.in_(records))
        .values(person_id=person_id, rule=rule, linked_at=now)
    )


def _rewrite(session: Session, members: Mapping[int, list[int]], now: datetime) -> None:
    write_persons(session, members, frozenset(), now, (now + _SHANGHAI).date())
    session.expire_all()
