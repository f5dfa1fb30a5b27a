"""The way of a file: sent, its columns looked at, its impact shown before anything is written, taken in, the result."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.authority import Actor, Permission
from registry.headings import FoundFile, found_file
from registry.mappings import FeedMapping, mapping_from
from registry.mappings.saved import mappings_in_force, save_mapping
from registry.marking import marked_file
from registry.mended import marked_name, sentences_of
from registry.queries.mappings import saved_mappings
from registry.refusals import FileTooLarge, FileUnreadable, HeadingsNotFound, NoSuchRecord
from web.access import current_actor, requires
from web.current import current_settings, current_work, now, today
from web.files import attached
from web.forms import Form
from web.forms.columns import NEW, chosen_mapping, field_options, first_values, shown_sample
from web.pages.steward import agency_name, imports_page, steward
from web.pages.taking import look_at, take_in
from web.texts.refusals import SENTENCES, refusal_text
from web.texts.registry import field_name, issue_text, mend_sentence, remedy_text
from web.uploads import Upload, Uploads
from web.workers import start

_RUNNING = frozenset({"looking", "taking"})


@steward.post("/imports")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_send() -> ResponseReturnValue:
    """Keep a file that was sent, and go and look at its columns."""
    form = Form(values={"source": request.form.get("source", "")})
    file = request.files.get("file")
    if file is None or not file.filename:
        form.complain("file", "no_file")
        return imports_page(form, 422)
    upload = uploads().keep(file, current_actor().account_id)
    try:
        found = _found(upload, form.value("source"))
    except (FileUnreadable, FileTooLarge, HeadingsNotFound) as refusal:
        uploads().drop(upload)
        form.errors["file"] = refusal_text(refusal)
        return imports_page(form, 422)
    uploads().write(upload, source=found.source or "")
    return redirect(url_for("steward.imports_file", key=upload.key))


@steward.get("/imports/files/<key>")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_file(key: str) -> ResponseReturnValue:
    """Show where a file stands on its way: columns, progress, impact, or result."""
    upload = _upload(key)
    if upload.stage == "found" or "columns" in request.args:
        return _columns_page(upload, None, 200)
    with current_work().read() as session:
        agency = mappings_in_force(session).get(upload.source)
    return render_template(
        "steward/upload.html",
        upload=upload,
        agency=agency_name(upload.source, agency.agency if agency else upload.source),
        is_running=upload.stage in _RUNNING,
        failure=str(SENTENCES.get(upload.failure, "")),
        issue_text=issue_text,
        remedy_text=remedy_text,
        field_name=field_name,
    )


@steward.post("/imports/files/<key>/columns")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_columns(key: str) -> ResponseReturnValue:
    """Save what the columns mean, and begin to see what the file would do."""
    upload = _upload(key)
    form = Form(values=dict(request.form))
    found = _found(upload, request.form.get("source", ""))
    with current_work().begin() as session:
        mapping = chosen_mapping(form, found, mappings_in_force(session))
        if mapping is None:
            return _columns_page(upload, form, 422)
        version = save_mapping(session, current_actor(), mapping=mapping, name=form.value("name"), now=now())
    _begin(uploads().write(upload, source=mapping.source, version=version, mapping=mapping.as_data()), "looking")
    return redirect(url_for("steward.imports_file", key=key))


@steward.post("/imports/files/<key>/take")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_take(key: str) -> ResponseReturnValue:
    """Take the file in, and link what is new."""
    upload = _upload(key)
    if upload.stage == "looked":
        _begin(upload, "taking")
    return redirect(url_for("steward.imports_file", key=key))


@steward.get("/imports/files/<key>/to-mend")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_file_to_mend(key: str) -> ResponseReturnValue:
    """Hand the file back before it is taken in, with a column that says what to mend."""
    upload = _upload(key)
    path = uploads().path(upload)
    if not upload.impact or not path.is_file():
        raise NoSuchRecord(key="upload")
    places = [(sheet, line, code, field) for sheet, line, code, field in upload.impact["places"]]
    broken = frozenset((sheet, line) for sheet, line, code, _ in places if code == "too_few_columns")
    headings = dict(upload.impact["headings"])
    pieces = marked_file(path, headings, sentences_of(places, mend_sentence), broken)
    return attached(b"".join(pieces), marked_name(upload.file_name))


@steward.post("/imports/files/<key>/leave")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_leave(key: str) -> ResponseReturnValue:
    """Leave the file: nothing of it was taken in."""
    uploads().drop(_upload(key))
    return redirect(url_for("steward.imports"))


def uploads() -> Uploads:
    """Give the uploads of this installation."""
    return Uploads(current_settings().instance / "uploads")


def _upload(key: str) -> Upload:
    upload = uploads().find(key, current_actor().account_id)
    if upload is None or (upload.stage != "taken" and not uploads().path(upload).is_file()):
        raise NoSuchRecord(key="upload")
    return upload


def _begin(upload: Upload, stage: str) -> None:
    upload = uploads().write(upload, stage=stage, step="reading", count=0, failure="")
    kept, at, mapping = uploads(), now(), mapping_from(upload.mapping)
    step = look_at if stage == "looking" else take_in

    def run(work: Any, actor: Actor) -> None:
        step(work, actor, kept, upload, mapping, now=at)

    start("linli.import", run, [])


def _found(upload: Upload, source: str) -> FoundFile:
    with current_work().read() as session:
        known = mappings_in_force(session)
    return found_file(uploads().path(upload), known, source=source if source in known else None)


def _columns_page(upload: Upload, form: Form | None, status: int) -> ResponseReturnValue:
    wanted = request.args.get("source") or (form.value("source") if form else upload.source)
    found = _found(upload, "" if wanted == NEW else wanted)
    source = NEW if wanted == NEW else found.source or NEW
    with current_work().read() as session:
        known: dict[str, FeedMapping] = mappings_in_force(session)
        versions = saved_mappings(session, current_actor(), source=source, limit=5)
    page = render_template(
        "steward/columns.html",
        upload=upload,
        found=found,
        source=source,
        new=NEW,
        form=form or Form(values=first_values(found, source, today())),
        agencies=[(code, agency_name(code, mapping.agency)) for code, mapping in known.items()],
        versions=versions,
        options=field_options(),
        sample=shown_sample,
        missing=[heading for heading in (known[source].columns if source in known else ()) if not _has(found, heading)],
    )
    return page, status


def _has(found: FoundFile, heading: str) -> bool:
    return any(column.heading == heading for column in found.columns)


__all__ = ["steward"]
