"""Handing a long step to whoever does such work: a Celery worker, or a thread of this process when there is none."""

import threading
from collections.abc import Callable
from typing import Any

import structlog
from flask import current_app

from matching.refusals import Refusal as MatchingRefusal
from models.authority import Actor
from registry.refusals import Refusal as RegistryRefusal
from web.access import current_actor
from web.current import current_settings, current_work
from web.database import Work

_log = structlog.get_logger()
Step = Callable[[Work, Actor], Any]

#: Steps that a Celery worker knows by name; the others run in a thread wherever they are asked for.
TASKS = frozenset({"linli.plan", "linli.repair", "linli.what_if", "linli.consolidate"})


def start(task: str, step: Step, arguments: list[str]) -> None:
    """Start `step`: at once where the configuration says so (tests), else in the background.

    Parameters
    ----------
    task, arguments
        The Celery task that does the same, used when a broker is set.
    """
    if current_app.config.get("LINLI_JOBS_AT_ONCE"):
        step(current_work(), current_actor())
    elif current_settings().is_embedded or task not in TASKS:
        parts = (step, current_work(), current_actor())
        threading.Thread(target=_quietly, args=parts, name=task, daemon=True).start()
    else:
        from web.jobs.celery_app import make_celery  # noqa: PLC0415  the jobs stand on the application

        make_celery(current_settings()).send_task(task, args=arguments)


def _quietly(step: Step, work: Work, actor: Actor) -> None:
    """Run a step in a thread: what goes wrong is in the run's row and the log."""
    try:
        step(work, actor)
    except (MatchingRefusal, RegistryRefusal) as refusal:
        _log.warning("step.refused", code=refusal.code)
    except Exception:  # noqa: BLE001  a thread has nobody above it
        _log.exception("step.failed")
