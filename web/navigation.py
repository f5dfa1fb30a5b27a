"""Where a reader can go: what they hold permissions for, and the page that is good to start on."""

from dataclasses import dataclass
from typing import Any, Final

from flask import current_app, request, url_for
from flask_babel import lazy_pgettext as _lp
from flask_login import current_user

from models.authority import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the navigation."""

    url: str
    icon: str
    label: str
    is_here: bool


#: endpoint, permission, icon, label; in the order of the bar, which is also the order of the start pages.
_PLACES: Final[tuple[tuple[str, Permission, str, Any], ...]] = (
    ("coordinator.today", Permission.UNIT_NEED_WRITE, "today", _lp("navigation", "Today")),
    ("coordinator.needs", Permission.UNIT_NEED_READ, "needs", _lp("navigation", "Needs")),
    ("coordinator.roster", Permission.UNIT_ROSTER_READ, "roster", _lp("navigation", "Roster")),
    ("hours.waiting", Permission.UNIT_HOURS_APPROVE, "hours", _lp("navigation", "Hours")),
    ("steward.imports", Permission.CITY_IMPORT_READ, "imports", _lp("navigation", "Imports")),
    ("review.queue", Permission.CITY_REVIEW_DECIDE, "review", _lp("navigation", "Review")),
    ("people.find", Permission.CITY_PERSON_READ, "people", _lp("navigation", "People")),
    ("audit.log", Permission.CITY_AUDIT_READ, "audit", _lp("navigation", "Audit")),
    ("operator.runs", Permission.CITY_RUN_READ, "runs", _lp("navigation", "Runs")),
    ("leader.city", Permission.UNIT_INDICATOR_READ, "city", _lp("navigation", "Overview")),
    ("volunteer.week", Permission.SELF_WEEK_READ, "week", _lp("navigation", "My week")),
    ("finding.find", Permission.SELF_OFFER_ANSWER, "people", _lp("navigation", "Find")),
    ("my_hours.mine", Permission.SELF_WEEK_READ, "hours", _lp("navigation", "Hours")),
    ("profile.mine", Permission.SELF_PROFILE_WRITE, "self", _lp("navigation", "About me")),
)

#: Blueprints all of whose pages belong to one entry.
_WHOLE: Final = frozenset({"review", "people", "profile", "finding", "my_hours", "my_data"})

#: Where somebody who holds the permission likes to start, the first that fits.
_STARTS: Final = (
    (Permission.UNIT_NEED_WRITE, "coordinator.today"),
    (Permission.CITY_RUN_START, "operator.runs"),
    (Permission.CITY_REVIEW_DECIDE, "review.queue"),
    (Permission.UNIT_INDICATOR_READ, "leader.city"),
    (Permission.SELF_WEEK_READ, "volunteer.week"),
    (Permission.CITY_AUDIT_READ, "audit.log"),
    (Permission.CITY_RUN_READ, "operator.runs"),
)


def places() -> list[Place]:
    """Give the entries that the reader of this request may open."""
    if not current_user.is_authenticated:
        return []
    return [
        Place(url=url_for(endpoint), icon=icon, label=str(label), is_here=_is_here(endpoint))
        for endpoint, permission, icon, label in _PLACES
        if current_user.has(permission) and endpoint in current_app.view_functions
    ]


def start_url() -> str:
    """Give the page that the reader starts on."""
    for permission, endpoint in _STARTS:
        if current_user.has(permission) and endpoint in current_app.view_functions:
            return url_for(endpoint)
    return url_for("site.home")


def own_path(wanted: str | None) -> str | None:
    """Give `wanted` when it is a path of this site, else None: nobody is sent elsewhere by a link."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return None
    return wanted.rstrip("?") or "/"


def _is_here(endpoint: str) -> bool:
    here = (request.endpoint or "").replace("my_data.", "profile.").replace("notifications.", "profile.")
    blueprint = endpoint.partition(".")[0]
    return here.split("_")[0] == endpoint or (blueprint in _WHOLE and here.startswith(f"{blueprint}."))
