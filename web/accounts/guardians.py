"""The link by which a guardian answers for a minor: sent to the guardian's own telephone, good for two weeks.

The outbox keeps the sealed number; the link is made when the message leaves, and holds the sealed number again, so
that nobody who sees an address learns a telephone.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from matching.outbox import tell
from models.authority import Actor
from models.sealing import Keyring, SealBroken, keyring_of
from web.accounts.codes import window_of

KIND = "guardian"
LIFETIME_SECONDS = 14 * 24 * 3600
_SALT = "linli.guardian/1"
_BOUND = "guardian.telephone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """For whom a link answers, and on which telephone it was asked."""

    person_id: int
    telephone: str


def ask_guardian(session: Session, actor: Actor, *, telephone: str, now: datetime) -> str:
    """Put the question into the outbox, once in ten minutes; give the sealed number, as the link holds it."""
    sealed = _sealed(keyring_of(session), telephone)
    key = f"{KIND}/{actor.person_id}/{window_of(now)}"
    tell(session, key=key, person_id=actor.person_id, kind=KIND, facts={"telephone": sealed}, now=now)
    return sealed


def guardian_token(secret: str, *, person_id: int, sealed: str) -> str:
    """Give the token of a guardian's link."""
    return URLSafeTimedSerializer(secret, salt=_SALT).dumps([person_id, sealed])


def ward_of_token(secret: str, keyring: Keyring, token: str) -> Ward | None:
    """Give for whom a token answers, None when it is forged or too old."""
    try:
        person_id, sealed = URLSafeTimedSerializer(secret, salt=_SALT).loads(token, max_age=LIFETIME_SECONDS)
        return Ward(person_id=int(person_id), telephone=opened(keyring, sealed))
    except (BadData, SealBroken, ValueError, TypeError):
        return None


def opened(keyring: Keyring, sealed: str) -> str:
    """Open a guardian's number."""
    return keyring.open(urlsafe_b64decode(sealed), bound_to=_BOUND).decode()


def _sealed(keyring: Keyring, telephone: str) -> str:
    return urlsafe_b64encode(keyring.seal(telephone.encode(), bound_to=_BOUND)).decode()
