"""Proving a mail address: a link goes to it, and whoever opens the link and presses reads mail there.

The link holds a digest of the address, so that it proves that address and no later one.
"""

from datetime import datetime

from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from matching.outbox import tell
from models.authority import Actor
from models.outbox import OutboxMessage
from models.person import Person
from models.sealing import Keyring, keyring_of
from registry.persons import place_of_person
from web.gateways import Letter
from web.settings import Settings

KIND = "email_check"
GOOD_FOR_SECONDS = 24 * 3600
_SALT = "linli.email/1"


def own_email(session: Session, person_id: int) -> str | None:
    """Give a person's mail address as it is known now; whoever calls has the right to it."""
    person = session.get(Person, person_id)
    if person is None or person.email_sealed is None:
        return None
    return keyring_of(session).open(person.email_sealed, bound_to=place_of_person("email_sealed", person_id)).decode()


def email_digest(keyring: Keyring, address: str | None) -> bytes | None:
    """Digest an address under the installation's key."""
    return None if address is None else keyring.digest("email", address)


def masked_email(address: str) -> str:
    """Give an address for a page: z***@example.org."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}***@{host}"


def ask_for_proof(session: Session, actor: Actor, *, now: datetime) -> bool:
    """Send the link to the actor's own address; False without one."""
    person_id = actor.person_id or 0
    if own_email(session, person_id) is None:
        return False
    key = f"{KIND}/{person_id}/{now:%Y%m%d%H%M}"
    tell(session, key=key, person_id=person_id, kind=KIND, facts={}, now=now, not_before_at=now)
    return True


def email_token(settings: Settings, person_id: int, digest: bytes) -> str:
    """Give the token of a link that proves an address."""
    return URLSafeTimedSerializer(settings.secret_key, salt=_SALT).dumps([person_id, digest.hex()])


def proof_of_token(settings: Settings, token: str) -> tuple[int, bytes] | None:
    """Give the person and the digest that a token speaks of, None when it is forged or too old."""
    try:
        person_id, digest = URLSafeTimedSerializer(settings.secret_key, salt=_SALT).loads(
            token, max_age=GOOD_FOR_SECONDS
        )
        return int(person_id), bytes.fromhex(digest)
    except (BadData, TypeError, ValueError):
        return None


def email_check_letter(session: Session, settings: Settings, message: OutboxMessage, person_id: int) -> Letter | None:
    """Write the letter with the link; None when the address is gone."""
    address = own_email(session, person_id)
    digest = email_digest(keyring_of(session), address)
    if address is None or digest is None:
        return None
    link = f"{settings.public_url}/m/{email_token(settings, person_id, digest)}"
    body = gettext("Please confirm that you read mail here (good for a day): %(link)s", link=link)
    channels = frozenset({"email"})
    subject = gettext("Confirm your address")
    return Letter(key=message.key, telephone=None, email=address, subject=subject, text=body, channels=channels)
