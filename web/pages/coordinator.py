"""A coordinator's pages: what needs her today, her needs, and the week's roster as a board."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.assignments import lock, release
from matching.copying import copy_week
from matching.queries.boards import board_days, board_totals
from matching.queries.coordination import SOON
from matching.queries.coordination import today as what_needs_me
from matching.queries.needs import NeedLine, needs_of_day, needs_of_week, shifts_by_day
from matching.queries.rosters import ShiftView, roster_week
from matching.refusals import NotFound
from matching.week import NoSuchWeek, Week
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
BOARD_PAGE = 36
#: The totals of a longer week are those of the day that is shown.
MOST_COUNTED = 800
MOST_ROWS = 2000
NEEDS_PAGE = 60
MOST_UNITS = 60


@coordinator.get("/today")
@requires(Permission.UNIT_NEED_WRITE)
def today() -> ResponseReturnValue:
    """Show what needs the coordinator today, in order."""
    with current_work().read() as session:
        work = what_needs_me(session, current_actor(), now=now())
    soon = [line for line in work.short if line.starts_at <= now() + SOON]
    later = [line for line in work.short if line.starts_at > now() + SOON]
    may_approve = current_actor().has(Permission.UNIT_HOURS_APPROVE)
    in_order = {
        "today": bool(work.today),
        "short": bool(soon),
        "unmarked": bool(work.unmarked),
        "hours": work.hours_to_approve > 0 and may_approve,
        "drafts": bool(work.drafts),
        "later": bool(later),
    }
    return render_template(
        "coordinator/today.html",
        work=work,
        waiting=[kind for kind, waits in in_order.items() if waits],
        soon=soon,
        later=later,
        week=coming_week(),
        day=this_day(),
        Tier=Tier,
    )


@coordinator.get("/needs")
@requires(Permission.UNIT_NEED_READ)
def needs() -> ResponseReturnValue:
    """Show the needs of a week, day by day; of a long week one day at a time, in pages."""
    week, page = wanted_week(), max(1, request.args.get("page", 1, type=int))
    with current_work().read() as session:
        counts = shifts_by_day(session, current_actor(), week=week)
        day = _wanted_need_day(counts, week)
        if day is None:
            lines = needs_of_week(session, current_actor(), week=week)
        else:
            lines = needs_of_day(session, current_actor(), day=day, page=page, size=NEEDS_PAGE)
        units = units_within(session, current_actor(), Permission.UNIT_NEED_WRITE)[:MOST_UNITS]
    return render_template(
        "coordinator/needs.html",
        week=str(week),
        days=_by_day(lines),
        count=sum(counts.values()),
        counts=counts,
        day=day,
        week_days=[date.fromisoformat(text) for text in days_of(week)],
        page=page,
        last=-(-counts.get(day, 0) // NEEDS_PAGE) if day else 1,
        units=units,
        Tier=Tier,
    )


@coordinator.post("/needs/copy-week")
@requires(Permission.UNIT_NEED_WRITE)
def needs_copy() -> ResponseReturnValue:
    """Post a unit's needs of the week before again, at the same times of this one; twice is once."""
    week, unit = _sent_week(), request.form.get("unit", "")[:15]
    with current_work().begin() as session:
        made = copy_week(session, current_actor(), unit_code=unit, from_week=week.previous, to_week=week, now=now())
    if made:
        flash(ngettext("One need is posted again.", "%(num)d needs are posted again.", len(made)), "good")
    else:
        flash(_("Nothing to copy: the week before had no need of its own there, or all stand here already."), "calm")
    return redirect(url_for("coordinator.needs", week=str(week)))


@coordinator.get("/roster")
@requires(Permission.UNIT_ROSTER_READ)
def roster() -> ResponseReturnValue:
    """Show the week's roster as a board: shift, role, person; what is short, why, and what would fill it."""
    week, unit = wanted_week(), request.args.get("unit", "")[:15]
    only_short, page = request.args.get("show") == "short", max(1, request.args.get("page", 1, type=int))
    with current_work().read() as session:
        counts = board_days(session, current_actor(), week=week, unit_code=unit, only_short=only_short)
        day = _wanted_day(counts, week)
        board = roster_week(
            session,
            current_actor(),
            week=week,
            unit_code=unit,
            day=day,
            only_short=only_short,
            limit=BOARD_PAGE if day else MOST_ROWS,
            offset=(page - 1) * BOARD_PAGE if day else 0,
        )
        counted = day if sum(counts.values()) > MOST_COUNTED else None
        totals = board_totals(session, current_actor(), week=week, day=counted, unit_code=unit)
        units = units_within(session, current_actor(), Permission.UNIT_ROSTER_READ)
    return render_template(
        "coordinator/roster.html",
        board=board,
        week=str(week),
        counts=counts,
        shown=_by_day(board.shifts),
        day=day,
        page=page,
        last=-(-counts.get(day, 0) // BOARD_PAGE) if day else 1,
        week_days=[date.fromisoformat(text) for text in days_of(week)],
        unit=unit,
        units=units,
        only_short=only_short,
        totals=totals,
        counted=counted,
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


def _sent_week() -> Week:
    try:
        return Week.parse(request.form.get("week", ""))
    except NoSuchWeek as error:
        raise NotFound(kind="week") from error


def _wanted_need_day(counts: dict[date, int], week: Week) -> date | None:
    """Give the one day to show, None for a week that is short enough to show whole."""
    text = request.args.get("day", "")
    if text in days_of(week):
        return date.fromisoformat(text)
    if sum(counts.values()) <= NEEDS_PAGE:
        return None
    return min((day for day in counts if day >= this_day()), default=min(counts))


def _wanted_day(counts: dict[date, int], week: Week) -> date | None:
    """Give the one day to show, None for the whole week."""
    text = request.args.get("day", "")
    if text in days_of(week):
        return date.fromisoformat(text)
    if sum(counts.values()) <= WHOLE_WEEK_SHIFTS:
        return None
    coming = [day for day in counts if day >= this_day()]
    return min(coming, default=min(counts))
