"""Who may open which page: every route says so, and one place decides before any view runs.

A route without a decision is closed. A page that is *not yours* and one that is *not there* look the same; only
somebody who has not signed in is sent to sign in.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import structlog
from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from models.authority import Actor, Permission

PUBLIC: Final = "public"
ACCESS: Final = "access"
Access = str | frozenset[Permission]
View = TypeVar("View", bound=Callable[..., Any])

#: Somebody without an account.
STRANGER: Final = Actor(account_id=None)

_log = structlog.get_logger()


def public(view: View) -> View:
    """Open a route to everybody."""
    view.__dict__[ACCESS] = PUBLIC
    return view


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Open a route to whoever holds any of `permissions` over any unit; the use case checks the unit."""

    def mark(view: View) -> View:
        view.__dict__[ACCESS] = frozenset(permissions)
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Give the decision that the route at `endpoint` carries, None when it carries none."""
    decision: Access | None = app.view_functions[endpoint].__dict__.get(ACCESS)
    return decision


def current_actor() -> Actor:
    """Give the actor on whose behalf this request runs."""
    actor: Actor = current_user.actor if current_user.is_authenticated else STRANGER
    return actor


def guard(app: Flask) -> None:
    """Decide before every view; files of the application itself are open."""
    public(app.view_functions["static"])
    app.before_request(_decide)


def _decide() -> Response | None:
    if request.endpoint is None:
        return None  # no such page: Flask answers
    decision = access_of(current_app, request.endpoint)
    if decision == PUBLIC:
        return None
    if decision is None:
        _log.error("route.undecided", endpoint=request.endpoint)
        abort(404)
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if not any(current_actor().has(permission) for permission in decision if isinstance(permission, Permission)):
        abort(404)
    return None


def _ask_to_sign_in() -> Response:
    if request.path.startswith("/api/"):
        abort(401)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=wanted))
