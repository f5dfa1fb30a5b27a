"""A word after the service, from either side, and whose turn it was."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.feedback import Word, say_of_service, say_of_volunteer
from matching.queries.turns import WEEKS, turns
from models.authority import Permission
from web.access import current_actor, requires
from web.current import current_work, now
from web.forms import read_form
from web.forms.day import WordSchema
from web.navigation import own_path

feedback = Blueprint("feedback", __name__)
PAGE = 60


@feedback.post("/here/services/<int:assignment_id>/word")
@requires(Permission.SELF_WEEK_READ)
def of_service(assignment_id: int) -> ResponseReturnValue:
    """Say how my service was."""
    word = _word()
    if word is not None:
        with current_work().begin() as session:
            say_of_service(session, current_actor(), assignment_id=assignment_id, word=word, now=now())
        flash(_("Thank you! It is heeded in the next weeks."), "good")
    return redirect(own_path(request.form.get("next")) or url_for("here.mine"))


@feedback.post("/shifts/<int:shift_id>/day/<int:assignment_id>/word")
@requires(Permission.UNIT_ATTENDANCE_WRITE)
def of_volunteer(shift_id: int, assignment_id: int) -> ResponseReturnValue:
    """Say of a volunteer whether the need would have them again, with a note for the unit alone."""
    word = _word()
    if word is not None:
        with current_work().begin() as session:
            say_of_volunteer(session, current_actor(), assignment_id=assignment_id, word=word, now=now())
        flash(_("Kept for the unit. They are not asked here again.") if word.again is False else _("Kept."), "good")
    return redirect(url_for("day.leaders_list", shift_id=shift_id, _anchor=f"line-{assignment_id}"))


@feedback.get("/turns")
@requires(Permission.UNIT_PERSON_READ)
def whose_turn() -> ResponseReturnValue:
    """Show who was asked, how often, how long ago; and how evenly turns are spread."""
    page = max(1, request.args.get("page", 1, type=int))
    least = request.args.get("first") == "least"
    with current_work().read() as session:
        found = turns(session, current_actor(), now=now(), page=page, size=PAGE, most_first=not least)
    last = -(-found.people // PAGE)
    return render_template("coordinator/turns.html", found=found, weeks=WEEKS, page=page, last=last, least=least)


def _word() -> Word | None:
    word, form = read_form(WordSchema(), request.form)
    if isinstance(word, Word):
        return word
    flash(next(iter(form.errors.values())), "trouble")
    return None
