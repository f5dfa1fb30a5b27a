"""A volunteer's week, answers by one tap (also from a signed link), and being asked nothing for a while."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as NoPage

from matching.offers import Answer, answer_offer
from matching.queries.handovers import asked_of_me, searching
from matching.queries.volunteers import ShiftLine, holder_of_offer, my_week, offer_line
from matching.taking_back import undo_answer
from matching.unmarked import my_unmarked, say_i_was_there, take_back_i_was_there
from matching.wishes import ask_by_people, pause
from models.authority import Actor, Permission
from web.access import current_actor, public, requires
from web.current import current_settings, current_work, now, today
from web.forms import Form, read_form
from web.forms.answers import PAUSES, OfferAnswer, OfferAnswerSchema, Pause, PauseSchema
from web.limits import ANSWER, limiter
from web.links import offer_of_token
from web.moments import date_text, span_text
from web.notices import flash_with_undo
from web.texts.reasons import DECLINE_REASONS, asked_because, pause_text
from web.texts.stars import stars_of

volunteer = Blueprint("volunteer", __name__)


@volunteer.get("/me")
@requires(Permission.SELF_WEEK_READ)
def week() -> ResponseReturnValue:
    """Show what waits for an answer, what is coming, what was done."""
    with current_work().read() as session:
        mine = my_week(session, current_actor(), now=now())
        asked = asked_of_me(session, current_actor(), now=now())
        seeks = searching(session, current_actor())
        unmarked = my_unmarked(session, current_actor(), now=now()) if mine.past else {}
    found = {"mine": mine, "asked": asked, "searching": seeks, "unmarked": unmarked}
    return render_template("volunteer/week.html", **found, stars=stars_of(mine.total_minutes), **_words(Form()))


@volunteer.post("/me/offers/<int:offer_id>")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def answer(offer_id: int) -> ResponseReturnValue:
    """Answer an offer of one's own."""
    form = _answer(current_actor(), offer_id, undo=url_for("volunteer.answer_undo", offer_id=offer_id))
    if form is not None:
        flash(next(iter(form.errors.values())), "trouble")
    return redirect(url_for("volunteer.week"))


@volunteer.post("/me/offers/<int:offer_id>/undo")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def answer_undo(offer_id: int) -> ResponseReturnValue:
    """Take an answer back."""
    _undo(current_actor(), offer_id)
    return redirect(url_for("volunteer.week"))


@volunteer.post("/me/seats/<int:assignment_id>/was-there")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def was_there(assignment_id: int) -> ResponseReturnValue:
    """Say that one served, where nobody wrote it down."""
    with current_work().begin() as session:
        say_i_was_there(session, current_actor(), assignment_id=assignment_id, now=now())
    undo = url_for("volunteer.was_not_there", assignment_id=assignment_id)
    flash_with_undo(
        _("Thank you. The hours are proposed; they count when the coordinator approves them."), undo, "good"
    )
    return redirect(url_for("volunteer.week"))


@volunteer.post("/me/seats/<int:assignment_id>/was-not-there")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def was_not_there(assignment_id: int) -> ResponseReturnValue:
    """Take that back."""
    with current_work().begin() as session:
        take_back_i_was_there(session, current_actor(), assignment_id=assignment_id, now=now())
    flash(_("Taken back. Nothing is written down."), "calm")
    return redirect(url_for("volunteer.week"))


@volunteer.get("/o/<token>")
@public
def offer(token: str) -> ResponseReturnValue:
    """Show one offer to whoever holds its link; looking at it answers nothing, since mail programs look too."""
    return _offer_page(token, Form(), 200)


@volunteer.post("/o/<token>")
@public
@limiter.limit(ANSWER)
def offer_send(token: str) -> ResponseReturnValue:
    """Answer the offer of a link."""
    actor, offer_id = _holder(token)
    form = _answer(actor, offer_id, undo=url_for("volunteer.offer_undo", token=token))
    return redirect(url_for("volunteer.offer", token=token)) if form is None else _offer_page(token, form, 422)


@volunteer.post("/o/<token>/undo")
@public
@limiter.limit(ANSWER)
def offer_undo(token: str) -> ResponseReturnValue:
    """Take back the answer that a link gave."""
    actor, offer_id = _holder(token)
    _undo(actor, offer_id)
    return redirect(url_for("volunteer.offer", token=token))


@volunteer.post("/me/pause")
@requires(Permission.SELF_PROFILE_WRITE)
def pause_me() -> ResponseReturnValue:
    """Ask nothing before a day, or ask again at once; undone with what stood before."""
    command, form = read_form(PauseSchema(), request.values)
    if not isinstance(command, Pause):
        flash(next(iter(form.errors.values())), "trouble")
        return redirect(url_for("volunteer.week"))
    until = command.ends_on(today())
    with current_work().begin() as session:
        before = pause(session, current_actor(), until=until, now=now())
    undo = url_for("volunteer.pause_me", until=before) if before and before > today() else url_for("volunteer.pause_me")
    if until is None:
        flash_with_undo(_("We may ask you again."), undo, "good") if before else flash(
            _("We may ask you again."), "good"
        )
    else:
        text = _("Nobody asks you before %(day)s. What you confirmed stands.", day=date_text(until))
        flash_with_undo(text, undo, "calm")
    return redirect(url_for("volunteer.week"))


@volunteer.post("/me/by-people")
@requires(Permission.SELF_PROFILE_WRITE)
def by_people() -> ResponseReturnValue:
    """Let only people, not the program, propose the reader, or let both (PIPL 24)."""
    only = request.values.get("only") == "1"
    with current_work().begin() as session:
        ask_by_people(session, current_actor(), only=only, now=now())
    undo = url_for("volunteer.by_people", only="" if only else "1")
    if only:
        flash_with_undo(_("From now on only a coordinator can propose you, not the program."), undo, "good")
    else:
        flash_with_undo(_("The weekly plan may propose you again."), undo, "good")
    return redirect(url_for("volunteer.week"))


def _answer(actor: Actor, offer_id: int, *, undo: str) -> Form | None:
    """Answer; give the form when it could not be read."""
    command, form = read_form(OfferAnswerSchema(), request.form)
    if not isinstance(command, OfferAnswer):
        return form
    with current_work().begin() as session:
        answer_offer(
            session,
            actor,
            offer_id=offer_id,
            answer=command.answer,
            reason=command.reason,
            note_text=command.note,
            other_starts_at=command.other_starts_at,
            pause_until=command.paused_until(today()),
            now=now(),
        )
        line = offer_line(session, actor, offer_id=offer_id)
    _thank(line, command, undo)
    return None


def _thank(line: ShiftLine, said: OfferAnswer, undo: str) -> None:
    when = span_text(line.starts_at, line.ends_at)
    if said.answer is Answer.CONFIRM:
        text, tone = _("Thank you! You are expected on %(when)s.", when=when), "good"
    else:
        text, tone = _("Thank you for telling us. Somebody else will be asked for %(when)s.", when=when), "calm"
        until = said.paused_until(today())
        if until is not None:
            text += " " + _("Nobody asks you before %(day)s.", day=date_text(until))
    if line.deadline_at is not None and now() < line.deadline_at:
        flash_with_undo(text, undo, tone)
    else:
        flash(text, tone)


def _undo(actor: Actor, offer_id: int) -> None:
    with current_work().begin() as session:
        undo_answer(session, actor, offer_id=offer_id, now=now())
    flash(_("Taken back: the question is open again."), "waiting")


def _offer_page(token: str, form: Form, status: int) -> ResponseReturnValue:
    actor, offer_id = _holder(token)
    with current_work().read() as session:
        line = offer_line(session, actor, offer_id=offer_id)
    return render_template("volunteer/offer.html", line=line, token=token, **_words(form)), status


def _holder(token: str) -> tuple[Actor, int]:
    """Give on whose behalf the holder of a link acts, and the one offer it is about."""
    offer_id = offer_of_token(current_settings().secret_key, token)
    if offer_id is None:
        raise NoPage
    with current_work().read() as session:
        person_id = holder_of_offer(session, offer_id=offer_id)
    if person_id is None:
        raise NoPage
    return Actor(account_id=None, person_id=person_id), offer_id


def _words(form: Form) -> dict[str, Any]:
    return {
        "because": lambda line: asked_because(line.reasons, today()),
        "decline_reasons": DECLINE_REASONS,
        "pauses": [(weeks, pause_text(weeks)) for weeks in PAUSES],
        "form": form,
        "now": now(),
        "today": today(),
    }
