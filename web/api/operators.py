"""Version 1, for operators: starting a plan or a repair, polling for its run, publishing, carrying out a repair."""

from typing import Any

from flask import Response, jsonify, url_for

from matching.publishing import Published, publish_roster
from matching.queries.rosters import RunLine, RunView, run_view
from matching.queries.rosters import runs as newest_runs
from matching.refusals import NothingToRepair, WeekPublished
from matching.repairs import apply_repair
from matching.rosters import published_roster
from matching.week import Week
from models.authority import Permission
from models.roster import RunKind
from web.access import current_actor, requires
from web.api.blueprint import api
from web.api.commands import NextRunSchema, StartRunSchema, TheWeekSchema
from web.api.paging import Page, PagedSchema, cursor, number, page, page_of
from web.api.shapes import shape_of
from web.api.views import Counted, RunProgress, StartedRun
from web.current import current_work, now
from web.workers import start


@api.route("/runs", methods=["GET"], tags=["Operator"])
@requires(Permission.CITY_RUN_READ)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(RunLine))
def read_runs(asked: dict[str, Any]) -> Page[RunLine]:
    """Give the runs, the newest first."""
    before = cursor(asked["after"], number)
    with current_work().read() as session:
        found = newest_runs(
            session, current_actor(), limit=asked["limit"] + 1, before_id=None if before is None else before[0]
        )
    return page(found, asked["limit"], lambda line: [line.run_id])


@api.route("/runs", methods=["POST"], tags=["Operator"])
@requires(Permission.CITY_RUN_START)
@api.arguments(StartRunSchema)
@api.response(202, shape_of(StartedRun))
def start_run(data: dict[str, Any]) -> Response:
    """Start planning a week, or working out a repair of one; ask at *poll* until there is a run that has ended."""
    week, kind = data["week"], data["kind"]
    with current_work().read() as session:
        _refuse_early(session, week, kind)
        last = next((line.run_id for line in newest_runs(session, current_actor(), limit=1)), 0)
    _start(week, kind)
    poll = url_for("api_v1.read_next_run", week=str(week), kind=kind.value, since=last)
    made = jsonify(shape_of(StartedRun)().dump(StartedRun(week=str(week), kind=kind.value, poll=poll)))
    made.status_code = 202
    made.headers["Location"] = poll
    return made


@api.route("/runs/next", methods=["GET"], tags=["Operator"])
@requires(Permission.CITY_RUN_READ)
@api.arguments(NextRunSchema, location="query")
@api.response(200, shape_of(RunProgress))
def read_next_run(data: dict[str, Any]) -> RunProgress:
    """Give how a started step stands: waiting until it begins, then the run."""
    with current_work().read() as session:
        actor = current_actor()
        found = newest_runs(session, actor, since_id=data["since"], week=data["week"], kind=data["kind"])
        if not found:
            return RunProgress(state="waiting", run=None)
        first = min(line.run_id for line in found)
        run = run_view(session, actor, run_id=first)
    return RunProgress(state=run.line.state, run=run)


@api.route("/runs/<int:run_id>", methods=["GET"], tags=["Operator"])
@requires(Permission.CITY_RUN_READ)
@api.response(200, shape_of(RunView))
def read_run(run_id: int) -> RunView:
    """Give one run, with what makes it possible to make it again."""
    with current_work().read() as session:
        return run_view(session, current_actor(), run_id=run_id)


@api.route("/runs/<int:run_id>/apply", methods=["POST"], tags=["Operator"])
@requires(Permission.CITY_ROSTER_PUBLISH)
@api.response(200, shape_of(Counted))
def apply_run(run_id: int) -> Counted:
    """Carry out the changes of a repair, as they were shown."""
    with current_work().begin() as session:
        return Counted(count=apply_repair(session, current_actor(), run_id=run_id, now=now()))


@api.route("/roster/publish", methods=["POST"], tags=["Operator"])
@requires(Permission.CITY_ROSTER_PUBLISH)
@api.arguments(TheWeekSchema)
@api.response(200, shape_of(Published))
def publish(data: dict[str, Week]) -> Published:
    """Publish a week's proposal: everybody in it is asked."""
    with current_work().begin() as session:
        return publish_roster(session, current_actor(), week=data["week"], area="", now=now())


def _refuse_early(session: Any, week: Week, kind: RunKind) -> None:
    """Say at once what the step would find out later, in the background."""
    published = published_roster(session, week=week, area="")
    if kind is RunKind.PLAN and published is not None:
        raise WeekPublished(week=str(week), area="")
    if kind is RunKind.REPAIR and published is None:
        raise NothingToRepair(week=str(week), area="")


def _start(week: Week, kind: RunKind) -> None:
    from web.jobs.week import plan_week, propose_repair  # noqa: PLC0415  the jobs stand on the application

    if kind is RunKind.PLAN:
        start("linli.plan", lambda work, actor: plan_week(work, actor, week=week), [str(week), ""])
    else:
        start("linli.repair", lambda work, actor: propose_repair(work, actor, week=week), [str(week), ""])
