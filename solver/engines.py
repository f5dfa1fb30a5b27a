"""Which exact engine for which size: CP-SAT is loaded at once, HiGHS takes a second to load and proves more."""

from __future__ import annotations

from typing import Final

from solver.program import Answer, Program

LIGHT: Final = 1_500
"""Up to this many pairs CP-SAT is used."""
_EFFORT: Final = 5.0


def solve_part(program: Program, pairs: int, *, seconds: float, nodes: int, gap: float) -> Answer:
    """Solve a part of a week with the engine for its size; limits are deterministic unless the seconds run out."""
    if pairs <= LIGHT:
        from solver import engine_cpsat  # noqa: PLC0415 only the engine that is used is loaded

        return engine_cpsat.solve_program(program, effort=_EFFORT, seconds=seconds)
    from solver import engine_highs  # noqa: PLC0415

    return engine_highs.solve_program(program, seconds=seconds, nodes=nodes, gap=gap)
