"""The signature of a message, as Standard Webhooks 1.0 writes it: HMAC-SHA256 over id, time and body.

A receiver recomputes it with the secret, compares in constant time, and refuses a time that is minutes old.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Make a secret to share with one receiver."""
    return PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Give the value of ``webhook-signature``."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(b64decode(secret.removeprefix(PREFIX)), signed, sha256)
    return f"v1,{b64encode(digest).decode()}"


def headers(secret: str, *, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Give the headers of a message that leaves now."""
    timestamp = int(now.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "Linli-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id=message_id, timestamp=timestamp, body=body),
    }
