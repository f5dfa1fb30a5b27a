"""Tokens for programs: signed, short-lived, ended by a new password or a closed account; no right of their own."""

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from web.accounts.reader import Reader, find_reader

LIFETIME_SECONDS = 12 * 3600
_SALT = "linli.token/1"


def make_token(secret: str, reader: Reader) -> str:
    """Give a token that acts as `reader` for twelve hours."""
    return URLSafeTimedSerializer(secret, salt=_SALT).dumps(reader.get_id())


def reader_of_token(session: Session, secret: str, token: str) -> Reader | None:
    """Give the reader that `token` acts as, None when it is forged, too old or ended."""
    try:
        kept = URLSafeTimedSerializer(secret, salt=_SALT).loads(token, max_age=LIFETIME_SECONDS)
    except BadData:
        return None
    return reader_of_session(session, str(kept))


def reader_of_session(session: Session, kept: str) -> Reader | None:
    """Give the reader that a session or a token keeps, None when the password has changed since."""
    number, _, seal = kept.partition(".")
    if not number.isdecimal():
        return None
    reader = find_reader(session, int(number))
    return reader if reader is not None and reader.seal == seal else None
