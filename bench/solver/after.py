"""``python -m bench.solver.after``: what comes after a plan: repair after declines, a what-if, a week in parts."""

from __future__ import annotations

import argparse
import random
import time

from bench.solver.city import city
from solver import cut_parts, join_results, repair, solve, with_free_day

DECLINED = 0.08
PART = 5_000


def main() -> None:
    """Print seconds and what they bring, on the sizes that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.solver.after", description=__doc__)
    parser.add_argument("--repair", type=int, default=20_000, help="volunteers of the week that is repaired")
    parser.add_argument("--parts", type=int, default=20_000, help="volunteers of the week that is planned in parts")
    parser.add_argument("--neighbourhood", type=int, default=200, help="volunteers of the what-if")
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    what_if(options.neighbourhood, options.seed)
    repaired(options.repair, options.seed)
    apart(options.parts, options.seed)


def what_if(people: int, seed: int) -> None:
    """One more free day for everybody, planned anew."""
    problem = city(people, people * 3 // 10, seed=seed)
    solve(problem)
    begun = time.monotonic()
    result = solve(with_free_day(problem, 5), explain=False)
    print(f"what-if, {people:,} volunteers: {1000 * (time.monotonic() - begun):.0f} ms, {result.status}")


def repaired(people: int, seed: int) -> None:
    """Every twelfth assignment or so is declined; the rest stands unless a change is worth its price."""
    problem = city(people, people * 3 // 10, seed=seed)
    plan = solve(problem, explain=False)
    declined = [pair for pair in plan.assignments if random.Random(str(pair)).random() < DECLINED]
    begun = time.monotonic()
    mended = repair(problem, plan.assignments, declined=declined, price=400)
    seconds = time.monotonic() - begun
    standing = set(plan.assignments) - set(declined)
    kept = len(standing & set(mended.assignments)) / len(standing)
    print(f"repair, {people:,} volunteers, {len(declined):,} of {len(plan.assignments):,} declined: {seconds:.1f} s, "
          f"{100 * kept:.2f} % kept, {len(mended.changes):,} changes")  # fmt: skip


def apart(people: int, seed: int) -> None:
    """Whole beside parts that are solved one by one and joined, with every rule."""
    problem = city(people, people * 3 // 10, seed=seed)
    whole = solve(problem, explain=False)
    begun = time.monotonic()
    parts = cut_parts(problem, -(-people // PART))
    results = [solve(part, workers=1, explain=False) for part in parts.problems]
    joined = join_results(problem, results, parts=parts, workers=1, seed=0)
    lost = 100 * ((whole.points or 0) - (joined.points or 0)) / max(1, whole.points or 0)
    print(f"parts, {people:,} volunteers in {len(parts.problems)}: {time.monotonic() - begun:.1f} s one by one, "
          f"{lost:.3f} % fewer points than whole")  # fmt: skip


if __name__ == "__main__":
    main()
