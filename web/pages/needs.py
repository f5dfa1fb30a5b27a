"""Posting, changing, cancelling a need, and taking a cancellation back."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from matching.needs import NeedCommand, cancel_need, change_need, post_need, reopen_need
from matching.queries.choices import placed_units_within
from matching.queries.needs import NeedView, need_view
from matching.queries.words import words_on
from matching.refusals import NeedRefused
from matching.templates import post_from_template, template_command, templates
from models.authority import Permission
from models.need import Tier
from models.taxonomy import CATEGORIES, CERTIFICATES, QUALITIES, SKILLS
from web.access import current_actor, requires
from web.current import current_work, now
from web.current import today as this_day
from web.forms import Form, read_form
from web.forms.needs import NeedSchema, values_of, values_of_command
from web.forms.sentence import read_sentence
from web.notices import flash_with_undo
from web.pages.maps import HEIGHT, WIDTH, pins_of
from web.texts.taxonomy import category_name, tag_name

needs = Blueprint("needs", __name__)

#: Templates that stand above the form of a new need; the rest are a link away.
MOST_TEMPLATES = 8
_MOST_ID = 2**63

#: matching's field → the form's.
_FIELDS = {"starts_at": "on", "duration_minutes": "ends", "roles": "roles.0.min_seats", "needs_tags": "roles.0.name"}
_REPEATS = (
    ("weekly", _l("every week")),
    ("fortnightly", _l("every two weeks")),
    ("workdays", _l("on workdays")),
    ("daily", _l("every day")),
    ("monthly", _l("every month")),
)


@needs.get("/needs/new")
@requires(Permission.UNIT_NEED_WRITE)
def new() -> ResponseReturnValue:
    """Show an empty form, one filled from a sentence, or a copy of a need a week later."""
    return form_page(Form(values=_first_values()), 200)


@needs.post("/needs/new")
@requires(Permission.UNIT_NEED_WRITE)
def new_send() -> ResponseReturnValue:
    """Post a need."""
    command, form = read_form(NeedSchema(), request.form)
    if isinstance(command, NeedCommand):
        try:
            with current_work().begin() as session:
                need_id = _posted(session, command)
        except NeedRefused as refusal:
            _say(form, refusal)
        else:
            flash(_("The need is posted. The next plan looks for people."), "good")
            return redirect(url_for("needs.one", need_id=need_id))
    return form_page(form, 422)


@needs.get("/needs/<int:need_id>")
@requires(Permission.UNIT_NEED_READ)
def one(need_id: int) -> ResponseReturnValue:
    """Show a need with its shifts and how full they are."""
    need = _need(need_id)
    may_write = current_actor().may(Permission.UNIT_NEED_WRITE, need.unit_code)
    words = None
    if current_actor().may(Permission.UNIT_ATTENDANCE_WRITE, need.unit_code):
        with current_work().read() as session:
            words = words_on(session, current_actor(), need_id=need_id)
    coming = [line for line in need.shifts if line.ends_at > now()]
    past = [line for line in need.shifts if line.ends_at <= now()]
    return render_template(
        "coordinator/need.html",
        need=need,
        coming=coming,
        past=past[-10:],
        may_write=may_write,
        words=words,
        Tier=Tier,
        repeats={name: str(text) for name, text in _REPEATS},
        values=values_of(need),
    )


@needs.get("/needs/<int:need_id>/change")
@requires(Permission.UNIT_NEED_WRITE)
def change(need_id: int) -> ResponseReturnValue:
    """Show the form with what stands in a need."""
    return form_page(Form(values=values_of(_need(need_id))), 200, need_id=need_id)


@needs.post("/needs/<int:need_id>/change")
@requires(Permission.UNIT_NEED_WRITE)
def change_send(need_id: int) -> ResponseReturnValue:
    """Change a need."""
    command, form = read_form(NeedSchema(), request.form)
    if isinstance(command, NeedCommand):
        try:
            with current_work().begin() as session:
                change_need(session, current_actor(), need_id=need_id, command=command, now=now())
        except NeedRefused as refusal:
            _say(form, refusal)
        else:
            flash(_("The change is saved."), "good")
            return redirect(url_for("needs.one", need_id=need_id))
    return form_page(form, 422, need_id=need_id)


@needs.post("/needs/<int:need_id>/cancel")
@requires(Permission.UNIT_NEED_WRITE)
def cancel(need_id: int) -> ResponseReturnValue:
    """Cancel a need; the answer offers to take it back."""
    with current_work().begin() as session:
        cancel_need(session, current_actor(), need_id=need_id, reason="coordinator", now=now())
    undo = url_for("needs.reopen", need_id=need_id)
    flash_with_undo(_("The need is cancelled, and whoever had a seat is told."), undo)
    return redirect(url_for("needs.one", need_id=need_id))


@needs.post("/needs/<int:need_id>/reopen")
@requires(Permission.UNIT_NEED_WRITE)
def reopen(need_id: int) -> ResponseReturnValue:
    """Take a cancellation back."""
    with current_work().begin() as session:
        reopen_need(session, current_actor(), need_id=need_id, now=now())
    flash(_("The need is open again. Its seats are free; the next plan looks for people."), "good")
    return redirect(url_for("needs.one", need_id=need_id))


def _posted(session: Session, command: NeedCommand) -> int:
    template_id = request.form.get("template", 0, type=int)
    if 0 < template_id < _MOST_ID:
        return post_from_template(session, current_actor(), template_id=template_id, command=command, now=now())
    return post_need(session, current_actor(), command=command, now=now())


def _need(need_id: int) -> NeedView:
    with current_work().read() as session:
        return need_view(session, current_actor(), need_id=need_id)


def _first_values() -> dict[str, Any]:
    """Give what stands in a new form."""
    template = request.args.get("template", type=int)
    if template is not None and 0 < template < _MOST_ID:
        return template_values(template)
    copied = request.args.get("from", "")
    if copied.isdecimal() and len(copied) < 12:  # noqa: PLR2004  an id of 63 bits at most
        need = _need(int(copied))
        return values_of(need, on=_a_week_after(need))
    tomorrow = (this_day() + timedelta(days=1)).isoformat()
    values: dict[str, Any] = {"on": tomorrow, "starts": "09:00", "ends": "11:00", "priority": "2"}
    values |= {"roles.0.min_seats": "1"}
    sentence = request.args.get("sentence", "").strip()[:200]
    return {**values, **read_sentence(sentence, this_day())} if sentence else values


def template_values(template_id: int) -> dict[str, Any]:
    """Give the form's values of a template, for the next day of its weekday, with its name."""
    with current_work().read() as session:
        actor, tomorrow = current_actor(), this_day() + timedelta(days=1)
        name, command = template_command(session, actor, template_id=template_id, on=tomorrow)
    return {**values_of_command(command), "name": name}


def _a_week_after(need: NeedView) -> date:
    """Give the first day in the future on the same weekday."""
    last = max((line.starts_at for line in need.shifts), default=need.first_starts_at).date()
    while last <= this_day():
        last += timedelta(days=7)
    return last


def _say(form: Form, refusal: NeedRefused) -> None:
    field = str(refusal.parameters.get("field", ""))
    form.complain(_FIELDS.get(field, field), str(refusal.parameters.get("problem", "unreadable")))


def form_page(
    form: Form, status: int, need_id: int | None = None, template_id: int | None = None
) -> ResponseReturnValue:
    """Give the form of a need: a new one's, one's that is there, or a template's."""
    with current_work().read() as session:
        units = placed_units_within(session, current_actor(), Permission.UNIT_NEED_WRITE)
        is_new = need_id is None and template_id is None
        kept_needs = templates(session, current_actor(), limit=MOST_TEMPLATES) if is_new else ()
    repeat = form.value("repeat")
    kept = () if not repeat or repeat in dict(_REPEATS) else ((repeat, repeat),)
    page = render_template(
        "coordinator/need_form.html",
        form=form,
        need_id=need_id,
        template_id=template_id,
        templates=kept_needs,
        used_id=request.values.get("template", "") if is_new else "",
        units=[(unit.code, unit.name) for unit in units],
        pins=pins_of(units),
        map_size=(WIDTH, HEIGHT),
        repeats=(*_REPEATS, *kept),
        categories=[(code, category_name(code)) for code in CATEGORIES],
        tags=[(code, tag_name(code)) for code in (*CERTIFICATES, *SKILLS, *QUALITIES)],
        rows=min(max(form.count("roles"), 1) + bool(request.args.get("more")), 8),
        sentence=request.args.get("sentence", ""),
    )
    return page, status
