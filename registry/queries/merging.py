"""Before a merge: two persons side by side, what the rules would choose, and what else could be chosen."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Actor, Permission, Person, PersonLink, ReviewPair
from models.linkage import ReviewState
from models.person import PersonState
from registry.access import access_person
from registry.golden import Member, golden_record
from registry.histories import overlapping
from registry.merge import records_of
from registry.queries.pairs import record_view
from registry.refusals import NoSuchPerson, SamePerson
from registry.sealed_records import opened_records

#: What a steward chooses; the rest follows from the records.
CHOSEN: Final = ("name", "gender", "born_on", "id_number", "telephone", "email", "unit_code", "address", "workplace")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOption:
    """One value that records give an attribute: the first record that has it, and the feeds that say so."""

    record_id: int
    value: str
    sources: tuple[str, ...]
    by_rule: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAttribute:
    """An attribute and its values; the first option is what the rules would choose."""

    name: str
    options: tuple[MergeOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeSide:
    """One of the two: how many records, of which feeds."""

    person_id: int
    name: str
    records: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeView:
    """A merge before it is done; `clash` are seats that both hold at the same time."""

    survivor: MergeSide
    other: MergeSide
    attributes: tuple[MergeAttribute, ...]
    two_numbers: bool
    clash: tuple[int, ...]


def merge_view(session: Session, actor: Actor, *, person_id: int, other_id: int) -> MergeView:
    """Give what a merge of two persons would be; the older id survives.

    Raises
    ------
    NoSuchPerson, SamePerson
    """
    low, high = sorted((person_id, other_id))
    if low == high:
        raise SamePerson(person_id=low)
    two = [access_person(session, actor, number, Permission.CITY_PERSON_MERGE) for number in (low, high)]
    for person in two:
        if person.state is PersonState.MERGED:
            raise NoSuchPerson(person_id=person.id)
    lists = [records_of(session, person.id) for person in two]
    opened = opened_records(session, sorted(lists[0] + lists[1]))
    members = [
        Member(id=each.id, source=each.source, changed_at=each.changed_at, standard=each.standard)
        for _, each in sorted(opened.items())
    ]
    latest = max(member.changed_at for member in members)
    golden = golden_record(members, {}, latest.date())
    views = {number: record_view(record, None) for number, record in opened.items()}
    attributes = []
    for name in CHOSEN:
        record_id, rule = golden.provenance.get(name, (None, ""))
        found: dict[str, list[int]] = {}
        for number in [record_id, *sorted(views.keys() - {record_id})] if record_id in views else sorted(views):
            if value := _value(views[number].values.get(name, ""), name):
                found.setdefault(value, []).append(number)
        options = tuple(
            MergeOption(
                record_id=numbers[0],
                value=value,
                sources=tuple(dict.fromkeys(views[number].source for number in numbers)),
                by_rule=rule if record_id in numbers else None,
            )
            for value, numbers in found.items()
        )
        if options:
            attributes.append(MergeAttribute(name=name, options=options))
    numbers = {person.id_number_digest for person in two} - {None}
    sides = [
        MergeSide(
            person_id=person.id,
            name=person.name,
            records=len(records),
            sources=tuple(dict.fromkeys(opened[number].source for number in records)),
        )
        for person, records in zip(two, lists, strict=True)
    ]
    return MergeView(
        survivor=sides[0],
        other=sides[1],
        attributes=tuple(attributes),
        two_numbers=len(numbers) > 1,
        clash=tuple(overlapping(session, low, other_id=high)),
    )


def _value(value: str, name: str) -> str:
    return "" if name == "gender" and value in {"0", "9"} else value


def likely_the_same(session: Session, *, person_id: int) -> tuple[tuple[int, str, int, float], ...]:
    """Give the persons with whom a pair waits for review: id, name, the pair, its probability; likeliest first."""
    own = select(PersonLink.source_record_id).where(PersonLink.person_id == person_id).scalar_subquery()
    other = PersonLink.__table__.alias("other")
    statement = (
        select(Person.id, Person.name, ReviewPair.id, ReviewPair.probability)
        .select_from(ReviewPair)
        .join(
            other, or_(other.c.source_record_id == ReviewPair.left_id, other.c.source_record_id == ReviewPair.right_id)
        )
        .join(Person, Person.id == other.c.person_id)
        .where(
            ReviewPair.state == ReviewState.WAITING,
            or_(ReviewPair.left_id.in_(own), ReviewPair.right_id.in_(own)),
            other.c.person_id != person_id,
        )
        .order_by(ReviewPair.weight.desc(), ReviewPair.id)
    )
    return tuple((number, name, pair, share) for number, name, pair, share in session.execute(statement))
