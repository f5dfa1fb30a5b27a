"""``linli why``, ``compare``, ``repair`` and ``recruit``: questions about a plan in files, without a database."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from solver import (
    Pair,
    Status,
    Why,
    WhyVolunteer,
    compare,
    problem_digest,
    read_problem,
    read_solution,
    repair,
    whom_to_recruit,
    why,
    why_volunteer,
)
from solver.solution_file import SOLUTION_FORMAT
from web.cli.console import metered, print_json, say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PROBLEM = click.argument("problem", type=FILE)
SOLUTION = click.argument("solution", type=FILE)
JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer for a program.")
_SHOWN = 12


@click.command("why")
@PROBLEM
@SOLUTION
@click.option("--volunteer", required=True, help="Id of a volunteer.")
@click.option("--role", help="Id of a role; without it, everything that the volunteer could do.")
@JSON
def why_command(problem: Path, solution: Path, volunteer: str, role: str | None, *, as_json: bool) -> int:
    """Say why a volunteer has a seat, has none, or may not have this one."""
    week, pairs = read_problem(problem), read_solution(solution).assignments
    try:
        answer = why_volunteer(week, volunteer, pairs) if role is None else why(week, volunteer, role, pairs)
    except KeyError as unknown:
        raise click.UsageError(f"the problem knows no {unknown.args[0]!r}") from unknown
    if as_json:
        print_json(answer)
    elif isinstance(answer, Why):
        _tell_pair(answer)
    else:
        _tell_volunteer(answer)
    return 0


@click.command("compare")
@PROBLEM
@click.argument("first", type=FILE)
@click.argument("second", type=FILE)
@JSON
def compare_command(problem: Path, first: Path, second: Path, *, as_json: bool) -> int:
    """Put two plans of one problem side by side: seats by tier, kilometres, load, changes."""
    week = read_problem(problem)
    try:
        sides = compare(week, read_solution(first).assignments, read_solution(second).assignments)
    except KeyError as unknown:
        raise click.UsageError(f"the problem knows no {unknown.args[0]!r}") from unknown
    if as_json:
        print_json(sides)
        return 0
    one, other = sides.first, sides.second
    say(f"{'':<24}{first.name[:18]:>20}{second.name[:18]:>20}")
    for tier in one.seats:
        say(f"{tier + ' seats':<24}{one.seats[tier]:>20,}{other.seats[tier]:>20,}")
    for name in ("points", "shifts_running", "volunteers", "busiest", "hours", "kilometres"):
        say(f"{name.replace('_', ' '):<24}{getattr(one, name):>20,.0f}{getattr(other, name):>20,.0f}")
    say(f"{len(sides.only_first):,} assignments are in the first only, {len(sides.only_second):,} in the second only")
    return 0


@click.command("repair")
@PROBLEM
@SOLUTION
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Solution with the changes.",
)
@click.option(
    "--declined", multiple=True, metavar="VOLUNTEER=ROLE", help="An assignment that is off; as often as needed."
)
@click.option("--declined-file", type=FILE, help='JSON list of pairs that are off: [["v1", "s1/a"]].')
@click.option("--price", type=click.IntRange(min=0), default=0, show_default=True, help="Points a change costs.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@JSON
def repair_command(  # one option a parameter
    *,
    problem: Path,
    solution: Path,
    output: Path,
    declined: tuple[str, ...],
    declined_file: Path | None,
    price: int,
    workers: int,
    as_json: bool,
) -> int:
    """Plan again around what stands, with the fewest changes at the stated price."""
    off = [*map(_pair, declined), *(_pairs(declined_file) if declined_file else ())]
    week, standing = read_problem(problem), read_solution(solution).assignments
    missing = [pair for pair in off if pair not in set(standing)]
    if missing:
        raise click.UsageError(f"{'='.join(missing[0])} is not in {solution.name}")
    with metered("repairing"):
        mended = repair(week, standing, declined=off, price=price, workers=workers)
    plain = {
        "format": SOLUTION_FORMAT,
        "problem": problem_digest(week),
        "status": Status.FEASIBLE,
        "points": mended.points,
        "assignments": mended.assignments,
        "changes": [
            {"volunteer": one.volunteer, "role": one.role, "added": one.added, "reason": one.reason, "rule": one.rule}
            for one in mended.changes
        ],
    }
    output.write_bytes(orjson.dumps(plain, option=orjson.OPT_INDENT_2) + b"\n")
    if as_json:
        print_json({"points": mended.points, "changes": len(mended.changes), "output": str(output)})
        return 0
    kept = len(set(standing) & set(mended.assignments))
    say(f"{mended.points:,} points; {kept:,} of {len(standing):,} assignments stay, {len(mended.changes):,} changes:")
    for reason, count in sorted(Counter((one.added, str(one.reason)) for one in mended.changes).items()):
        say(f"  {'in ' if reason[0] else 'out'}  {reason[1].replace('_', ' '):<12}{count:>8,}")
    say(f"→ {output}")
    return 0


@click.command("recruit")
@PROBLEM
@SOLUTION
@click.option("--most", type=click.IntRange(1, 20), default=5, show_default=True)
@JSON
def recruit_command(problem: Path, solution: Path, most: int, *, as_json: bool) -> int:
    """Say whom to look for: tags, place and hour that would fill most, each tried by planning."""
    week, pairs = read_problem(problem), read_solution(solution).assignments
    with metered("trying newcomers"):
        found = whom_to_recruit(week, pairs, most=most)
    if as_json:
        print_json([asdict(one) for one in found])
        return 0
    if not found:
        say("every wanted seat is filled: nobody has to be looked for")
    for one in found:
        tags = ", ".join(one.tags) or "anybody"
        day, minute = divmod(one.start, 1440)
        place = f"({one.at[0]:,.0f}, {one.at[1]:,.0f}) m"
        say(f"{one.people:>3} × {tags:<28} at {place:<20} day {day}, from {minute // 60:02d}:{minute % 60:02d}")
        say(f"      fill {one.seats} seats, {one.points:+,} points")
    return 0


def _tell_pair(answer: Why) -> None:
    if answer.assigned:
        say(f"{answer.volunteer} has {answer.role}; the pair brings {answer.points} points by itself")
    elif answer.rule is not None:
        say(f"{answer.volunteer} may not take {answer.role}: {answer.rule}")
    if not answer.assigned and answer.cost is not None:
        say(f"to give it to them would cost the plan {answer.cost:,} points at most")
    elif not answer.assigned and answer.rule is None:
        say("the shift could not be planned with them in it")


def _tell_volunteer(answer: WhyVolunteer) -> None:
    taken = [choice for choice in answer.choices if choice.assigned]
    say(f"{answer.volunteer} has {len(taken)} of the {len(answer.choices)} roles that the rules leave open")
    for choice in answer.choices[:_SHOWN]:
        state = "has it" if choice.assigned else choice.rule or "worth more with somebody else, or not running"
        say(f"  {choice.role:<24}{choice.points:>6} points  {state}")
    if len(answer.choices) > _SHOWN:
        say(f"  … and {len(answer.choices) - _SHOWN:,} more")
    for rule, count in sorted(answer.blocked.items(), key=lambda item: -item[1]):
        say(f"  {count:>6,} roles are closed by {rule}")


def _pair(text: str) -> Pair:
    volunteer, sign, role = text.partition("=")
    if not sign:
        raise click.UsageError(f"--declined {text}: write VOLUNTEER=ROLE")
    return volunteer, role


def _pairs(path: Path) -> Iterator[Pair]:
    try:
        plain = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise click.UsageError(f"{path.name} is not JSON: {error}") from error
    for index, pair in enumerate(plain if isinstance(plain, list) else [plain]):
        if not (isinstance(pair, list) and [type(each) for each in pair] == [str, str]):
            raise click.UsageError(f'{path.name}: entry {index} is not a pair of ids, ["v1", "s1/a"]')
        yield pair[0], pair[1]
