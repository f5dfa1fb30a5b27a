"""``linli registry``: agencies' exports become persons."""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import click

from registry.consolidate import ConsolidationReport, consolidate
from registry.intake import ImportReport, import_file
from registry.links import links
from registry.mappings import shipped
from web.cli.console import metered, print_json, say
from web.cli.opening import OPERATOR, opened
from web.database import clock

SHOWN = 10
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
JSON = click.option("--json", "as_json", is_flag=True, help="Print the report for a program.")


@click.group()
def registry() -> None:
    """Agencies' exports become persons."""


@registry.command("import")
@click.argument("file", type=FILE)
@click.option("--source", required=True, help="Whose export it is: " + ", ".join(sorted(shipped())) + ".")
@click.option("--dry-run", is_flag=True, help="Validate and report; write nothing.")
@JSON
def import_command(file: Path, source: str, *, dry_run: bool, as_json: bool) -> None:
    """Import one agency's export; the same file twice changes nothing."""
    with opened() as (_, work), metered(f"reading {file.name}") as meter, work.begin() as session:
        report = import_file(session, OPERATOR, source=source, path=file, now=clock(), dry_run=dry_run, progress=meter)
    if as_json:
        print_json(report)
    else:
        tell_import(report)


@registry.command("consolidate")
@JSON
def consolidate_command(*, as_json: bool) -> None:
    """Link and merge what has come in since the last time."""
    with opened() as (_, work), metered("linking") as meter, work.begin() as session:
        report = consolidate(session, OPERATOR, now=clock(), progress=meter)
    if as_json:
        print_json(report)
    else:
        tell_consolidation(report)


@registry.command("links")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def links_command(out: Path) -> None:
    """Write source, external_id, person_id of every source record in use ("-" is standard output)."""
    with opened() as (_, work), work.read() as session:
        if str(out) == "-":
            count = _write_links(sys.stdout, links(session))
        else:
            with out.open("w", encoding="utf-8", newline="") as file:
                count = _write_links(file, links(session))
    click.echo(f"{count:,} records", err=True)


def _write_links(file: TextIO, rows: Iterable[tuple[str, str, str]]) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("source", "external_id", "person_id"))
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


def tell_import(report: ImportReport) -> None:
    """Print what an import did, and why rows were not used."""
    if report.repeated:
        say(f"{report.source}: the same file as the last time; nothing to do")
        return
    how = ", ".join(filter(None, (report.encoding, report.delimiter and f"delimiter {report.delimiter!r}")))
    say(f"{report.source}: {report.rows:,} rows{f' ({how})' if how else ''}")
    say(
        f"  {report.new:,} new, {report.changed:,} changed, {report.unchanged:,} as they were, {report.gone:,} gone, "
        f"{report.quarantined:,} quarantined"
    )
    for code, count in report.issue_counts[:SHOWN]:
        say(f"  {count:6,}  {code.replace('_', ' ')}")


def tell_consolidation(report: ConsolidationReport) -> None:
    """Print what a consolidation did."""
    say(
        f"{report.records:,} records looked at: {report.persons_new:,} persons new, "
        f"{report.persons_changed:,} changed, {report.persons_merged:,} merged; {report.pairs_waiting:,} pairs wait for a steward"
    )
    for rule, count in report.links_by_rule.items():
        say(f"  {count:6,}  linked by {rule.replace('_', ' ')}")
