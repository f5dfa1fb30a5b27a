"""What a volunteer offers, read and changed by themselves: skills, kinds of service, times, how far, how often."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.queries.volunteers import Profile, my_profile
from matching.wishes import like_again
from models.authority import Permission
from models.taxonomy import CATEGORIES, SKILLS
from web.access import current_actor, requires
from web.accounts.volunteering import Offered, change_offered
from web.current import current_work, now
from web.forms import Form, read_form
from web.forms.volunteers import HOURS, MOST_HOURS, RADII, TURNS, TURNS_DAY, MyTimesSchema, cells
from web.moments import distance_text
from web.texts.taxonomy import category_name, tag_name

profile_pages = Blueprint("profile", __name__)


@profile_pages.get("/me/profile")
@requires(Permission.SELF_PROFILE_WRITE)
def mine() -> ResponseReturnValue:
    """Show what matching knows of the reader."""
    known = _known()
    return _page(known, Form(values=_values(known)), 200)


@profile_pages.post("/me/profile")
@requires(Permission.SELF_PROFILE_WRITE)
def change() -> ResponseReturnValue:
    """Change what is offered."""
    command, form = read_form(MyTimesSchema(), request.form)
    if not isinstance(command, Offered):
        return _page(_known(), form, 422)
    with current_work().begin() as session:
        change_offered(session, current_actor(), command, now=now())
    flash(_("Saved. The next plan knows it."), "good")
    return redirect(url_for("profile.mine"))


@profile_pages.post("/me/profile/like-again")
@requires(Permission.SELF_PROFILE_WRITE)
def like() -> ResponseReturnValue:
    """Be asked for a kind of service again."""
    category = request.form.get("category", "")
    if category in CATEGORIES:
        with current_work().begin() as session:
            like_again(session, current_actor(), category=category, now=now())
        flash(_("We may ask you for “%(kind)s” again.", kind=category_name(category)), "good")
    return redirect(url_for("profile.mine"))


def offered_choices() -> dict[str, Any]:
    """Give what the fields of an offer of time can be, named in the reader's language."""
    return {
        "hours": HOURS,
        "skill_options": [(code, tag_name(code)) for code in SKILLS],
        "categories": [(code, category_name(code)) for code in CATEGORIES],
        "radii": [(metres, distance_text(metres)) for metres in RADII],
        "hour_limits": [(hours * 60, ngettext("%(num)d hour", "%(num)d hours", hours)) for hours in MOST_HOURS],
        "day_limits": [(turns, str(turns)) for turns in TURNS_DAY],
        "turns": [*((turns, str(turns)) for turns in TURNS), ("", _("no limit"))],
    }


def _known() -> Profile:
    with current_work().read() as session:
        return my_profile(session, current_actor())


def _values(mine: Profile) -> dict[str, Any]:
    return {
        "skills[]": [tag for tag, _until in mine.tags if tag in SKILLS],
        "likes[]": list(mine.likes),
        "free[]": cells(mine.free),
        "radius_metres": min(RADII, key=lambda metres: abs(metres - mine.radius_metres)),
        "max_shifts_week": "" if mine.max_shifts_week is None else mine.max_shifts_week,
        "max_minutes_week": "" if mine.max_minutes_week is None else mine.max_minutes_week,
        "max_shifts_day": "" if mine.max_shifts_day is None else mine.max_shifts_day,
        "paused_until": mine.paused_until or "",
        "by_people_only": "1" if mine.by_people_only else "",
    }


def _page(mine: Profile, form: Form, status: int) -> ResponseReturnValue:
    shown = [(tag, until) for tag, until in mine.tags if tag not in SKILLS]
    return render_template("volunteer/profile.html", mine=mine, form=form, shown=shown, **offered_choices()), status
