"""Serving together, by an invitation that the other accepts; and a guardian's answer for a minor, by a link."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import NotFound as NoPage

from matching.queries.certificates import masked
from matching.queries.volunteers import profile
from matching.together import inviter, serve_apart, serve_together
from models.authority import Permission
from registry.guardian import guardian_decides, is_own_telephone
from web.access import current_actor, public, requires
from web.accounts.guardians import Ward, ask_guardian, guardian_token, ward_of_token
from web.current import current_settings, current_work, now
from web.forms import read_form
from web.forms.my_data import GuardianAsked, GuardianSchema
from web.limits import ANSWER, CODE, limiter
from web.notices import flash_with_undo

together = Blueprint("together", __name__)

INVITATION_SECONDS = 7 * 24 * 3600
_SALT = "linli.together/1"
_GUARDIAN_LINK = "guardian_link"


@together.get("/me/together")
@requires(Permission.SELF_PROFILE_WRITE)
def invite() -> ResponseReturnValue:
    """Give the reader a link to pass on."""
    token = _invitations().dumps(current_actor().person_id)
    address = current_settings().public_url + url_for("together.invited", token=token)
    return render_template("volunteer/invite.html", address=address)


@together.get("/me/together/<token>")
@requires(Permission.SELF_PROFILE_WRITE)
def invited(token: str) -> ResponseReturnValue:
    """Show who invites."""
    person_id = _who_invites(token)
    with current_work().read() as work:
        name = inviter(work, current_actor(), person_id=person_id)
    return render_template("volunteer/invited.html", name=name, token=token)


@together.post("/me/together/<token>")
@requires(Permission.SELF_PROFILE_WRITE)
@limiter.limit(ANSWER)
def accept(token: str) -> ResponseReturnValue:
    """Agree to serve together."""
    person_id = _who_invites(token)
    with current_work().begin() as work:
        serve_together(work, current_actor(), person_id=person_id, now=now())
    text = _("From now on you are planned together, or not at all.")
    flash_with_undo(text, url_for("together.end", person_id=person_id), "good")
    return redirect(url_for("my_data.mine"))


@together.post("/me/together/<int:person_id>/end")
@requires(Permission.SELF_PROFILE_WRITE)
@limiter.limit(ANSWER)
def end(person_id: int) -> ResponseReturnValue:
    """End serving together."""
    with current_work().begin() as work:
        serve_apart(work, current_actor(), person_id=person_id, now=now())
    flash(_("You are planned apart again. To serve together, invite once more."), "calm")
    return redirect(url_for("my_data.mine"))


@together.post("/me/guardian")
@requires(Permission.SELF_PROFILE_WRITE)
@limiter.limit(CODE)
def ask() -> ResponseReturnValue:
    """Ask the guardian of a minor on their own telephone."""
    command, form = read_form(GuardianSchema(), request.form)
    if not isinstance(command, GuardianAsked):
        flash(next(iter(form.errors.values())), "trouble")
        return redirect(url_for("my_data.mine"))
    with current_work().begin() as work:
        if is_own_telephone(work, current_actor(), command.guardian_telephone):
            flash(_("This is your own number. Give your guardian's."), "trouble")
            return redirect(url_for("my_data.mine"))
        sealed = ask_guardian(work, current_actor(), telephone=command.guardian_telephone, now=now())
    person_id = current_actor().person_id or 0
    if current_settings().demo or current_app.testing:
        token = guardian_token(current_settings().secret_key, person_id=person_id, sealed=sealed)
        session[_GUARDIAN_LINK] = url_for("together.guardian", token=token)
    flash(_("Asked. Your guardian finds a link in a message, and answers by one tap."), "good")
    return redirect(url_for("my_data.mine"))


@together.get("/g/<token>")
@public
def guardian(token: str) -> ResponseReturnValue:
    """Show a guardian what they are asked; of the minor only what they know."""
    ward = _ward(token)
    with current_work().read() as work:
        minor = profile(work, ward.person_id)
    return render_template("site/guardian.html", name=masked(minor.name), said=request.args.get("said"), token=token)


@together.post("/g/<token>")
@public
@limiter.limit(ANSWER)
def guardian_send(token: str) -> ResponseReturnValue:
    """Write down what the guardian decided; they may change their mind by the same link."""
    ward = _ward(token)
    agrees = request.form.get("answer") == "agree"
    with current_work().begin() as work:
        guardian_decides(work, person_id=ward.person_id, telephone=ward.telephone, agrees=agrees, now=now())
    return redirect(url_for("together.guardian", token=token, said="yes" if agrees else "no"))


def _invitations() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_settings().secret_key, salt=_SALT)


def _who_invites(token: str) -> int:
    try:
        return int(_invitations().loads(token, max_age=INVITATION_SECONDS))
    except (BadData, TypeError, ValueError) as error:
        raise NoPage from error


def _ward(token: str) -> Ward:
    ward = ward_of_token(current_settings().secret_key, current_work().keyring, token)
    if ward is None:
        raise NoPage
    return ward
