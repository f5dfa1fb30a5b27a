"""An operator's pages: the runs, what makes one reproducible, and the buttons that plan, publish and repair."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.publishing import publish_roster
from matching.queries.changes import repair_changes
from matching.queries.rosters import run_view
from matching.queries.rosters import runs as newest_runs
from matching.queries.steps import next_steps
from matching.refusals import NotFound
from matching.repairs import apply_repair
from matching.rosters import problem_text
from matching.runs import cancel_run
from matching.week import NoSuchWeek, Week
from models.authority import Permission
from models.roster import RosterRun, RosterState
from web.access import current_actor, requires
from web.current import current_settings, current_work, now
from web.places import coming_week
from web.texts.runs import failure_text, step_name, term_name
from web.workers import start

operator = Blueprint("operator", __name__)


@operator.get("/runs")
@requires(Permission.CITY_RUN_READ)
def runs() -> ResponseReturnValue:
    """Show the newest runs, what comes next, and the buttons."""
    with current_work().read() as session:
        lines = newest_runs(session, current_actor())
        coming = next_steps(session, current_actor(), now=now())
    return render_template(
        "operator/runs.html",
        lines=lines,
        week=str(coming_week()),
        weeks=[str(coming_week()), str(coming_week().next)],
        coming=coming,
        now=now(),
        step_name=step_name,
        failure_text=failure_text,
        may_start=current_actor().may(Permission.CITY_RUN_START),
        may_publish=current_actor().may(Permission.CITY_ROSTER_PUBLISH),
        is_running=any(line.state == "running" for line in lines),
    )


@operator.get("/runs/<int:run_id>")
@requires(Permission.CITY_RUN_READ)
def runs_one(run_id: int) -> ResponseReturnValue:
    """Show one run: its outcome, and all that is needed to make it again."""
    with current_work().read() as session:
        run = run_view(session, current_actor(), run_id=run_id)
        changes = repair_changes(session, current_actor(), run_id=run_id)
    return render_template(
        "operator/run.html",
        run=run,
        line=run.line,
        term_name=term_name,
        may_start=current_actor().may(Permission.CITY_RUN_START),
        failure_text=failure_text,
        may_publish=current_actor().may(Permission.CITY_ROSTER_PUBLISH),
        is_proposal=run.roster_state is RosterState.PROPOSED,
        changes=changes,
    )


@operator.post("/runs/<int:run_id>/cancel")
@requires(Permission.CITY_RUN_START)
def runs_cancel(run_id: int) -> ResponseReturnValue:
    """Stop a run that goes on; nothing of it is stored."""
    with current_work().begin() as session:
        cancel_run(session, current_actor(), run_id=run_id, now=now())
    flash(_("The run is stopped. Nothing of it was stored."), "calm")
    return redirect(url_for("operator.runs_one", run_id=run_id))


@operator.get("/runs/<int:run_id>/problem.json")
@requires(Permission.CITY_RUN_READ)
def runs_problem(run_id: int) -> ResponseReturnValue:
    """Give the problem as it was solved, to be solved again elsewhere; it holds ids only."""
    with current_work().read() as session:
        run = session.get(RosterRun, run_id) if current_actor().may(Permission.CITY_RUN_READ) else None
        text = b"" if run is None else problem_text(run)
    if not text:
        raise NotFound(kind="run", id=run_id)
    answer = Response(text, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="problem-{run_id}.json"'
    return answer


@operator.post("/runs/plan")
@requires(Permission.CITY_RUN_START)
def runs_plan() -> ResponseReturnValue:
    """Start planning a week; the page shows when it is done."""
    from web.jobs.parts import spread_of  # noqa: PLC0415
    from web.jobs.week import plan_week  # noqa: PLC0415

    week, spread = _week(), spread_of(current_settings())
    start("linli.plan", lambda work, actor: plan_week(work, actor, week=week, spread=spread), [str(week), ""])
    flash(_("Planning has begun. The result appears below."), "calm")
    return redirect(url_for("operator.runs"))


@operator.post("/runs/repair")
@requires(Permission.CITY_RUN_START)
def runs_repair() -> ResponseReturnValue:
    """Start looking for the fewest changes that mend a published week."""
    from web.jobs.week import propose_repair  # noqa: PLC0415

    week = _week()
    start("linli.repair", lambda work, actor: propose_repair(work, actor, week=week), [str(week), ""])
    flash(_("The repair is being worked out. Its changes are shown before anybody is asked."), "calm")
    return redirect(url_for("operator.runs"))


@operator.post("/runs/publish")
@requires(Permission.CITY_ROSTER_PUBLISH)
def runs_publish() -> ResponseReturnValue:
    """Publish a week's proposal: everybody in it is asked."""
    with current_work().begin() as session:
        published = publish_roster(session, current_actor(), week=_week(), area="", now=now())
    flash(_("Published: %(count)s people are asked.", count=published.offers), "good")
    return redirect(url_for("operator.runs"))


@operator.post("/runs/<int:run_id>/apply")
@requires(Permission.CITY_ROSTER_PUBLISH)
def runs_apply(run_id: int) -> ResponseReturnValue:
    """Carry out the changes of a repair, as they were shown."""
    with current_work().begin() as session:
        made = apply_repair(session, current_actor(), run_id=run_id, now=now())
    flash(_("Carried out: %(count)s changes.", count=made), "good")
    return redirect(url_for("operator.runs_one", run_id=run_id))


def _week() -> Week:
    try:
        return Week.parse(request.form.get("week", ""))
    except NoSuchWeek as error:
        raise NotFound(kind="week") from error
