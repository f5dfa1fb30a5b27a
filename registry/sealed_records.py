"""What a source record holds sealed: its raw rows as the agency wrote them, and its standard form."""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import RecordFeature, SourceRecord
from models.sealing import Keyring, keyring_of
from registry.bulk import parts, rows_among, table_of
from registry.standardise.record import StandardRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRecord:
    """A source record, opened: `raw` rows (several where an agency writes one a certificate) and the standard form."""

    id: int
    source: str
    external_id: str
    changed_at: Any
    raw: list[list[str]]
    standard: StandardRecord


_STANDARD: Final = b',"std":'


def place_of_record(record_id: int) -> str:
    """Give what a record's values are bound to."""
    return f"source_record.sealed/{record_id}"


def place_of_feature(record_id: int) -> str:
    """Give what a record's features are bound to."""
    return f"record_feature.sealed/{record_id}"


def seal_record(keyring: Keyring, record_id: int, raw: list[list[str]], standard: StandardRecord) -> bytes:
    """Seal a record's values."""
    content = b'{"raw":' + orjson.dumps(raw) + b',"std":' + standard.to_json() + b"}"
    return keyring.seal(content, bound_to=place_of_record(record_id))


def open_record(keyring: Keyring, record_id: int, sealed: bytes) -> tuple[list[list[str]], StandardRecord]:
    """Open a record's values."""
    content = orjson.loads(keyring.open(sealed, bound_to=place_of_record(record_id)))
    return content["raw"], StandardRecord.from_data(content["std"])


def open_standard(keyring: Keyring, record_id: int, sealed: bytes) -> StandardRecord:
    """Open a record's standard form alone; within a text of the raw rows a quotation mark is never bare."""
    content = keyring.open(sealed, bound_to=place_of_record(record_id))
    start = content.rindex(_STANDARD) + len(_STANDARD)
    return StandardRecord.from_data(orjson.loads(content[start:-1]))


def opened_records(session: Session, record_ids: list[int]) -> dict[int, OpenedRecord]:
    """Open many records, by id."""
    keyring = keyring_of(session)
    columns = (
        SourceRecord.id,
        SourceRecord.source,
        SourceRecord.external_id,
        SourceRecord.changed_at,
        SourceRecord.sealed,
    )
    opened = {}
    for part in parts(record_ids):
        for row in session.execute(select(*columns).where(SourceRecord.id.in_(part))):
            raw, standard = open_record(keyring, row.id, row.sealed)
            opened[row.id] = OpenedRecord(
                id=row.id,
                source=row.source,
                external_id=row.external_id,
                changed_at=row.changed_at,
                raw=raw,
                standard=standard,
            )
    return opened


def sealed_features(session: Session, record_ids: list[int]) -> dict[int, bytes]:
    """Open the features of many records, by id."""
    keyring = keyring_of(session)
    rows = rows_among(session, table_of(RecordFeature), ("source_record_id", "sealed"), "source_record_id", record_ids)
    return {number: keyring.open(sealed, bound_to=place_of_feature(number)) for number, sealed in rows}
