"""Figures for Prometheus: answers and how long they took, and how the service is doing.

With several web processes the counters are kept in files that all of them share: set ``PROMETHEUS_MULTIPROC_DIR`` to an
empty folder before the processes start; without it each process counts for itself.
"""

import os
from collections.abc import Iterator

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from matching.queries.pulse import Pulse, pulse
from web.access import public
from web.current import current_work, now

SHARED = "PROMETHEUS_MULTIPROC_DIR"
_LOCAL = frozenset({"127.0.0.1", "::1"})


class Answers:
    """Counts answers and their seconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.counted = Counter("linli_requests", "Answers", ("endpoint", "status"), registry=self.registry)
        self.timed = Histogram("linli_request_seconds", "Time to answer", ("endpoint",), registry=self.registry)

    def count(self, endpoint: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.counted.labels(endpoint, status).inc()
        self.timed.labels(endpoint).observe(seconds)

    def text(self) -> bytes:
        """The counters of this process, or of all that share a folder."""
        if not os.environ.get(SHARED):
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


class _Service(Collector):
    """What waits in the database, counted when it is asked for."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("linli_database_up", "Whether the database answers")
        try:
            with current_work().read() as session:
                beat = pulse(session, now=now())
        except SQLAlchemyError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _gauges(beat)


def serve_metrics(app: Flask, answers: Answers) -> None:
    """Serve ``/metrics`` to this machine only: a scraper elsewhere goes through its own agent here."""
    service = CollectorRegistry()
    service.register(_Service())

    @app.get("/metrics")
    @public
    def metrics() -> Response:
        if request.remote_addr not in _LOCAL:
            return Response(status=404)
        return Response(answers.text() + generate_latest(service), content_type=CONTENT_TYPE_LATEST)


def _gauges(beat: Pulse) -> Iterator[Metric]:
    messages = GaugeMetricFamily("linli_messages", "Messages that have not left, by state", labels=("state",))
    for state, count in beat.messages.items():
        messages.add_metric([state], count)
    yield messages
    yield GaugeMetricFamily("linli_messages_overdue_seconds", "Wait of the oldest message", beat.overdue_seconds)
    offers = GaugeMetricFamily("linli_offers", "Offers without an answer", labels=("deadline",))
    offers.add_metric(["ahead"], beat.offers_open - beat.offers_overdue)
    offers.add_metric(["passed"], beat.offers_overdue)
    yield offers
    runs = GaugeMetricFamily("linli_runs", "Runs by state", labels=("state",))
    for state, count in beat.runs.items():
        runs.add_metric([state], count)
    yield runs
    yield GaugeMetricFamily("linli_steps_failed", "Steps of a week that failed", beat.steps_failed)
    if beat.last_plan_at is not None:
        stamp = beat.last_plan_at.timestamp()
        yield GaugeMetricFamily("linli_last_plan_timestamp_seconds", "When a plan was last stored", stamp)
