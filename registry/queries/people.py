"""A person's page: every attribute with where it came from, the source records, the history, and who looked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Account,
    Actor,
    AuditEvent,
    Permission,
    Person,
    PersonAttribute,
    PersonEvent,
    PersonFree,
    PersonLike,
    PersonLink,
    PersonTag,
)
from models.linkage import PersonEventKind
from models.person import PersonState
from registry.access import access_person
from registry.merge import blocking_event
from registry.persons import public_id
from registry.queries.pairs import RecordView, record_view
from registry.sealed_records import opened_records

#: Rules that are somebody's choice: its own date counts, not the record's.
_BY_HAND: Final = frozenset({"chosen", "edited"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeView:
    """One attribute: its value (numbers masked), the record and the feed it came from, the rule that chose it."""

    name: str
    value: str | None
    source_record_id: int | None
    source: str | None
    as_of: datetime | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """A merge, split, edit or undoing in a person's history; account and `by` None are consolidation."""

    id: int
    kind: PersonEventKind
    at: datetime
    account_id: int | None
    reason: str | None
    facts: dict[str, Any]
    undone: bool
    by: str | None = None
    blocked_by: int | None = None

    @property
    def is_undoable(self) -> bool:
        """Whether it can be taken back now; `blocked_by` is a later one that must be taken back first."""
        kinds = (PersonEventKind.MERGED, PersonEventKind.SPLIT)
        return self.kind in kinds and not self.undone and self.blocked_by is None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """Somebody opened the page or saw a whole number, and why they said they did."""

    at: datetime
    by: str | None
    action: str
    attribute: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A source record and why it belongs to the person."""

    record: RecordView
    rule: str
    weight: float | None
    linked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A person as known."""

    id: int
    public_id: str
    state: PersonState
    merged_into_id: int | None
    name: str
    born_on: date | None
    held_back: bool
    attributes: tuple[AttributeView, ...]
    tags: tuple[tuple[str, date | None], ...]
    free: tuple[tuple[int, int, int], ...]
    likes: tuple[str, ...]
    reported_minutes: int
    links: tuple[LinkView, ...]
    events: tuple[EventView, ...]
    looked: tuple[tuple[datetime, int | None, str], ...]
    looks: tuple[LookView, ...] = ()


def resolved_person(session: Session, person_id: int) -> int | None:
    """Give the person whom an id means today: itself, or who it was merged into; None when there is none."""
    row = session.execute(select(Person.id, Person.merged_into_id).where(Person.id == person_id)).first()
    while row is not None and row.merged_into_id is not None:
        row = session.execute(select(Person.id, Person.merged_into_id).where(Person.id == row.merged_into_id)).first()
    return row.id if row is not None else None


def person_view(session: Session, actor: Actor, *, person_id: int) -> PersonView:
    """Give a person's page. Who calls this writes that they looked (:func:`registry.reveal.note_look`).

    Raises
    ------
    NoSuchPerson
    """
    person = access_person(session, actor, person_id, Permission.CITY_PERSON_READ)
    links = _links(session, person.id)
    looks = _looks(session, person.id)
    return PersonView(
        id=person.id,
        public_id=public_id(person.id),
        state=person.state,
        merged_into_id=person.merged_into_id,
        name=person.name,
        born_on=person.born_on,
        held_back=person.held_back,
        attributes=_attributes(session, person, {link.record.id: link.record for link in links}),
        tags=tuple(_tags(session, person.id)),
        free=tuple(_free(session, person.id)),
        likes=tuple(session.scalars(select(PersonLike.category).where(PersonLike.person_id == person.id))),
        reported_minutes=person.reported_minutes,
        links=links,
        events=_events(session, person.id),
        looked=tuple((look.at, account, look.action) for account, look in looks),
        looks=tuple(look for _, look in looks),
    )


def _tags(session: Session, person_id: int) -> list[tuple[str, date | None]]:
    statement = select(PersonTag.tag, PersonTag.valid_until).where(PersonTag.person_id == person_id)
    return [(tag, until) for tag, until in session.execute(statement.order_by(PersonTag.tag))]


def _free(session: Session, person_id: int) -> list[tuple[int, int, int]]:
    columns = (PersonFree.weekday, PersonFree.start_minute, PersonFree.end_minute)
    statement = select(*columns).where(PersonFree.person_id == person_id)
    return [(day, start, end) for day, start, end in session.execute(statement.order_by(*columns))]


def _attributes(session: Session, person: Person, records: dict[int, RecordView]) -> tuple[AttributeView, ...]:
    chosen = dict(
        session.execute(
            select(PersonAttribute.attribute, PersonAttribute.as_of).where(PersonAttribute.person_id == person.id)
        ).all()
    )
    views = []
    for name, (number, rule) in person.provenance.items():
        origin = records.get(number)
        as_of = chosen.get(name) if rule in _BY_HAND else None
        views.append(
            AttributeView(
                name=name,
                value=_shown(person, name, origin),
                source_record_id=number,
                source=origin.source if origin else None,
                as_of=as_of or (origin.changed_at if origin else None),
                rule=rule,
            )
        )
    return tuple(views)


def _shown(person: Person, name: str, origin: RecordView | None) -> str | None:
    """Give what a page may show of an attribute; numbers and addresses of mail are masked."""
    masked = {"id_number": person.id_number_masked, "telephone": person.telephone_masked}
    if name in masked:
        return masked[name]
    if name in {"email", "address"}:
        return (origin.values.get(name) or None) if origin else None
    value = getattr(person, name, None)
    return None if value is None else str(value)


def _links(session: Session, person_id: int) -> tuple[LinkView, ...]:
    statement = select(PersonLink).where(PersonLink.person_id == person_id).order_by(PersonLink.source_record_id)
    links = list(session.scalars(statement))
    records = opened_records(session, [link.source_record_id for link in links])
    return tuple(
        LinkView(
            record=record_view(records[link.source_record_id], person_id),
            rule=link.rule,
            weight=link.weight,
            linked_at=link.linked_at,
        )
        for link in links
    )


def _events(session: Session, person_id: int) -> tuple[EventView, ...]:
    statement = select(PersonEvent, Account.display_name).outerjoin(Account, Account.id == PersonEvent.account_id)
    rows = session.execute(statement.where(PersonEvent.person_id == person_id).order_by(PersonEvent.id.desc())).all()
    return tuple(
        EventView(
            id=event.id,
            kind=event.kind,
            at=event.at,
            account_id=event.account_id,
            reason=event.reason,
            facts={key: value for key, value in event.before.items() if key != "snapshot"},
            undone=event.undone_by_id is not None,
            by=name,
            blocked_by=blocking_event(session, event) if event.undone_by_id is None else None,
        )
        for event, name in rows
    )


def _looks(session: Session, person_id: int) -> list[tuple[int | None, LookView]]:
    statement = (
        select(AuditEvent, Account.display_name)
        .outerjoin(Account, Account.id == AuditEvent.account_id)
        .where(
            AuditEvent.subject_kind == "person",
            AuditEvent.subject_id == person_id,
            AuditEvent.action.in_(("person.looked", "number.revealed")),
        )
    )
    rows = session.execute(statement.order_by(AuditEvent.id.desc()).limit(50))
    return [
        (
            event.account_id,
            LookView(
                at=event.at,
                by=name,
                action=event.action,
                attribute=event.facts.get("attribute"),
                reason=event.reason,
            ),
        )
        for event, name in rows
    ]
