"""The reader's language and size of type: an account's setting, else a cookie, else what the browser asks for.

Simplified Chinese comes first: a browser that asks for neither language gets it.
"""

from typing import Final

from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel, get_locale
from flask_login import current_user

LANGUAGES: Final = {"zh_Hans_CN": "简体中文", "en": "English"}
FIRST: Final = "zh_Hans_CN"
TAGS: Final = {"zh_Hans_CN": "zh-Hans", "en": "en"}  # BCP 47, for the page's lang attribute
LANGUAGE_COOKIE: Final = "linli_language"
TYPE_COOKIE: Final = "linli_type"


def choose_language() -> str:
    """Give the language of this request."""
    if not has_request_context():
        return FIRST
    if current_user and current_user.is_authenticated and current_user.language in LANGUAGES:
        language: str = current_user.language
        return language
    kept = request.cookies.get(LANGUAGE_COOKIE)
    if kept in LANGUAGES:
        return str(kept)
    return {"en": "en"}.get(request.accept_languages.best_match(["zh-CN", "zh", "en"]) or "", FIRST)


def current_language() -> str:
    """Give the language that sentences are made in just now."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else FIRST


def is_large_type() -> bool:
    """Say whether the reader asked for large type."""
    if current_user and current_user.is_authenticated:
        return bool(current_user.large_type)
    return request.cookies.get(TYPE_COOKIE) == "large"


def speak(app: Flask) -> None:
    """Set up translation for `app`."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", FIRST)
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, locale_selector=choose_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.context_processor(_page_language)


def _page_language() -> dict[str, object]:
    return {
        "language": current_language(),
        "language_tag": TAGS[current_language()],
        "languages": LANGUAGES,
        "large_type": is_large_type(),
        "demo": current_app.extensions["linli"].settings.demo,
    }
