"""The steps of the week that were run: each once for a week and a unit, also when the machine was off at its time."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class StepState(StrEnum):
    REQUESTED = "requested"  # an operator asked for it; the next tick runs it
    STARTED = "started"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class StepRun(Numbered, Base):
    """One step of one week, claimed by inserting it: the unique key is the lock."""

    __tablename__ = "step_run"
    __table_args__ = (UniqueConstraint("step", "week", "area"), one_of("state", StepState))

    step: Mapped[str] = mapped_column(String(32))
    week: Mapped[str] = mapped_column(String(8))
    area: Mapped[str] = mapped_column(String(15), default="")
    due_at: Mapped[datetime]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(doc="when the process that runs it was last alive")
    attempts: Mapped[int] = mapped_column(default=1)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), doc="who asked for it or skipped it; null: due"
    )
    finished_at: Mapped[datetime | None]
    state: Mapped[StepState] = mapped_column(StrEnumType(StepState))
    failure: Mapped[str | None] = mapped_column(String(200))
