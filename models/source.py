"""What agencies sent: batches of files, a source record a row in use, an issue a row that is not.

A source record is raw, numbered and digested. Its values are one sealed blob; what linkage compares is derived.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identifier, Numbered, StrEnumType, one_of


class BatchState(StrEnum):
    READING = "reading"
    STORED = "stored"
    REFUSED = "refused"


class RecordState(StrEnum):
    CURRENT = "current"
    GONE = "gone"  # no longer in the agency's newest export; the person stays
    WITHDRAWN = "withdrawn"  # the person took it back


class ImportBatch(Numbered, Base):
    """One file of one feed, as it came."""

    __tablename__ = "import_batch"
    __table_args__ = (one_of("state", BatchState), Index("ix_import_batch_source_digest", "source", "digest"))

    source: Mapped[str] = mapped_column(String(32), doc="the feed's code: civilisation, youth_league, …, self_service")
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), doc="SHA-256 of the file, hexadecimal")
    encoding: Mapped[str | None] = mapped_column(String(32))
    delimiter: Mapped[str | None] = mapped_column(String(4))
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="the mapping as it was used")
    state: Mapped[BatchState] = mapped_column(StrEnumType(BatchState))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    rows: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)


class SourceRecord(Numbered, Base):
    """One person as one agency knows them, at the newest version that it sent."""

    __tablename__ = "source_record"
    __table_args__ = (UniqueConstraint("source", "external_id"), one_of("state", RecordState))

    source: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str] = mapped_column(String(64), doc="the agency's own key")
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id"), index=True, doc="the newest batch that changed it"
    )
    line_number: Mapped[int] = mapped_column(doc="of the file, from 1, the header counted")
    sheet: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), doc="keyed digest of the raw values: equal means unchanged")
    state: Mapped[RecordState] = mapped_column(StrEnumType(RecordState), default=RecordState.CURRENT)
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, doc="raw and standard values, one AES-256-GCM blob")


class RowIssue(Numbered, Base):
    """A row, or a cell, that could not be used as it stands. The row is kept, sealed, so that nothing is lost."""

    __tablename__ = "row_issue"
    __table_args__ = (Index("ix_row_issue_batch_id_line_number", "batch_id", "line_number"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    line_number: Mapped[int]
    sheet: Mapped[str | None] = mapped_column(String(64))
    field: Mapped[str | None] = mapped_column(String(40), doc="our field; null is the whole row")
    code: Mapped[str] = mapped_column(String(40))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    quarantined: Mapped[bool] = mapped_column(
        doc="true: the row was not used; false: the cell was blanked, the row used"
    )
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    source_record_id: Mapped[int | None] = mapped_column(Identifier, ForeignKey("source_record.id"))


class SavedMapping(Numbered, Base):
    """How an agency's columns become our fields, as a steward saved it. A version is never changed: the next one is."""

    __tablename__ = "saved_mapping"
    __table_args__ = (UniqueConstraint("source", "version"), CheckConstraint("version > 0", name="version"))

    source: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(doc="from 1; the newest is in force")
    name: Mapped[str] = mapped_column(String(80), doc="what a steward calls this version")
    content: Mapped[dict[str, Any]] = mapped_column(doc="registry.mappings.FeedMapping, as data")
    saved_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class ImportOriginal(Base):
    """The newest file of an agency as it came, so that it can be handed back with a column that says what to mend."""

    __tablename__ = "import_original"

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary, doc="the file, deflated")


class HoursHanded(Base):
    """What an agency was told, with consent, of hours served here: they count once when it reports them."""

    __tablename__ = "hours_handed"
    __table_args__ = (CheckConstraint("0 <= contained AND contained <= minutes", name="contained"),)

    source_record_id: Mapped[int] = mapped_column(
        ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    minutes: Mapped[int] = mapped_column(doc="served here in all, as the agency was last told")
    reported: Mapped[int] = mapped_column(doc="what the agency reported itself when it was told")
    contained: Mapped[int] = mapped_column(doc="of `minutes`, what its reports contained already by then")
    handed_at: Mapped[datetime]
