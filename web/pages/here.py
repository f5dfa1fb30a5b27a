"""At the place: arriving and leaving by the QR code or six digits, on a volunteer's own phone.

Six digits can be guessed in a million tries, so tries are counted by person. A code is good for one shift, in its
hours.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.presence import check_in, check_out, shift_of_token
from matching.queries.day import my_day
from matching.refusals import CodeWrong, TooManyCheckIns, WrongState
from models.authority import Permission
from web.access import current_actor, requires
from web.current import current_work, now
from web.forms import read_form
from web.forms.day import Here, HereAct, HereSchema
from web.limits import PLACE_CODE, by_reader, limiter
from web.texts.refusals import refusal_text

here = Blueprint("here", __name__)


@here.get("/here")
@requires(Permission.SELF_WEEK_READ)
def mine() -> ResponseReturnValue:
    """Show my shifts of today, each with the field for its six digits."""
    return _page(None)


@here.get("/here/<token>")
@requires(Permission.SELF_WEEK_READ)
def at_place(token: str) -> ResponseReturnValue:
    """Show what the QR code at a place leads to: one button."""
    return _page(token)


@here.post("/here/shifts/<int:shift_id>")
@requires(Permission.SELF_WEEK_READ)
@limiter.limit(PLACE_CODE, key_func=by_reader)
def say(shift_id: int) -> ResponseReturnValue:
    """Say that I arrive, or leave."""
    command, form = read_form(HereSchema(), request.form)
    if not isinstance(command, Here):
        flash(next(iter(form.errors.values())), "trouble")
        return redirect(url_for("here.mine"))
    verb = check_in if command.act is HereAct.ARRIVE else check_out
    try:
        with current_work().begin() as session:
            verb(session, current_actor(), shift_id=shift_id, said="".join(command.code.split()), now=now())
    except (CodeWrong, TooManyCheckIns, WrongState) as refusal:
        flash(refusal_text(refusal), "trouble")
    else:
        flash(_said(command.act), "good")
    token = command.code if "." in command.code else None
    return redirect(url_for("here.at_place", token=token) if token else url_for("here.mine"))


def _said(act: HereAct) -> str:
    if act is HereAct.ARRIVE:
        return str(_("You are here: thank you! Come back to this page when you leave."))
    return str(_("Thank you for today! Your hours are written down, and are approved within ten working days."))


def _page(token: str | None) -> ResponseReturnValue:
    with current_work().read() as session:
        shift_id = None if token is None else shift_of_token(session, token)
        shifts = my_day(session, current_actor(), now=now())
    shown = [one for one in shifts if shift_id is None or one.shift_id == shift_id]
    return render_template("day/here.html", shifts=shown, token=token, now=now())
