"""People without a telephone: registering them on their behalf, and the list by which they are asked."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.calls import answer_for, call_list
from matching.offers import Answer
from matching.refusals import AlreadyBooked, OfferClosed, SeatTaken
from matching.wishes import keep_wishes
from models.assisted import ConsentSeen
from models.authority import Actor, Permission
from registry.assisted import register_for, where_to_ask
from registry.refusals import SignUpIncomplete
from registry.signup import SelfServiceEntry
from web.access import current_actor, requires
from web.current import current_work, now
from web.forms import Form, read_form
from web.forms.assisted import Assisted, AssistedSchema
from web.pages.profile import offered_choices
from web.places import units_within
from web.texts.refusals import refusal_text

calls = Blueprint("calls", __name__)

_ANSWERS = {"confirm": Answer.CONFIRM, "decline": Answer.DECLINE}


@calls.get("/calls")
@requires(Permission.UNIT_ROSTER_WRITE)
def whom() -> ResponseReturnValue:
    """Show whom to ask by word of mouth, with where they are found; that somebody looked is written down."""
    with current_work().begin() as session:
        found = call_list(session, current_actor(), now=now())
        people = sorted({call.person_id for call in found.calls})
        where = where_to_ask(session, current_actor(), person_ids=people, now=now())
    return render_template("coordinator/calls.html", found=found, where=where)


@calls.post("/calls/<int:offer_id>")
@requires(Permission.UNIT_ROSTER_WRITE)
def answered(offer_id: int) -> ResponseReturnValue:
    """Write down what somebody answered."""
    answer = _ANSWERS.get(request.form.get("answer", ""))
    if answer is None:
        return redirect(url_for("calls.whom"))
    try:
        with current_work().begin() as session:
            answer_for(session, current_actor(), offer_id=offer_id, answer=answer, now=now())
    except (OfferClosed, SeatTaken, AlreadyBooked) as refusal:
        flash(refusal_text(refusal), "trouble")
    else:
        text = _("Written down: they come.") if answer is Answer.CONFIRM else _("Written down: they cannot come.")
        flash(text, "good")
    return redirect(url_for("calls.whom"))


@calls.get("/calls/new")
@requires(Permission.UNIT_ROSTER_WRITE)
def new() -> ResponseReturnValue:
    """Ask for what is needed of somebody who has no telephone."""
    return _form_page(Form(values={"radius_metres": "2000", "max_shifts_week": "1"}), 200)


@calls.post("/calls/new")
@requires(Permission.UNIT_ROSTER_WRITE)
def new_send() -> ResponseReturnValue:
    """Register them."""
    command, form = read_form(AssistedSchema(), request.form)
    if not isinstance(command, Assisted):
        return _form_page(form, 422)
    try:
        with current_work().begin() as session:
            person_id = register_for(
                session, current_actor(), command=_entry(command), consent=command.consent, now=now()
            )
            them = Actor(account_id=current_actor().account_id, person_id=person_id)
            keep_wishes(session, them, wishes=command.offered.wishes, now=now())
    except SignUpIncomplete as refusal:
        for field, problem in refusal.parameters.get("problems", ()):  # type: ignore[attr-defined]
            form.complain(field, problem)
        return _form_page(form, 422)
    flash(
        _("%(name)s is registered. When there is a place for them, it stands on this list.", name=command.name), "good"
    )
    return redirect(url_for("calls.whom"))


def _entry(command: Assisted) -> SelfServiceEntry:
    return SelfServiceEntry(
        name=command.name,
        telephone=command.telephone,
        gender=command.gender,
        id_number=command.id_number,
        born_on=command.born_on,
        unit_code=command.unit_code,
        address=command.address,
        skills=command.offered.skills,
        categories=command.offered.likes,
        free=command.offered.free,
    )


def _form_page(form: Form, status: int) -> ResponseReturnValue:
    with current_work().read() as session:
        units = units_within(session, current_actor(), Permission.UNIT_ROSTER_WRITE)
    consents = [
        (ConsentSeen.SPOKEN.value, _("They said so to me")),
        (ConsentSeen.FAMILY.value, _("They said so, a relative beside them")),
        (ConsentSeen.PAPER.value, _("They signed a sheet, which we keep")),
    ]
    page = render_template("coordinator/assisted.html", form=form, units=units, consents=consents, **offered_choices())
    return page, status
