"""A coordinator's hand in the roster: who could come, who goes where, and what follows, before it is done."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.assignments import release
from matching.moves import ask_one, cancel_shift, move, reopen_shift, replace
from matching.queries.candidates import candidates, elsewhere
from matching.queries.seats import role_card, seat_card, shift_card
from matching.refusals import AlreadyBooked, NotEligible, SeatTaken
from models.authority import Permission
from web.access import current_actor, requires
from web.current import current_work, now
from web.moments import week_of_moment
from web.navigation import own_path
from web.notices import flash_with_undo
from web.texts.reasons import their_rule_text
from web.texts.refusals import refusal_text

seats = Blueprint("seats", __name__)


@seats.get("/roster/roles/<int:role_id>")
@requires(Permission.UNIT_ROSTER_WRITE)
def role(role_id: int) -> ResponseReturnValue:
    """Show who could take a free seat of a role, best first."""
    with current_work().read() as session:
        card = role_card(session, current_actor(), role_id=role_id, now=now())
        found = candidates(session, current_actor(), role_id=role_id, now=now())
    return render_template("coordinator/role.html", card=card, found=found, week=week_of_moment(card.starts_at))


@seats.post("/roster/roles/<int:role_id>")
@requires(Permission.UNIT_ROSTER_WRITE)
def role_ask(role_id: int) -> ResponseReturnValue:
    """Put the chosen person into a free seat."""
    person_id = request.form.get("person", -1, type=int)
    try:
        with current_work().begin() as session:
            made = ask_one(session, current_actor(), role_id=role_id, person_id=person_id, now=now())
    except (NotEligible, SeatTaken, AlreadyBooked) as refusal:
        flash(_why(refusal), "trouble")
        return redirect(url_for("seats.role", role_id=role_id))
    flash_with_undo(_("They have the seat, and are asked."), url_for("seats.let_go", assignment_id=made), tone="good")
    return redirect(_back())


@seats.get("/roster/assignments/<int:assignment_id>")
@requires(Permission.UNIT_ROSTER_WRITE)
def held(assignment_id: int) -> ResponseReturnValue:
    """Show who holds a seat, and what would follow from letting go, moving or replacing them."""
    with current_work().read() as session:
        actor = current_actor()
        card = seat_card(session, actor, assignment_id=assignment_id)
        others = candidates(session, actor, role_id=card.role_id, now=now(), limit=8)
        places = elsewhere(session, actor, assignment_id=assignment_id, now=now())
        shift = shift_card(session, actor, shift_id=card.shift_id)
    return render_template(
        "coordinator/seat.html",
        card=card,
        others=others,
        places=places,
        shift=shift,
        week=week_of_moment(card.starts_at),
        is_open=card.state.value in {"proposed", "offered", "confirmed"} and card.starts_at > now(),
    )


@seats.post("/roster/assignments/<int:assignment_id>/let-go")
@requires(Permission.UNIT_ROSTER_WRITE)
def let_go(assignment_id: int) -> ResponseReturnValue:
    """Take somebody out of a seat; undo asks them again."""
    with current_work().begin() as session:
        card = seat_card(session, current_actor(), assignment_id=assignment_id)
        release(session, current_actor(), assignment_id=assignment_id, reason="coordinator", now=now())
    undo = url_for("seats.put_back", role_id=card.role_id, person_id=card.person_id)
    flash_with_undo(_("The seat is free again. Whoever had been asked is told."), undo)
    return redirect(_back())


@seats.post("/roster/roles/<int:role_id>/people/<int:person_id>")
@requires(Permission.UNIT_ROSTER_WRITE)
def put_back(role_id: int, person_id: int) -> ResponseReturnValue:
    """Undo a release: the same person is asked for the same role again."""
    try:
        with current_work().begin() as session:
            ask_one(session, current_actor(), role_id=role_id, person_id=person_id, now=now())
    except (NotEligible, SeatTaken, AlreadyBooked) as refusal:
        flash(_why(refusal), "trouble")
    else:
        flash(_("They have the seat again, and are asked."), "good")
    return redirect(_back())


@seats.post("/roster/assignments/<int:assignment_id>/move")
@requires(Permission.UNIT_ROSTER_WRITE)
def moved(assignment_id: int) -> ResponseReturnValue:
    """Move somebody to another role; undo moves them back."""
    role_id = request.values.get("role", -1, type=int)
    try:
        with current_work().begin() as session:
            card = seat_card(session, current_actor(), assignment_id=assignment_id)
            made = move(session, current_actor(), assignment_id=assignment_id, role_id=role_id, now=now())
    except (NotEligible, SeatTaken, AlreadyBooked) as refusal:
        flash(_why(refusal), "trouble")
        return redirect(_back())
    undo = url_for("seats.moved", assignment_id=made, role=card.role_id)
    if request.args.get("role"):
        flash(_("Moved back."), "good")
    else:
        flash_with_undo(_("Moved. They are told, and asked for the new seat."), undo, tone="good")
    return redirect(_back())


@seats.post("/roster/assignments/<int:assignment_id>/replace")
@requires(Permission.UNIT_ROSTER_WRITE)
def replaced(assignment_id: int) -> ResponseReturnValue:
    """Put another person into somebody's seat."""
    person_id = request.values.get("person", -1, type=int)
    try:
        with current_work().begin() as session:
            card = seat_card(session, current_actor(), assignment_id=assignment_id)
            made = replace(session, current_actor(), assignment_id=assignment_id, person_id=person_id, now=now())
    except (NotEligible, SeatTaken, AlreadyBooked) as refusal:
        flash(_why(refusal), "trouble")
        return redirect(_back())
    undo = url_for("seats.replaced", assignment_id=made, person=card.person_id)
    flash_with_undo(_("Replaced. One is told, the other is asked."), undo, tone="good")
    return redirect(_back())


@seats.post("/roster/shifts/<int:shift_id>/cancel")
@requires(Permission.UNIT_ROSTER_WRITE)
def shift_cancel(shift_id: int) -> ResponseReturnValue:
    """Let one shift not take place."""
    with current_work().begin() as session:
        count = cancel_shift(session, current_actor(), shift_id=shift_id, now=now())
    text = ngettext(
        "The shift is cancelled; one person is released.", "The shift is cancelled; %(num)d people are released.", count
    )
    flash_with_undo(text, url_for("seats.shift_reopen", shift_id=shift_id))
    return redirect(_back())


@seats.post("/roster/shifts/<int:shift_id>/reopen")
@requires(Permission.UNIT_ROSTER_WRITE)
def shift_reopen(shift_id: int) -> ResponseReturnValue:
    """Let a cancelled shift take place after all."""
    with current_work().begin() as session:
        reopen_shift(session, current_actor(), shift_id=shift_id, now=now())
    flash(_("The shift takes place after all. Its seats are free."), "good")
    return redirect(_back())


def _why(refusal: NotEligible | SeatTaken | AlreadyBooked) -> str:
    rule = refusal.parameters.get("rule")
    return refusal_text(refusal) if rule is None else their_rule_text(str(rule))


def _back() -> str:
    return own_path(request.form.get("next")) or url_for("coordinator.roster", week=request.form.get("week") or None)
