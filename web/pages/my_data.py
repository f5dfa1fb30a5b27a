"""A person's own data: what each agency gave, who looked, consents, putting right, taking along, leaving."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import orjson
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask import session as flask_session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.leaving import give_everything_back
from matching.queries.copy import service_copy
from matching.queries.volunteers import my_profile
from matching.supply import ADULT, age_on
from matching.together import companions
from models.authority import Permission
from registry.audit import note
from registry.consents import consents, set_consent
from registry.leaving import DAYS_TO_RETURN, come_back, leave, leaves_on
from registry.own_entry import own_entry
from registry.queries.copy import registry_copy
from registry.queries.mine import looks, own_records
from registry.refusals import SignUpIncomplete
from registry.signup import update_self
from web.access import current_actor, requires
from web.current import current_settings, current_work, now, today
from web.forms import Form, read_form
from web.forms.my_data import ConsentSaid, ConsentSchema, Correction, CorrectionSchema
from web.limits import ANSWER, CODE, limiter
from web.moments import date_text
from web.notices import flash_with_undo
from web.places import streets, unit_names
from web.texts.my_data import BASES, PURPOSES, act_text, handler_text, who_text
from web.texts.registry import field_name, shown_value

my_data = Blueprint("my_data", __name__)


@my_data.get("/me/data")
@requires(Permission.SELF_PROFILE_WRITE)
def mine() -> ResponseReturnValue:
    """Show all that is known of the reader, and what may be done about it."""
    actor = current_actor()
    with current_work().read() as session:
        known = my_profile(session, actor)
        shown: dict[str, Any] = {
            "records": own_records(session, actor),
            "looks": looks(session, actor),
            "consents": consents(session, actor),
            "companions": companions(session, actor),
            "erase_on": leaves_on(session, actor),
        }
        shown["units"] = unit_names(session, (record.values.get("unit_code", "") for record in shown["records"]))
    is_minor = known.born_on is not None and age_on(known.born_on, today()) < ADULT
    return render_template(
        "volunteer/data.html", mine=known, is_minor=is_minor, days=DAYS_TO_RETURN, form=Form(), **shown, **_words()
    )


@my_data.post("/me/data/consents")
@requires(Permission.SELF_PROFILE_WRITE)
def consent() -> ResponseReturnValue:
    """Give a consent, or take it back; undone by the other."""
    command, form = read_form(ConsentSchema(), request.values)
    if not isinstance(command, ConsentSaid):
        flash(next(iter(form.errors.values())), "trouble")
        return redirect(url_for("my_data.mine"))
    purpose, handler, given = command.purpose, command.handler, command.given
    with current_work().begin() as session:
        set_consent(session, current_actor(), purpose=purpose, handler=handler, given=given, now=now())
    undo = url_for("my_data.consent", purpose=purpose.value, handler=handler, given="" if given else "1")
    text = _("Consent given.") if given else _("Consent taken back. It holds from now on.")
    flash_with_undo(text, undo, "good")
    return redirect(url_for("my_data.mine"))


@my_data.get("/me/data/correct")
@requires(Permission.SELF_PROFILE_WRITE)
def correct() -> ResponseReturnValue:
    """Ask what is to be put right."""
    with current_work().read() as session:
        said = own_entry(session, current_actor())
        places = streets(session)
    values = {name: getattr(said, name) for name in ("email", "unit_code", "address", "workplace")}
    street = str(values["unit_code"])[:9]
    return render_template("volunteer/correct.html", form=Form(values={**values, "unit_code": street}), places=places)


@my_data.post("/me/data/correct")
@requires(Permission.SELF_PROFILE_WRITE)
def correct_send() -> ResponseReturnValue:
    """Put it right: the reader's own word counts where they are the ones who know."""
    command, form = read_form(CorrectionSchema(), request.form)
    if isinstance(command, Correction) and _corrected(command, form):
        flash(_("Saved. The next plan knows it."), "good")
        return redirect(url_for("my_data.mine"))
    with current_work().read() as session:
        places = streets(session)
    return render_template("volunteer/correct.html", form=form, places=places), 422


def _corrected(command: Correction, form: Form) -> bool:
    try:
        with current_work().begin() as session:
            said = own_entry(session, current_actor())
            unit = said.unit_code if said.unit_code.startswith(command.unit_code) else command.unit_code
            entry = replace(
                said,
                email=command.email,
                unit_code=unit or said.unit_code,
                address=command.address,
                workplace=command.workplace,
            )
            update_self(session, current_actor(), command=entry, now=now())
    except SignUpIncomplete as refusal:
        for field, problem in refusal.parameters.get("problems", ()):  # type: ignore[attr-defined]
            form.complain(field, problem)
        return False
    return True


@my_data.post("/me/data/copy")
@requires(Permission.SELF_PROFILE_WRITE)
@limiter.limit(CODE)
def copy() -> ResponseReturnValue:
    """Give everything to take along: a page to read and the same for a program, in one archive."""
    actor = current_actor()
    with current_work().begin() as session:
        whole = {"registry": registry_copy(session, actor), "service": service_copy(session, actor)}
        note(session, actor, "person.copied", about="person", about_id=actor.person_id, now=now())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("linli.json", orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
        page = render_template("volunteer/copy.html", whole=whole, made_at=now(), **_words())
        archive.writestr("linli.html", page)
    answer = Response(packed.getvalue(), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="linli-{today().isoformat()}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@my_data.post("/me/data/leave")
@requires(Permission.SELF_PROFILE_WRITE)
@limiter.limit(ANSWER)
def go() -> ResponseReturnValue:
    """Leave: seats are given back at once, data erased after a month; undone until then."""
    actor = current_actor()
    with current_work().begin() as session:
        give_everything_back(session, actor, now=now())
        erase_on = leave(session, actor, now=now())
    text = _("You have left. Until %(day)s you can come back; then your data are erased.", day=date_text(erase_on))
    flash_with_undo(text, url_for("my_data.stay"), "waiting")
    return redirect(url_for("my_data.mine"))


@my_data.post("/me/data/stay")
@requires(Permission.SELF_PROFILE_WRITE)
@limiter.limit(ANSWER)
def stay() -> ResponseReturnValue:
    """Come back."""
    with current_work().begin() as session:
        come_back(session, current_actor(), now=now())
    flash(_("Welcome back! Seats that you gave back are not yours any more, all else is as it was."), "good")
    return redirect(url_for("my_data.mine"))


def _words() -> dict[str, Any]:
    return {
        "purposes": PURPOSES,
        "bases": BASES,
        "act_text": act_text,
        "who_text": who_text,
        "handler_text": handler_text,
        "field_name": field_name,
        "shown_value": shown_value,
        "guardian_link": flask_session.get("guardian_link") if current_settings().demo else None,
    }
