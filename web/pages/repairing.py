"""A coordinator's own repair: her unit's published week planned again around what stands, shown, then sent."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.queries.changes import newest_repair, repair_changes
from matching.refusals import NothingToRepair
from matching.repairs import apply_repair, undo_repair
from matching.rosters import has_in_hand, published_roster
from matching.week import Week
from models.authority import Permission
from models.roster import RunState
from web.access import current_actor, requires
from web.current import current_work, now
from web.notices import flash_with_undo
from web.places import units_within, wanted_week
from web.texts.refusals import refusal_text
from web.texts.runs import failure_text
from web.workers import start

repairing = Blueprint("repairing", __name__)

MOST_UNITS = 60


@repairing.get("/roster/repair")
@requires(Permission.UNIT_ROSTER_WRITE)
def show() -> ResponseReturnValue:
    """Show the newest repair of a unit's week: its changes before anybody is told, or how far it is."""
    week, actor = wanted_week(), current_actor()
    with current_work().read() as session:
        units = [one for one in units_within(session, actor, Permission.UNIT_ROSTER_WRITE) if one[0]][:MOST_UNITS]
        unit = _unit(units)
        run = newest_repair(session, actor, week=week, area=unit)
        stored = run is not None and run.state is RunState.STORED
        changes = repair_changes(session, actor, run_id=run.run_id) if run is not None and stored else None
        published = published_roster(session, week=week, area=unit) is not None
    begun = request.args.get("begun", type=int)
    return render_template(
        "coordinator/repair.html",
        week=str(week),
        units=units,
        unit=unit,
        unit_name=dict(units).get(unit, unit),
        run=run,
        changes=changes,
        published=published,
        waits=(run is not None and run.state is RunState.RUNNING)
        or (begun is not None and begun == (0 if run is None else run.run_id)),
        failure_text=failure_text,
    )


@repairing.post("/roster/repair")
@requires(Permission.UNIT_ROSTER_WRITE)
def begin() -> ResponseReturnValue:
    """Begin to look for the fewest changes that mend a unit's week."""
    from web.jobs.week import propose_repair  # noqa: PLC0415  the jobs stand on the application

    week, unit, actor = _week(), request.form.get("unit", "")[:15], current_actor()
    with current_work().read() as session:
        before = newest_repair(session, actor, week=week, area=unit)  # refuses a unit that is not hers
        if published_roster(session, week=week, area=unit) is None:
            flash(refusal_text(NothingToRepair()), "calm")
            return redirect(url_for("repairing.show", week=str(week), unit=unit))
    start("linli.repair", lambda work, by: propose_repair(work, by, week=week, area=unit), [str(week), unit])
    begun = 0 if before is None else before.run_id
    return redirect(url_for("repairing.show", week=str(week), unit=unit, begun=begun))


@repairing.post("/roster/repairs/<int:run_id>/apply")
@requires(Permission.UNIT_ROSTER_WRITE)
def carry_out(run_id: int) -> ResponseReturnValue:
    """Send the changes as they were shown."""
    with current_work().begin() as session:
        made = apply_repair(session, current_actor(), run_id=run_id, now=now())
    text = ngettext("Sent: one change was made.", "Sent: %(num)d changes were made.", made)
    undo = url_for("repairing.undo", run_id=run_id, week=request.form.get("week"), unit=request.form.get("unit"))
    flash_with_undo(text, undo, "good")
    return _back()


@repairing.post("/roster/repairs/<int:run_id>/undo")
@requires(Permission.UNIT_ROSTER_WRITE)
def undo(run_id: int) -> ResponseReturnValue:
    """Turn the changes back where that still can be done."""
    with current_work().begin() as session:
        done = undo_repair(session, current_actor(), run_id=run_id, now=now())
    text = _("Turned back: %(gone)s released, %(back)s asked again.", gone=done.let_go, back=done.asked_back)
    if done.stays:
        stays = ngettext(
            "One change stays: somebody has said yes, or the seat is taken.",
            "%(num)d changes stay: somebody has said yes, or the seat is taken.",
            done.stays,
        )
        text = f"{text} {stays}"
    flash(text, "calm")
    return _back()


def _unit(units: list[tuple[str, str]]) -> str:
    """Give the unit that is asked for, else the first of the reader's own."""
    wanted = request.args.get("unit", "")[:15]
    if wanted and has_in_hand(current_actor(), wanted):
        return wanted
    return units[0][0] if units else ""


def _week() -> Week:
    return Week.parse(request.form["week"]) if request.form.get("week") else wanted_week()


def _back() -> ResponseReturnValue:
    week, unit = (request.values.get(name) or None for name in ("week", "unit"))
    return redirect(url_for("repairing.show", week=week, unit=unit))
