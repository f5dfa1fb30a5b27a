"""Signing up in three short screens, and claiming the person that the agencies know already.

Nothing is revealed before proof: the telephone by a code, and for a claim the name and the last four of the ID number.
"""

from hashlib import sha256

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.queries.volunteers import profile
from models.account import Account
from registry.claiming import claim_person
from registry.refusals import SignUpIncomplete
from web.access import public
from web.accounts.volunteering import SignUp, open_account
from web.accounts.volunteering import sign_up as register_volunteer
from web.current import current_work, now
from web.forms import Form, read_form
from web.forms.volunteers import Claim, ClaimSchema, FirstStep, FirstStepSchema, LastStep, LastStepSchema
from web.language import current_language
from web.limits import CLAIM, CODE, SIGN_IN, limiter
from web.pages.accounts import NAME, PROVED, ask_code, open_session
from web.pages.profile import offered_choices
from web.places import streets

sign_up = Blueprint("sign_up", __name__)


def by_proved_telephone() -> str:
    """Count guesses by the telephone that was proved, from wherever they come; the number itself is not kept."""
    return f"claim/{sha256(str(session.get(PROVED)).encode()).hexdigest()}"


@sign_up.get("/sign-up")
@public
def first() -> ResponseReturnValue:
    """Ask for name and telephone."""
    return render_template("accounts/sign_up.html", form=Form(values={"name": session.get(NAME, "")}))


@sign_up.post("/sign-up")
@public
@limiter.limit(CODE)
def first_send() -> ResponseReturnValue:
    """Send a code to the telephone."""
    command, form = read_form(FirstStepSchema(), request.form)
    if not isinstance(command, FirstStep):
        return render_template("accounts/sign_up.html", form=form), 422
    ask_code(command.telephone)
    session[NAME] = command.name
    return redirect(url_for("accounts.code"))


@sign_up.get("/sign-up/about")
@public
def about() -> ResponseReturnValue:
    """Ask for the things that matter."""
    if PROVED not in session or NAME not in session:
        return redirect(url_for("sign_up.first"))
    return _about_page(Form(values={"radius_metres": "3000", "max_shifts_week": "2"}), 200)


@sign_up.post("/sign-up/about")
@public
@limiter.limit(SIGN_IN)
def about_send() -> ResponseReturnValue:
    """Register, and open the account."""
    if PROVED not in session or NAME not in session:
        return redirect(url_for("sign_up.first"))
    command, form = read_form(LastStepSchema(), request.form)
    if not isinstance(command, LastStep):
        return _about_page(form, 422)
    try:
        with current_work().begin() as work:
            account = register_volunteer(work, _sign_up(command), language=current_language(), now=now())
    except SignUpIncomplete as refusal:
        for field, problem in refusal.parameters.get("problems", ()):  # type: ignore[attr-defined]
            form.complain(field, problem)
        return _about_page(form, 422)
    return _welcome(account)


@sign_up.get("/sign-in/claim")
@public
def claim() -> ResponseReturnValue:
    """Ask for what proves that a person known to the agencies is oneself."""
    if PROVED not in session:
        return redirect(url_for("accounts.telephone"))
    return render_template("accounts/claim.html", form=Form())


@sign_up.post("/sign-in/claim")
@public
@limiter.limit(CODE)
@limiter.limit(CLAIM, key_func=by_proved_telephone)
def claim_send() -> ResponseReturnValue:
    """Open an account for the person who was proved."""
    number = session.get(PROVED)
    if number is None:
        return redirect(url_for("accounts.telephone"))
    command, form = read_form(ClaimSchema(), request.form)
    if isinstance(command, Claim):
        with current_work().begin() as work:
            person_id = claim_person(work, telephone=number, name=command.name, last_four=command.last_four)
            if person_id is not None:
                account = open_account(
                    work, person_id=person_id, telephone=number, language=current_language(), now=now()
                )
                return _welcome(account)
        form.complain("", "not_proved")
    return render_template("accounts/claim.html", form=form), 422


def _sign_up(command: LastStep) -> SignUp:
    return SignUp(
        name=session[NAME],
        telephone=session[PROVED],
        born_on=command.born_on,
        gender=command.gender,
        unit_code=command.unit_code,
        id_number=command.id_number,
        offered=command.offered,
    )


def _welcome(account: Account) -> ResponseReturnValue:
    """Sign the volunteer in, and say what was found."""
    with current_work().read() as work:
        known = profile(work, account.person_id or 0)
    answer = open_session(account)
    held = sum(1 for _tag, until in known.tags if until is not None)
    text = _("Welcome, %(name)s!", name=known.name)
    if held:
        text += " " + ngettext("Your certificate is here already.", "Your %(num)d certificates are here already.", held)
    flash(text, "good")
    return answer


def _about_page(form: Form, status: int) -> ResponseReturnValue:
    with current_work().read() as work:
        places = streets(work)
    page = render_template(
        "accounts/about.html", form=form, places=places, name=session.get(NAME, ""), **offered_choices()
    )
    return page, status
