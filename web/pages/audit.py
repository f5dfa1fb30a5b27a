"""An auditor's page: who did what to what, when and why, in plain sentences, found by person, by account, by kind."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from models.authority import Permission
from registry.queries.trail import TrailFilter, TrailLine, staff, trail
from web.access import current_actor, requires
from web.current import current_work
from web.forms import Form
from web.moments import instant
from web.texts.audit import KINDS, audit_sentence, nobody_in_particular
from web.texts.registry import field_name
from web.wording import verbatim

audit = Blueprint("audit", __name__)
LINES_A_PAGE = 50


@audit.get("/audit")
@requires(Permission.CITY_AUDIT_READ)
def log() -> ResponseReturnValue:
    """Show what was written down, newest first."""
    asked = request.args
    wanted = TrailFilter(
        account_id=_number(asked.get("who")),
        action=asked.get("what", "") if asked.get("what") in KINDS else "",
        person_id=_number(asked.get("person")),
        since=_midnight(asked.get("since")),
        until=_midnight(asked.get("until"), days=1),
    )
    with current_work().read() as session:
        found = trail(
            session, current_actor(), wanted=wanted, limit=LINES_A_PAGE + 1, before_id=_number(asked.get("before"))
        )
        people = staff(session, current_actor())
    lines, more = found[:LINES_A_PAGE], len(found) > LINES_A_PAGE
    kept: dict[str, Any] = {
        name: value for name in ("who", "what", "person", "since", "until") if (value := asked.get(name))
    }
    return render_template(
        "steward/audit.html",
        lines=lines,
        older=url_for("audit.log", **kept, before=lines[-1].id) if more else None,
        form=Form(values=dict(asked)),
        is_filtered=bool(kept),
        people=[(number, f"{name} ({number})") for number, name in people],
        kinds=[(code, str(text)) for code, text in KINDS.items()],
        said=_said,
        address=_address,
        field_name=field_name,
    )


def _said(line: TrailLine) -> Markup:
    who = verbatim(line.by) if line.by else escape(nobody_in_particular())
    return audit_sentence(line.action, who, line.subject_id)


def _address(line: TrailLine) -> str | None:
    """Give where a reader can look at what it was done to."""
    pages: dict[str, tuple[str, str, Permission]] = {
        "person": ("people.one", "person_id", Permission.CITY_PERSON_READ),
        "roster_run": ("operator.runs_one", "run_id", Permission.CITY_RUN_READ),
        "import_batch": ("steward.imports_one", "batch_id", Permission.CITY_IMPORT_READ),
    }
    page = pages.get(line.subject_kind)
    if page is None or line.subject_id is None or not current_actor().may(page[2]):
        return None
    values: dict[str, Any] = {page[1]: line.subject_id}
    return url_for(page[0], **values)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004  63 bits


def _midnight(text: str | None, days: int = 0) -> datetime | None:
    try:
        return instant(date.fromisoformat(text) + timedelta(days=days), time(0)) if text else None
    except (ValueError, OverflowError):
        return None
