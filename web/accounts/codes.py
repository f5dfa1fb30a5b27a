"""Six-digit codes that prove a telephone number: derived, not stored, and short-lived.

A code is a keyed digest of the number, the purpose and the ten minutes it was asked in (the counter of RFC 4226 with
time for its value); it holds for the window it was made in and the next. The message leaves through the outbox, which
keeps the sealed number and the window and makes the same code again when the message is sent.
"""

import hmac
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from models.outbox import OutboxMessage
from models.sealing import Keyring, keyring_of

WINDOW_SECONDS = 600
DIGITS = 6
KIND = "telephone_code"
_BOUND = "outbox_message.telephone"


def code_for(secret: str, telephone: str, window: int) -> str:
    """Give the code of `telephone` in the ten minutes numbered `window`."""
    digest = hmac.digest(secret.encode(), f"code|{telephone}|{window}".encode(), sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def window_of(now: datetime) -> int:
    """Number the ten minutes that `now` falls in."""
    return int(now.timestamp()) // WINDOW_SECONDS


def code_matches(secret: str, telephone: str, code: str, now: datetime) -> bool:
    """Say whether `code` was made for `telephone` in these ten minutes or the ten before."""
    window = window_of(now)
    right = [code_for(secret, telephone, number) for number in (window, window - 1)]
    return any([hmac.compare_digest(expected.encode(), code.strip().encode()) for expected in right])  # noqa: C419  both, always


def send_code(session: Session, *, secret: str, telephone: str, now: datetime) -> str:
    """Put the message into the outbox, once a window; gives the code, which only a demonstration may show."""
    keyring = keyring_of(session)
    window = window_of(now)
    key = f"{KIND}:{keyring.digest('telephone', telephone).hex()}:{window}"
    if session.query(OutboxMessage.id).filter_by(key=key).first() is None:
        sealed = b64encode(keyring.seal(telephone.encode(), bound_to=_BOUND)).decode()
        facts = {"telephone": sealed, "window": window}
        session.add(OutboxMessage(key=key, kind=KIND, facts=facts, not_before_at=now, created_at=now))
        session.flush()
    return code_for(secret, telephone, window)


def code_of_message(keyring: Keyring, secret: str, facts: dict[str, object]) -> tuple[str, str]:
    """Give the telephone and the code of a message in the outbox, for the gateway that sends it."""
    telephone = keyring.open(b64decode(str(facts["telephone"])), bound_to=_BOUND).decode()
    return telephone, code_for(secret, telephone, int(str(facts["window"])))
