"""One process that is web, worker and scheduler: waitress beside two threads, over Celery's ``memory://`` broker.

The truth is in the database (the outbox, the step rows), not in the broker: a task that dies with the process is found
again by the next tick.
"""

import threading
import warnings
from collections.abc import Callable

from celery import Celery


def start_threads(app: Celery) -> list[threading.Thread]:
    """Start the worker and the scheduler as threads that end with the process."""
    app.set_default()
    app.finalize()
    threads = [_thread("linli-worker", lambda: _work(app)), _thread("linli-beat", lambda: _beat(app))]
    app.send_task("linli.tick", queue="tick")  # what fell due while the machine was off is made up at once
    return threads


def _thread(name: str, run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


def _work(app: Celery) -> None:
    # Meant for workers that unpack pickles; ours take JSON from this very process.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
    worker = app.Worker(pool="solo", concurrency=1, queues=["plan", "send", "tick"], without_heartbeat=True,
                        without_mingle=True, without_gossip=True, loglevel="WARNING", hostname="linli@localhost",
                        quiet=True, redirect_stdouts=False)  # fmt: skip
    worker.start()


def _beat(app: Celery) -> None:
    from celery.beat import EmbeddedService  # noqa: PLC0415  loads kombu's transports

    # The truth about what ran is in the database: the plain scheduler keeps no file beside it.
    EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler").run()
