"""Signing up on the web: a one-row feed of the source *self-service* through the same door as every agency's file.

Who signs up is linked at once. A sign-up survives later consolidation like any other record, and a change of one's own
data is a newer version of it.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, OrganisationUnit, Permission, PersonLink, SourceRecord
from models.linkage import VerdictKind
from models.sealing import keyring_of
from models.source import BatchState, RecordState
from registry.access import access_person, require
from registry.audit import note
from registry.consolidate import relink
from registry.mappings import FeedMapping, mapping_for
from registry.preparing import ready
from registry.record_store import FeedWork, take
from registry.refusals import SignUpIncomplete
from registry.rows import Entry
from registry.standardise.availability import Span
from registry.standardise.places import Gazetteer
from registry.standardise.record import Standardiser
from registry.verdicts import stand

SOURCE: Final = "self_service"
_SHANGHAI: Final = timedelta(hours=8)
_WEEKDAYS: Final = "一二三四五六日"
#: Fields in which a person at a form can mend what is wrong; a problem in another field does not stop them.
_MUST_BE_RIGHT: Final = frozenset({"name", "telephone", "id_number", "born_on", "email", "guardian_telephone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfServiceEntry:
    """What somebody says about themselves. Skills and categories are codes of the taxonomy; "" and None are absent.

    `free` are spans of an ordinary week: (weekday from 0 = Monday, start minute, end minute), half-open.
    """

    name: str
    telephone: str = ""
    gender: str = ""
    id_kind: str = ""
    id_number: str = ""
    born_on: date | None = None
    email: str = ""
    unit_code: str = ""
    address: str = ""
    workplace: str = ""
    skills: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    free: tuple[Span, ...] = ()
    guardian_name: str = ""
    guardian_telephone: str = ""
    guardian_consent: bool | None = None


def register(
    session: Session, actor: Actor, *, command: SelfServiceEntry, now: datetime, by_word_of_mouth: bool = False
) -> int:
    """Sign somebody up; give the person's id, which may be one that agencies know already.

    Nobody needs a permission to sign up; `actor` is whoever is signed in, or the program. Who is asked
    `by_word_of_mouth` needs neither telephone nor mail.

    Raises
    ------
    SignUpIncomplete
        With all problems at once: ``problems`` is a list of (field, code).
    """
    record_id = _store(session, actor, command, None, now, can_be_reached=by_word_of_mouth)
    relink(session, [record_id], now=now)
    person_id = session.scalars(select(PersonLink.person_id).where(PersonLink.source_record_id == record_id)).one()
    note(session, actor, "person.registered", about="person", about_id=person_id, now=now)
    return person_id


def update_self(session: Session, actor: Actor, *, command: SelfServiceEntry, now: datetime) -> int:
    """Change what one says about oneself: the self-service record becomes this entry. Give the person's id.

    Somebody whom only agencies knew gets a self-service record of their own, tied to them by a verdict.

    Raises
    ------
    NotPermitted, NoSuchPerson, SignUpIncomplete
    """
    require(actor, Permission.SELF_PROFILE_WRITE)
    person = access_person(session, actor, actor.person_id or 0, Permission.SELF_PROFILE_WRITE)
    records = _records(session, person.id)
    own = next((record for record in records if record.source == SOURCE), None)
    record_id = _store(session, actor, command, own, now)
    if own is None and records:
        stand(session, actor, [(records[0].id, record_id)], VerdictKind.SAME, now=now)
    relink(session, [record_id], now=now)
    note(session, actor, "person.updated", about="person", about_id=person.id, now=now)
    return session.scalars(select(PersonLink.person_id).where(PersonLink.source_record_id == record_id)).one()


def own_entry_row(command: SelfServiceEntry) -> dict[str, str]:
    """Give the entry as the cells of a row of the feed, by our field names."""
    row = {field.name: getattr(command, field.name) for field in fields(command)}
    row |= {
        "born_on": command.born_on.isoformat() if command.born_on else "",
        "skills": "、".join(command.skills),
        "categories": "、".join(command.categories),
        "availability": ";".join(_span_text(span) for span in command.free),
        "guardian_consent": {True: "是", False: "否", None: ""}[command.guardian_consent],
    }
    return {name: str(value) for name, value in row.items()}


def _span_text(span: Span) -> str:
    day, start, end = span
    return f"周{_WEEKDAYS[day]} {start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def _store(
    session: Session,
    actor: Actor,
    command: SelfServiceEntry,
    own: SourceRecord | None,
    now: datetime,
    *,
    can_be_reached: bool = False,
) -> int:
    mapping = mapping_for(SOURCE)
    cells = own_entry_row(command)
    raw = [cells.get(heading, "") for heading in mapping.columns]
    entry = _entry(session, mapping, cells, raw, now, can_be_reached=can_be_reached)
    batch = _batch(session, actor, mapping, now)
    entry.external_id = own.external_id if own else f"W{batch.id:09d}"
    keyring = keyring_of(session)
    work = FeedWork(keyring, SOURCE, mapping, now, batch.id)
    take(session, work, [ready(keyring, entry, SOURCE)])
    batch.new, batch.changed, batch.unchanged = (work.counts[name] for name in ("new", "changed", "unchanged"))
    session.flush()
    session.expire_all()
    found = select(SourceRecord.id).where(SourceRecord.source == SOURCE, SourceRecord.external_id == entry.external_id)
    return session.scalars(found).one()


def _entry(
    session: Session,
    mapping: FeedMapping,
    cells: dict[str, str],
    raw: list[str],
    now: datetime,
    *,
    can_be_reached: bool = False,
) -> Entry:
    """Standardise the row, refusing what a person at a form can mend."""
    today = (now + _SHANGHAI).date()
    standardiser = Standardiser(_units_above(session, cells["unit_code"]), today, mapping.area_code)
    row = {mapping.columns[heading]: cell for heading, cell in zip(mapping.columns, raw, strict=True) if cell}
    standard = standardiser.record(row, mapping.constants)
    problems = [(p.cell, p.code) for p in standardiser.problems if p.cell in _MUST_BE_RIGHT]
    if not standard.name:
        problems.append(("name", "name_missing" if not cells["name"].strip() else "name_unreadable"))
    if not (can_be_reached or standard.telephone or standard.guardian_telephone or standard.email):
        problems.append(("telephone", "contact_missing"))
    if problems:
        raise SignUpIncomplete(problems=problems)
    return Entry(external_id="", sheet=None, line_number=1, raw=[raw], standard=standard)


def _units_above(session: Session, code: str) -> Gazetteer:
    """Give the unit that was chosen and those above it: all that a form needs of the gazetteer."""
    codes = [code[:length] for length in (2, 4, 6, 9, 12, 15) if len(code) >= length]
    rows = session.execute(select(OrganisationUnit.code, OrganisationUnit.name).where(OrganisationUnit.code.in_(codes)))
    return Gazetteer(dict(rows.all()))


def _batch(session: Session, actor: Actor, mapping: FeedMapping, now: datetime) -> ImportBatch:
    batch = ImportBatch(
        source=SOURCE,
        file_name="",
        digest="",
        mapping={"mapping": mapping.as_data()},
        state=BatchState.STORED,
        started_at=now,
        finished_at=now,
        account_id=actor.account_id,
        rows=1,
    )
    session.add(batch)
    session.flush()
    return batch


def _records(session: Session, person_id: int) -> list[SourceRecord]:
    statement = (
        select(SourceRecord)
        .join(PersonLink, PersonLink.source_record_id == SourceRecord.id)
        .where(PersonLink.person_id == person_id, SourceRecord.state != RecordState.WITHDRAWN)
    )
    return list(session.scalars(statement.order_by(SourceRecord.id)))
