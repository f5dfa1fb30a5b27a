"""What tasks of this process stand on: the settings, the units of work, and the application that words are made in."""

from functools import lru_cache

from flask import Flask

from web.app import create_app
from web.database import Work, open_work
from web.settings import Settings, read_settings


@lru_cache(maxsize=1)
def current_settings() -> Settings:
    """Give the settings of the environment, read at the first task."""
    return read_settings()


@lru_cache(maxsize=1)
def current_work() -> Work:
    """Give this process's units of work, opened at the first task."""
    return open_work(current_settings())


@lru_cache(maxsize=1)
def current_app() -> Flask:
    """Give the application that letters are worded in."""
    return create_app(current_settings(), current_work())
