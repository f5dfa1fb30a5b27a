"""The door: flask-login set up so that a session or a bearer token leads to a reader."""

from flask import Flask, Request, current_app
from flask_login import LoginManager

from web.accounts.reader import Reader, reader_of_session
from web.accounts.tokens import note_use, reader_of_token
from web.current import current_work, now

_BEARER = "Bearer "


def hang_door(app: Flask) -> None:
    """Set up signing in for `app`."""
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_from_session)
    manager.request_loader(_from_token)


def cheap_passwords() -> bool:
    """Say whether passwords are hashed by the tests' cheap profile."""
    return bool(current_app.config.get("LINLI_CHEAP_PASSWORDS"))


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
