"""A volunteer's hours by agency and served here, stars, disputes, certificates to take along, and the calendar feed."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as NoPage

from matching.certificates import issue_certificate
from matching.hours import dispute_hours
from matching.queries.calendars import person_calendar
from matching.queries.certificates import certificate_view, certificates_of, verification
from matching.queries.my_hours import my_hours
from matching.refusals import NothingToCertify
from models.authority import Permission
from registry.queries.mine import OwnRecord, own_records
from web.access import current_actor, public, requires
from web.calendars import CONTENT_TYPE, calendar_ics, calendar_token, person_of_calendar_token
from web.certificates import Paper, certificate_pdf
from web.current import current_settings, current_work, now
from web.forms import Form, read_form
from web.forms.volunteers import Dispute, DisputeSchema
from web.limits import ANSWER, SIGN_IN, limiter
from web.moments import zone
from web.texts.refusals import refusal_text
from web.texts.stars import LADDER_HOURS, stars_of

hours_pages = Blueprint("my_hours", __name__)


@hours_pages.get("/me/hours")
@requires(Permission.SELF_WEEK_READ)
def mine() -> ResponseReturnValue:
    """Show all hours, where they come from, and what may be done about them."""
    actor = current_actor()
    with current_work().read() as session:
        hours = my_hours(session, actor)
        papers = certificates_of(session, actor)
        agencies = by_agency(own_records(session, actor))
    stars = stars_of(hours.totals.total)
    return render_template(
        "volunteer/hours.html", hours=hours, papers=papers, agencies=agencies, stars=stars, ladder=LADDER_HOURS
    )


@hours_pages.post("/me/hours/<int:record_id>/dispute")
@requires(Permission.SELF_WEEK_READ)
@limiter.limit(ANSWER)
def dispute(record_id: int) -> ResponseReturnValue:
    """Say that a record is wrong."""
    command, form = read_form(DisputeSchema(), request.form)
    if not isinstance(command, Dispute):
        flash(next(iter(form.errors.values())), "trouble")
        return redirect(url_for("my_hours.mine"))
    with current_work().begin() as session:
        dispute_hours(session, current_actor(), record_id=record_id, reason=command.reason, now=now())
    flash(_("Thank you. The coordinator looks into it; until then the hours count as they stand."), "calm")
    return redirect(url_for("my_hours.mine"))


@hours_pages.post("/me/certificates")
@requires(Permission.SELF_WEEK_READ)
@limiter.limit(SIGN_IN)
def certify() -> ResponseReturnValue:
    """Issue a certificate over the approved hours, free of charge."""
    actor = current_actor()
    try:
        with current_work().begin() as session:
            issue_certificate(session, actor, person_id=actor.person_id or 0, now=now())
    except NothingToCertify as refusal:
        flash(refusal_text(refusal), "trouble")
    else:
        flash(_("Your certificate is ready below. Anybody can verify it by its code."), "good")
    return redirect(url_for("my_hours.mine"))


@hours_pages.get("/me/certificates/<int:certificate_id>.pdf")
@requires(Permission.SELF_WEEK_READ)
def paper(certificate_id: int) -> ResponseReturnValue:
    """Give a certificate as PDF."""
    with current_work().read() as session:
        view = certificate_view(session, current_actor(), certificate_id=certificate_id)
    settings = current_settings()
    made = certificate_pdf(view, Paper(issuer=_("Linli"), public_url=settings.public_url, zone=settings.time_zone))
    answer = Response(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{view.number}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@hours_pages.get("/verify")
@public
@limiter.limit(ANSWER)
def verify() -> ResponseReturnValue:
    """Say whether a certificate is genuine, to anybody who holds its number and check."""
    number, check = request.args.get("number", "").strip()[:40], request.args.get("check", "").strip()[:20]
    found = None
    if number and check:
        with current_work().read() as session:
            found = verification(session, number=number, check=check)
    return render_template("site/verify.html", found=found, form=Form(values={"number": number, "check": check}))


@hours_pages.get("/me/calendar")
@requires(Permission.SELF_WEEK_READ)
def calendar() -> ResponseReturnValue:
    """Explain how the week comes into the calendar of a telephone."""
    settings = current_settings()
    address = url_for("my_hours.feed", token=calendar_token(settings.secret_key, current_actor().person_id or 0))
    whole = settings.public_url + address
    _scheme, _colon, rest = whole.partition(":")
    return render_template("volunteer/calendar.html", address=whole, webcal=f"webcal:{rest}", file=address)


@hours_pages.get("/calendar/<token>.ics")
@public
@limiter.limit(ANSWER)
def feed(token: str) -> ResponseReturnValue:
    """Give a person's calendar to the programme that holds its address."""
    settings = current_settings()
    person_id = person_of_calendar_token(settings.secret_key, token)
    if person_id is None:
        raise NoPage
    with current_work().read() as session:
        entries = person_calendar(session, person_id=person_id, now=now())
    domain = settings.public_url.partition("://")[2]
    answer = Response(calendar_ics(entries, name=_("My week"), domain=domain, zone=zone()), content_type=CONTENT_TYPE)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def by_agency(records: tuple[OwnRecord, ...]) -> list[dict[str, Any]]:
    """Give the minutes that each agency reports, the most first; the records of one agency add up."""
    found: dict[str, dict[str, Any]] = {}
    for record in records:
        if record.minutes:
            line = found.setdefault(
                record.source, {"source": record.source, "minutes": 0, "here": 0, "as_of": record.changed_at}
            )
            line["minutes"] += record.minutes
            line["here"] += record.contained_minutes
            as_of: datetime = line["as_of"]
            line["as_of"] = max(as_of, record.changed_at)
    return sorted(found.values(), key=lambda line: -line["minutes"])
