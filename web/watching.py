"""What can be seen of a running service: a request's id, one log line a request, and figures for Prometheus.

The event's name is constant, values are keywords, ids only: no name, no number, no text that somebody typed.
"""

import logging
import re
import sys
import time
import uuid

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user

from web.access import current_actor, public
from web.current import current_work
from web.metrics import Answers, serve_metrics

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_log = structlog.get_logger()


def configure_logs() -> None:
    """Write logs as one JSON object a line to standard error; once a process."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


def watch(app: Flask) -> None:
    """Bind a request id, log and count every answer, and serve ``/health`` and ``/metrics``."""
    configure_logs()
    answers = Answers()

    @app.before_request
    def start() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def finish(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        endpoint = request.endpoint or "none"
        answers.count(endpoint, response.status_code, seconds)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        response.headers["Server-Timing"] = f"app;dur={seconds * 1000:.1f}"
        if endpoint not in {"static", "health", "metrics"}:
            _log_answer(endpoint, response.status_code, seconds)
        return response

    serve_metrics(app, answers)

    @app.get("/health")
    @public
    def health() -> dict[str, str]:
        with current_work().read() as session:
            session.connection().exec_driver_sql("SELECT 1")
        return {"status": "ok"}


def _log_answer(endpoint: str, status: int, seconds: float) -> None:
    account_id = current_actor().account_id if current_user else None
    _log.info(
        "request.answered",
        endpoint=endpoint,
        method=request.method,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        account_id=account_id,
    )
