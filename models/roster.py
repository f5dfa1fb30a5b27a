"""The week as planned and lived: runs, rosters, assignments, offers, backups, and the seats that stay empty.

Two things are forbidden by the database itself. A seat is held once: a partial unique index. A person is not booked
twice at a time: an exclusion constraint on PostgreSQL, a trigger on SQLite, both over the states that hold a seat.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identifier, Numbered, StrEnumType, one_of


class RunState(StrEnum):
    RUNNING = "running"
    STORED = "stored"
    FAILED = "failed"


class RunKind(StrEnum):
    PLAN = "plan"
    REPAIR = "repair"


class RosterState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class AssignmentState(StrEnum):
    PROPOSED = "proposed"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    SERVED = "served"
    ABSENT = "absent"
    EXCUSED = "excused"  # could not come and said why; never counted against them
    DECLINED = "declined"
    LAPSED = "lapsed"  # the reply deadline passed
    RELEASED = "released"  # taken back by a coordinator, a repair or the volunteer after confirming
    SUPERSEDED = "superseded"  # a newer proposal replaced it before anybody was asked


#: The states in which an assignment holds its seat and its person's time.
HOLDING = (
    AssignmentState.PROPOSED,
    AssignmentState.OFFERED,
    AssignmentState.CONFIRMED,
    AssignmentState.SERVED,
    AssignmentState.ABSENT,
)

#: Which state may follow which; total over the states, tested to be.
TRANSITIONS: dict[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.PROPOSED: frozenset(
        {AssignmentState.OFFERED, AssignmentState.CONFIRMED, AssignmentState.RELEASED, AssignmentState.SUPERSEDED}
    ),
    AssignmentState.OFFERED: frozenset(
        {AssignmentState.CONFIRMED, AssignmentState.DECLINED, AssignmentState.LAPSED, AssignmentState.RELEASED}
    ),
    AssignmentState.CONFIRMED: frozenset(
        {
            AssignmentState.OFFERED,
            AssignmentState.SERVED,
            AssignmentState.ABSENT,
            AssignmentState.EXCUSED,
            AssignmentState.DECLINED,
            AssignmentState.RELEASED,
        }
    ),
    # back to confirmed: the leader had pressed the wrong button
    AssignmentState.SERVED: frozenset({AssignmentState.ABSENT, AssignmentState.EXCUSED, AssignmentState.CONFIRMED}),
    AssignmentState.ABSENT: frozenset({AssignmentState.SERVED, AssignmentState.EXCUSED, AssignmentState.CONFIRMED}),
    AssignmentState.EXCUSED: frozenset({AssignmentState.SERVED, AssignmentState.ABSENT, AssignmentState.CONFIRMED}),
    AssignmentState.DECLINED: frozenset({AssignmentState.OFFERED, AssignmentState.CONFIRMED}),
    AssignmentState.LAPSED: frozenset({AssignmentState.CONFIRMED}),
    AssignmentState.RELEASED: frozenset(),
    AssignmentState.SUPERSEDED: frozenset(),
}

_HOLDS = "state IN (" + ", ".join(f"'{state.value}'" for state in HOLDING) + ")"


class OfferState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class RosterRun(Numbered, Base):
    """One batch run, with all that is needed to make it again."""

    __tablename__ = "roster_run"
    __table_args__ = (
        one_of("state", RunState),
        one_of("kind", RunKind),
        Index("ix_roster_run_week_area", "week", "area"),
    )

    week: Mapped[str] = mapped_column(String(8), doc="ISO week, 2026-W48")
    area: Mapped[str] = mapped_column(String(15), doc='code of the organisation unit planned; "" is the whole city')
    kind: Mapped[RunKind] = mapped_column(StrEnumType(RunKind))
    state: Mapped[RunState] = mapped_column(StrEnumType(RunState))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), doc="null: the schedule")
    problem_digest: Mapped[str | None] = mapped_column(String(80))
    problem: Mapped[bytes | None] = mapped_column(
        LargeBinary, doc="the problem solved, gzip of linli.problem/1, ids only"
    )
    solution: Mapped[bytes | None] = mapped_column(LargeBinary, doc="the answer, gzip of linli.solution/1, ids only")
    seed: Mapped[int]
    workers: Mapped[int]
    seconds_limit: Mapped[float | None]
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    versions: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="library → version")
    status: Mapped[str | None] = mapped_column(String(16), doc="the solver's outcome")
    engine: Mapped[str | None] = mapped_column(String(80))
    points: Mapped[int | None] = mapped_column(Identifier)
    bound: Mapped[int | None] = mapped_column(Identifier)
    gap: Mapped[float | None]
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="volunteers, shifts, seats and filled by tier")
    solve_seconds: Mapped[float | None]
    failure: Mapped[str | None] = mapped_column(String(200), doc="a code and its parameters, when it failed")
    stage: Mapped[str | None] = mapped_column(String(40), doc="what the solver is at, while it runs")
    seen_at: Mapped[datetime | None] = mapped_column(doc="when the process that plans it was last alive")


class Roster(Numbered, Base):
    """The assignments of a week and an area, versioned; at most one is published."""

    __tablename__ = "roster"
    __table_args__ = (
        UniqueConstraint("week", "area", "version"),
        one_of("state", RosterState),
        Index(
            "uq_roster_published",
            "week",
            "area",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    week: Mapped[str] = mapped_column(String(8))
    area: Mapped[str] = mapped_column(String(15))
    version: Mapped[int]
    state: Mapped[RosterState] = mapped_column(StrEnumType(RosterState))
    run_id: Mapped[int] = mapped_column(ForeignKey("roster_run.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Assignment(Numbered, Base):
    """A volunteer in a seat, through its life."""

    __tablename__ = "assignment"
    __table_args__ = (
        one_of("state", AssignmentState),
        CheckConstraint("starts_at < ends_at", name="span"),
        Index(
            "uq_assignment_seat_held",
            "seat_id",
            unique=True,
            sqlite_where=text(_HOLDS),
            postgresql_where=text(_HOLDS),
        ),
        Index(
            "uq_assignment_shift_person_held",
            "shift_id",
            "person_id",
            unique=True,
            sqlite_where=text(_HOLDS),
            postgresql_where=text(_HOLDS),
        ),
        Index("ix_assignment_person_id_starts_at", "person_id", "starts_at"),
    )

    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    roster_id: Mapped[int | None] = mapped_column(
        ForeignKey("roster.id"), index=True, doc="null: a person placed it by hand"
    )
    starts_at: Mapped[datetime] = mapped_column(doc="the shift's span, repeated for the overlap rule")
    ends_at: Mapped[datetime]
    state: Mapped[AssignmentState] = mapped_column(StrEnumType(AssignmentState))
    locked: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="why this person: codes and their parameters")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


_EXCLUDE = (
    "ALTER TABLE assignment ADD CONSTRAINT ex_assignment_person_span EXCLUDE USING gist ("
    "int8range(person_id, person_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&"
    f") WHERE ({_HOLDS})"
)


def overlap_trigger(name: str, moment: str) -> str:
    """Give SQLite's overlap trigger; `moment` is the event, as in ``INSERT`` or ``UPDATE OF state``."""
    held = _HOLDS.replace("state IN", "other.state IN")
    return (
        f"CREATE TRIGGER {name} BEFORE {moment} ON assignment WHEN {_HOLDS.replace('state IN', 'NEW.state IN')} BEGIN "
        "SELECT RAISE(ABORT, 'ex_assignment_person_span') WHERE EXISTS ("
        "SELECT 1 FROM assignment AS other WHERE other.person_id = NEW.person_id AND other.id IS NOT NEW.id "
        f"AND {held} AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at); END"
    )


#: What the metadata cannot say, one statement each; the first migration runs the same.
OVERLAP_POSTGRESQL = (_EXCLUDE,)
OVERLAP_SQLITE = (
    overlap_trigger("tr_assignment_overlap_insert", "INSERT"),
    overlap_trigger("tr_assignment_overlap_update", "UPDATE OF state, person_id, starts_at, ends_at"),
)
for _statement in OVERLAP_POSTGRESQL:
    event.listen(Assignment.__table__, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]
for _statement in OVERLAP_SQLITE:
    event.listen(Assignment.__table__, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]


class Offer(Numbered, Base):
    """A question to a volunteer, with a reply deadline. Nobody is ordered."""

    __tablename__ = "offer"
    __table_args__ = (
        one_of("state", OfferState),
        Index(
            "uq_offer_open",
            "assignment_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_offer_state_deadline_at", "state", "deadline_at"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[OfferState] = mapped_column(StrEnumType(OfferState), default=OfferState.OPEN)
    offered_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer_reason: Mapped[str | None] = mapped_column(String(40), doc="a code: other_time, not_this_kind, ill, …")
    answer_note: Mapped[str | None] = mapped_column(String(200))
    other_starts_at: Mapped[datetime | None] = mapped_column(doc="another time that would do, said with a decline")


class Backup(Base):
    """Who could take a seat of this role if it falls empty, best first."""

    __tablename__ = "backup"

    role_id: Mapped[int] = mapped_column(ForeignKey("shift_role.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, doc="from 1")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class Shortfall(Base):
    """Why seats of a role stay empty after a run, and what would fill them."""

    __tablename__ = "shortfall"

    run_id: Mapped[int] = mapped_column(ForeignKey("roster_run.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("shift_role.id", ondelete="CASCADE"), primary_key=True, index=True)
    tier: Mapped[str] = mapped_column(String(16), primary_key=True)
    missing: Mapped[int]
    eligible: Mapped[int]
    blocked: Mapped[dict[str, Any]] = mapped_column(doc="first failing rule → volunteers")
    would_fill: Mapped[list[Any]] = mapped_column(doc="smallest changes that would fill it, verified by counting")
