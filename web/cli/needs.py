"""``linli needs``: needs from files."""

from collections import Counter
from pathlib import Path

import click
from sqlalchemy.orm import Session

from matching.need_import import NeedProblem, NeedsImported, import_needs
from matching.units import UnitRow, store_units, unit_names
from models.organisation import UnitLevel
from web.cli.console import print_json, say
from web.cli.opening import OPERATOR, opened
from web.database import Work, clock
from web.need_files import NeedMapping, mapping_of, read_mapping
from web.need_files.reader import NeedFile, read_needs

SHOWN = 10


@click.group()
def needs() -> None:
    """Needs that communities ask for."""


@needs.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="linli", show_default=True, help="Whose columns the file has: linli or hotline.")
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A mapping of your own (TOML), for any other file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report for a program.")
def import_command(file: Path, source: str, mapping_file: Path | None, *, as_json: bool) -> None:
    """Import needs from CSV or XLSX; the same file twice changes nothing."""
    mapping = read_mapping(mapping_file) if mapping_file else mapping_of(source)
    with opened() as (_, work):
        read, done = take_needs(work, file, mapping)
    if as_json:
        print_json({"lines": read.lines, "new": done.new, "changed": done.changed, "unchanged": done.unchanged,
                    "shifts": done.shifts, "problems": [vars_of(one) for one in done.problems]})  # fmt: skip
    else:
        tell_needs(read, done)


def take_needs(work: Work, file: Path, mapping: NeedMapping) -> tuple[NeedFile, NeedsImported]:
    """Read a file of needs and import them; problems of both are in the second."""
    with work.read() as session:
        names = unit_names(session)
    read = read_needs(file, mapping, units=names)
    with work.begin() as session:
        if mapping.unit_code is not None:
            _make_unit(session, mapping)
        done = import_needs(session, OPERATOR, rows=read.rows, now=clock())
    problems = sorted((*read.problems, *done.problems), key=lambda one: one.line_number)
    return read, NeedsImported(
        new=done.new, changed=done.changed, unchanged=done.unchanged, shifts=done.shifts, problems=tuple(problems)
    )


def _make_unit(session: Session, mapping: NeedMapping) -> None:
    row = UnitRow(
        code=mapping.unit_code or "",
        name=mapping.unit_title or mapping.name,
        level=UnitLevel.CITY,
        parent_code=None,
        longitude=None,
        latitude=None,
    )
    store_units(session, OPERATOR, rows=[row], now=clock())


def vars_of(problem: NeedProblem) -> dict[str, object]:
    """Give a problem as plain values."""
    return {
        "line": problem.line_number,
        "field": problem.field,
        "problem": problem.problem,
        "external_id": problem.external_id,
    }


def tell_needs(read: NeedFile, done: NeedsImported) -> None:
    """Print what an import of needs did, and what it could not use."""
    say(
        f"{read.lines:,} rows: {done.new:,} needs new, {done.changed:,} changed, {done.unchanged:,} as they were; "
        f"{done.shifts:,} shifts opened"
    )
    if not done.problems:
        return
    counts = Counter((one.field, one.problem) for one in done.problems)
    said = ", ".join(f"{field} {problem} {count:,}×" for (field, problem), count in counts.most_common())
    say(f"not used: {len(done.problems):,} ({said.replace('_', ' ')})")
    for one in done.problems[:SHOWN]:
        say(f"  line {one.line_number}: {one.field} {one.problem}".replace("_", " "))
