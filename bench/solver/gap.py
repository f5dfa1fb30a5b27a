"""A public benchmark through a converter: generalised assignment (OR-Library and Yagiura, types A to E).

Jobs go to agents of limited capacity, each to exactly one, at least cost: volunteers with limited hours and seats that
must be filled. The instances and their bounds stand in the public repository rafaelmartinelli/AssignmentProblems.jl
(MIT licence); ``--gap FOLDER`` names its ``data`` folder. The program is built and solved by the solver's own model
arrays and exact engine, so what is tested is the engine and its proof.
"""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import numpy as np

from solver.engine_highs import solve_program
from solver.program import Program, ProgramBuilder

INSTANCES = tuple(f"{kind}{agents}{jobs}" for kind in "abcde" for agents in ("05", "10") for jobs in (100, 200))
"""The small ones: five and ten agents."""


def report(folder: Path | None, seconds: float) -> None:
    """Print our cost and bound beside the best known ones."""
    if folder is None or not (folder / "bounds.txt").exists():
        print("generalised assignment: left out, give --gap FOLDER with the instances (see bench/solver/gap.py)")
        return
    known = dict(line.split("\t", 1) for line in (folder / "bounds.txt").read_text().split("\n") if "\t" in line)
    print("\ngeneralised assignment (least cost)")
    print(f"{'instance':<12}{'known bound':>14}{'best known':>14}{'ours':>10}{'bound':>10}{'seconds':>9}")
    for name in INSTANCES:
        if not (folder / f"{name}.zip").exists():
            continue
        begun = time.monotonic()
        answer = solve_program(_program(_numbers(folder / f"{name}.zip")), seconds=seconds)
        cost = "–" if answer.points is None else str(-answer.points)
        bound = "–" if answer.bound is None else str(-answer.bound)
        least, best = known.get(f"{name}_Min", "–\t–").split("\t")
        spent = time.monotonic() - begun
        print(f"{name:<12}{least:>14}{best:>14}{cost:>10}{bound:>10}{spent:>9.2f}", flush=True)


def _numbers(path: Path) -> list[int]:
    with zipfile.ZipFile(path) as packed:
        return [int(word) for word in packed.read(packed.namelist()[0]).split()]


def _program(numbers: list[int]) -> Program:
    agents, jobs = numbers[:2]
    cells = agents * jobs
    cost, load = np.asarray(numbers[2 : 2 + cells]), np.asarray(numbers[2 + cells : 2 + 2 * cells])
    room = np.asarray(numbers[2 + 2 * cells : 2 + 2 * cells + agents])
    builder = ProgramBuilder()
    columns = builder.add_columns(-cost)
    agent, job = np.divmod(np.arange(cells), jobs)
    builder.put(builder.add_rows(jobs, low=1, high=1)[job], columns)
    builder.put(builder.add_rows(agents, high=room)[agent], columns, load)
    return builder.build()
