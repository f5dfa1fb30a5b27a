"""What each agency's records are worth, with the file that it should mend and the one that gives back what we know."""

from flask import render_template
from flask.typing import ResponseReturnValue

from models.authority import Permission
from registry.figures import registry_by_month, registry_figures
from registry.handback import hand_back
from registry.mappings.saved import mappings_in_force
from registry.queries.progress import review_pace
from registry.queries.quality import ATTRIBUTES, SAMPLE
from registry.refusals import NoSuchRecord
from web.access import current_actor, requires
from web.current import current_work, now
from web.files import attached
from web.pages.steward import agency_name
from web.pages.wizard import steward
from web.texts.registry import field_name, issue_text, remedy_text, rule_text

__all__ = ["steward"]


@steward.get("/imports/quality")
@requires(Permission.CITY_IMPORT_READ)
def imports_quality() -> ResponseReturnValue:
    """Show completeness, freshness, duplicates, the review's backlog, and what agencies should mend."""
    may_review = current_actor().may(Permission.CITY_REVIEW_DECIDE)
    with current_work().read() as session:
        figures = registry_figures(session, current_actor(), now=now())
        months = registry_by_month(session, current_actor())
        pace = review_pace(session, current_actor(), now=now()) if may_review else None
    return render_template(
        "steward/quality.html",
        feeds=figures.feeds,
        whole=figures.whole,
        counted_at=figures.counted_at,
        months=months,
        pace=pace,
        attributes=ATTRIBUTES,
        sample=SAMPLE,
        field_name=field_name,
        issue_text=issue_text,
        remedy_text=remedy_text,
        rule_text=rule_text,
        may_write=current_actor().may(Permission.CITY_IMPORT_WRITE),
    )


@steward.post("/imports/quality/<source>/records")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_hand_back(source: str) -> ResponseReturnValue:
    """Give an agency its records in its own columns, with what is known better; that is written down."""
    with current_work().begin() as session:
        known = mappings_in_force(session)
        if source not in known:
            raise NoSuchRecord(source=source)
        content = b"".join(hand_back(session, current_actor(), source=source, now=now()))
    return attached(content, f"{agency_name(source, known[source].agency)}-{now():%Y%m%d}.csv")
