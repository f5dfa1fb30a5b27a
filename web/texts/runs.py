"""What a run did and why it failed, its points by term, the steps of the week: codes, said to people."""

from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

STATUSES: Final[dict[str, Any]] = {
    "optimal": _lp("solver", "Optimal, proven"),
    "feasible": _lp("solver", "Good, bounded"),
    "infeasible": _lp("solver", "Impossible"),
    "not_found": _lp("solver", "Nothing found"),
    "invalid": _lp("solver", "Unsound problem"),
}

TERMS: Final[dict[str, Any]] = {
    "essential": _l("Essential seats"),
    "wanted": _l("Wanted seats"),
    "extra": _l("Welcome seats"),
    "near": _l("Short ways"),
    "liked": _l("Liked kinds"),
    "familiar": _l("Familiar places"),
    "kept": _l("Kept as published"),
    "turn": _l("Further turns"),
    "recent_hour": _l("Served of late"),
    "recent_hours": _l("Served of late"),
    "recent": _l("Served of late"),
}

FAILURES: Final[dict[str, Any]] = {
    "solver_failed": _l("The solver broke off."),
    "plan_unsound": _l("The independent check found a broken rule."),
    "infeasible": _l("No plan keeps every rule."),
    "not_found": _l("No plan was found in the time given."),
    "invalid": _l("The problem was unsound."),
    "cancelled": _l("Somebody stopped it."),
    "process_died": _l("Its process ended without a word."),
    "week_published": _l("The week was published meanwhile."),
}

STEPS: Final[dict[str, Any]] = {
    "close": _l("Needs close"),
    "plan": _l("Plan the week"),
    "publish": _l("Publish the week"),
    "repair": _l("Repair the week"),
}

CHANGES: Final[dict[str, Any]] = {
    "kept": _lp("change", "stays"),
    "added": _lp("change", "is asked"),
    "dropped": _lp("change", "is released"),
    "moved": _lp("change", "moves"),
}


def status_name(status: str | None) -> str:
    """Name a solver's outcome; — before there is one."""
    return "—" if status is None else str(STATUSES.get(status, status))


def status_tone(status: str | None) -> str:
    """Give the tone in which an outcome is shown."""
    return {"optimal": "good", "feasible": "good", None: "quiet"}.get(status, "trouble")


def term_name(term: str) -> str:
    """Name a term of the points."""
    return str(TERMS.get(term, term))


def failure_text(code: str | None) -> str:
    """Say why a run failed."""
    return str(FAILURES.get(code or "", _("The run failed.")))


def step_name(step: str) -> str:
    """Name a step of the week."""
    return str(STEPS.get(step, step))


STAGES: Final[dict[str, Any]] = {
    "snapshot": _lp("stage", "Reading the week"),
    "cutting": _lp("stage", "Cutting the week into parts"),
    "parts": _lp("stage", "Planning the parts"),
    "joined": _lp("stage", "Joining the parts"),
    "candidates": _lp("stage", "Looking who fits where"),
    "prices": _lp("stage", "Weighing scarce people"),
    "model": _lp("stage", "Setting up the model"),
    "flow": _lp("stage", "Drafting a first plan"),
    "blocks": _lp("stage", "Solving part by part"),
    "improving": _lp("stage", "Improving the plan"),
    "solved": _lp("stage", "Solved"),
    "reasons": _lp("stage", "Finding reasons for what stays empty"),
}


def stage_name(code: str | None) -> str:
    """Name what the solver is at; of ``parts 3/8`` the first word counts."""
    return str(STAGES.get((code or "snapshot").partition(" ")[0], STAGES["model"]))
