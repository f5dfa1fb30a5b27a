"""One entry, one exit: an agency's records back in its own columns, with what the registry knows better about them.

Only names, genders and birth dates go back, and only where the golden record says otherwise than the agency's own row;
and, of whoever consented to it, the approved hours served here (:mod:`registry.served_here`).
Numbers, telephones and addresses that others gave stay here: passing those on needs a basis of its own (PIPL 23).
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Actor, ImportBatch, Permission, Person, PersonLink, SourceRecord
from models.sealing import keyring_of
from models.source import BatchState, RecordState
from registry.access import require
from registry.audit import note
from registry.mappings import FeedMapping, mapping_from
from registry.marking import harmless
from registry.refusals import NoSuchRecord
from registry.sealed_records import open_record
from registry.served_here import note_told, to_tell
from registry.standardise.record import StandardRecord

#: The heading of the column that names what differs.
DIFFERS: Final = "与主记录不同"
#: The headings of hours served here, in all and of them new to the agency; blank without the person's consent.
SERVED: Final = ("邻里累计时长(小时)", "其中新增(小时)")
_GENDERS: Final = {"1": "男", "2": "女"}
_STEP: Final = 2_000


def hand_back(session: Session, actor: Actor, *, source: str, now: datetime) -> Iterator[bytes]:
    """Give, as CSV in UTF-8 with a byte order mark, an agency's current records in its own column order.

    Raises
    ------
    NotPermitted, NoSuchRecord
    """
    require(actor, Permission.CITY_IMPORT_WRITE)
    stored = (ImportBatch.source == source) & (ImportBatch.state == BatchState.STORED)
    newest = session.scalars(select(ImportBatch).where(stored).order_by(ImportBatch.id.desc()).limit(1)).first()
    if newest is None or "mapping" not in newest.mapping:
        raise NoSuchRecord(source=source)
    mapping = mapping_from(newest.mapping["mapping"])
    sheets = {sheet: list(cells) for sheet, cells in newest.mapping.get("headings", [])}
    headings = next(iter(sheets.values()), list(mapping.columns))
    with_sheet = any(sheets)
    note(session, actor, "records.handed_back", about="import_batch", about_id=newest.id, now=now)
    return _written(session, source, mapping, headings, with_sheet=with_sheet, now=now)


def _written(
    session: Session, source: str, mapping: FeedMapping, headings: list[str], *, with_sheet: bool, now: datetime
) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + _line([*(["工作表"] if with_sheet else []), *headings, DIFFERS, *SERVED])
    served = to_tell(session, source=source)
    keyring, last = keyring_of(session), 0
    columns = (SourceRecord.id, SourceRecord.sheet, SourceRecord.sealed, Person.name, Person.gender, Person.born_on)
    statement = (
        select(*columns)
        .outerjoin(PersonLink, PersonLink.source_record_id == SourceRecord.id)
        .outerjoin(Person, Person.id == PersonLink.person_id)
        .where(SourceRecord.source == source, SourceRecord.state == RecordState.CURRENT)
        .order_by(SourceRecord.id)
        .limit(_STEP)
    )
    while rows := session.execute(statement.where(SourceRecord.id > last)).all():
        last = rows[-1].id
        for row in rows:
            raw, standard = open_record(keyring, row.id, row.sealed)
            better = _better(standard, row)
            told = ["", ""]
            if row.id in served:
                minutes, reported = served[row.id], standard.minutes or 0
                new = note_told(session, record_id=row.id, minutes=minutes, reported=reported, now=now)
                told = [_hours(minutes), _hours(new)]
            for number, cells in enumerate(raw):
                sheet = [row.sheet or ""] if with_sheet else []
                yield _line([*sheet, *_mended(cells, headings, mapping, better), *(["", ""] if number else told)])


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.2f}"


def _better(standard: StandardRecord, person: Any) -> dict[str, str]:
    """Give what the golden record says otherwise than the agency's row, by field."""
    found = {}
    if person.name and person.name != standard.name:
        found["name"] = person.name
    if person.gender in _GENDERS and person.gender != standard.gender_typed:
        found["gender"] = _GENDERS[person.gender]
    if person.born_on is not None and person.born_on.isoformat() != standard.born_on_typed:
        found["born_on"] = person.born_on.isoformat()
    return found


def _mended(cells: list[str], headings: list[str], mapping: FeedMapping, better: dict[str, str]) -> list[str]:
    row = (list(cells) + [""] * len(headings))[: len(headings)]
    changed = []
    for place, heading in enumerate(headings):
        value = better.get(mapping.field_of(heading) or "")
        if value is not None:
            row[place] = value
            changed.append(heading)
    return [*row, "、".join(changed)]


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode()
