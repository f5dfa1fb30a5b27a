"""A coordinator's pages: what needs her today, her needs, and the week's roster as a board."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.assignments import lock, release
from matching.queries.coordination import today as what_needs_me
from matching.queries.needs import NeedLine, needs_of_week
from matching.queries.rosters import RosterView, ShiftView, roster_week
from matching.week import Week
from models.authority import Permission
from models.need import Tier
from web.access import current_actor, requires
from web.current import current_work, now
from web.current import today as this_day
from web.moments import local
from web.navigation import own_path
from web.places import coming_week, days_of, units_within, wanted_week
from web.roster_book import WORKBOOK, roster_book
from web.texts.reasons import blocked_text, filler_text

coordinator = Blueprint("coordinator", __name__)

#: A board of more shifts than this is shown a day at a time, to stay a page that a telephone can load.
WHOLE_WEEK_SHIFTS = 36
MOST_ROWS = 2000


@coordinator.get("/today")
@requires(Permission.UNIT_NEED_WRITE)
def today() -> ResponseReturnValue:
    """Show what needs the coordinator today, in order."""
    with current_work().read() as session:
        work = what_needs_me(session, current_actor(), now=now())
    return render_template("coordinator/today.html", work=work, week=coming_week(), day=this_day(), Tier=Tier)


@coordinator.get("/needs")
@requires(Permission.UNIT_NEED_READ)
def needs() -> ResponseReturnValue:
    """Show the needs of a week, day by day."""
    week = wanted_week()
    with current_work().read() as session:
        lines = needs_of_week(session, current_actor(), week=week)
    return render_template("coordinator/needs.html", week=str(week), days=_by_day(lines), count=len(lines), Tier=Tier)


@coordinator.get("/roster")
@requires(Permission.UNIT_ROSTER_READ)
def roster() -> ResponseReturnValue:
    """Show the week's roster as a board: shift, role, person; what is short, why, and what would fill it."""
    week, unit = wanted_week(), request.args.get("unit", "")
    only_short = request.args.get("show") == "short"
    with current_work().read() as session:
        board = roster_week(session, current_actor(), week=week, unit_code=unit, only_short=only_short)
        units = units_within(session, current_actor(), Permission.UNIT_ROSTER_READ)
    days = _by_day(board.shifts)
    day = _wanted_day(board, week, days)
    shown = {key: shifts for key, shifts in days.items() if day is None or key == day}
    return render_template(
        "coordinator/roster.html",
        board=board,
        week=str(week),
        days=days,
        shown=shown,
        day=day,
        week_days=[date.fromisoformat(text) for text in days_of(week)],
        unit=unit,
        units=units,
        only_short=only_short,
        totals=_totals(board),
        may_write=current_actor().has(Permission.UNIT_ROSTER_WRITE),
        blocked_text=blocked_text,
        filler_text=filler_text,
        now=now(),
    )


@coordinator.get("/roster.xlsx")
@requires(Permission.UNIT_ROSTER_READ)
def roster_xlsx() -> ResponseReturnValue:
    """Give the week's roster as a workbook, one row a seat."""
    week, unit = wanted_week(), request.args.get("unit", "")[:15]
    with current_work().read() as session:
        board = roster_week(session, current_actor(), week=week, unit_code=unit, limit=MOST_ROWS)
    answer = Response(roster_book(board), mimetype=WORKBOOK)
    answer.headers["Content-Disposition"] = f'attachment; filename="roster-{week}.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@coordinator.post("/roster/assignments/<int:assignment_id>/lock")
@requires(Permission.UNIT_ROSTER_WRITE)
def roster_lock(assignment_id: int) -> ResponseReturnValue:
    """Pin somebody to a seat, or let them go again."""
    locked = request.form.get("locked") == "1"
    with current_work().begin() as session:
        lock(session, current_actor(), assignment_id=assignment_id, locked=locked, now=now())
    flash(_("Kept for the next plan.") if locked else _("The next plan may move them."), "good")
    return redirect(_back())


@coordinator.post("/roster/assignments/<int:assignment_id>/release")
@requires(Permission.UNIT_ROSTER_WRITE)
def roster_release(assignment_id: int) -> ResponseReturnValue:
    """Take somebody out of a seat; whoever was asked already is told."""
    with current_work().begin() as session:
        release(session, current_actor(), assignment_id=assignment_id, reason="coordinator", now=now())
    flash(_("The seat is free again. Whoever had been asked is told."), "good")
    return redirect(_back())


def _back() -> str:
    return own_path(request.form.get("next")) or url_for("coordinator.roster")


def _by_day(lines: tuple[Any, ...]) -> dict[date, list[Any]]:
    """Put shifts under the local day on which they start."""
    days: dict[date, list[NeedLine | ShiftView]] = {}
    for line in lines:
        days.setdefault(local(line.starts_at).date(), []).append(line)
    return days


def _wanted_day(board: RosterView, week: Week, days: dict[date, list[Any]]) -> date | None:
    """Give the one day to show, None for the whole week."""
    text = request.args.get("day", "")
    if text in days_of(week):
        return date.fromisoformat(text)
    if len(board.shifts) <= WHOLE_WEEK_SHIFTS or text == "all":
        return None
    coming = [day for day in days if day >= this_day()]
    return min(coming, default=min(days))


def _totals(board: RosterView) -> dict[str, int]:
    seats = [seat for shift in board.shifts for role in shift.roles for seat in role.seats]
    return {
        "shifts": len(board.shifts),
        "short": sum(shift.missing > 0 for shift in board.shifts),
        "asked": sum(seat.tier is not Tier.EXTRA for seat in seats),
        "held": sum(seat.person_id is not None and seat.tier is not Tier.EXTRA for seat in seats),
        "confirmed": sum(seat.state is not None and seat.state.value in {"confirmed", "served"} for seat in seats),
    }
