"""How gunicorn serves Linli: ``gunicorn -c deploy/gunicorn.conf.py 'web.app:create_app()'``.

The application is loaded once and shared: a worker starts in a moment, and nobody who signs up waits for loops to load.
"""

import os
from typing import Any

bind = os.environ.get("LINLI_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "4"))
preload_app = True
timeout = 120
graceful_timeout = 60
max_requests = 20_000
max_requests_jitter = 2_000
control_socket = os.environ.get("LINLI_CONTROL_SOCKET", "gunicorn.ctl")


def on_starting(_server: Any) -> None:
    """Load the compiled loops of linkage before there are workers: all of them share what was loaded."""
    from registry.linkage.warm import warm  # noqa: PLC0415  gunicorn reads this file before it knows the application

    warm()


def child_exit(_server: Any, worker: Any) -> None:
    """Take a worker that is gone out of the gauges that all workers share."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
