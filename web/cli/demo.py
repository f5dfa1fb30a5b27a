"""``linli demo``: on an empty machine, from five messy files to a published week, and a site to look at it.

Everything goes through the same use cases as real life. Run again, it finds what is there and adds nothing.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from matching.queries.coordination import city_summary
from matching.rosters import published_roster
from matching.units import UnitRow, store_units
from matching.week import Week
from models.organisation import UnitLevel
from web.cli.console import Meter, metered, say
from web.cli.demo_accounts import make_accounts
from web.cli.demo_life import live
from web.cli.demo_summary import Story, tell
from web.cli.needs import take_needs
from web.cli.opening import OPERATOR, opened
from web.cli.roster import watching
from web.cli.serving import lead_links_here, run_server
from web.database import Work, clock
from web.jobs.consolidation import consolidate_in_slices
from web.jobs.figures import count_anew
from web.jobs.intake import import_in_slices
from web.jobs.parts import spread_of
from web.jobs.week import plan_week, publish_week
from web.need_files import mapping_of
from web.settings import Settings

SIZES = ("small", "district", "city")
TITLES = {
    "civilisation": "文明办 Civilisation Office",
    "youth_league": "团委 Youth League",
    "red_cross": "红十字会 Red Cross",
    "civil_affairs": "民政局 Civil Affairs",
    "education": "教委 Education",
}


@dataclass(slots=True)
class Steps:
    """The steps of the demonstration, each with how long it took."""

    taken: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Meter]:
        started = time.monotonic()
        with metered(name) as meter:
            yield meter
        seconds = time.monotonic() - started
        self.taken.append((name, seconds))
        say(f"· {name:<34} {seconds:6.1f} s")


@click.command("demo")
@click.option("--size", type=click.Choice(SIZES), default="small", show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--week", "week_text", help="ISO week to plan; the coming one when absent.")
@click.option("--serve/--no-serve", default=True, help="Serve the site at the end.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def demo(size: str, seed: int, week_text: str | None, port: int, *, serve: bool) -> None:
    """Make the sample city, consolidate it, plan its coming week, publish it, and serve it."""
    os.environ.setdefault("LINLI_DEMO", "1")
    lead_links_here("127.0.0.1", port)
    steps = Steps()
    with opened() as (settings, work):
        week = Week.parse(week_text) if week_text else Week.holding(clock(), settings.time_zone).next
        story = make_demo(work, settings, steps, size=size, seed=seed, week=week)
        tell(story, steps.taken)
    if serve:
        run_server(settings, host="127.0.0.1", port=port, with_jobs=True)


def make_demo(work: Work, settings: Settings, steps: Steps, *, size: str, seed: int, week: Week) -> Story:
    """Make what is not there yet, and give what there is to tell."""
    story = take_in_city(work, settings, steps, size=size, seed=seed, week=week)
    _plan(work, settings, steps, story, week)
    with steps.step("making the demonstration's accounts"):
        story.sign_ins = make_accounts(work)
    with steps.step("answering, and a week behind"):
        story.life = live(work)
    with steps.step("counting"):
        count_anew(work, now=clock())
    with work.read() as session:
        story.summary = city_summary(session, week=week)
    return story


def take_in_city(work: Work, settings: Settings, steps: Steps, *, size: str, seed: int, week: Week) -> Story:
    """Write the sample city's files, take them in, consolidate, and take in its needs: all but the planning."""
    folder = settings.instance / "sample" / f"{size}-{seed}-{week}"
    with steps.step("writing the sample city's files") as meter:
        _write_files(folder, size=size, seed=seed, week=week, meter=meter)
    with steps.step("taking in organisation units"):
        _take_units(work, size)
    story = Story(week=week, size=size, work=work)
    for source, title in TITLES.items():
        path = next(folder.glob(f"{source}.*"))
        with steps.step(f"importing {title}") as meter:
            story.imports[title] = import_in_slices(
                work, OPERATOR, source=source, path=path, now=clock(), progress=meter
            )
    with steps.step("consolidating") as meter:
        story.consolidation = consolidate_in_slices(work, OPERATOR, now=clock(), progress=meter)
    with steps.step("importing needs"):
        story.needs = take_needs(work, folder / "needs.csv", mapping_of("linli"))[1]
        story.tickets = take_needs(work, folder / "hotline.csv", mapping_of("hotline"))[1]
    return story


def _write_files(folder: Path, *, size: str, seed: int, week: Week, meter: Meter) -> None:
    """Write the files once; a folder that was left half written is written again."""
    # The generator is the seed's, above this room: it is loaded by name, as a plug-in is.
    from importlib import import_module  # noqa: PLC0415

    done = folder / "written"
    if done.exists():
        return
    import_module("seed.generate").write_city(folder, size=size, seed=seed, week=str(week), progress=meter)
    done.touch()


def _take_units(work: Work, size: str) -> None:
    from importlib import import_module  # noqa: PLC0415

    divisions = import_module("seed.divisions")
    rows = [
        UnitRow(
            code=unit.code,
            name=unit.name,
            level=UnitLevel(unit.level),
            parent_code=unit.parent,
            longitude=unit.longitude,
            latitude=unit.latitude,
            resident_population=unit.residents,
            population_on=divisions.CENSUS_ON,
        )
        for unit in divisions.units(size)
    ]
    with work.begin() as session:
        store_units(session, OPERATOR, rows=rows, now=clock())


def _plan(work: Work, settings: Settings, steps: Steps, story: Story, week: Week) -> None:
    with work.read() as session:
        if published_roster(session, week=week, area="") is not None:
            return
    with steps.step(f"planning {week}") as meter:
        story.plan = plan_week(work, OPERATOR, week=week, spread=spread_of(settings), watch=watching(meter))
    with steps.step(f"publishing {week}"):
        story.published = publish_week(work, OPERATOR, week=week)
