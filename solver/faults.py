"""What is wrong with a file, and where. Faults are gathered, shown ten at a time, and refuse the whole file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

MOST_FAULTS = 10


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: its place in the file (``volunteers[3].free[1]``) and what is the matter."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


class SolverError(Exception):
    """Base of every refusal of the solver."""

    code = "solver_error"


class InvalidProblem(SolverError):
    """The problem (or solution) cannot be used; ``faults`` holds the first ten reasons, in the order of the file."""

    code = "invalid_problem"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(islice(faults, MOST_FAULTS))
        super().__init__("\n".join(map(str, self.faults)))
