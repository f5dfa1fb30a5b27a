"""The application: every way in by HTTP, put together in a fixed order."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from models.authority import Permission
from web.access import guard
from web.accounts.door import hang_door
from web.api.document import describe, reading
from web.api.v1 import api
from web.assets import asset
from web.current import Installation, install
from web.database import Work, open_work
from web.errors import handle_errors
from web.language import speak
from web.limits import limit
from web.moments import write_moments
from web.navigation import places
from web.pages.accounts import accounts
from web.pages.audit import audit
from web.pages.calls import calls
from web.pages.certificates import certificates
from web.pages.coordinator import coordinator
from web.pages.day import day
from web.pages.demonstration import DEMO_PASSWORD
from web.pages.feedback import feedback
from web.pages.finding import finding
from web.pages.forecasting import forecasting
from web.pages.here import here
from web.pages.hours import hours
from web.pages.leader import leader
from web.pages.my_data import my_data
from web.pages.my_hours import hours_pages
from web.pages.needs import needs
from web.pages.notifications import notifications
from web.pages.operator import operator
from web.pages.people import people
from web.pages.profile import profile_pages
from web.pages.programs import programs
from web.pages.quality import steward
from web.pages.repairing import repairing
from web.pages.review import review
from web.pages.seats import seats
from web.pages.sign_up import sign_up
from web.pages.site import site
from web.pages.stand_ins import stand_ins
from web.pages.templates import need_templates
from web.pages.timetable import timetable
from web.pages.together import together
from web.pages.unit_calendars import unit_calendars
from web.pages.volunteer import volunteer
from web.pages.what_if import what_if
from web.security import csrf, protect
from web.settings import Settings, read_settings
from web.watching import watch
from web.wording import write_words

UPLOAD_BYTES = 64 * 1024 * 1024
SESSION = timedelta(days=30)
_STATIC_SECONDS = 365 * 24 * 3600


class RowNumber(IntegerConverter):
    """A row's number in an address: what no row can have is not there, rather than a fault of the database."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, max=2**63 - 1, **options)


def create_app(
    settings: Settings | None = None, work: Work | None = None, config: Mapping[str, Any] | None = None
) -> Flask:
    """Make the application.

    Parameters
    ----------
    settings
        Read from the environment when absent.
    work
        Units of work on the database; opened from the settings when absent.
    config
        Flask's own settings, over the house's.
    """
    settings = settings or read_settings()
    config = dict(config or {})
    app = Flask("web", static_url_path="/static")
    app.url_map.converters["int"] = RowNumber
    install(app, Installation(settings=settings, work=work or open_work(settings)))
    _configure(app, settings, config)
    watch(app)
    protect(app)
    csrf.init_app(app)
    limit(app, settings)
    hang_door(app)
    speak(app)
    write_moments(app)
    write_words(app)
    handle_errors(app)
    _serve_pages(app)
    guard(app)
    return app


def _configure(app: Flask, settings: Settings, config: Mapping[str, Any]) -> None:
    secure = settings.public_url.startswith("https://")
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=_STATIC_SECONDS,
        SESSION_COOKIE_NAME="__Host-linli" if secure else "linli",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=SESSION,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        JSON_AS_ASCII=False,
    )
    app.config.from_mapping(config)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["navigation"] = places
    app.jinja_env.globals["endpoints"] = app.view_functions
    app.jinja_env.globals["permissions"] = Permission
    app.jinja_env.globals["demo_password"] = DEMO_PASSWORD
    if settings.trust_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _serve_pages(app: Flask) -> None:
    for blueprint in (
        site,
        accounts,
        sign_up,
        volunteer,
        stand_ins,
        notifications,
        finding,
        hours_pages,
        my_data,
        together,
        profile_pages,
        coordinator,
        seats,
        calls,
        repairing,
        feedback,
        forecasting,
        needs,
        need_templates,
        day,
        here,
        hours,
        certificates,
        unit_calendars,
        operator,
        timetable,
        steward,
        review,
        people,
        audit,
        leader,
        what_if,
        programs,
    ):
        app.register_blueprint(blueprint)
    app.register_blueprint(reading)
    describe(app, api)
