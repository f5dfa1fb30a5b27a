"""A leader's page: the week of the city in a few honest figures, each saying how it is counted."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matching.queries.coordination import city_summary
from matching.queries.needs import needs_of_week
from models.authority import Permission
from models.need import Tier
from web.access import current_actor, requires
from web.current import current_work
from web.pages.figures import PARTS, by_category, by_hour, fill_rates, longest_waiting
from web.places import wanted_week

leader = Blueprint("leader", __name__)


@leader.get("/city")
@requires(Permission.UNIT_INDICATOR_READ)
def city() -> ResponseReturnValue:
    """Show supply against demand for a week: fill by tier, by kind of service, by day and hour."""
    week = wanted_week()
    with current_work().read() as session:
        summary = city_summary(session, week=week)
        lines = needs_of_week(session, current_actor(), week=week, limit=20_000)
    return render_template(
        "leader/city.html",
        week=str(week),
        summary=summary,
        lines=lines,
        rates=fill_rates(lines),
        categories=by_category(lines),
        heat=by_hour(lines),
        waiting=longest_waiting(lines),
        parts=PARTS,
        Tier=Tier,
    )
