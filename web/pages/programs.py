"""The programs that act for the reader: their tokens, the webhooks, and the messages that did not arrive."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from models.authority import Permission
from models.program import ANNOUNCED, DeliveryState
from web.access import current_actor, requires
from web.accounts.tokens import IssuedToken, issue_token, revoke_token, scopes_of, tokens_of
from web.current import current_settings, current_work, now
from web.forms import Form, read_form
from web.forms.programs import DAYS, NewHook, NewHookSchema, NewToken, NewTokenSchema
from web.limits import SIGN_IN, by_reader, limiter
from web.refusals import AddressRefused, ScopeTooWide, TooManyWebhooks
from web.texts.programs import failure_text, scope_text
from web.texts.refusals import refusal_text
from web.webhooks.subscriptions import (
    NewWebhook,
    add_webhook,
    deliveries,
    end_webhook,
    ping,
    send_again,
    webhooks_of,
)

programs = Blueprint("programs", __name__)
EVERYBODY = tuple(Permission)
MOST_SHOWN = 50


@programs.get("/programs")
@requires(*EVERYBODY)
def mine() -> ResponseReturnValue:
    """Show the reader's tokens and webhooks."""
    return _page(200)


@programs.post("/programs/tokens")
@requires(*EVERYBODY)
@limiter.limit(SIGN_IN, key_func=by_reader)
def make() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    command, form = read_form(NewTokenSchema(), request.form)
    if not isinstance(command, NewToken):
        return _page(422, form=form)
    expires_at = now() + timedelta(days=command.days)
    try:
        with current_work().begin() as session:
            made = issue_token(
                session,
                current_user,
                name=command.name,
                scopes=command.scopes,
                expires_at=expires_at,
                now=now(),
            )
    except ScopeTooWide as refusal:
        form.errors["scopes"] = refusal_text(refusal)
        return _page(422, form=form)
    return _page(200, made=made)


@programs.post("/programs/tokens/<int:token_id>/revoke")
@requires(*EVERYBODY)
def revoke(token_id: int) -> ResponseReturnValue:
    """End a token."""
    with current_work().begin() as session:
        revoke_token(session, current_actor(), token_id=token_id, now=now())
    flash(_("The token opens nothing any more."), "calm")
    return redirect(url_for("programs.mine"))


@programs.post("/programs/webhooks")
@requires(*EVERYBODY)
@limiter.limit(SIGN_IN, key_func=by_reader)
def hook_make() -> ResponseReturnValue:
    """Begin to tell an address, and show the secret, this once."""
    command, form = read_form(NewHookSchema(), request.form)
    if not isinstance(command, NewHook):
        return _page(422, form=form)
    private = current_settings().webhooks_private
    try:
        with current_work().begin() as session:
            made = add_webhook(
                session,
                current_actor(),
                url=command.url,
                events=tuple(command.events),
                private_allowed=private,
                now=now(),
            )
    except (AddressRefused, ScopeTooWide, TooManyWebhooks) as refusal:
        form.errors["url"] = refusal_text(refusal)
        return _page(422, form=form)
    return _page(200, hooked=made)


@programs.get("/programs/webhooks/<int:webhook_id>")
@requires(*EVERYBODY)
def hook(webhook_id: int) -> ResponseReturnValue:
    """Show a webhook's newest messages, those that were given up first."""
    with current_work().read() as session:
        actor = current_actor()
        dead = deliveries(session, actor, webhook_id=webhook_id, state=DeliveryState.DEAD, limit=MOST_SHOWN)
        newest = deliveries(session, actor, webhook_id=webhook_id, limit=MOST_SHOWN)
        line = next(one for one in webhooks_of(session, actor) if one.webhook_id == webhook_id)
    rest = [one for one in newest if one.state is not DeliveryState.DEAD]
    return render_template("programs/webhook.html", hook=line, lines=[*dead, *rest], failure_text=failure_text)


@programs.post("/programs/webhooks/<int:webhook_id>/ping")
@requires(*EVERYBODY)
def hook_ping(webhook_id: int) -> ResponseReturnValue:
    """Send a message that says nothing."""
    with current_work().begin() as session:
        ping(session, current_actor(), webhook_id=webhook_id, now=now())
    flash(_("A message is on its way. Reload in a few seconds to see whether it arrived."), "calm")
    return redirect(url_for("programs.hook", webhook_id=webhook_id))


@programs.post("/programs/webhooks/<int:webhook_id>/end")
@requires(*EVERYBODY)
def hook_end(webhook_id: int) -> ResponseReturnValue:
    """Tell an address nothing more."""
    with current_work().begin() as session:
        end_webhook(session, current_actor(), webhook_id=webhook_id, now=now())
    flash(_("That address is told nothing more."), "calm")
    return redirect(url_for("programs.mine"))


@programs.post("/programs/webhooks/<int:webhook_id>/again/<int:delivery_id>")
@requires(*EVERYBODY)
def hook_again(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send a message again."""
    with current_work().begin() as session:
        send_again(session, current_actor(), webhook_id=webhook_id, delivery_id=delivery_id, now=now())
    flash(_("It is on its way again."), "calm")
    return redirect(url_for("programs.hook", webhook_id=webhook_id))


def _page(
    status: int, *, form: Form | None = None, made: IssuedToken | None = None, hooked: NewWebhook | None = None
) -> ResponseReturnValue:
    actor = current_actor()
    with current_work().read() as session:
        tokens = tokens_of(session, current_user.account_id, now=now())
        hooks = webhooks_of(session, actor)
    held = scopes_of(actor)
    page = render_template(
        "programs/mine.html",
        tokens=tokens,
        hooks=hooks,
        form=form or Form(values={"days": "30"}),
        made=made,
        hooked=hooked,
        scope_options=[(scope, scope_text(scope)) for scope in held],
        day_options=[(days, ngettext("%(num)d day", "%(num)d days", days)) for days in DAYS],
        events=_events(),
        scope_text=scope_text,
    )
    return page, status


def _events() -> list[tuple[str, Any]]:
    """Give the events that the reader may be told of."""
    return [(name, name) for name, permission in ANNOUNCED.items() if current_actor().has(permission)]
