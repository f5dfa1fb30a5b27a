"""``python -m bench.solver``: the same instances through every method, one table, two plots, two public benchmarks."""

from __future__ import annotations

import argparse
import resource
from pathlib import Path

from bench.solver import gap, peers, plots, smptsp
from bench.solver.city import city
from solver import Problem, Progress, solve

SIZES = {"200": (200, 60), "2000": (2_000, 600), "20000": (20_000, 6_000), "100000": (100_000, 30_000)}
_EXACT_UP_TO = 2_000
_TIMEFOLD_UP_TO = 2_000


def main() -> None:
    """Parse the options and run."""
    parser = argparse.ArgumentParser(prog="python -m bench.solver", description=__doc__)
    parser.add_argument("--sizes", default="200,2000", help=f"of {', '.join(SIZES)} volunteers, by comma")
    parser.add_argument("--seconds", type=float, default=20, help="limit of each method on each instance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plots", type=Path, default=Path("docs/images"), help="folder for the two SVG files")
    parser.add_argument("--gap", type=Path, default=None, help="folder with the generalised assignment instances")
    parser.add_argument("--smptsp", type=Path, default=None, help="folder with personnel task scheduling instances")
    options = parser.parse_args()
    spent: list[tuple[int, float, str]] = []
    for size in options.sizes.split(","):
        people, seats = SIZES[size]
        for plain in (True, False):
            problem = city(people, seats, seed=options.seed, plain=plain)
            kind = "plain" if plain else "every rule"
            spent.extend((people, seconds, kind) for seconds in table(problem, kind, options.seconds, options.seed))
    if note := peers.timefold_note():
        print(f"\n{note}")
    gap.report(options.gap, options.seconds)
    smptsp.report(options.smptsp, options.seconds)
    people, seats = SIZES[options.sizes.split(",")[-1]]
    plots.time_over_size(spent, options.plots / "solver-time.svg")
    plots.gap_over_time(
        _course(city(people, seats, seed=options.seed), options.seconds), options.plots / "solver-gap.svg"
    )


def table(problem: Problem, kind: str, seconds: float, seed: int) -> list[float]:
    """Print the methods on one instance; the seconds that ours took."""
    people, seats = len(problem.volunteers), int(problem.roles.target.sum())
    print(f"\n{people:,} volunteers × {seats:,} wanted seats, {kind}")
    trials = [peers.first_come(problem, seed), peers.greedy(problem)]
    if people <= _EXACT_UP_TO:
        trials += [peers.exact(problem, name, seconds) for name in ("CP-SAT", "HiGHS")]
    if people <= _TIMEFOLD_UP_TO and peers.timefold_note() is None:
        trials.append(peers.timefold(problem, seconds, seed))
    trials.append(peers.ours(problem, seconds))
    bound = min(trial.bound for trial in trials if trial.bound is not None)
    essential = int(problem.roles.min.sum())
    print(f"{'method':<26}{'of bound':>10}{'essential':>14}{'seconds':>9}{'MiB so far':>12}  ")
    for trial in trials:
        sound, filled = peers.judged(problem, trial)
        share = "–" if trial.points is None else f"{100 * trial.points / bound:.3f} %"
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        note = trial.note if sound or trial.points is None else "breaks rules"
        seats_filled = f"{filled}/{essential}"
        print(f"{trial.method:<26}{share:>10}{seats_filled:>14}{trial.seconds:>9.2f}{memory:>12}  {note}")
    return [trials[-1].seconds]


def _course(problem: Problem, seconds: float) -> list[Progress]:
    """How points and bound move while ours solves."""
    course: list[Progress] = []
    solve(problem, seconds=seconds, progress=course.append, explain=False)
    return course


if __name__ == "__main__":
    main()
