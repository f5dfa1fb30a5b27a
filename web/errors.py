"""When something is refused or breaks: a page in the house's style, or problem+json (RFC 9457) under ``/api/``.

A refusal of a use case has a stable code; its sentence and its status are in :mod:`web.texts.refusals`.
"""

from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from web.forms.form import sentences
from web.texts.refusals import REFUSED, refusal_code, refusal_status, refusal_text

_log = structlog.get_logger()

#: status → title, remedy. A status that is not here is shown as 400 or 500.
PAGES: dict[int, tuple[Any, Any]] = {
    400: (_l("That could not be read"), _l("Something in the request was incomplete. Go back and try once more.")),
    401: (_l("Please sign in"), _l("Your sign-in has ended, or was never there.")),
    403: (_l("That is not allowed"), _l("This action belongs to somebody else.")),
    404: (
        _l("There is no such page here"),
        _l("The address may be mistyped, or what it showed is gone, or it is not yours to see."),
    ),
    405: (_l("That address cannot do this"), _l("Go back and use the button on the page.")),
    409: (_l("Somebody was faster"), _l("What you saw has changed since. Look again, then decide.")),
    415: (_l("That form is not taken"), _l("Send JSON, or a file where a file is wanted, and say so in Content-Type.")),
    413: (_l("That file is too large"), _l("Split the file, or ask an operator to load it from the command line.")),
    422: (_l("That does not fit"), _l("Something in it does not fit the rules.")),
    429: (_l("Too many tries"), _l("Wait a minute, then try again.")),
    500: (_l("Something broke on our side"), _l("It has been noted. Try again in a moment; nothing was half done.")),
    503: (_l("We are being looked after"), _l("Try again in a few minutes.")),
}


def handle_errors(app: Flask) -> None:
    """Answer every refusal, fault and mistake in the house's style."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(Exception, _fault)
    for kind in REFUSED:
        app.register_error_handler(kind, _refusal)


def wants_json() -> bool:
    """Say whether the answer goes to a program."""
    return request.path.startswith("/api/")


def problem(status: int, code: str, title: str, detail: str | None = None, **more: object) -> Response:
    """Give a problem+json answer; `code` is stable, the texts are for people."""
    body = {"type": f"urn:linli:{code}", "title": title, "status": status, "detail": detail, "code": code, **more}
    response = jsonify({key: value for key, value in body.items() if value is not None})
    response.status_code = status
    response.mimetype = "application/problem+json"
    if status == 401:  # noqa: PLR2004
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _answer(status: int, code: str, title: str, remedy: str) -> Response:
    if wants_json():
        return problem(status, code, title, remedy, request_id=g.get("request_id"))
    page = render_template("error.html", status=status, title=title, remedy=remedy, request_id=g.get("request_id"))
    return Response(page, status=status)


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004  a redirect travels as an exception
        return error
    if wants_json() and getattr(error, "data", None):
        return _unreadable(error)
    known = status if status in PAGES else (500 if status >= 500 else 400)  # noqa: PLR2004
    title, remedy = PAGES[known]
    response = _answer(status, f"http_{status}", str(title), str(remedy))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    return response


def _unreadable(error: HTTPException) -> Response:
    """Answer JSON that does not fit its schema: every fault with its path."""
    messages = error.data.get("messages", {})  # type: ignore[attr-defined]  # webargs puts it there
    faults = {path: text for part in messages.values() for path, text in sentences(part)}
    title, remedy = PAGES[422]
    return problem(422, "not_valid", str(title), str(remedy), errors=faults, request_id=g.get("request_id"))


def _stale(error: CSRFError) -> Response:
    del error
    title = _l("This page was open for too long")
    return _answer(400, "stale_page", str(title), str(_l("Go back, reload the page, and send it again.")))


def _refusal(error: Exception) -> Response:
    status, code = refusal_status(error), refusal_code(error)
    title, _ = PAGES.get(status, PAGES[422])
    _log.info("request.refused", code=code, status=status)
    if wants_json():
        facts = getattr(error, "parameters", {})
        detail = refusal_text(error)
        return problem(status, code, str(title), detail, parameters=_plain(facts), request_id=g.get("request_id"))
    return _answer(status, code, str(title), refusal_text(error))


def _plain(facts: dict[str, Any]) -> dict[str, Any] | None:
    """Give the facts of a refusal that JSON can hold: codes, ids and counts; None when there are none."""
    plain = {name: value for name, value in facts.items() if isinstance(value, str | int | float | list | tuple)}
    return plain or None


def _fault(error: Exception) -> Any:
    _log.error("request.failed", exc_info=error)
    return _http(InternalServerError())
