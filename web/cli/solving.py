"""``linli solve`` and ``linli check``: the solver alone, without a database."""

import time
from pathlib import Path

import click

from solver import Progress, Status, check, read_problem, read_solution, solve, write_solution
from web.cli.console import metered, print_json, say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("solve")
@click.argument("problem", type=FILE)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Solution file.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="Time limit, reading included; the best plan so far is kept.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome for a program.")
def solve_command(  # one option a parameter
    problem: Path, output: Path, seconds: float | None, workers: int, seed: int, *, as_json: bool
) -> int:
    """Solve a problem file and write the solution."""
    with metered("solving") as meter:

        def watch(progress: Progress) -> None:
            points = "no plan yet" if progress.points is None else f"{progress.points:,} points"
            bound = "" if progress.bound is None else f", at most {progress.bound:,}"
            meter.note(f"{progress.stage}, {points}{bound}")

        begun = time.monotonic()
        week = read_problem(problem)
        left = None if seconds is None else max(seconds / 10, seconds - (time.monotonic() - begun))
        result = solve(week, seconds=left, workers=workers, seed=seed, progress=watch)
    write_solution(result, output)
    facts = {
        "status": str(result.status),
        "points": result.points,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": result.seconds,
        "assignments": len(result.assignments),
        "unfilled": len(result.unfilled),
        "output": str(output),
    }
    if as_json:
        print_json(facts)
    elif result.points is None:
        say(f"{result.status}: no plan")
    else:
        gap = "" if result.gap is None else f", gap {result.gap:.4%}"
        say(f"{result.status}: {result.points:,} points, at most {result.bound:,}{gap}, in {result.seconds:.1f} s")
        say(f"{len(result.assignments):,} assignments, {len(result.unfilled):,} roles short → {output}")
    return 0 if result.status in {Status.OPTIMAL, Status.FEASIBLE} else 1


@click.command("check")
@click.argument("problem", type=FILE)
@click.argument("solution", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict for a program.")
def check_command(problem: Path, solution: Path, *, as_json: bool) -> int:
    """Check a solution independently: whether it keeps every rule, and what its points are."""
    told = read_solution(solution)
    verdict = check(read_problem(problem), told.assignments)
    right = verdict.feasible and verdict.points == told.points
    if as_json:
        print_json(
            {
                "feasible": verdict.feasible,
                "points": verdict.points,
                "stated_points": told.points,
                "terms": dict(verdict.terms),
                "violations": [str(violation) for violation in verdict.violations],
            }
        )
    else:
        _tell(verdict.violations, verdict.points, told.points)
    return 0 if right else 1


def _tell(violations: tuple[object, ...], points: int, stated: int | None) -> None:
    for violation in violations[:20]:
        say(f"breaks {violation}")
    if len(violations) > 20:  # noqa: PLR2004  a screenful
        say(f"… and {len(violations) - 20:,} more")
    if violations:
        say(f"not feasible: {len(violations):,} broken rules")
    elif points != stated:
        say(f"feasible, but it has {points:,} points and states {stated}")
    else:
        say(f"feasible: {points:,} points, as stated")
