"""Words of the day and the week: why somebody could not come, what is done to hours."""

from typing import Any, Final

from flask_babel import lazy_pgettext as _lp

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
    **EXCUSES,
}
