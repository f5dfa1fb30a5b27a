"""Version 1, the day of a shift: the leader's list, what is said of each, walk-ins, hours to approve."""

from datetime import date
from typing import Any

from matching.attendance import record_absence, record_as_expected, record_excuse, record_times
from matching.hours import approve_hours
from matching.presence import PlaceCode, add_walk_in, mark_everybody, mark_presence, place_code
from matching.queries.service import (
    AttendanceList,
    HoursAct,
    HoursLine,
    attendance_list,
    hour_history,
    hours_to_approve,
)
from models.authority import Permission
from models.service import PresenceKind
from web.access import current_actor, requires
from web.api.blueprint import api
from web.api.commands import ApproveSchema, EverybodySchema, Made, WalkInSchema
from web.api.paging import Page, PagedSchema, cursor, number, page, page_from, page_of
from web.api.shapes import shape_of
from web.api.views import Counted
from web.current import current_work, now, today
from web.forms.day import DayAct, DayActSchema, Said, Times, TimesSchema
from web.moments import instant, local


@api.route("/shifts/<int:shift_id>/attendance", methods=["GET"], tags=["Day of service"])
@requires(Permission.UNIT_ATTENDANCE_WRITE)
@api.response(200, shape_of(AttendanceList))
def read_attendance(shift_id: int) -> AttendanceList:
    """Give the leader's list: who is expected, who is here, who has left."""
    with current_work().read() as session:
        return attendance_list(session, current_actor(), shift_id=shift_id)


@api.route("/shifts/<int:shift_id>/attendance/<int:assignment_id>", methods=["PUT"], tags=["Day of service"])
@requires(Permission.UNIT_ATTENDANCE_WRITE)
@api.arguments(DayActSchema)
@api.response(204)
def say_of(command: DayAct, shift_id: int, assignment_id: int) -> None:
    """Write that somebody is here, has left, is absent or excused; *at* is a time of the shift's day, else now."""
    actor, at = current_actor(), now()
    with current_work().begin() as session:
        if command.said is Said.ABSENT:
            record_absence(session, actor, assignment_id=assignment_id, now=at)
        elif command.said is Said.EXCUSED:
            record_excuse(session, actor, assignment_id=assignment_id, reason=command.reason or "other", now=at)
        else:
            kind = PresenceKind.IN if command.said is Said.HERE else PresenceKind.OUT
            shift = attendance_list(session, actor, shift_id=shift_id)
            when = at if command.at is None else instant(local(shift.starts_at).date(), command.at)
            mark_presence(session, actor, assignment_id=assignment_id, kind=kind, at=when, now=at)


@api.route("/shifts/<int:shift_id>/attendance/<int:assignment_id>", methods=["DELETE"], tags=["Day of service"])
@requires(Permission.UNIT_ATTENDANCE_WRITE)
@api.response(204)
def say_nothing_of(shift_id: int, assignment_id: int) -> None:
    """Let somebody be expected again: what was said of them is taken back."""
    with current_work().begin() as session:
        attendance_list(session, current_actor(), shift_id=shift_id)
        record_as_expected(session, current_actor(), assignment_id=assignment_id, now=now())


@api.route("/shifts/<int:shift_id>/attendance/<int:assignment_id>/times", methods=["PUT"], tags=["Day of service"])
@requires(Permission.UNIT_ATTENDANCE_WRITE)
@api.arguments(TimesSchema)
@api.response(204)
def write_times(command: Times, shift_id: int, assignment_id: int) -> None:
    """Write from when to when somebody served, with a reason."""
    with current_work().begin() as session:
        shift = attendance_list(session, current_actor(), shift_id=shift_id)
        came, left = command.instants(shift.starts_at)
        record_times(
            session,
            current_actor(),
            assignment_id=assignment_id,
            checked_in_at=came,
            checked_out_at=left,
            reason=command.reason,
            now=now(),
        )


@api.route("/shifts/<int:shift_id>/everybody", methods=["POST"], tags=["Day of service"])
@requires(Permission.UNIT_ATTENDANCE_WRITE)
@api.arguments(EverybodySchema)
@api.response(200, shape_of(Counted))
def say_of_everybody(data: dict[str, str], shift_id: int) -> Counted:
    """Write that everybody is here, or that everybody leaves."""
    kind = PresenceKind.OUT if data["said"] == "left" else PresenceKind.IN
    with current_work().begin() as session:
        return Counted(count=mark_everybody(session, current_actor(), shift_id=shift_id, kind=kind, now=now()))


@api.route("/shifts/<int:shift_id>/walk-ins", methods=["POST"], tags=["Day of service"])
@requires(Permission.UNIT_ATTENDANCE_WRITE)
@api.arguments(WalkInSchema)
@api.response(201, Made)
def welcome(data: dict[str, int], shift_id: int) -> dict[str, int]:
    """Seat somebody who came unasked, and write that they are here."""
    actor, at = current_actor(), now()
    with current_work().begin() as session:
        attendance_list(session, actor, shift_id=shift_id)
        made = add_walk_in(session, actor, role_id=data["role_id"], person_id=data["person_id"], now=at)
        mark_presence(session, actor, assignment_id=made, kind=PresenceKind.IN, at=at, now=at)
        return {"id": made}


@api.route("/shifts/<int:shift_id>/code", methods=["GET"], tags=["Day of service"])
@requires(Permission.UNIT_ATTENDANCE_WRITE)
@api.response(200, shape_of(PlaceCode))
def read_code(shift_id: int) -> PlaceCode:
    """Give the six digits and the token of the QR code that hang at the place."""
    with current_work().read() as session:
        return place_code(session, current_actor(), shift_id=shift_id)


@api.route("/hours", methods=["GET"], tags=["Day of service"])
@requires(Permission.UNIT_HOURS_APPROVE)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(HoursLine))
def read_hours(asked: dict[str, Any]) -> Page[HoursLine]:
    """Give the hours that wait for a decision, the most urgent first."""
    with current_work().read() as session:
        found = hours_to_approve(
            session,
            current_actor(),
            today=today(),
            limit=asked["limit"] + 1,
            after=cursor(asked["after"], date.fromisoformat, number),
        )
    return page(found, asked["limit"], lambda line: [line.approve_by_on or date.max, line.record_id])


@api.route("/hours/<int:record_id>/history", methods=["GET"], tags=["Day of service"])
@requires(Permission.UNIT_HOURS_APPROVE, Permission.SELF_WEEK_READ)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(HoursAct))
def read_history(asked: dict[str, Any], record_id: int) -> Page[HoursAct]:
    """Give what was done to a record of hours, oldest first."""
    with current_work().read() as session:
        found = hour_history(session, current_actor(), record_id=record_id)
    places = {id(act): place for place, act in enumerate(found)}
    return page_from(found, asked, lambda act: [places[id(act)]])


@api.route("/hours/<int:record_id>/approve", methods=["POST"], tags=["Day of service"])
@requires(Permission.UNIT_HOURS_APPROVE)
@api.arguments(ApproveSchema)
@api.response(204)
def approve(data: dict[str, str | None], record_id: int) -> None:
    """Approve a record; minutes beyond the day's limit count only with a reason."""
    with current_work().begin() as session:
        approve_hours(session, current_actor(), record_id=record_id, over_reason=data["over_reason"], now=now())
