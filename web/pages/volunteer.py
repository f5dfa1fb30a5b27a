"""A volunteer's pages: my week, an answer by one tap (also from a signed link), my skills and times."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound as NoPage

from matching.offers import Answer, answer_offer
from matching.queries.volunteers import my_week, offer_line
from models.authority import Actor, Permission
from models.roster import Offer
from web.access import current_actor, public, requires
from web.current import current_settings, current_work, now, today
from web.forms import Form, read_form
from web.forms.volunteers import OfferAnswer, OfferAnswerSchema
from web.limits import ANSWER, limiter
from web.links import offer_of_token
from web.moments import span_text
from web.texts.reasons import DECLINE_REASONS, asked_because
from web.texts.stars import stars_of

volunteer = Blueprint("volunteer", __name__)


@volunteer.get("/me")
@requires(Permission.SELF_WEEK_READ)
def week() -> ResponseReturnValue:
    """Show what waits for an answer, what is coming, what was done."""
    with current_work().read() as session:
        mine = my_week(session, current_actor(), now=now())
    return render_template("volunteer/week.html", mine=mine, stars=stars_of(mine.total_minutes), **_words())


@volunteer.post("/me/offers/<int:offer_id>")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def answer(offer_id: int) -> ResponseReturnValue:
    """Answer an offer of one's own."""
    _answer(current_actor(), offer_id)
    return redirect(url_for("volunteer.week"))


@volunteer.get("/o/<token>")
@public
def offer(token: str) -> ResponseReturnValue:
    """Show one offer to whoever holds its link; looking at it answers nothing, since mail programs look too."""
    actor, offer_id = _holder(token)
    with current_work().read() as session:
        line = offer_line(session, actor, offer_id=offer_id)
    return render_template("volunteer/offer.html", line=line, token=token, **_words())


@volunteer.post("/o/<token>")
@public
@limiter.limit(ANSWER)
def offer_send(token: str) -> ResponseReturnValue:
    """Answer the offer of a link."""
    actor, offer_id = _holder(token)
    _answer(actor, offer_id)
    return redirect(url_for("volunteer.offer", token=token))


def _answer(actor: Actor, offer_id: int) -> None:
    command, form = read_form(OfferAnswerSchema(), request.form)
    if not isinstance(command, OfferAnswer):
        flash(next(iter(form.errors.values())), "trouble")
        return
    with current_work().begin() as session:
        answer_offer(
            session,
            actor,
            offer_id=offer_id,
            answer=command.answer,
            reason=command.reason,
            note_text=command.note,
            now=now(),
        )
        line = offer_line(session, actor, offer_id=offer_id)
    when = span_text(line.starts_at, line.ends_at)
    if command.answer is Answer.CONFIRM:
        flash(_("Thank you! You are expected on %(when)s.", when=when), "good")
    else:
        flash(_("Thank you for telling us. Somebody else will be asked for %(when)s.", when=when), "calm")


def _holder(token: str) -> tuple[Actor, int]:
    """Give on whose behalf the holder of a link acts, and the one offer it is about."""
    offer_id = offer_of_token(current_settings().secret_key, token)
    with current_work().read() as session:
        person_id = session.scalar(select(Offer.person_id).where(Offer.id == offer_id))
    if offer_id is None or person_id is None:
        raise NoPage
    return Actor(account_id=None, person_id=person_id), offer_id


def _words() -> dict[str, Any]:
    return {
        "because": lambda line: asked_because(line.reasons, today()),
        "decline_reasons": DECLINE_REASONS,
        "form": Form(),
        "now": now(),
    }
