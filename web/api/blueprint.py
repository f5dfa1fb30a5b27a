"""The blueprint of version 1, and what holds for every address under it: who asks, in what form, how often, once."""

from flask import Response, abort, request
from flask_login import current_user
from flask_smorest import Blueprint

from web.api.repeats import claim_key, keep_answer, release_claim
from web.limits import API, by_program, limiter
from web.security import csrf

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = frozenset({"application/json", "multipart/form-data"})

api = Blueprint("api_v1", __name__, description="Linli")

csrf.exempt(api)
limiter.limit(API, key_func=by_program)(api)


@api.before_request
def check_session() -> None:
    """Ask what comes by a session, not by a token, for the token against forgery."""
    by_token = request.headers.get("Authorization", "").startswith("Bearer ")
    if request.method not in SAFE and not by_token and current_user.is_authenticated:
        csrf.protect()


@api.before_request
def check_form() -> None:
    """Take bodies of JSON, and of files where a file is taken; 415 for any other."""
    if request.method in SAFE or not (request.content_length or request.mimetype):
        return
    takes_file = request.endpoint == "api_v1.send_file"
    if request.mimetype not in _FORMS or takes_file != (request.mimetype == "multipart/form-data"):
        abort(415)


@api.before_request
def once() -> Response | None:
    """Let a key have one effect."""
    return claim_key()


@api.after_request
def keep(response: Response) -> Response:
    """Keep the answer for whoever sends the key again."""
    return keep_answer(response)


api.teardown_request(release_claim)
