"""The whole consolidation, for audit: one row a source record in use."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import PersonLink, SourceRecord
from models.source import RecordState
from registry.persons import public_id


def links(session: Session) -> Iterator[tuple[str, str, str]]:
    """Give (source, external id, public person id) of every record in use, in the order in which they came.

    Records that are gone from their feed are in use; those that a person took back are not.
    """
    statement = (
        select(SourceRecord.source, SourceRecord.external_id, PersonLink.person_id)
        .join(PersonLink, PersonLink.source_record_id == SourceRecord.id)
        .where(SourceRecord.state != RecordState.WITHDRAWN)
        .order_by(SourceRecord.id)
        .execution_options(yield_per=10_000)
    )
    for source, external_id, person_id in session.execute(statement):
        yield source, external_id, public_id(person_id)
