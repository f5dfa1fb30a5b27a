"""What if: the week of a run planned again with other weights, another free day or new people; and whom to look for.

A question is asked (:func:`ask_what_if`), answered by planning without a transaction (:func:`answer_of`), and its
answer kept (:func:`store_answer`). The week itself is never touched.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.plane import on_plane
from matching.policy import policy_of
from matching.refusals import NotFound, NothingToAsk
from matching.trail import note
from matching.week import Week
from models.authority import Actor, Permission
from models.organisation import OrganisationUnit
from models.roster import RosterRun, RunState
from models.what_if import WhatIf, WhatIfKind
from solver import (
    Comparison,
    Problem,
    Progress,
    Volunteer,
    Weights,
    compare,
    parse_problem,
    parse_solution,
    solve,
    whom_to_recruit,
    with_free_day,
    with_people,
    with_weights,
)

SOFT_WEIGHTS: Final = ("near", "liked", "familiar", "turn", "recent_hour")
"""Weights that a question may change: wishes and fairness. What a seat is worth is the city's to say."""
PARTS_OF_DAY: Final[dict[str, tuple[int, int]]] = {
    "morning": (480, 720),
    "afternoon": (720, 1080),
    "evening": (1080, 1260),
}
DRIVE_RADIUS: Final = 3_000
MOST_PEOPLE: Final = 200
MOST_RECRUITS: Final = 6
_DAY: Final = 1440
_QUALITIES: Final = ("adult", "age_14", "late_evening", "resident")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWeights:
    """Wishes and fairness weighed otherwise."""

    kind: ClassVar = WhatIfKind.WEIGHTS
    weights: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeDay:
    """Everybody free on one more day of the week, 0 being Monday."""

    kind: ClassVar = WhatIfKind.FREE_DAY
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """So many people with these skills won in one unit, free on these days and parts of a day."""

    kind: ClassVar = WhatIfKind.DRIVE
    unit_code: str
    people: int
    tags: tuple[str, ...]
    days: tuple[int, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruit:
    """Whom to look for: nothing is changed."""

    kind: ClassVar = WhatIfKind.RECRUIT


Question = OtherWeights | FreeDay | Drive | Recruit


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question with the week it is about; `at` is where a drive takes place, metres on the plane."""

    question: Question
    problem: Problem
    assignments: tuple[tuple[str, str], ...]
    at: tuple[float, float] | None
    seed: int


def may_ask(actor: Actor) -> bool:
    """Say whether `actor` may ask: whoever sees the runs, or the figures of a unit."""
    return actor.may(Permission.CITY_RUN_READ) or actor.has(Permission.UNIT_INDICATOR_READ)


def ask_what_if(session: Session, actor: Actor, *, week: Week, question: Question, now: datetime) -> int:
    """Write down a question about the newest plan of `week`; give its id.

    Raises
    ------
    NotFound
        When the actor may not ask, or the unit of a drive is not there or has no place.
    NothingToAsk
        When the week has no plan.
    """
    if not may_ask(actor):
        raise NotFound(kind="what_if")
    run_id = session.scalar(
        select(RosterRun.id)
        .where(RosterRun.week == str(week), RosterRun.state == RunState.STORED, RosterRun.solution.is_not(None))
        .order_by(RosterRun.id.desc())
        .limit(1)
    )
    if run_id is None:
        raise NothingToAsk(week=str(week))
    if isinstance(question, Drive):
        _place(session, question.unit_code)
    row = WhatIf(
        run_id=run_id,
        kind=question.kind,
        parameters=asdict(question),
        state=RunState.RUNNING,
        account_id=actor.account_id,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    note(session, actor, action="what_if.asked", subject=("what_if", row.id), now=now, kind=question.kind.value)
    return row.id


def open_question(session: Session, *, what_if_id: int) -> OpenQuestion | None:
    """Read a question that waits for its answer; None when it has one."""
    row = session.get_one(WhatIf, what_if_id)
    if row.state is not RunState.RUNNING:
        return None
    run = session.get_one(RosterRun, row.run_id)
    question = question_of(row.kind, row.parameters)
    return OpenQuestion(
        question=question,
        problem=parse_problem(gzip.decompress(run.problem or b"")),
        assignments=parse_solution(gzip.decompress(run.solution or b"")).assignments,
        at=_place(session, question.unit_code) if isinstance(question, Drive) else None,
        seed=run.seed,
    )


def question_of(kind: WhatIfKind, parameters: Mapping[str, Any]) -> Question:
    """Read a kept question."""
    if kind is WhatIfKind.WEIGHTS:
        return OtherWeights(weights=dict(parameters["weights"]))
    if kind is WhatIfKind.FREE_DAY:
        return FreeDay(day=parameters["day"])
    if kind is WhatIfKind.DRIVE:
        tags, days, parts = (tuple(parameters[name]) for name in ("tags", "days", "parts"))
        return Drive(unit_code=parameters["unit_code"], people=parameters["people"], tags=tags, days=days, parts=parts)
    return Recruit()


def answer_of(
    opened: OpenQuestion, *, workers: int = 2, watch: Callable[[Progress], None] | None = None
) -> dict[str, Any]:
    """Plan the changed week and put both plans side by side; or find whom to look for."""
    problem, standing = opened.problem, opened.assignments
    if isinstance(opened.question, Recruit):
        found = whom_to_recruit(problem, standing, most=MOST_RECRUITS)
        return {"recruiting": [asdict(one) for one in found]}
    changed = _changed(opened)
    result = solve(changed, workers=workers, seed=opened.seed, progress=watch, explain=False)
    judged = problem if isinstance(opened.question, OtherWeights) else changed
    sides = compare(judged, standing, result.assignments)
    return {**_plain(sides), "points": result.points, "bound": result.bound, "gap": result.gap}


def store_answer(session: Session, *, what_if_id: int, answer: Mapping[str, Any], now: datetime) -> None:
    """Keep the answer of a question."""
    row = session.get_one(WhatIf, what_if_id)
    row.state, row.answer, row.answered_at = RunState.STORED, dict(answer), now


def fail_answer(session: Session, *, what_if_id: int, code: str, now: datetime) -> None:
    """Write down that a question has no answer, and why."""
    row = session.get_one(WhatIf, what_if_id)
    row.state, row.failure, row.answered_at = RunState.FAILED, code, now


def _changed(opened: OpenQuestion) -> Problem:
    problem, question = opened.problem, opened.question
    if isinstance(question, OtherWeights):
        return with_weights(problem, weights_with(problem.weights, question.weights))
    if isinstance(question, FreeDay):
        return with_free_day(problem, question.day)
    if isinstance(question, Drive) and opened.at is not None:
        return with_people(problem, _newcomers(question, opened.at))
    return problem


def weights_with(weights: Weights, changes: Mapping[str, int]) -> Weights:
    """The weights with some of the soft ones changed."""
    soft: dict[str, Any] = {name: value for name, value in changes.items() if name in SOFT_WEIGHTS}
    return replace(weights, **soft)


def _newcomers(drive: Drive, at: tuple[float, float]) -> Iterator[Volunteer]:
    spans = tuple(
        (day * _DAY + PARTS_OF_DAY[part][0], day * _DAY + PARTS_OF_DAY[part][1])
        for day in sorted(drive.days)
        for part in PARTS_OF_DAY
        if part in drive.parts
    )
    tags = dict.fromkeys((*_QUALITIES, *drive.tags))
    for number in range(drive.people):
        yield Volunteer(
            id=f"new{number}", at=at, radius=DRIVE_RADIUS, tags=tags, free=_joined(spans), max_shifts=2,
            max_shifts_per_day=1, max_minutes=8 * 60,
        )  # fmt: skip


def _joined(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Spans that touch, made one: a shift may begin in the morning and end in the afternoon."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _plain(sides: Comparison) -> dict[str, Any]:
    people = {who for who, _ in sides.only_first} | {who for who, _ in sides.only_second}
    newcomers = {who for who, _ in sides.only_second if who.startswith("new")}
    return {
        "first": asdict(sides.first),
        "second": asdict(sides.second),
        "people": len(people - newcomers),
        "newcomers": len(newcomers),
        "kept": sum(sides.first.seats.values()) - len(sides.only_first),
    }


def _place(session: Session, code: str) -> tuple[float, float]:
    unit = session.scalar(select(OrganisationUnit).where(OrganisationUnit.code == code))
    if unit is None or unit.longitude is None or unit.latitude is None:
        raise NotFound(kind="unit")
    return on_plane(unit.longitude, unit.latitude, policy_of(session).centre)
