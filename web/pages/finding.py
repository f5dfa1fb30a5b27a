"""Finding a need by oneself: a list by day, a map of what is near, one tap to take it, and why not for the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.queries.finding import DAYS, Finding, OpenRole, needs_nearby
from matching.queries.volunteers import offer_line
from matching.refusals import NotEligible
from matching.taking import give_back, take_seat
from models.authority import Permission
from models.taxonomy import CATEGORIES
from web.access import current_actor, requires
from web.current import current_work, now, today
from web.forms import Form
from web.forms.volunteers import RADII
from web.limits import ANSWER, limiter
from web.moments import day_text, distance_text, local, span_text
from web.notices import flash_with_undo
from web.texts.reasons import why_not_text
from web.texts.taxonomy import category_name

finding = Blueprint("finding", __name__)

MOST_SHOWN = 60
MOST_A_REASON = 8
#: Half the width of the map in its own units.
HALF = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One place on the map: where, which shift its first role is of, and whether anything there may be taken."""

    x: float
    y: float
    anchor: str
    label: str
    may: bool
    count: int


@finding.get("/me/find")
@requires(Permission.SELF_OFFER_ANSWER)
def find() -> ResponseReturnValue:
    """Show what is open near the reader."""
    day, category = _asked_day(), _asked_category()
    with current_work().read() as session:
        found = needs_nearby(
            session, current_actor(), now=now(), within_metres=_asked_metres(), category=category, day=day
        )
    nearest = min(RADII, key=lambda radius: abs(radius - found.within_metres))
    form = Form(values={"day": day.isoformat() if day else "", "kind": category or "", "within": nearest})
    return render_template("volunteer/find.html", found=found, form=form, **_words(found))


@finding.post("/me/find/<int:role_id>")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def take(role_id: int) -> ResponseReturnValue:
    """Take a need; undone by giving it back."""
    try:
        with current_work().begin() as session:
            offer_id = take_seat(session, current_actor(), role_id=role_id, now=now())
            line = offer_line(session, current_actor(), offer_id=offer_id)
    except NotEligible as refusal:
        reason = why_not_text(str(refusal.parameters["rule"]))
        flash(_("You cannot take this one: %(reason)s.", reason=reason), "trouble")
        return redirect(url_for("finding.find"))
    text = _("It is yours: %(when)s. You are expected.", when=span_text(line.starts_at, line.ends_at))
    flash_with_undo(text, url_for("finding.undo", offer_id=offer_id), "good")
    return redirect(url_for("volunteer.week"))


@finding.post("/me/taken/<int:offer_id>/undo")
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
def undo(offer_id: int) -> ResponseReturnValue:
    """Give back what the reader took by themselves."""
    with current_work().begin() as session:
        give_back(session, current_actor(), offer_id=offer_id, now=now())
    flash(_("Given back. Somebody else may take it now."), "calm")
    return redirect(url_for("finding.find"))


def _asked_day() -> date | None:
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
    return day if today() <= day <= today() + timedelta(days=DAYS) else None


def _asked_category() -> str | None:
    kind = request.args.get("kind")
    return kind if kind in CATEGORIES else None


def _asked_metres() -> int | None:
    text = request.args.get("within", "")
    return int(text) if text.isdecimal() and int(text) in RADII else None


def _words(found: Finding) -> dict[str, Any]:
    reach = _reach(found)
    days = [today() + timedelta(days=number) for number in range(DAYS)]
    return {
        "by_day": [(day, list(roles)) for day, roles in groupby(found.mine[:MOST_SHOWN], _day)],
        "hidden": max(0, len(found.mine) - MOST_SHOWN),
        "why_not": _by_reason(found.others),
        "most_a_reason": MOST_A_REASON,
        "dots": _dots(found.roles, reach),
        "reach": reach,
        "half": HALF,
        "day_options": [(day.isoformat(), day_text(day)) for day in days],
        "kind_options": [(code, category_name(code)) for code in CATEGORIES],
        "within_options": [(radius, distance_text(radius)) for radius in RADII],
    }


def _by_reason(roles: Iterable[OpenRole]) -> list[tuple[str, list[OpenRole]]]:
    """Give the roles that the reader may not take by the reason, the commonest first."""
    found: dict[str, list[OpenRole]] = {}
    for role in roles:
        found.setdefault(why_not_text(role.rule or ""), []).append(role)
    return sorted(found.items(), key=lambda one: -len(one[1]))


def _day(role: OpenRole) -> date:
    return local(role.starts_at).date()


def _reach(found: Finding) -> int:
    """Give how far the map goes: the nearest round distance within which everything lies that was found."""
    farthest = max((role.metres for role in found.roles), default=found.within_metres)
    return next((radius for radius in RADII if radius >= farthest), found.within_metres)


def _dots(roles: Iterable[OpenRole], metres: int) -> list[Dot]:
    """Give a dot a place, north upwards, those with something to take on top."""
    places: dict[tuple[int, int], list[OpenRole]] = {}
    for role in roles:
        if role.rule != "mine":
            places.setdefault((role.east, role.north), []).append(role)
    scale = (HALF - 8) / metres
    dots = []
    for (east, north), here in places.items():
        first = next((role for role in here if role.rule is None), here[0])
        may = first.rule is None
        x, y = round(east * scale, 1), round(-north * scale, 1)
        anchor = f"role-{first.role_id}"
        dots.append(Dot(x=x, y=y, anchor=anchor, label=first.title, may=may, count=len(here)))
    return sorted(dots, key=lambda dot: dot.may)
