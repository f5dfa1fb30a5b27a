"""``linli roster``: plan, publish and repair a week."""

from zoneinfo import ZoneInfo

import click

from matching.repairs import ChangeKind
from matching.week import Week
from solver import Progress
from web.cli.console import Meter, metered, print_json, say
from web.cli.opening import OPERATOR, opened
from web.database import clock
from web.jobs.parts import spread_of
from web.jobs.progress import Watch
from web.jobs.week import Limits, Planned, carry_out_repair, plan_week, propose_repair, publish_week

WEEK = click.option("--week", "week_text", help="ISO week, 2026-W48; the coming one when absent.")
AREA = click.option("--area", default="", help="Code of the organisation unit; the whole city when absent.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the outcome for a program.")
SEED = click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
WORKERS = click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
SECONDS = click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Time limit; none when absent.")


@click.group()
def roster() -> None:
    """The weekly batch: plan, publish, repair."""


@roster.command("plan")
@WEEK
@AREA
@SEED
@WORKERS
@SECONDS
@JSON
def plan_command(
    week_text: str | None, area: str, seed: int, workers: int, seconds: float | None, *, as_json: bool
) -> None:
    """Snapshot, solve, check, store as a proposal."""
    with opened() as (settings, work):
        week = chosen_week(week_text, settings.time_zone)
        with metered(f"planning {week}") as meter:
            planned = plan_week(
                work,
                OPERATOR,
                week=week,
                area=area,
                limits=Limits(seed=seed, workers=workers, seconds=seconds),
                spread=spread_of(settings),
                watch=watching(meter),
            )
    if as_json:
        print_json(plan_facts(week, planned))
    else:
        tell_plan(week, planned)


@roster.command("publish")
@WEEK
@AREA
@JSON
def publish_command(week_text: str | None, area: str, *, as_json: bool) -> None:
    """Publish the week's proposal: everybody in it is asked."""
    with opened() as (settings, work):
        week = chosen_week(week_text, settings.time_zone)
        done = publish_week(work, OPERATOR, week=week, area=area)
    if as_json:
        print_json(done)
        return
    dropped = f"; {done.dropped:,} dropped, whose rules no longer hold" if done.dropped else ""
    say(f"{week} is published: {done.offers:,} offers{dropped}")


@roster.command("repair")
@WEEK
@AREA
@SEED
@WORKERS
@SECONDS
@click.option("--apply/--show", "apply", default=True, help="Carry the changes out, or only show them.")
@JSON
def repair_command(  # one option a parameter
    week_text: str | None,
    area: str,
    seed: int,
    workers: int,
    seconds: float | None,
    *,
    apply: bool,
    as_json: bool,
) -> None:
    """Re-plan around declines and new needs with the fewest changes."""
    with opened() as (settings, work):
        week = chosen_week(week_text, settings.time_zone)
        with metered(f"repairing {week}") as meter:
            limits = Limits(seed=seed, workers=workers, seconds=seconds)
            run_id, changes = propose_repair(work, OPERATOR, week=week, area=area, limits=limits, watch=watching(meter))
        made = carry_out_repair(work, OPERATOR, run_id=run_id) if apply else 0
    counts = {kind.value: sum(change.kind is kind for change in changes) for kind in ChangeKind}
    if as_json:
        print_json({"week": str(week), "run": run_id, "changes": counts, "made": made})
        return
    said = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    say(f"{week}: {said or 'nothing to change'}" + (f"; {made:,} changes made" if apply else "; not carried out"))


def chosen_week(text: str | None, zone: ZoneInfo) -> Week:
    """Give the week asked for, or the coming one."""
    return Week.parse(text) if text else Week.holding(clock(), zone).next


def watching(meter: Meter) -> Watch:
    """Give the solver's progress as a word on the meter."""

    def watch(progress: Progress) -> None:
        points = "" if progress.points is None else f", {progress.points:,} points"
        bound = "" if progress.bound is None else f", at most {progress.bound:,}"
        meter.note(f"{progress.stage}{points}{bound}")

    return watch


def plan_facts(week: Week, planned: Planned) -> dict[str, object]:
    """Give a plan's figures as plain values."""
    result = planned.result
    return {
        "week": str(week),
        "run": planned.run_id,
        "roster": planned.roster_id,
        "status": str(result.status),
        "points": result.points,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": result.seconds,
        "assignments": len(result.assignments),
        "set_aside": len(planned.set_aside),
    }


def tell_plan(week: Week, planned: Planned) -> None:
    """Print a plan's figures."""
    result = planned.result
    gap = "" if result.gap is None else f", gap {result.gap:.4%}"
    say(f"{week}: {result.status}, {result.points:,} points of at most {result.bound:,}{gap}, {result.seconds:.1f} s")
    say(f"{len(result.assignments):,} assignments proposed; {len(result.unfilled):,} roles stay short")
    if planned.set_aside:
        say(f"{len(planned.set_aside):,} held seats set aside: their locks no longer keep every rule")
