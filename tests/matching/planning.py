"""Planning and publishing in one session, as the steps of a week do in several."""

from datetime import datetime

from sqlalchemy.orm import Session

from matching.publishing import Published, publish_roster
from matching.repairs import Change, apply_repair, store_repair
from matching.rosters import begin_plan, store_plan
from matching.week import Week
from models.authority import SYSTEM
from models.roster import RunKind
from solver import Result, solve

WEEK = Week.parse("2026-W49")


def plan(session: Session, now: datetime, *, area: str = "") -> tuple[int, Result]:
    opened = begin_plan(session, SYSTEM, week=WEEK, area=area, now=now)
    result = solve(opened.problem, seed=1)
    roster = store_plan(session, SYSTEM, run_id=opened.run_id, problem=opened.problem, result=result, now=now)
    return roster, result


def publish(session: Session, now: datetime) -> Published:
    plan(session, now)
    return publish_roster(session, SYSTEM, week=WEEK, area="", now=now)


def repair(session: Session, now: datetime, *, apply: bool = True) -> tuple[Change, ...]:
    opened = begin_plan(session, SYSTEM, week=WEEK, area="", kind=RunKind.REPAIR, now=now)
    result = solve(opened.problem, seed=1)
    changes = store_repair(session, SYSTEM, run_id=opened.run_id, problem=opened.problem, result=result, now=now)
    if apply:
        apply_repair(session, SYSTEM, run_id=opened.run_id, now=now)
    return changes
