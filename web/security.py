"""What every answer carries to protect its reader: a content policy with a nonce, and the usual headers.

Nothing is loaded from elsewhere, no inline style, no inline script without the nonce.
"""

import secrets

from flask import Flask, Response, g, request
from flask_wtf import CSRFProtect

from web.current import current_settings

#: Guards forms; programs with a token are exempt, see :mod:`web.api.v1`.
csrf = CSRFProtect()

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=()",
}


def nonce() -> str:
    """Give the nonce of this answer, made at the first call: some answers leave before any of our code ran."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


def protect(app: Flask) -> None:
    """Send the headers with every answer, and let templates name the nonce."""
    app.jinja_env.globals["nonce"] = nonce
    app.after_request(_add_headers)


def content_policy(token: str) -> str:
    """Give the content security policy for an answer whose nonce is `token`."""
    parts = (
        "default-src 'none'",
        f"script-src 'self' 'nonce-{token}'",
        f"style-src 'self' 'nonce-{token}'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(parts)


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_policy(nonce()))
    if current_settings().public_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static" and response.mimetype in {"text/html", "application/json"}:
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.vary.add("Cookie")
    return response
