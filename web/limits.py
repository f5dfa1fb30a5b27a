"""How often one address may knock: kept in the broker when it is Redis, else in this process."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user

from web.settings import Settings

limiter = Limiter(key_func=get_remote_address, strategy="moving-window", headers_enabled=False)

#: Tries a person has at the door, and messages that may be asked for.
SIGN_IN = "10 per minute; 60 per hour"
CODE = "5 per 10 minutes; 20 per day"
ANSWER = "60 per minute"
FORECAST = "60 per minute"
PLACE_CODE = "8 per minute; 30 per hour"


def by_reader() -> str:
    """Count by who is signed in, not by where they are: at a place all share one network."""
    return f"reader/{current_user.get_id()}" if current_user.is_authenticated else get_remote_address()


def limit(app: Flask, settings: Settings) -> None:
    """Set up limits for `app`."""
    shared = settings.broker_url.startswith(("redis://", "rediss://"))
    app.config.setdefault("RATELIMIT_STORAGE_URI", settings.broker_url if shared else "memory://")
    limiter.init_app(app)
