"""What-if questions about a planned week, and their answers: kept, so that a choice can be explained later."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of
from models.roster import RunState


class WhatIfKind(StrEnum):
    WEIGHTS = "weights"
    FREE_DAY = "free_day"
    DRIVE = "drive"
    RECRUIT = "recruit"


class WhatIf(Numbered, Base):
    """One question about one run, answered by planning its week again; nothing of the week is changed by it."""

    __tablename__ = "what_if"
    __table_args__ = (one_of("kind", WhatIfKind), one_of("state", RunState))

    run_id: Mapped[int] = mapped_column(
        ForeignKey("roster_run.id"), index=True, doc="the run whose week is asked about"
    )
    kind: Mapped[WhatIfKind] = mapped_column(StrEnumType(WhatIfKind))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="what was asked: codes, counts, weights")
    state: Mapped[RunState] = mapped_column(StrEnumType(RunState))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="both plans in figures, or whom to look for")
    failure: Mapped[str | None] = mapped_column(String(200), doc="a code, when there is no answer")
