"""The day of one shift: the leader's list on a phone, the code at the place, walk-ins, and what is printed."""

from datetime import date

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from matching.attendance import record_absence, record_as_expected, record_excuse, record_times
from matching.presence import add_walk_in, mark_everybody, mark_presence, place_code
from matching.queries.acquaintances import acquaintances
from matching.queries.day import sheets
from matching.queries.service import AttendanceList, attendance_list
from matching.refusals import NotEligible
from models.authority import Permission
from models.service import PresenceKind
from web.access import current_actor, requires
from web.current import current_settings, current_work, now
from web.forms import Form, read_form
from web.forms.day import DayAct, DayActSchema, Said, Times, TimesSchema
from web.moments import instant, local
from web.notices import flash_with_undo
from web.places import days_of, wanted_week
from web.texts.reasons import their_rule_text
from web.texts.week import excuses

day = Blueprint("day", __name__)


@day.get("/shifts/<int:shift_id>/day")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def leaders_list(shift_id: int) -> ResponseReturnValue:
    """Show who is expected, who is here, who has left."""
    return render_template("day/list.html", shift=_list(shift_id), excuses=excuses(), now=now(), form=Form())


@day.post("/shifts/<int:shift_id>/day/<int:assignment_id>")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def say(shift_id: int, assignment_id: int) -> ResponseReturnValue:
    """Write what the leader says of one line; the answer offers to take it back."""
    command, form = read_form(DayActSchema(), request.form)
    if not isinstance(command, DayAct):
        flash(next(iter(form.errors.values())), "trouble")
    else:
        _write(shift_id, assignment_id, command)
        undo = url_for("day.take_back", shift_id=shift_id, assignment_id=assignment_id)
        flash_with_undo(_("Written down."), undo, tone="good")
    return _back(shift_id, assignment_id)


@day.post("/shifts/<int:shift_id>/day/<int:assignment_id>/times")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def times(shift_id: int, assignment_id: int) -> ResponseReturnValue:
    """Write from when to when somebody served."""
    command, form = read_form(TimesSchema(), request.form)
    if not isinstance(command, Times):
        page = render_template(
            "day/list.html", shift=_list(shift_id), excuses=excuses(), now=now(), form=form, wrong_id=assignment_id
        )
        return page, 422
    came, left = command.instants(local(_list(shift_id).starts_at).date())
    with current_work().begin() as session:
        record_times(
            session,
            current_actor(),
            assignment_id=assignment_id,
            checked_in_at=came,
            checked_out_at=left,
            reason=command.reason,
            now=now(),
        )
    flash(_("The times are written down. What stood before is kept."), "good")
    return _back(shift_id, assignment_id)


@day.post("/shifts/<int:shift_id>/day/<int:assignment_id>/back")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def take_back(shift_id: int, assignment_id: int) -> ResponseReturnValue:
    """Let somebody be expected again: the wrong button was pressed."""
    with current_work().begin() as session:
        record_as_expected(session, current_actor(), assignment_id=assignment_id, now=now())
    flash(_("Taken back: they are expected again."), "calm")
    return _back(shift_id, assignment_id)


@day.post("/shifts/<int:shift_id>/day/all")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def everybody(shift_id: int) -> ResponseReturnValue:
    """Write that everybody is here, or that everybody leaves."""
    kind = PresenceKind.OUT if request.form.get("said") == "left" else PresenceKind.IN
    with current_work().begin() as session:
        count = mark_everybody(session, current_actor(), shift_id=shift_id, kind=kind, now=now())
    flash(ngettext("Written down for one person.", "Written down for %(num)d people.", count), "good")
    return redirect(url_for("day.leaders_list", shift_id=shift_id))


@day.get("/shifts/<int:shift_id>/walk-in")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def walk_in(shift_id: int) -> ResponseReturnValue:
    """Find somebody who came unasked."""
    wanted = request.args.get("wanted", "").strip()[:40]
    shift = _list(shift_id)
    with current_work().read() as session:
        found = acquaintances(session, current_actor(), wanted=wanted) if wanted else ()
    there = {one.person_id for one in shift.attendees}
    return render_template("day/walk_in.html", shift=shift, wanted=wanted, found=found, there=there)


@day.post("/shifts/<int:shift_id>/walk-in")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def walk_in_send(shift_id: int) -> ResponseReturnValue:
    """Seat them, and write that they are here."""
    try:
        with current_work().begin() as session:
            assignment_id = add_walk_in(
                session,
                current_actor(),
                role_id=request.form.get("role", -1, type=int),
                person_id=request.form.get("person", -1, type=int),
                now=now(),
            )
            kind = PresenceKind.IN
            mark_presence(session, current_actor(), assignment_id=assignment_id, kind=kind, at=now(), now=now())
    except NotEligible as refusal:
        flash(their_rule_text(str(refusal.parameters["rule"])), "trouble")
        return redirect(url_for("day.walk_in", shift_id=shift_id))
    flash(_("Welcome: they are on the list, and here."), "good")
    return _back(shift_id, assignment_id)


@day.get("/shifts/<int:shift_id>/place")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def place(shift_id: int) -> ResponseReturnValue:
    """Show the QR code and the six digits, for a phone held up or a sheet on the wall."""
    with current_work().read() as session:
        code = place_code(session, current_actor(), shift_id=shift_id)
        shift = attendance_list(session, current_actor(), shift_id=shift_id)
    address = f"{current_settings().public_url}{url_for('here.at_place', token=code.token)}"
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2)
    return render_template("day/place.html", shift=shift, code=code.code, qr=Markup(drawn))  # noqa: S704  segno's own


@day.get("/sheets")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def print_sheets() -> ResponseReturnValue:
    """Show sign-in sheets, one page a shift: of a shift, a day, or a week."""
    week, text = wanted_week(), request.args.get("day", "")
    chosen = date.fromisoformat(text) if text in days_of(week) else None
    shift_id = request.args.get("shift", type=int)
    with current_work().read() as session:
        unit = request.args.get("unit", "")[:15]
        found = sheets(session, current_actor(), week=week, unit_code=unit, day=chosen, shift_id=shift_id)
    return render_template("day/sheets.html", sheets=found, week=str(week), day=chosen, unit=unit, shift_id=shift_id)


def _write(shift_id: int, assignment_id: int, command: DayAct) -> None:
    with current_work().begin() as session:
        actor, at = current_actor(), now()
        if command.said is Said.ABSENT:
            record_absence(session, actor, assignment_id=assignment_id, now=at)
        elif command.said is Said.EXCUSED:
            record_excuse(session, actor, assignment_id=assignment_id, reason=command.reason or "other", now=at)
        else:
            kind = PresenceKind.IN if command.said is Said.HERE else PresenceKind.OUT
            shift = attendance_list(session, actor, shift_id=shift_id)
            when = at if command.at is None else instant(local(shift.starts_at).date(), command.at)
            mark_presence(session, actor, assignment_id=assignment_id, kind=kind, at=when, now=at)


def _list(shift_id: int) -> AttendanceList:
    with current_work().read() as session:
        return attendance_list(session, current_actor(), shift_id=shift_id)


def _back(shift_id: int, assignment_id: int) -> ResponseReturnValue:
    return redirect(url_for("day.leaders_list", shift_id=shift_id, _anchor=f"line-{assignment_id}"))
