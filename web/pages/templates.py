"""Templates of needs: the list, changing one, putting it away with the way back, and keeping a need as one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.needs import NeedCommand
from matching.refusals import ReasonMissing
from matching.templates import change_template, keep_template, put_away_template, templates
from models.authority import Permission
from web.access import current_actor, requires
from web.current import current_work, now
from web.forms import Form, read_form
from web.forms.needs import NeedSchema
from web.notices import flash_with_undo
from web.pages.needs import form_page, template_values
from web.places import unit_names

need_templates = Blueprint("need_templates", __name__)


@need_templates.get("/needs/templates")
@requires(Permission.UNIT_NEED_WRITE)
def listed() -> ResponseReturnValue:
    """Show the templates that the reader may use."""
    with current_work().read() as session:
        found = templates(session, current_actor())
        names = unit_names(session, (line.unit_code for line in found))
    return render_template("coordinator/templates.html", templates=found, unit_names=names)


@need_templates.post("/needs/<int:need_id>/template")
@requires(Permission.UNIT_NEED_WRITE)
def keep(need_id: int) -> ResponseReturnValue:
    """Keep a need as a template."""
    name = request.form.get("name", "")
    try:
        with current_work().begin() as session:
            template_id = keep_template(session, current_actor(), need_id=need_id, name=name, now=now())
    except ReasonMissing:
        flash(_("Give the template a name."), "trouble")
        return redirect(url_for("needs.one", need_id=need_id))
    undo = url_for("need_templates.put_away", template_id=template_id)
    flash_with_undo(_("Kept as a template. You find it when you post a need."), undo, "good")
    return redirect(url_for("needs.one", need_id=need_id))


@need_templates.get("/needs/templates/<int:template_id>")
@requires(Permission.UNIT_NEED_WRITE)
def change(template_id: int) -> ResponseReturnValue:
    """Show the form with what stands in a template."""
    return form_page(Form(values=template_values(template_id)), 200, template_id=template_id)


@need_templates.post("/needs/templates/<int:template_id>")
@requires(Permission.UNIT_NEED_WRITE)
def change_send(template_id: int) -> ResponseReturnValue:
    """Change a template."""
    command, form = read_form(NeedSchema(), request.form)
    name = request.form.get("name", "")
    if isinstance(command, NeedCommand):
        try:
            with current_work().begin() as session:
                change_template(
                    session, current_actor(), template_id=template_id, name=name, command=command, now=now()
                )
        except ReasonMissing:
            form.complain("name", "missing")
        else:
            flash(_("The template is saved. Needs that were posted from it stay as they are."), "good")
            return redirect(url_for("need_templates.listed"))
    return form_page(form, 422, template_id=template_id)


@need_templates.post("/needs/templates/<int:template_id>/away")
@requires(Permission.UNIT_NEED_WRITE)
def put_away(template_id: int) -> ResponseReturnValue:
    """Put a template away."""
    with current_work().begin() as session:
        put_away_template(session, current_actor(), template_id=template_id, away=True, now=now())
    flash_with_undo(_("The template is put away."), url_for("need_templates.take_out", template_id=template_id))
    return redirect(url_for("need_templates.listed"))


@need_templates.post("/needs/templates/<int:template_id>/back")
@requires(Permission.UNIT_NEED_WRITE)
def take_out(template_id: int) -> ResponseReturnValue:
    """Take a template out again."""
    with current_work().begin() as session:
        put_away_template(session, current_actor(), template_id=template_id, away=False, now=now())
    flash(_("The template is back."), "good")
    return redirect(url_for("need_templates.listed"))
