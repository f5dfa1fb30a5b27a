"""Certificates: issued and taken back by a coordinator, had as PDF."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.certificates import issue_certificate, revoke_certificate
from matching.queries.acquaintances import acquaintances
from matching.queries.certificates import certificate_view, certificates_issued
from matching.refusals import NothingToCertify
from models.authority import Permission
from web.access import current_actor, requires
from web.certificates import Paper, certificate_pdf
from web.current import current_settings, current_work, now
from web.forms import read_form
from web.forms.needs import Reason, ReasonSchema
from web.texts.refusals import refusal_text

certificates = Blueprint("certificates", __name__)
ISSUER = "邻里志愿服务平台"


@certificates.get("/certificates")
@requires(Permission.UNIT_HOURS_APPROVE)
def issued() -> ResponseReturnValue:
    """Show the newest certificates, and find somebody to issue one to."""
    wanted = request.args.get("wanted", "").strip()[:40]
    with current_work().read() as session:
        found = acquaintances(session, current_actor(), wanted=wanted) if wanted else ()
        lines = certificates_issued(session, current_actor())
    return render_template("certificates/issued.html", wanted=wanted, found=found, lines=lines)


@certificates.post("/certificates")
@requires(Permission.UNIT_HOURS_APPROVE)
def issue() -> ResponseReturnValue:
    """Issue a certificate over somebody's approved hours."""
    person_id = request.form.get("person", -1, type=int)
    try:
        with current_work().begin() as session:
            issue_certificate(session, current_actor(), person_id=person_id, now=now())
    except NothingToCertify as refusal:
        flash(refusal_text(refusal), "waiting")
    else:
        flash(_("The certificate is issued. It stands first in the list."), "good")
    return redirect(url_for("certificates.issued"))


@certificates.post("/certificates/<int:certificate_id>/revoke")
@requires(Permission.UNIT_HOURS_APPROVE)
def revoke(certificate_id: int) -> ResponseReturnValue:
    """Take a certificate back, with a reason."""
    command, form = read_form(ReasonSchema(), request.form)
    if not isinstance(command, Reason):
        flash(next(iter(form.errors.values())), "trouble")
        return redirect(url_for("certificates.issued"))
    with current_work().begin() as session:
        revoke_certificate(session, current_actor(), certificate_id=certificate_id, reason=command.reason, now=now())
    flash(_("Taken back: whoever verifies it reads that it is revoked."), "good")
    return redirect(url_for("certificates.issued"))


@certificates.get("/certificates/<int:certificate_id>.pdf")
@requires(Permission.UNIT_HOURS_APPROVE)
def paper(certificate_id: int) -> ResponseReturnValue:
    """Give a certificate of one's units as PDF; their own people have under ``/me``."""
    settings = current_settings()
    with current_work().read() as session:
        view = certificate_view(session, current_actor(), certificate_id=certificate_id)
    made = certificate_pdf(view, Paper(issuer=ISSUER, public_url=settings.public_url, zone=settings.time_zone))
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{view.number}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
