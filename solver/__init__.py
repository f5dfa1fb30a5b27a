"""The solver: plain data in, plain data out. ``Problem → solve → Result``, and an independent `check`."""

from solver.attendance import Attendance, attendance, with_enough_people
from solver.check import Code, Verdict, Violation, check
from solver.compare import Comparison, Measures, compare, measure
from solver.faults import Fault, InvalidProblem, SolverError
from solver.parts import Parts, cut_parts, join_parts, join_results, joint_bound
from solver.problem import Pair, Problem
from solver.reading import parse_problem, read_problem
from solver.records import Horizon, Role, Shift, TeamRule, Travel, Volunteer, Weights
from solver.repair import Change, ChangeReason, Repair, repair
from solver.result import ChangeKind, Progress, Result, Status, Tier, Unfilled, WouldFill
from solver.solution_file import parse_solution, read_solution, write_solution
from solver.solve import WrongPlan, solve
from solver.what_if import Recruiting, whom_to_recruit, with_free_day, with_people, with_shifts, with_weights
from solver.why import Choice, Why, WhyVolunteer, why, why_volunteer
from solver.writing import problem_digest, write_problem

__all__ = [
    "Attendance",
    "Change",
    "ChangeKind",
    "ChangeReason",
    "Choice",
    "Code",
    "Comparison",
    "Fault",
    "Horizon",
    "InvalidProblem",
    "Measures",
    "Pair",
    "Parts",
    "Problem",
    "Progress",
    "Recruiting",
    "Repair",
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
    "Why",
    "WhyVolunteer",
    "WouldFill",
    "WrongPlan",
    "attendance",
    "check",
    "compare",
    "cut_parts",
    "join_parts",
    "join_results",
    "joint_bound",
    "measure",
    "parse_problem",
    "parse_solution",
    "problem_digest",
    "read_problem",
    "read_solution",
    "repair",
    "solve",
    "whom_to_recruit",
    "why",
    "why_volunteer",
    "with_enough_people",
    "with_free_day",
    "with_people",
    "with_shifts",
    "with_weights",
    "write_problem",
    "write_solution",
]
