"""Words of the day and the week: why somebody could not come, what is done to hours."""

from typing import Any, Final

from flask_babel import lazy_pgettext as _lp

from matching.queries.changes import ChangeReason
from matching.unmarked import OWN_WORD

EXCUSES: Final[dict[str, Any]] = {
    "ill": _lp("excuse", "Ill"),
    "family": _lp("excuse", "Family"),
    "work": _lp("excuse", "Work or school"),
    "weather": _lp("excuse", "Weather or traffic"),
    "other": _lp("excuse", "Another good reason"),
}


def excuses() -> list[tuple[str, str]]:
    """Give codes and words of excuses."""
    return [(code, str(text)) for code, text in EXCUSES.items()]


#: Reasons that the program itself writes; everything else is what a person wrote.
OWN_REASONS: Final[dict[str, Any]] = {
    "absent": _lp("hours", "did not come"),
    "said_by_mistake": _lp("hours", "marked by mistake"),
    OWN_WORD: _lp("hours", "the volunteer says they were there; nobody wrote it down"),
    **EXCUSES,
}

CHANGE_REASONS: Final[dict[ChangeReason, Any]] = {
    ChangeReason.FILLS: _lp("change reason", "fills a seat that is empty"),
    ChangeReason.NEEDED_MORE: _lp("change reason", "is needed more there"),
    ChangeReason.CANCELLED: _lp("change reason", "the shift does not take place"),
    ChangeReason.OTHERWISE: _lp(
        "change reason", "a rule stands against it by now, or the seat serves better otherwise"
    ),
}


def change_reason(reason: ChangeReason) -> str:
    """Say why a repair makes a change."""
    return str(CHANGE_REASONS[reason])
