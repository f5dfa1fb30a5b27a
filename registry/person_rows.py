"""What is written of a person, computed: golden records as rows, in this process or in others that read for themselves.

Nothing is sealed here, for sealing binds a value to a person's number, which a new person gets under the lock. Whoever
writes rows that another process computed compares first what that one saw (:class:`Seen`) with what is there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple, cast

import orjson
from sqlalchemy import URL, create_engine, select
from sqlalchemy.orm import Session

from models import OrganisationUnit, Person, PersonAttribute, SourceRecord
from models.base import UtcDateTime
from models.sealing import Keyring, keyring_of
from registry.bulk import parts, rows_among, table_of
from registry.golden import Choice, Golden, Member, golden_record
from registry.sealed_records import open_standard
from registry.served_here import contained_minutes, told
from registry.standardise.numbers import masked_id, masked_telephone

Location = tuple[float | None, float | None]

#: The columns that are computed, in the order of a row.
COMPUTED: Final = (
    "name", "name_sort", "gender", "born_on", "id_number_sealed", "id_number_masked", "id_number_digest",
    "telephone_sealed", "telephone_masked", "telephone_digest", "email_sealed", "address_sealed", "unit_code",
    "longitude", "latitude", "workplace", "is_student", "guardian_consent", "held_back", "reported_minutes",
    "provenance",
)  # fmt: skip
#: Those that are sealed before they are written, and their places.
SEALED: Final = tuple((place, name) for place, name in enumerate(COMPUTED) if name.endswith("_sealed"))
#: Up to so many persons, only the units that they live in are read.
_FEW: Final = 200

#: Persons (negative: new ones) and the ids of their source records, ascending.
Members = Mapping[int, Sequence[int]]


class PersonRow(NamedTuple):
    """One person: what is computed, in the order of :data:`COMPUTED`, the sealed columns as plain bytes."""

    person: int
    columns: tuple[Any, ...]
    tags: tuple[tuple[str, date | None, int | None], ...]
    free: tuple[tuple[int, int, int], ...]
    likes: tuple[str, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When records and persons had changed last, as the driver gives it, before what they hold was read."""

    records: dict[int, Any] = field(default_factory=dict)
    persons: dict[int, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """What a process must know to compute rows; called, it gives the function that does, over its own connection."""

    url: URL
    keyring: Keyring
    today: date

    def __call__(self) -> Callable[[Members], tuple[list[PersonRow], Seen]]:
        engine, info = create_engine(self.url), {"keyring": self.keyring}
        with Session(engine, info=info) as session:
            locations = locations_of(session)

        def compute(members: Members) -> tuple[list[PersonRow], Seen]:
            with Session(engine, info=info) as session:
                persons = [person for person in members if person > 0]
                seen = Seen(persons=dict(rows_among(session, table_of(Person), ("id", "changed_at"), "id", persons)))
                return person_rows(session, members, self.today, locations, seen), seen

        return compute


def person_rows(
    session: Session, members: Members, today: date, locations: Locations | None = None, seen: Seen | None = None
) -> list[PersonRow]:
    """Compute the golden records of persons, as rows, in the order of `members`.

    Parameters
    ----------
    locations
        Read when they are not at hand.
    seen
        Is told when each record had changed last.
    """
    known = _members(session, [record for group in members.values() for record in group], seen or Seen())
    choices = standing_choices(session, [person for person in members if person > 0])
    goldens = {
        person: golden_record([known[record] for record in group], choices.get(person, {}), today)
        for person, group in members.items()
    }
    if locations is None:
        few = {golden.unit_code for golden in goldens.values()} if len(members) <= _FEW else None
        locations = locations_of(session, few)
    keyring = keyring_of(session)
    return [_row(keyring, person, golden, locations) for person, golden in goldens.items()]


def _members(session: Session, records: Sequence[int], seen: Seen) -> dict[int, Member]:
    keyring, instants, found = keyring_of(session), _Instants(session), {}
    handed = told(session, records)
    columns = ("id", "source", "changed_at", "sealed")
    for number, source, changed_at, sealed in rows_among(session, table_of(SourceRecord), columns, "id", records):
        seen.records[number] = changed_at
        standard = open_standard(keyring, number, sealed)
        contained = contained_minutes(handed, number, standard.minutes)
        found[number] = Member(
            id=number, source=source, changed_at=instants[changed_at], standard=standard, contained=contained
        )
    return found


class _Instants(dict[Any, datetime]):
    """Instants by how the driver gives them; a batch's records have one."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        dialect = session.get_bind().dialect
        self._read = UtcDateTime().dialect_impl(dialect).result_processor(dialect, None)

    def __missing__(self, given: Any) -> datetime:
        value = cast("datetime", self._read(given) if self._read else given)
        self[given] = value
        return value


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


def _row(keyring: Keyring, person: int, golden: Golden, locations: Locations) -> PersonRow:
    longitude, latitude = locations.of(golden.unit_code) if golden.unit_code else (None, None)
    number, telephone = golden.id_number, golden.telephone
    columns = (
        golden.name[:80],
        golden.name_sort,
        golden.gender,
        golden.born_on,
        number.encode() or None,
        masked_id(number) if number else golden.id_masked or None,
        keyring.digest("id_number", number) if number else None,
        telephone.encode() or None,
        masked_telephone(telephone) if telephone else None,
        keyring.digest("telephone", telephone) if telephone else None,
        golden.email.encode() or None,
        golden.address.encode() or None,
        golden.unit_code or None,
        longitude,
        latitude,
        golden.workplace[:120] or None,
        golden.is_student,
        golden.guardian_consent,
        golden.held_back,
        golden.reported_minutes,
        orjson.dumps(golden.provenance).decode(),
    )
    tags = tuple((tag, until, record) for tag, (until, record) in sorted(golden.tags.items()))
    return PersonRow(person, columns, tags, golden.free, golden.likes)
