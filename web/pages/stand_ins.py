"""Stand-ins and swaps: the holder's page, the question to whoever is asked, and what a coordinator sees of it."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as NoPage

from matching.queries.handovers import asked_for, handovers_of_week, my_search
from matching.refusals import AlreadyBooked, HandoverClosed, NotEligible, SeatTaken, WrongState
from matching.standing_in import decline_stand_in, seek_again, seek_stand_in, stand_in, stop_seeking, turn_back
from matching.swaps import accept_swap, offer_swap, refuse_swap
from models.authority import Actor, Permission
from web.access import current_actor, public, requires
from web.current import current_settings, current_work, now
from web.limits import ANSWER, limiter
from web.links import friend_token, handover_of_friend, stand_in_of_token
from web.notices import flash_with_undo
from web.places import wanted_week
from web.texts.reasons import why_not_text
from web.texts.refusals import refusal_text

stand_ins = Blueprint("stand_ins", __name__)

_REFUSED = (NotEligible, SeatTaken, AlreadyBooked, HandoverClosed, WrongState)


@stand_ins.get("/me/seats/<int:assignment_id>/stand-in")
@requires(Permission.SELF_OFFER_ANSWER)
def search(assignment_id: int) -> ResponseReturnValue:
    """Show the holder of a seat who could go in their place, and how it stands."""
    with current_work().read() as session:
        found = my_search(session, current_actor(), assignment_id=assignment_id)
    link = None
    if found.handover_id is not None and found.state is not None and found.state.value == "open":
        token = friend_token(current_settings().secret_key, found.handover_id)
        link = current_settings().public_url + url_for("stand_ins.friend", token=token)
    return render_template("volunteer/search.html", search=found, link=link)


@stand_ins.post("/me/seats/<int:assignment_id>/stand-in")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def seek(assignment_id: int) -> ResponseReturnValue:
    """Begin to look: ask those who stand by, or only make the link."""
    ask = request.form.get("ask") == "1"
    with current_work().begin() as session:
        handover_id = seek_stand_in(session, current_actor(), assignment_id=assignment_id, ask=ask, now=now())
        asked = my_search(session, current_actor(), assignment_id=assignment_id).asked
    if ask and not asked:
        flash(_("Nobody stands by whom we could ask now. Pass the link on, or tell the coordinator."), "calm")
    else:
        text = _("We are asking. You are expected until somebody has accepted.") if ask else _("Your link is ready.")
        flash_with_undo(text, url_for("stand_ins.stop", handover_id=handover_id, assignment=assignment_id), "good")
    return _back(assignment_id)


@stand_ins.post("/me/stand-ins/<int:handover_id>/stop")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def stop(handover_id: int) -> ResponseReturnValue:
    """Come after all."""
    assignment_id = request.values.get("assignment", 0, type=int)

    def deed(session: Session) -> None:
        stop_seeking(session, current_actor(), handover_id=handover_id, now=now())

    if _done(deed):
        undo = url_for("stand_ins.again", handover_id=handover_id, assignment=assignment_id)
        flash_with_undo(_("Good: you come yourself."), undo, "good")
    return _back(assignment_id)


@stand_ins.post("/me/stand-ins/<int:handover_id>/again")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def again(handover_id: int) -> ResponseReturnValue:
    """Go on looking: undo of coming after all."""

    def deed(session: Session) -> None:
        seek_again(session, current_actor(), handover_id=handover_id, now=now())

    if _done(deed):
        flash(_("The search goes on. You are expected until somebody has accepted."), "calm")
    return _back(request.values.get("assignment", 0, type=int))


@stand_ins.post("/me/stand-ins/<int:handover_id>/swaps/<int:person_id>")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def decide(handover_id: int, person_id: int) -> ResponseReturnValue:
    """Agree to a swap, or not."""
    agrees = request.form.get("answer") == "agree"

    def deed(session: Session) -> None:
        use_case = accept_swap if agrees else refuse_swap
        use_case(session, current_actor(), handover_id=handover_id, person_id=person_id, now=now())

    if _done(deed):
        flash(
            _("Swapped: both seats have changed hands.") if agrees else _("Not swapped. They are told."),
            "good" if agrees else "calm",
        )
        if agrees:
            return redirect(url_for("volunteer.week"))
    return _back(request.form.get("assignment", 0, type=int))


@stand_ins.get("/s/<token>")
@public
def asked(token: str) -> ResponseReturnValue:
    """Show what somebody is asked to stand in for; looking answers nothing."""
    actor, handover_id = _holder(token)
    return _question(actor, handover_id, url_for("stand_ins.asked_send", token=token), invited=False)


@stand_ins.post("/s/<token>")
@public
@limiter.limit(ANSWER)
def asked_send(token: str) -> ResponseReturnValue:
    """Stand in, offer a swap, or not."""
    actor, handover_id = _holder(token)
    _say(actor, handover_id, invited=False)
    return redirect(url_for("stand_ins.asked", token=token))


@stand_ins.get("/me/stand-ins/<int:handover_id>")
@requires(Permission.SELF_OFFER_ANSWER)
def question(handover_id: int) -> ResponseReturnValue:
    """Show what the reader is asked to stand in for."""
    url = url_for("stand_ins.question_send", handover_id=handover_id)
    return _question(current_actor(), handover_id, url, invited=False)


@stand_ins.post("/me/stand-ins/<int:handover_id>")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def question_send(handover_id: int) -> ResponseReturnValue:
    """Stand in, offer a swap, or not."""
    took = _say(current_actor(), handover_id, invited=False)
    return redirect(url_for("volunteer.week") if took else url_for("stand_ins.question", handover_id=handover_id))


@stand_ins.get("/me/stand-ins/from/<token>")
@requires(Permission.SELF_OFFER_ANSWER)
def friend(token: str) -> ResponseReturnValue:
    """Show a friend the seat that was passed on to them by its holder's link."""
    url = url_for("stand_ins.friend_send", token=token)
    return _question(current_actor(), _friend(token), url, invited=True)


@stand_ins.post("/me/stand-ins/from/<token>")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def friend_send(token: str) -> ResponseReturnValue:
    """Stand in for a friend, offer a swap, or not."""
    took = _say(current_actor(), _friend(token), invited=True)
    return redirect(url_for("volunteer.week") if took else url_for("stand_ins.friend", token=token))


@stand_ins.get("/roster/stand-ins")
@requires(Permission.UNIT_ROSTER_READ)
def of_week() -> ResponseReturnValue:
    """Show a coordinator which seats changed hands, or are about to."""
    week = wanted_week()
    with current_work().read() as session:
        found = handovers_of_week(session, current_actor(), week=week)
    return render_template("coordinator/stand_ins.html", found=found, week=str(week), now=now())


@stand_ins.post("/roster/stand-ins/<int:handover_id>/undo")
@requires(Permission.UNIT_ROSTER_WRITE)
def undo(handover_id: int) -> ResponseReturnValue:
    """Turn back what changed hands."""

    def deed(session: Session) -> None:
        turn_back(session, current_actor(), handover_id=handover_id, now=now())

    if _done(deed):
        flash(_("Turned back. Whoever came is told, whoever went is asked again."), "good")
    return redirect(url_for("stand_ins.of_week", week=request.form.get("week") or None))


def _question(actor: Actor, handover_id: int, url: str, *, invited: bool) -> ResponseReturnValue:
    with current_work().read() as session:
        found = asked_for(session, actor, handover_id=handover_id, invited=invited, now=now())
    rule = None if found.rule is None else why_not_text(found.rule)
    return render_template("volunteer/stand_in.html", asked=found, why_not=rule, url=url)


def _say(actor: Actor, handover_id: int, *, invited: bool) -> bool:
    """Carry out what was pressed; say whether the seat is the reader's now."""
    said = request.form.get("answer")
    about = {"handover_id": handover_id, "invited": invited, "now": now()}

    def deed(session: Session) -> None:
        if said == "take":
            stand_in(session, actor, **about)  # type: ignore[arg-type]
        elif said == "swap":
            seat = request.form.get("seat", -1, type=int)
            offer_swap(session, actor, assignment_id=seat, **about)  # type: ignore[arg-type]
        else:
            decline_stand_in(session, actor, **about)  # type: ignore[arg-type]

    if not _done(deed):
        return False
    if said == "take":
        flash(_("Thank you! The seat is yours; they are told."), "good")
    elif said == "swap":
        flash(_("Offered. Until they agree, your own seat is yours."), "good")
    else:
        flash(_("Thank you for telling us. Nothing is held against anybody."), "calm")
    return said == "take"


def _done(deed: Callable[[Session], None]) -> bool:
    """Do something in one unit of work; flash why not when it is refused."""
    try:
        with current_work().begin() as session:
            deed(session)
    except NotEligible as refusal:
        reason = why_not_text(str(refusal.parameters["rule"]))
        flash(_("This cannot be: %(reason)s.", reason=reason), "trouble")
    except _REFUSED as refusal:
        flash(refusal_text(refusal), "trouble")
    else:
        return True
    return False


def _back(assignment_id: int) -> ResponseReturnValue:
    if not assignment_id:
        return redirect(url_for("volunteer.week"))
    return redirect(url_for("stand_ins.search", assignment_id=assignment_id))


def _holder(token: str) -> tuple[Actor, int]:
    found = stand_in_of_token(current_settings().secret_key, token)
    if found is None:
        raise NoPage
    handover_id, person_id = found
    return Actor(account_id=None, person_id=person_id), handover_id


def _friend(token: str) -> int:
    handover_id = handover_of_friend(current_settings().secret_key, token)
    if handover_id is None:
        raise NoPage
    return handover_id
