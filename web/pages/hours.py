"""Hours that wait for a coordinator: approved in bulk where they are plain, looked at one by one where they are not."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.approvals import approve_undisputed, note_spot_check
from matching.hours import approve_hours, correct_hours
from matching.queries.hours import hours_one, hours_waiting, spot_sample
from matching.queries.service import hour_history
from models.authority import Permission
from web.access import current_actor, requires
from web.current import current_work, now, today
from web.forms import Form, read_form
from web.forms.day import Approval, ApprovalSchema, Times, TimesSchema
from web.moments import clock_text

hours = Blueprint("hours", __name__)


@hours.get("/hours")
@requires(Permission.UNIT_HOURS_APPROVE)
def waiting() -> ResponseReturnValue:
    """Show what waits: plain hours to approve at once, then those that want a look."""
    with current_work().read() as session:
        found = hours_waiting(session, current_actor(), today=today())
        sample = spot_sample(session, current_actor(), now=now(), today=today())
    return render_template("hours/waiting.html", found=found, sample=sample, today=today())


@hours.post("/hours/approve")
@requires(Permission.UNIT_HOURS_APPROVE)
def waiting_approve() -> ResponseReturnValue:
    """Approve the ticked ones that are plain."""
    ticked = [int(text) for text in request.form.getlist("records[]") if text.isdecimal() and len(text) < 19]  # noqa: PLR2004  63 bits
    with current_work().begin() as session:
        done = approve_undisputed(session, current_actor(), record_ids=ticked, now=now())
    flash(ngettext("One record is approved.", "%(num)d records are approved.", done.approved), "good")
    if done.left:
        flash(ngettext("One wants a look of its own.", "%(num)d want a look of their own.", done.left), "waiting")
    return redirect(url_for("hours.waiting"))


@hours.get("/hours/<int:record_id>")
@requires(Permission.UNIT_HOURS_APPROVE)
def waiting_one(record_id: int) -> ResponseReturnValue:
    """Show one record with its history, and what can be decided."""
    return _page(record_id, Form(), 200)


@hours.post("/hours/<int:record_id>/approve")
@requires(Permission.UNIT_HOURS_APPROVE)
def approve(record_id: int) -> ResponseReturnValue:
    """Approve one record."""
    command, form = read_form(ApprovalSchema(), request.form)
    if not isinstance(command, Approval):
        return _page(record_id, form, 422)
    with current_work().begin() as session:
        approve_hours(session, current_actor(), record_id=record_id, over_reason=command.over_reason, now=now())
    flash(_("Approved."), "good")
    return redirect(url_for("hours.waiting"))


@hours.post("/hours/<int:record_id>/correct")
@requires(Permission.UNIT_HOURS_APPROVE)
def correct(record_id: int) -> ResponseReturnValue:
    """Put one record right; it waits for approval again."""
    command, form = read_form(TimesSchema(), request.form)
    if not isinstance(command, Times):
        return _page(record_id, form, 422)
    with current_work().begin() as session:
        line = hours_one(session, current_actor(), record_id=record_id, today=today())
        came, left = command.instants(line.served_on)
        correct_hours(
            session,
            current_actor(),
            record_id=record_id,
            checked_in_at=came,
            checked_out_at=left,
            reason=command.reason,
            now=now(),
        )
    flash(_("The times are written down. What stood before is kept."), "good")
    return redirect(url_for("hours.waiting_one", record_id=record_id))


@hours.post("/hours/<int:record_id>/spot-check")
@requires(Permission.UNIT_HOURS_APPROVE)
def spot_check(record_id: int) -> ResponseReturnValue:
    """Write down what a spot check found."""
    right = request.form.get("right") == "1"
    with current_work().begin() as session:
        note_spot_check(session, current_actor(), record_id=record_id, is_right=right, now=now())
    if right:
        flash(_("Noted: compared, and right."), "good")
        return redirect(url_for("hours.waiting"))
    flash(_("Noted. Please put the times right."), "waiting")
    return redirect(url_for("hours.waiting_one", record_id=record_id))


def _page(record_id: int, form: Form, status: int) -> ResponseReturnValue:
    with current_work().read() as session:
        line = hours_one(session, current_actor(), record_id=record_id, today=today())
        acts = hour_history(session, current_actor(), record_id=record_id)
    if line.checked_in_at and line.checked_out_at:
        stands = {"came": clock_text(line.checked_in_at), "left": clock_text(line.checked_out_at)}
        form.values = {**stands, **form.values}
    page = render_template("hours/one.html", line=line, acts=acts, form=form)
    return page, status
