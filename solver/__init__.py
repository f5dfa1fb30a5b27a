"""The solver: plain data in, plain data out. ``Problem → solve → Result``, and an independent `check`."""

from solver.check import Code, Verdict, Violation, check
from solver.faults import Fault, InvalidProblem, SolverError
from solver.problem import Pair, Problem
from solver.reading import parse_problem, read_problem
from solver.records import Horizon, Role, Shift, TeamRule, Travel, Volunteer, Weights
from solver.result import ChangeKind, Progress, Result, Status, Tier, Unfilled, WouldFill
from solver.solution_file import read_solution, write_solution
from solver.solve import WrongPlan, solve
from solver.writing import problem_digest, write_problem

__all__ = [
    "ChangeKind",
    "Code",
    "Fault",
    "Horizon",
    "InvalidProblem",
    "Pair",
    "Problem",
    "Progress",
    "Result",
    "Role",
    "Shift",
    "SolverError",
    "Status",
    "TeamRule",
    "Tier",
    "Travel",
    "Unfilled",
    "Verdict",
    "Violation",
    "Volunteer",
    "Weights",
    "WouldFill",
    "WrongPlan",
    "check",
    "parse_problem",
    "problem_digest",
    "read_problem",
    "read_solution",
    "solve",
    "write_problem",
    "write_solution",
]
