"""The door: flask-login set up so that a session or a bearer token leads to a reader."""

import hmac

from flask import Flask, Request, Response, current_app
from flask_login import LoginManager, current_user

from web.accounts.reader import Reader, reader_of_session
from web.accounts.tokens import note_use, reader_of_token
from web.current import current_settings, current_work, now

_BEARER = "Bearer "
READER_HEADER = "Linli-Reader"


def hang_door(app: Flask) -> None:
    """Set up signing in for `app`."""
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_from_session)
    manager.request_loader(_from_token)
    app.after_request(_say_whose)


def cheap_passwords() -> bool:
    """Say whether passwords are hashed by the tests' cheap profile."""
    return bool(current_app.config.get("LINLI_CHEAP_PASSWORDS"))


def _say_whose(response: Response) -> Response:
    """Mark a page with its reader, namelessly, so that a browser keeps no page of one reader for another."""
    if response.mimetype == "text/html" and current_user.is_authenticated:
        secret = current_settings().secret_key
        said = hmac.digest(secret.encode(), f"reader|{current_user.get_id()}".encode(), "sha256")
        response.headers[READER_HEADER] = said.hex()[:16]
    return response


def _from_session(kept: str) -> Reader | None:
    with current_work().read() as session:
        return reader_of_session(session, kept)


def _from_token(request: Request) -> Reader | None:
    header = request.headers.get("Authorization", "")
    if not header.startswith(_BEARER):
        return None
    at, token = now(), header.removeprefix(_BEARER).strip()
    with current_work().read() as session:
        found = reader_of_token(session, token, now=at)
    if found is None:
        return None
    reader, is_stale = found
    if is_stale and reader.token_id is not None:
        with current_work().begin() as session:
            note_use(session, reader.token_id, now=at)
    return reader
