"""The Celery application: tasks by queue, the tick of the schedule, JSON only, late acknowledgement.

With a broker any number of workers take the tasks (``linli worker``); with ``memory://`` one thread of the serving
process does (:mod:`web.jobs.embedded`). The tasks are the same, and every one may run twice.
"""

from typing import Any

from celery import Celery

from web.settings import Settings

QUEUES = ("plan", "send", "tick")
PLANNING = dict.fromkeys(
    ("linli.plan", "linli.plan_part", "linli.repair", "linli.what_if", "linli.consolidate", "linli.count"), "plan"
)
TICK_SECONDS = 60.0
SEND_SECONDS = 5.0
DAY_SECONDS = 300.0
FORGET_SECONDS = 3600.0
ERASE_SECONDS = 3600.0
COUNT_SECONDS = 6 * 3600.0


def make_celery(settings: Settings) -> Celery:
    """Make the application of an installation, with its tasks."""
    broker = "memory://localhost/" if settings.is_embedded else settings.broker_url  # a host, or kombu warns of none
    app = Celery("linli", broker=broker, include=["web.jobs.tasks"])
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_default_queue="tick",
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        beat_scheduler="celery.beat:Scheduler",  # in memory: what was run is in the database, not in a file
        timezone=str(settings.time_zone),
        enable_utc=True,
        task_routes=_routes,
        beat_schedule={
            "tick": {"task": "linli.tick", "schedule": TICK_SECONDS, "options": {"queue": "tick", "expires": 50}},
            "lapse": {"task": "linli.lapse", "schedule": TICK_SECONDS, "options": {"queue": "tick", "expires": 50}},
            "day": {"task": "linli.day", "schedule": DAY_SECONDS, "options": {"queue": "tick", "expires": 250}},
            "webhooks": {
                "task": "linli.webhooks",
                "schedule": SEND_SECONDS,
                "options": {"queue": "send", "expires": 4},
            },
            "forget": {"task": "linli.forget", "schedule": FORGET_SECONDS, "options": {"queue": "tick"}},
            "erase": {"task": "linli.erase", "schedule": ERASE_SECONDS, "options": {"queue": "tick", "expires": 3000}},
            "count": {"task": "linli.count", "schedule": COUNT_SECONDS, "options": {"queue": "plan", "expires": 18000}},
            "send": {"task": "linli.send", "schedule": SEND_SECONDS, "options": {"queue": "send", "expires": 4}},
        },
    )
    return app


def _routes(name: str, *_rest: Any, **_options: Any) -> dict[str, str]:
    sending = {"linli.send", "linli.webhooks"}
    return {"queue": PLANNING.get(name, "send" if name in sending else "tick")}
