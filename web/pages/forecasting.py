"""How many could come, said while a need is being written; half-written forms are forecast as far as they go."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from matching.needs import NeedCommand
from matching.queries.candidates import Forecast, forecast
from matching.refusals import Refusal
from models.authority import Permission
from models.taxonomy import CATEGORIES
from web.access import current_actor, requires
from web.current import current_work
from web.forms import read_form
from web.forms.needs import NeedSchema
from web.limits import FORECAST, by_reader, limiter
from web.moments import clock_text

forecasting = Blueprint("forecasting", __name__)

#: What a forecast does not ask for stands in for what is not written yet.
_STAND_INS = {"title": "…", "category": CATEGORIES[0], "roles.0.name": "…"}
MOST_ROLES = 3


@forecasting.post("/needs/forecast")
@requires(Permission.UNIT_NEED_WRITE)
@limiter.limit(FORECAST, key_func=by_reader)
def say() -> ResponseReturnValue:
    """Say how many could come to the need as it stands in the form; an empty text while that cannot be said."""
    sent = MultiDict(request.form)
    for name, value in _STAND_INS.items():
        if not sent.get(name, "").strip():
            sent[name] = value
    command, _form = read_form(NeedSchema(), sent)
    if not isinstance(command, NeedCommand):
        return jsonify(text="")
    try:
        with current_work().read() as session:
            found = forecast(session, current_actor(), command=command)
    except Refusal:
        return jsonify(text="")
    return jsonify(text=_text(found, command))


def _text(found: Forecast, command: NeedCommand) -> str:
    count = found.can_come
    if found.is_more:
        said = [str(_("More than %(num)d people nearby could come", num=count))]
    elif count:
        said = [ngettext("About %(num)d person could come", "About %(num)d people could come", count)]
    else:
        said = [str(_("Nobody could come as it stands"))]
    if len(command.roles) > 1:
        said += [str(_("%(role)s: %(num)d", role=name, num=number)) for name, number in found.by_role[:MOST_ROLES]]
    if found.other_starts_at is not None:
        at = clock_text(found.other_starts_at)
        said.append(str(_("at %(time)s it would be %(num)d", time=at, num=found.other_can_come)))
    return (", " if said[0].isascii() else "，").join(said) + ("." if said[0].isascii() else "。")
