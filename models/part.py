"""Parts of a week that are planned apart: each is claimed, solved and kept by whichever process is free."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identifier, Numbered, StrEnumType, one_of


class PartState(StrEnum):
    WAITING = "waiting"
    SOLVING = "solving"
    SOLVED = "solved"
    FAILED = "failed"


class RunPart(Numbered, Base):
    """One part of a run: its problem, who is at it, and its answer until the parts are joined."""

    __tablename__ = "run_part"
    __table_args__ = (UniqueConstraint("run_id", "number"), one_of("state", PartState))

    run_id: Mapped[int] = mapped_column(ForeignKey("roster_run.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(doc="from 1")
    state: Mapped[PartState] = mapped_column(StrEnumType(PartState), default=PartState.WAITING)
    problem: Mapped[bytes | None] = mapped_column(LargeBinary, doc="gzip of linli.problem/1; null once joined")
    solution: Mapped[bytes | None] = mapped_column(LargeBinary, doc="gzip of linli.solution/1; null once joined")
    volunteers: Mapped[int]
    shifts: Mapped[int]
    seconds_limit: Mapped[float | None]
    attempts: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime | None] = mapped_column(doc="when the process that solves it was last alive")
    finished_at: Mapped[datetime | None]
    points: Mapped[int | None] = mapped_column(Identifier, doc="of the best plan so far")
    failure: Mapped[str | None] = mapped_column(String(200))
