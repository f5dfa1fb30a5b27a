"""The tasks: each takes ids and codes, may be delivered twice, has a queue and a time limit, and calls one step."""

from celery import shared_task

from matching.refusals import NothingToPublish, NothingToRepair, WeekPublished
from matching.week import Week
from models.authority import SYSTEM
from registry.leaving import erase_departed
from web.api.repeats import forget_answers
from web.database import Work
from web.gateways import opened_gateways
from web.jobs.consolidation import consolidate_in_slices
from web.jobs.context import current_app, current_settings, current_work
from web.jobs.figures import count_anew
from web.jobs.letters import letters_of
from web.jobs.outbox import send_outbox
from web.jobs.parts import solve_part, spread_of
from web.jobs.schedule import Run, Step, tick
from web.jobs.week import (
    Limits,
    carry_out_repair,
    close_dead,
    keep_the_day,
    lapse_overdue,
    plan_week,
    propose_repair,
    publish_week,
)
from web.jobs.what_if import answer_what_if
from web.webhooks.receivers import HttpReceiver
from web.webhooks.sending import forget_deliveries, send_webhooks, spread

PLAN_SECONDS = 3600
CONSOLIDATE_SECONDS = 4 * 3600


@shared_task(name="linli.tick", time_limit=PLAN_SECONDS)
def run_tick() -> None:
    """Give up runs whose process died, and run what the schedule says is due."""
    settings = current_settings()
    close_dead(current_work())
    tick(current_work(), RUNS, zone=settings.time_zone)


@shared_task(name="linli.lapse", time_limit=600)
def lapse() -> None:
    """Close offers whose deadline has passed and ask the next."""
    lapse_overdue(current_work())


@shared_task(name="linli.day", time_limit=600)
def day() -> None:
    """Remind of tomorrow, tell of shortages, propose hours whose check-out was forgotten."""
    keep_the_day(current_work())


@shared_task(name="linli.erase", time_limit=600)
def erase() -> None:
    """Erase those who left and whose days to come back are over."""
    work = current_work()
    with work.begin() as session:
        erase_departed(session, now=work.now())


@shared_task(name="linli.send", time_limit=600)
def send() -> None:
    """Send the outbox."""
    settings = current_settings()
    with opened_gateways(settings) as gateways:
        send_outbox(current_work(), gateways, letters_of(current_app(), settings))


@shared_task(name="linli.webhooks", time_limit=600)
def webhooks() -> None:
    """Tell webhooks what happened."""
    work, settings = current_work(), current_settings()
    while spread(work, now=work.now()):
        pass
    send_webhooks(work, HttpReceiver(settings.webhooks_private), now=work.now())


@shared_task(name="linli.forget", time_limit=600)
def forget() -> None:
    """Take away kept answers whose day is over, and messages to webhooks of last month."""
    work = current_work()
    with work.begin() as session:
        forget_answers(session, now=work.now())
        forget_deliveries(session, now=work.now())


@shared_task(name="linli.plan", time_limit=PLAN_SECONDS)
def plan(week: str, area: str, seed: int = 1) -> None:
    """Plan a week; one that is published by now is left alone."""
    try:
        plan_week(
            current_work(),
            SYSTEM,
            week=Week.parse(week),
            area=area,
            limits=Limits(seed=seed),
            spread=spread_of(current_settings()),
        )
    except WeekPublished:
        return


@shared_task(name="linli.plan_part", time_limit=PLAN_SECONDS)
def plan_part(run_id: int, number: int) -> None:
    """Solve one part of a run; one that is taken or solved by now is left alone."""
    solve_part(current_work(), run_id=run_id, number=number)


@shared_task(name="linli.consolidate", time_limit=CONSOLIDATE_SECONDS)
def consolidate() -> None:
    """Link what has come in; killed and delivered again, it goes on where it was."""
    work = current_work()
    consolidate_in_slices(work, SYSTEM, now=work.now())
    count_anew(work, now=work.now())


@shared_task(name="linli.count", time_limit=3600)
def count() -> None:
    """Count anew what pages do not count themselves."""
    work = current_work()
    count_anew(work, now=work.now())


@shared_task(name="linli.repair", time_limit=PLAN_SECONDS)
def repair(week: str, area: str) -> None:
    """Plan a repair, to be looked at."""
    try:
        propose_repair(current_work(), SYSTEM, week=Week.parse(week), area=area)
    except NothingToRepair:
        return


@shared_task(name="linli.what_if", time_limit=PLAN_SECONDS)
def what_if(what_if_id: str) -> None:
    """Answer a what-if question; one that has its answer is left alone."""
    answer_what_if(current_work(), what_if_id=int(what_if_id))


def _close(_work: Work, _week: Week) -> None:
    """Needs posted from now on are for the week after; the plan takes its snapshot next."""


def _plan(work: Work, week: Week) -> None:
    try:
        plan_week(work, SYSTEM, week=week, spread=spread_of(current_settings()))
    except WeekPublished:
        return


def _publish(work: Work, week: Week) -> None:
    try:
        publish_week(work, SYSTEM, week=week)
    except (NothingToPublish, WeekPublished):
        return


def _repair(work: Work, week: Week) -> None:
    run_id, changes = propose_repair(work, SYSTEM, week=week)
    if changes:
        carry_out_repair(work, SYSTEM, run_id=run_id)


#: Total over the steps; a test holds it to that.
RUNS: dict[Step, Run] = {Step.CLOSE: _close, Step.PLAN: _plan, Step.PUBLISH: _publish, Step.REPAIR: _repair}
