"""The steps of the week, each in its own units of work; no transaction is open while the solver thinks."""

from dataclasses import dataclass

from matching.hours import propose_check_outs
from matching.offers import lapse_offers
from matching.publishing import Published, publish_roster
from matching.refusals import PlanUnsound, WeekPublished, WrongState
from matching.reminders import alert_shortages, remind_tomorrow
from matching.repairs import Change, apply_repair, store_repair
from matching.rosters import OpenRun, begin_plan, fail_plan, store_plan
from matching.runs import CANCELLED, close_dead_runs
from matching.standing_in import ask_further
from matching.week import Week
from models.authority import Actor
from models.roster import RunKind
from solver import Result, Status, solve
from web.database import Work
from web.jobs.parts import NoPlan, Spread, solve_as_parts
from web.jobs.progress import RunTeller, Watch, asker

SOLVED = (Status.OPTIMAL, Status.FEASIBLE)
LAPSED_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How a run is made: what makes it possible to make it again. No wall-clock limit unless one is asked for."""

    seed: int = 1
    workers: int = 2
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A stored proposal and the result behind it; `set_aside` are held seats whose rules no longer hold."""

    run_id: int
    roster_id: int
    result: Result
    set_aside: tuple[int, ...]


def plan_week(
    work: Work,
    actor: Actor,
    *,
    week: Week,
    area: str = "",
    limits: Limits | None = None,
    spread: Spread | None = None,
    watch: Watch | None = None,
) -> Planned:
    """Snapshot, solve (a large week as parts), check, store as a proposal.

    Raises
    ------
    NoPlan
        When there is none, or the run was cancelled; the run says why.
    WeekPublished
        When the week is published by now.
    """
    limits = limits or Limits()
    opened = _open(work, actor, week=week, area=area, kind=RunKind.PLAN, limits=limits)
    result = _solved(work, actor, opened, limits, RunTeller(work, opened.run_id, watch), spread)
    try:
        with work.begin() as session:
            roster_id = store_plan(
                session, actor, run_id=opened.run_id, problem=opened.problem, result=result, now=work.now()
            )
    except (PlanUnsound, WeekPublished) as refusal:
        _fail(work, actor, opened.run_id, refusal.code)
        raise
    except WrongState as ended:
        raise NoPlan(CANCELLED) from ended
    return Planned(run_id=opened.run_id, roster_id=roster_id, result=result, set_aside=opened.set_aside)


def publish_week(work: Work, actor: Actor, *, week: Week, area: str = "") -> Published:
    """Publish the week's proposal: everybody in it is asked."""
    with work.begin() as session:
        return publish_roster(session, actor, week=week, area=area, now=work.now())


def propose_repair(
    work: Work, actor: Actor, *, week: Week, area: str = "", limits: Limits | None = None, watch: Watch | None = None
) -> tuple[int, tuple[Change, ...]]:
    """Plan again around what stands; give the run's id and its changes, not carried out yet."""
    limits = limits or Limits()
    opened = _open(work, actor, week=week, area=area, kind=RunKind.REPAIR, limits=limits)
    result = _solved(work, actor, opened, limits, RunTeller(work, opened.run_id, watch))
    with work.begin() as session:
        changes = store_repair(
            session, actor, run_id=opened.run_id, problem=opened.problem, result=result, now=work.now()
        )
    return opened.run_id, changes


def carry_out_repair(work: Work, actor: Actor, *, run_id: int) -> int:
    """Carry out a repair's changes; give how many were made."""
    with work.begin() as session:
        return apply_repair(session, actor, run_id=run_id, now=work.now())


def lapse_overdue(work: Work) -> int:
    """Close offers whose deadline has passed, a part at a time; give how many."""
    total = 0
    while True:
        with work.begin() as session:
            lapsed = lapse_offers(session, now=work.now(), limit=LAPSED_AT_ONCE)
        total += lapsed
        if lapsed < LAPSED_AT_ONCE:
            return total


def close_dead(work: Work) -> int:
    """Give up runs whose process died; give how many."""
    with work.begin() as session:
        return close_dead_runs(session, now=work.now())


def keep_the_day(work: Work) -> None:
    """Say what is due without a step: reminders, shortages, forgotten check-outs, the next who could stand in."""
    for deed in (remind_tomorrow, alert_shortages, propose_check_outs, ask_further):
        with work.begin() as session:
            deed(session, now=work.now())


def _open(work: Work, actor: Actor, *, week: Week, area: str, kind: RunKind, limits: Limits) -> OpenRun:
    with work.begin() as session:
        return begin_plan(
            session,
            actor,
            week=week,
            area=area,
            kind=kind,
            seed=limits.seed,
            workers=limits.workers,
            seconds=limits.seconds,
            now=work.now(),
        )


def _solved(  # noqa: PLR0917  the facts of one run
    work: Work, actor: Actor, opened: OpenRun, limits: Limits, tell: RunTeller, spread: Spread | None = None
) -> Result:
    try:
        with tell.alive():
            result = _answer(work, opened, limits, tell, spread)
    except NoPlan as none:
        _fail(work, actor, opened.run_id, none.code)
        raise
    except BaseException:
        _fail(work, actor, opened.run_id, "solver_failed")
        raise
    if result.status not in SOLVED:
        _fail(work, actor, opened.run_id, str(result.status))
        raise NoPlan(str(result.status))
    return result


def _answer(work: Work, opened: OpenRun, limits: Limits, tell: RunTeller, spread: Spread | None) -> Result:
    size = len(opened.problem.volunteers)
    if spread is not None and spread.parts_from is not None and size >= spread.parts_from:
        return solve_as_parts(
            work,
            run_id=opened.run_id,
            problem=opened.problem,
            spread=spread,
            seed=limits.seed,
            workers=limits.workers,
            seconds=limits.seconds,
            tell=tell,
        )
    cancelled = asker(work, opened.run_id)
    result = solve(
        opened.problem,
        seconds=limits.seconds,
        workers=limits.workers,
        seed=limits.seed,
        progress=tell,
        cancelled=cancelled,
    )
    if cancelled():
        raise NoPlan(CANCELLED)
    return result


def _fail(work: Work, actor: Actor, run_id: int, code: str) -> None:
    with work.begin() as session:
        fail_plan(session, actor, run_id=run_id, code=code, now=work.now())
