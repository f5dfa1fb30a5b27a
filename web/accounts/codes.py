"""Six-digit codes that prove a telephone number: derived, not stored, short-lived, and good once.

A code is a keyed digest of the number, the purpose, the ten minutes it was asked in (the counter of RFC 4226 with time
for its value) and its place among those asked in them; it holds for the window it was made in and the next. The message
leaves through the outbox, which keeps the sealed number and the window and makes the same code again when the message
is sent; there it is also written that a code was used, and how often somebody guessed.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.outbox import OutboxMessage
from models.sealing import Keyring, keyring_of

WINDOW_SECONDS = 600
DIGITS = 6
#: Guesses at one code, and codes in one window.
MOST_TRIES = 5
MOST_CODES = 4
KIND = "telephone_code"
_BOUND = "outbox_message.telephone"


def code_for(secret: str, telephone: str, window: int, serial: int = 0) -> str:
    """Give the code of `telephone` in the ten minutes numbered `window`, the first unless `serial` says another."""
    asked = f"code|{telephone}|{window}" + (f"|{serial}" if serial else "")
    digest = hmac.digest(secret.encode(), asked.encode(), sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def window_of(now: datetime) -> int:
    """Number the ten minutes that `now` falls in."""
    return int(now.timestamp()) // WINDOW_SECONDS


def use_code(session: Session, *, secret: str, telephone: str, code: str, now: datetime) -> bool:
    """Say whether `code` was asked for `telephone` lately and not used yet; it is used then. A wrong one is counted."""
    for message in _asked(session, telephone, (window_of(now), window_of(now) - 1), lock=True):
        if _is_spent(message):
            continue
        facts = dict(message.facts)
        expected = code_for(secret, telephone, int(facts["window"]), int(facts.get("serial", 0)))
        if hmac.compare_digest(expected.encode(), code.strip().encode()):
            message.facts = {**facts, "used": True}
            return True
        message.facts = {**facts, "tries": int(facts.get("tries", 0)) + 1}
    return False


def send_code(session: Session, *, secret: str, telephone: str, now: datetime) -> str:
    """Put the message into the outbox, once a window and code; gives the code, which only a demonstration may show.

    A code that was used, or guessed at too often, is followed by another, :data:`MOST_CODES` in a window at most.
    """
    keyring = keyring_of(session)
    window = window_of(now)
    asked = _asked(session, telephone, (window,), lock=False)
    if asked and (not _is_spent(asked[-1]) or len(asked) >= MOST_CODES):
        return code_for(secret, telephone, window, len(asked) - 1)
    serial = len(asked)
    sealed = b64encode(keyring.seal(telephone.encode(), bound_to=_BOUND)).decode()
    facts = {"telephone": sealed, "window": window, "serial": serial}
    key = _key(keyring, telephone, window, serial)
    session.add(OutboxMessage(key=key, kind=KIND, facts=facts, not_before_at=now, created_at=now))
    session.flush()
    return code_for(secret, telephone, window, serial)


def _asked(session: Session, telephone: str, windows: Iterable[int], *, lock: bool) -> list[OutboxMessage]:
    """Give the messages of the codes that were asked for in `windows`, oldest first."""
    keyring = keyring_of(session)
    keys = [_key(keyring, telephone, window, serial) for window in windows for serial in range(MOST_CODES)]
    query = select(OutboxMessage).where(OutboxMessage.key.in_(keys)).order_by(OutboxMessage.id)
    return list(session.scalars(query.with_for_update() if lock else query))


def _key(keyring: Keyring, telephone: str, window: int, serial: int) -> str:
    key = f"{KIND}:{keyring.digest('telephone', telephone).hex()}:{window}"
    return f"{key}:{serial}" if serial else key


def _is_spent(message: OutboxMessage) -> bool:
    return bool(message.facts.get("used")) or int(message.facts.get("tries", 0)) >= MOST_TRIES


def code_of_message(keyring: Keyring, secret: str, facts: dict[str, object]) -> tuple[str, str]:
    """Give the telephone and the code of a message in the outbox, for the gateway that sends it."""
    telephone = keyring.open(b64decode(str(facts["telephone"])), bound_to=_BOUND).decode()
    return telephone, code_for(secret, telephone, int(str(facts["window"])), int(str(facts.get("serial", 0))))
