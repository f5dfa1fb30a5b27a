"""What a view needs of the installation it runs in: its settings, its units of work, its time.

Refuses the request: whoever needs the reader or the form asks Flask.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from flask import Flask, current_app

from web.database import Work
from web.settings import Settings

KEY = "linli"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What one application object was made with."""

    settings: Settings
    work: Work


def install(app: Flask, installation: Installation) -> None:
    """Put `installation` where views find it."""
    app.extensions[KEY] = installation


def installation() -> Installation:
    """Give the installation of the application that is running."""
    return cast("Installation", current_app.extensions[KEY])


def current_settings() -> Settings:
    """Give the settings in force."""
    return installation().settings


def current_work() -> Work:
    """Give the units of work on this installation's database."""
    return installation().work


def now() -> datetime:
    """Give the present instant, aware UTC."""
    return current_work().now()


def today() -> date:
    """Give the civil day where the service is."""
    return now().astimezone(current_settings().time_zone).date()
