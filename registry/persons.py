"""Persons written: golden records sealed and stored, with their tags, free time and likes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Departure, OrganisationUnit, Person, PersonAttribute, PersonFree, PersonLike, PersonTag
from models.person import PersonState
from models.sealing import Keyring, keyring_of
from registry.bulk import delete_rows, insert_rows, parts, table_of
from registry.golden import Choice, Golden, Member, golden_record
from registry.sealed_records import OpenedRecord, opened_records
from registry.served_here import Handed, any_handed, contained_minutes, handed_of
from registry.standardise.numbers import masked_id, masked_telephone

Location = tuple[float | None, float | None]

_CHUNK: Final = 5_000
#: Up to so many persons, only the units that they live in are read.
_FEW: Final = 200
_COMPUTED: Final = (
    "name", "name_sort", "gender", "born_on", "id_number_sealed", "id_number_masked", "id_number_digest",
    "telephone_sealed", "telephone_masked", "telephone_digest", "email_sealed", "address_sealed", "unit_code",
    "longitude", "latitude", "workplace", "is_student", "guardian_consent", "held_back", "reported_minutes",
    "provenance",
)  # fmt: skip
#: What a new person has besides; the defaults of the table, spelled out because bulk writing skips them.
_FIRST: Final = ("id", "state", "radius_metres", "by_people_only", "created_at", "changed_at")
_RADIUS: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Locations:
    """Degrees of each organisation unit, by code; the nearest known ancestor's where a unit has none."""

    known: Mapping[str, Location]

    def of(self, code: str) -> Location:
        """Give longitude and latitude of a unit, or (None, None)."""
        for length in (15, 12, 9, 6):
            if len(code) >= length and code[:length] in self.known:
                return self.known[code[:length]]
        return self.known.get(code, (None, None))


def locations_of(session: Session, codes: set[str] | None = None) -> Locations:
    """Read where the units are: all of them, or those with `codes` and those above them."""
    columns = (OrganisationUnit.code, OrganisationUnit.longitude, OrganisationUnit.latitude)
    statement = select(*columns).where(OrganisationUnit.longitude.is_not(None))
    if codes is not None:
        above = {code[:length] for code in codes for length in (2, 6, 9, 12, 15)} - {""}
        statement = statement.where(OrganisationUnit.code.in_(above))
    return Locations(known={code: (longitude, latitude) for code, longitude, latitude in session.execute(statement)})


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
    locations = locations_of(session) if len(members) > _FEW else None
    told = any_handed(session)
    erased = set(session.scalars(select(Departure.person_id).where(Departure.erased_at.is_not(None))))
    for part in parts(sorted(members.keys() - erased), _CHUNK):
        records = opened_records(session, [record for person in part for record in members[person]])
        handed = handed_of(session, sorted(records)) if told else {}
        choices = standing_choices(session, part)
        goldens = {
            person: golden_record(
                [_member(records[record], handed) for record in members[person]], choices.get(person, {}), today
            )
            for person in part
        }
        places = locations or locations_of(session, {golden.unit_code for golden in goldens.values()})
        _write(session, goldens, fresh, places, now)


def _member(record: OpenedRecord, handed: Mapping[int, Handed]) -> Member:
    return Member(
        id=record.id,
        source=record.source,
        changed_at=record.changed_at,
        standard=record.standard,
        contained=contained_minutes(handed, record.id, record.standard.minutes),
    )


def standing_choices(session: Session, person_ids: list[int]) -> dict[int, dict[str, Choice]]:
    """Read what stewards and persons chose, by person and attribute."""
    keyring = keyring_of(session)
    found: dict[int, dict[str, Choice]] = {}
    for part in parts(person_ids):
        for row in session.scalars(select(PersonAttribute).where(PersonAttribute.person_id.in_(part))):
            value = None
            if row.sealed is not None:
                value = orjson.loads(keyring.open(row.sealed, bound_to=place_of_choice(row.person_id, row.attribute)))
            choice = Choice(source_record_id=row.source_record_id, value=value)
            found.setdefault(row.person_id, {})[row.attribute] = choice
    return found


def place_of_choice(person_id: int, attribute: str) -> str:
    """Give what a standing choice is bound to."""
    return f"person_attribute.sealed/{person_id}/{attribute}"


def _write(
    session: Session, goldens: Mapping[int, Golden], fresh: frozenset[int], locations: Locations, now: datetime
) -> None:
    keyring = keyring_of(session)
    rows = {person: _row(keyring, person, golden, locations) for person, golden in goldens.items()}
    first = [
        (person, PersonState.ACTIVE, _RADIUS, False, now, now, *rows[person]) for person in rows if person in fresh
    ]
    insert_rows(session, table_of(Person), (*_FIRST, *_COMPUTED), first)
    old = [person for person in rows if person not in fresh]
    if old:
        session.execute(
            update(Person),
            [{"id": person, "changed_at": now, **dict(zip(_COMPUTED, rows[person], strict=True))} for person in old],
        )
        for model in (PersonTag, PersonFree, PersonLike):
            delete_rows(session, table_of(model), "person_id", old)
    _write_details(session, goldens)


def _row(keyring: Keyring, person: int, golden: Golden, locations: Locations) -> tuple[Any, ...]:
    longitude, latitude = locations.of(golden.unit_code) if golden.unit_code else (None, None)
    number, telephone = golden.id_number, golden.telephone
    return (
        golden.name[:80],
        golden.name_sort,
        golden.gender,
        golden.born_on,
        _sealed(keyring, number, "id_number_sealed", person),
        masked_id(number) if number else golden.id_masked or None,
        keyring.digest("id_number", number) if number else None,
        _sealed(keyring, telephone, "telephone_sealed", person),
        masked_telephone(telephone) if telephone else None,
        keyring.digest("telephone", telephone) if telephone else None,
        _sealed(keyring, golden.email, "email_sealed", person),
        _sealed(keyring, golden.address, "address_sealed", person),
        golden.unit_code or None,
        longitude,
        latitude,
        golden.workplace[:120] or None,
        golden.is_student,
        golden.guardian_consent,
        golden.held_back,
        golden.reported_minutes,
        golden.provenance,
    )


def _sealed(keyring: Keyring, value: str, column: str, person: int) -> bytes | None:
    return keyring.seal(value.encode(), bound_to=place_of_person(column, person)) if value else None


def place_of_person(column: str, person_id: int) -> str:
    """Give what a person's sealed column is bound to: ``person.telephone_sealed/17``."""
    return f"person.{column}/{person_id}"


def _write_details(session: Session, goldens: Mapping[int, Golden]) -> None:
    tags = ((p, tag, until, record) for p, g in goldens.items() for tag, (until, record) in sorted(g.tags.items()))
    insert_rows(session, table_of(PersonTag), ("person_id", "tag", "valid_until", "source_record_id"), tags)
    free: Iterable[tuple[int, int, int, int]] = ((p, d, s, e) for p, g in goldens.items() for d, s, e in g.free)
    insert_rows(session, table_of(PersonFree), ("person_id", "weekday", "start_minute", "end_minute"), free)
    likes = ((p, category) for p, g in goldens.items() for category in g.likes)
    insert_rows(session, table_of(PersonLike), ("person_id", "category"), likes)


def public_id(person_id: int) -> str:
    """Give a person's public id."""
    return f"P{person_id:09d}"
