"""How often one address may knock: kept in the broker when it is Redis, else in this process."""

from hashlib import sha256

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user

from web.settings import Settings

limiter = Limiter(key_func=get_remote_address, strategy="moving-window", headers_enabled=True)

#: Tries a person has at the door, and messages that may be asked for.
SIGN_IN = "10 per minute; 60 per hour"
CODE = "5 per 10 minutes; 20 per day"
#: Guesses at who one is, a telephone.
CLAIM = "5 per hour; 10 per day"
ANSWER = "60 per minute"
FORECAST = "60 per minute"
API = "600 per minute"
PLACE_CODE = "8 per minute; 30 per hour"


def by_reader() -> str:
    """Count by who is signed in, not by where they are: at a place all share one network."""
    return f"reader/{current_user.get_id()}" if current_user.is_authenticated else get_remote_address()


def limit(app: Flask, settings: Settings) -> None:
    """Set up limits for `app`."""
    shared = settings.broker_url.startswith(("redis://", "rediss://"))
    app.config.setdefault("RATELIMIT_STORAGE_URI", settings.broker_url if shared else "memory://")
    limiter.init_app(app)


def by_program() -> str:
    """Count by the token, else by whoever is signed in, else by the network."""
    if not current_user.is_authenticated:
        return get_remote_address()
    token_id = current_user.token_id
    return f"token/{token_id}" if token_id is not None else by_reader()


def by_telephone() -> str:
    """Count by the telephone that is asked about: a mini-program's server sends for everybody from one address."""
    sent = request.get_json(silent=True)
    number = str(sent.get("telephone", "")) if isinstance(sent, dict) else ""
    return f"telephone/{sha256(number.encode()).hexdigest()}" if number else get_remote_address()
