"""A steward's pages about files: what came in, what was wrong with which row, and the door for a new file."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.authority import Permission
from registry.consolidate import consolidate
from registry.figures import registry_figures
from registry.mappings.saved import mappings_in_force
from registry.mended import batch_to_mend
from registry.queries import batches, issue_counts, issues_of_batch
from registry.refusals import NoSuchRecord
from web.access import current_actor, requires
from web.current import current_work, now
from web.files import attached
from web.forms import Form
from web.jobs.figures import count_anew
from web.texts.registry import field_name, issue_text, mend_sentence, remedy_text
from web.texts.taxonomy import SOURCE_NAMES, source_name
from web.workers import start

steward = Blueprint("steward", __name__)
ISSUES_A_PAGE = 50


@steward.get("/imports")
@requires(Permission.CITY_IMPORT_READ)
def imports() -> ResponseReturnValue:
    """Show the files that came in, the registry in numbers, and the door for a new file."""
    return imports_page(Form(), 200)


@steward.post("/imports/consolidate")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_consolidate() -> ResponseReturnValue:
    """Start linking what has come in; the numbers change when it is done."""
    at = now()

    def link(work: Any, actor: Any) -> None:
        with work.begin() as session:
            consolidate(session, actor, now=at)
        count_anew(work, now=at)

    start("linli.consolidate", link, [])
    flash(_("Consolidation has begun. The numbers change when it is done."), "calm")
    return redirect(url_for("steward.imports"))


@steward.get("/imports/<int:batch_id>")
@requires(Permission.CITY_IMPORT_READ)
def imports_one(batch_id: int) -> ResponseReturnValue:
    """Show one file, and its problems in the order of its rows."""
    code = request.args.get("code") or None
    page = max(1, min(int(request.args.get("page", "1")) if request.args.get("page", "1").isdecimal() else 1, 10_000))
    with current_work().read() as session:
        batch = next(iter(batches(session, current_actor(), limit=1, before_id=batch_id + 1)), None)
        if batch is None or batch.id != batch_id:
            raise NoSuchRecord(batch_id=batch_id)
        counts = issue_counts(session, current_actor(), batch_id=batch_id)
        issues = issues_of_batch(
            session,
            current_actor(),
            batch_id=batch_id,
            code=code,
            limit=ISSUES_A_PAGE,
            offset=(page - 1) * ISSUES_A_PAGE,
        )
    total = sum(count for each, _held, count in counts if code in {None, each})
    return render_template(
        "steward/batch.html",
        batch=batch,
        counts=counts,
        issues=issues,
        code=code,
        page=page,
        last=max(1, -(-total // ISSUES_A_PAGE)),
        **_words(),
    )


@steward.get("/imports/<int:batch_id>/to-mend")
@requires(Permission.CITY_IMPORT_READ)
def imports_to_mend(batch_id: int) -> ResponseReturnValue:
    """Hand the agency's file back with a column that says what to mend."""
    with current_work().read() as session:
        back = batch_to_mend(session, current_actor(), batch_id=batch_id, wording=mend_sentence)
        content = b"".join(back.pieces)
    return attached(content, back.file_name)


def imports_page(form: Form, status: int) -> ResponseReturnValue:
    """Show the page with a form as it was filled in."""
    with current_work().read() as session:
        lines = batches(session, current_actor(), limit=20)
        whole = registry_figures(session, current_actor(), now=now()).whole
        agencies = mappings_in_force(session)
    page = render_template(
        "steward/imports.html",
        lines=lines,
        whole=whole,
        form=form,
        sources=[(code, agency_name(code, mapping.agency)) for code, mapping in agencies.items()],
        may_write=current_actor().may(Permission.CITY_IMPORT_WRITE),
        **_words(),
    )
    return page, status


def agency_name(source: str, own: str) -> str:
    """Name an agency: in the reader's language when it is one of those that ship, else as its mapping does."""
    return source_name(source) if source in SOURCE_NAMES else own


def _words() -> dict[str, Any]:
    return {"issue_text": issue_text, "field_name": field_name, "remedy_text": remedy_text}
