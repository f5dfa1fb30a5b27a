"""``linli serve`` and ``linli worker``."""

import os
import sys

import click

from web.cli.console import say
from web.settings import Settings, read_settings

THREADS = 8


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--all", "with_jobs", is_flag=True, help="Web, worker and scheduler in this one process.")
@click.option("--threads", type=click.IntRange(1, 64), default=THREADS, show_default=True)
def serve(host: str, port: int, threads: int, *, with_jobs: bool) -> None:
    """Serve the site with waitress; in production use gunicorn with web.app:create_app (see the README)."""
    lead_links_here(host, port)
    run_server(read_settings(), host=host, port=port, threads=threads, with_jobs=with_jobs)


def lead_links_here(host: str, port: int) -> None:
    """Let links in messages lead to where the site is served, unless ``LINLI_PUBLIC_URL`` says where they lead."""
    everywhere = {"0.0.0.0", "::"}  # noqa: S104  compared with, never bound to
    os.environ.setdefault("LINLI_PUBLIC_URL", f"http://{'127.0.0.1' if host in everywhere else host}:{port}")


def run_server(settings: Settings, *, host: str, port: int, threads: int = THREADS, with_jobs: bool) -> None:
    """Serve until stopped."""
    # Flask, Celery and the solver are loaded here, not when the command line is read.
    from waitress import create_server  # noqa: PLC0415

    from models.migrations import upgrade  # noqa: PLC0415
    from registry.linkage.warm import warm_in_background  # noqa: PLC0415
    from web.app import create_app  # noqa: PLC0415
    from web.database import open_work  # noqa: PLC0415
    from web.jobs.celery_app import make_celery  # noqa: PLC0415
    from web.jobs.embedded import start_threads  # noqa: PLC0415

    work = open_work(settings)
    if settings.is_sqlite:
        upgrade(work.engine)
    try:
        server = create_server(create_app(settings, work), host=host, port=port, threads=threads, ident=None)
    except OSError as error:
        raise click.ClickException(f"port {port} of {host} cannot be had: {error.strerror}; try --port") from error
    warm_in_background()  # who signs up first does not wait for it
    if with_jobs:
        start_threads(make_celery(settings))
    say(f"Linli is at http://{host}:{port}/  (Ctrl-C stops it)")
    try:
        server.run()
    except KeyboardInterrupt:
        say("stopped")
    finally:
        server.close()
        work.dispose()


@click.command("worker")
@click.option("--queues", default="plan,send,tick", show_default=True)
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--beat", is_flag=True, help="Only the scheduler: run exactly one of these.")
def worker(queues: str, concurrency: int, *, beat: bool) -> None:
    """Run a worker on the broker of CELERY_BROKER_URL."""
    settings = read_settings()
    if settings.is_embedded:
        raise click.ClickException("CELERY_BROKER_URL is not set: without a broker use linli serve --all")
    from web.jobs.celery_app import make_celery  # noqa: PLC0415  Celery is loaded when it is run

    app = make_celery(settings)
    app.set_default()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if beat:
        app.Beat(scheduler_cls="celery.beat:Scheduler", loglevel="WARNING").run()
        return
    arguments = ["worker", "-Q", queues, "-c", str(concurrency), "--loglevel", "WARNING", "--without-mingle"]
    sys.exit(app.worker_main(arguments))
