"""How the reader wants to be reached: by which channel for what, when not; and proving a mail address by a link."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as NoPage

from matching.contact import Wished, keep_contact, prove_email, reachable
from matching.policy import policy_of
from matching.queries.volunteers import my_profile
from matching.refusals import NotProvedAddress, QuietTooLong
from models.authority import Actor, Permission
from models.contact import Topic
from web.access import current_actor, public, requires
from web.accounts.emails import ask_for_proof, email_digest, email_token, masked_email, own_email, proof_of_token
from web.current import current_settings, current_work, now
from web.forms import Form, read_form
from web.forms.contact import WishedSchema
from web.limits import ANSWER, CODE, limiter
from web.texts.contact import reaches
from web.texts.refusals import refusal_text

notifications = Blueprint("notifications", __name__)


@notifications.get("/me/notifications")
@requires(Permission.SELF_PROFILE_WRITE)
def mine() -> ResponseReturnValue:
    """Show how the reader is reached."""
    with current_work().read() as session:
        wished = reachable(session, current_actor().person_id or 0).wished or Wished()
    return _page(Form(values=_values(wished)), 200)


@notifications.post("/me/notifications")
@requires(Permission.SELF_PROFILE_WRITE)
def keep() -> ResponseReturnValue:
    """Keep how the reader wants to be reached."""
    command, form = read_form(WishedSchema(), request.form)
    if not isinstance(command, Wished):
        return _page(form, 422)
    actor, keyring = current_actor(), current_work().keyring
    try:
        with current_work().begin() as session:
            digest = email_digest(keyring, own_email(session, actor.person_id or 0))
            keep_contact(session, actor, wished=command, email_digest=digest, now=now())
    except (NotProvedAddress, QuietTooLong) as refusal:
        flash(refusal_text(refusal), "trouble")
        return _page(form, 422)
    flash(_("Saved. From now on we reach you like this."), "good")
    return redirect(url_for("notifications.mine"))


@notifications.post("/me/notifications/email")
@requires(Permission.SELF_PROFILE_WRITE)
@limiter.limit(CODE)
def check_email() -> ResponseReturnValue:
    """Send the link that proves the reader's address."""
    with current_work().begin() as session:
        sent = ask_for_proof(session, current_actor(), now=now())
    if sent:
        flash(_("We have sent you a mail. Open the link in it; it is good for a day."), "good")
    else:
        flash(_("We know no e-mail address of yours. Add it under “Correct my data”."), "calm")
    return redirect(url_for("notifications.mine"))


@notifications.get("/m/<token>")
@public
def prove(token: str) -> ResponseReturnValue:
    """Show the button that proves an address; opening alone proves nothing, since mail programs open links too."""
    _proof(token)
    return render_template("site/address.html", token=token, done=request.args.get("done"))


@notifications.post("/m/<token>")
@public
@limiter.limit(ANSWER)
def prove_send(token: str) -> ResponseReturnValue:
    """Keep that the address is proved."""
    person_id, digest = _proof(token)
    with current_work().begin() as session:
        prove_email(session, Actor(account_id=None, person_id=person_id), email_digest=digest, now=now())
    return redirect(url_for("notifications.prove", token=token, done="yes"))


def _proof(token: str) -> tuple[int, bytes]:
    found = proof_of_token(current_settings(), token)
    if found is None:
        raise NoPage
    return found


def _values(wished: Wished) -> dict[str, Any]:
    return {
        "offers": wished.offers.value,
        "reminders": wished.reminders.value,
        "news": wished.news.value,
        "gathered": "1" if wished.gathered else "",
        "quiet_from": "" if wished.quiet_from is None else f"{wished.quiet_from:%H:%M}",
        "quiet_until": "" if wished.quiet_until is None else f"{wished.quiet_until:%H:%M}",
    }


def _page(form: Form, status: int) -> ResponseReturnValue:
    actor, keyring = current_actor(), current_work().keyring
    person_id = actor.person_id or 0
    with current_work().read() as session:
        address = own_email(session, person_id)
        known = reachable(session, person_id)
        telephone = my_profile(session, actor).telephone_masked
        policy = policy_of(session)
    house_quiet = [f"{each:%H:%M}" for each in (policy.quiet_from, policy.quiet_until)]
    proved = address is not None and keyring.digest("email", address) == known.email_digest
    link = None
    if address is not None and not proved and current_settings().demo:
        token = email_token(current_settings(), person_id, keyring.digest("email", address))
        link = url_for("notifications.prove", token=token)
    page = render_template(
        "volunteer/notifications.html",
        form=form,
        topics=tuple(Topic),
        reaches=reaches(with_mail=proved),
        telephone=telephone,
        email=None if address is None else masked_email(address),
        proved=proved,
        demo_link=link,
        house_quiet=house_quiet,
    )
    return page, status
