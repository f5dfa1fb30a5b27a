"""Version 1, for coordinators and leaders: needs, the week's board, who holds which seat, the city in figures."""

from dataclasses import fields as facts_of
from typing import Any

from matching.assignments import lock, release
from matching.needs import NeedCommand, cancel_need, change_need, post_need, reopen_need
from matching.queries.coordination import CitySummary, Today, city_summary
from matching.queries.coordination import today as what_needs_me
from matching.queries.needs import NeedLine, NeedView, need_view, needs_of_week
from matching.queries.rosters import RosterView, roster_week
from models.authority import Permission
from web.access import current_actor, requires
from web.api.blueprint import api
from web.api.commands import InWeek, InWeekSchema, LockSchema, Made, OfWeek, OfWeekSchema
from web.api.paging import Page, cursor, moment, number, page, page_of
from web.api.shapes import shape_of
from web.api.views import RosterPage
from web.current import current_work, now
from web.forms.needs import NeedSchema
from web.places import coming_week


@api.route("/today", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.response(200, shape_of(Today))
def read_today() -> Today:
    """Give what needs the coordinator today, in order."""
    with current_work().read() as session:
        return what_needs_me(session, current_actor(), now=now())


@api.route("/needs", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_READ)
@api.arguments(OfWeekSchema, location="query")
@api.response(200, page_of(NeedLine))
def read_needs(asked: OfWeek) -> Page[NeedLine]:
    """Give the shifts of a week, soonest first, with how full they are."""
    with current_work().read() as session:
        found = needs_of_week(
            session,
            current_actor(),
            week=asked.week or coming_week(),
            limit=asked.limit + 1,
            after=cursor(asked.after, moment, number),
        )
    return page(found, asked.limit, lambda line: [line.starts_at, line.shift_id])


@api.route("/needs", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.arguments(NeedSchema)
@api.response(201, Made)
def post(command: NeedCommand) -> dict[str, int]:
    """Post a need."""
    with current_work().begin() as session:
        return {"id": post_need(session, current_actor(), command=command, now=now())}


@api.route("/needs/<int:need_id>", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_READ)
@api.response(200, shape_of(NeedView))
def read_need(need_id: int) -> NeedView:
    """Give one need whole."""
    with current_work().read() as session:
        return need_view(session, current_actor(), need_id=need_id)


@api.route("/needs/<int:need_id>", methods=["PUT"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.arguments(NeedSchema)
@api.response(200, Made)
def change(command: NeedCommand, need_id: int) -> dict[str, int]:
    """Change a need."""
    with current_work().begin() as session:
        return {"id": change_need(session, current_actor(), need_id=need_id, command=command, now=now())}


@api.route("/needs/<int:need_id>/cancel", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.response(204)
def cancel(need_id: int) -> None:
    """Cancel a need; whoever holds a seat in it is told."""
    with current_work().begin() as session:
        cancel_need(session, current_actor(), need_id=need_id, reason="coordinator", now=now())


@api.route("/needs/<int:need_id>/reopen", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.response(204)
def reopen(need_id: int) -> None:
    """Take a cancellation back."""
    with current_work().begin() as session:
        reopen_need(session, current_actor(), need_id=need_id, now=now())


@api.route("/roster", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_READ)
@api.arguments(OfWeekSchema, location="query")
@api.response(200, shape_of(RosterPage))
def read_roster(asked: OfWeek) -> RosterPage:
    """Give the week's board: shifts, roles, seats, and why some are empty."""
    with current_work().read() as session:
        board = roster_week(
            session,
            current_actor(),
            week=asked.week or coming_week(),
            unit_code=asked.unit,
            limit=asked.limit + 1,
            after=cursor(asked.after, moment, number),
        )
    paged = page(board.shifts, asked.limit, lambda shift: [shift.starts_at, shift.shift_id])
    rest: dict[str, Any] = {fact.name: getattr(board, fact.name) for fact in facts_of(RosterView)}
    return RosterPage(**rest | {"shifts": tuple(paged.items)}, next=paged.next)


@api.route("/assignments/<int:assignment_id>/lock", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_WRITE)
@api.arguments(LockSchema)
@api.response(204)
def keep_seated(data: dict[str, bool], assignment_id: int) -> None:
    """Keep somebody in a seat through the next plan, or let the plan move them."""
    with current_work().begin() as session:
        lock(session, current_actor(), assignment_id=assignment_id, locked=data["locked"], now=now())


@api.route("/assignments/<int:assignment_id>/release", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_WRITE)
@api.response(204)
def let_go(assignment_id: int) -> None:
    """Take somebody out of a seat; whoever was asked already is told."""
    with current_work().begin() as session:
        release(session, current_actor(), assignment_id=assignment_id, reason="coordinator", now=now())


@api.route("/city", methods=["GET"], tags=["Leader"])
@requires(Permission.UNIT_INDICATOR_READ)
@api.arguments(InWeekSchema, location="query")
@api.response(200, shape_of(CitySummary))
def read_city(asked: InWeek) -> Any:
    """Give the week of the city in a few figures."""
    with current_work().read() as session:
        return city_summary(session, week=asked.week or coming_week())
