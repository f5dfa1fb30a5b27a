"""``linli registry``: agencies' exports become persons."""

import csv
import json
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import click
from sqlalchemy.orm import Session

from models import Actor
from registry.charts import histogram, precision_recall
from registry.consolidate import ConsolidationReport
from registry.evaluate import Score, WeighedPairs, evaluate, weighed_pairs
from registry.intake import ImportReport, import_file
from registry.links import links
from registry.mappings import FeedMapping, load_mapping, shipped
from registry.mappings.saved import mapping_in_force
from registry.queries.pairs import PairView, review_progress, waiting_pairs
from registry.refusals import HeadingsNotFound
from registry.scorecards import trained_weights
from web.cli.console import metered, print_json, say
from web.cli.opening import OPERATOR, opened
from web.database import Work, clock
from web.jobs.consolidation import consolidate_in_slices
from web.jobs.figures import count_anew
from web.jobs.intake import import_in_slices

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
@click.option(
    "--mapping",
    "wanted",
    help="How columns become fields: a file of your own (TOML), or the number of a version that a steward saved. "
    "Without it, the newest saved, else the one that ships.",
)
@JSON
def import_command(file: Path, source: str, wanted: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Import one agency's export; the same file twice changes nothing."""
    with opened() as (_, work), metered(f"reading {file.name}") as meter:
        with work.read() as session:
            mapping = _mapping(session, source, wanted)
        take = partial(_tried, work) if dry_run else partial(import_in_slices, work)
        report = take(OPERATOR, source=source, path=file, now=clock(), mapping=mapping, progress=meter)
    if as_json:
        print_json(report)
    else:
        tell_import(report)


def _tried(work: Work, actor: Actor, **about: Any) -> ImportReport:
    """Import without writing anything."""
    with work.read() as session:
        return import_file(session, actor, dry_run=True, hands=work.hands, **about)


def _mapping(session: Session, source: str, wanted: str | None) -> FeedMapping:
    """Give the mapping asked for: a version's number, a file, or none in particular."""
    if wanted is None or wanted.isdecimal():
        return mapping_in_force(session, source, int(wanted) if wanted else None)
    path = Path(wanted)
    if not path.is_file():
        raise click.BadParameter(f"{wanted} is neither a file nor a version's number", param_hint="--mapping")
    mapping = load_mapping(path)
    if mapping.source != source:
        raise click.BadParameter(
            f"{wanted} is the mapping of {mapping.source}, not of {source}", param_hint="--mapping"
        )
    return mapping


@registry.command("consolidate")
@JSON
def consolidate_command(*, as_json: bool) -> None:
    """Link and merge what has come in since the last time."""
    with opened() as (_, work), metered("consolidating") as meter:
        report = consolidate_in_slices(work, OPERATOR, now=clock(), progress=meter)
        count_anew(work, now=clock())
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


@registry.command("review")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@JSON
def review_command(limit: int, *, as_json: bool) -> None:
    """List the pairs that wait for a person's decision, the likeliest first; numbers are masked."""
    with opened() as (_, work), work.read() as session:
        pairs = waiting_pairs(session, OPERATOR, limit=limit)
        progress = review_progress(session, OPERATOR)
    if as_json:
        print_json({"waiting": progress.waiting, "pairs": [_plain_pair(pair) for pair in pairs]})
        return
    say(f"{progress.waiting:,} pairs wait for a decision")
    for pair in pairs:
        left, right = pair.left, pair.right
        say(
            f"{pair.id:>7}  {pair.probability:7.2%}  {pair.weight:+6.1f}  {pair.reason.replace('_', ' '):<24}"
            f"{left.source}/{left.external_id} {left.values.get('name', '')} | "
            f"{right.source}/{right.external_id} {right.values.get('name', '')}"
        )


def _plain_pair(pair: PairView) -> dict[str, object]:
    return {
        "id": pair.id,
        "probability": pair.probability,
        "weight": pair.weight,
        "reason": pair.reason,
        "left": [pair.left.source, pair.left.external_id],
        "right": [pair.right.source, pair.right.external_id],
        "comparisons": {one.name: [one.level, one.weight] for one in pair.comparisons},
    }


@registry.command("evaluate")
@click.argument("truth", type=FILE)
@click.option(
    "--charts", type=click.Path(file_okay=False, path_type=Path), help="Draw charts into this folder, as SVG."
)
@JSON
def evaluate_command(truth: Path, charts: Path | None, *, as_json: bool) -> None:
    """Compare the consolidation with a known truth (a CSV of source, external_id, person)."""
    known = _truth(truth)
    with opened() as (_, work), metered("evaluating"), work.read() as session:
        result = evaluate(links(session), known)
        drawn = _draw(charts, weighed_pairs(session, known)) if charts else []
    if as_json:
        print_json(
            {
                "records": result.records,
                "missing": result.missing,
                "strangers": result.strangers,
                "pairs": _plain_score(result.pairs),
                "persons": _plain_score(result.clusters),
                "errors": dict(result.errors),
            }
        )
        return
    say(
        f"{result.records:,} records compared; {result.missing:,} not in the registry, "
        f"{result.strangers:,} not in the truth"
    )
    for name, score in (("pairs", result.pairs), ("persons", result.clusters)):
        say(f"{name:<8} precision {score.precision:.5f}  recall {score.recall:.5f}  F1 {score.f1:.5f}")
    for kind, count in result.errors.items():
        say(f"{count:8,}  {kind.replace('_', ' ')}")
    for path in drawn:
        say(f"drawn: {path}")


def _truth(path: Path) -> list[tuple[str, str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = {"source", "external_id", "person"} - set(rows.fieldnames or ())
        if missing:
            raise HeadingsNotFound(sheet=None, missing=sorted(missing))
        return [(row["source"], row["external_id"], row["person"]) for row in rows]


def _draw(folder: Path, pairs: WeighedPairs) -> list[Path]:
    """Write the histogram of match weights, and precision against recall."""
    folder.mkdir(parents=True, exist_ok=True)
    charts = {
        "match-weights.svg": histogram(pairs.weights, pairs.same),
        "precision-recall.svg": precision_recall(pairs.weights, pairs.same, pairs.all_true),
    }
    for name, drawing in charts.items():
        (folder / name).write_text(drawing, encoding="utf-8")
    return [folder / name for name in charts]


@registry.command("weights")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def weights_command(out: Path) -> None:
    """Train weights on the registry as it is and write them as those that ship (registry/linkage/weights.json).

    Nothing of the registry changes: linkage goes on with the scorecard in force.
    """
    with opened() as (_, work), metered("training"), work.read() as session:
        weights = trained_weights(session)
    out.write_text(json.dumps(weights.as_data() | {"records": 0}, indent=1) + "\n", encoding="utf-8")
    say(f"{weights.facts['pairs']:,} labelled pairs, {weights.facts['matches']:,} of one person; written to {out}")


def _plain_score(score: Score) -> dict[str, float]:
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1}


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
        f"{report.persons_changed:,} changed, {report.persons_merged:,} merged; "
        f"{report.pairs_waiting:,} pairs wait for a steward"
    )
    for rule, count in report.links_by_rule.items():
        say(f"  {count:6,}  linked by {rule.replace('_', ' ')}")
