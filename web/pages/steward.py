"""A steward's pages about files: what came in, what was wrong with which row, and the door for a new file."""

import secrets
import time
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from models.authority import Permission
from registry.consolidate import consolidate
from registry.intake import import_file
from registry.mappings import shipped
from registry.queries import batches, issue_counts, issues_of_batch, summary
from registry.refusals import NoSuchRecord
from web.access import current_actor, requires
from web.current import current_settings, current_work, now
from web.forms import Form
from web.texts.registry import field_name, issue_text
from web.texts.taxonomy import source_name
from web.workers import start

steward = Blueprint("steward", __name__)
ISSUES_A_PAGE = 50
_HOUR = 3600


@steward.get("/imports")
@requires(Permission.CITY_IMPORT_READ)
def imports() -> ResponseReturnValue:
    """Show the files that came in, the registry in numbers, and the door for a new file."""
    return _imports_page(Form(), 200)


@steward.post("/imports")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_send() -> ResponseReturnValue:
    """Read a file without taking anything in, and show what it would do."""
    form = Form(values={"source": request.form.get("source", "")})
    file = request.files.get("file")
    if form.value("source") not in shipped():
        form.complain("source", "missing")
    if file is None or not file.filename:
        form.complain("file", "no_file")
    if form.errors or file is None:
        return _imports_page(form, 422)
    key, path = _keep(file)
    with current_work().begin() as session:
        report = import_file(session, current_actor(), source=form.value("source"), path=path, now=now(), dry_run=True)
    return render_template(
        "steward/preview.html",
        report=report,
        key=key,
        source=form.value("source"),
        file_name=Path(file.filename or "").name,
        **_words(),
    )


@steward.post("/imports/take")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_take() -> ResponseReturnValue:
    """Take in the file that was previewed."""
    path = _kept(request.form.get("key", ""))
    with current_work().begin() as session:
        report = import_file(session, current_actor(), source=request.form.get("source", ""), path=path, now=now())
    path.unlink(missing_ok=True)
    flash(_("Taken in. Consolidate to join the records with what is known."), "good")
    return redirect(url_for("steward.imports_one", batch_id=report.batch_id))


@steward.post("/imports/consolidate")
@requires(Permission.CITY_IMPORT_WRITE)
def imports_consolidate() -> ResponseReturnValue:
    """Start linking what has come in; the numbers change when it is done."""
    at = now()

    def link(work: Any, actor: Any) -> None:
        with work.begin() as session:
            consolidate(session, actor, now=at)

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


def _imports_page(form: Form, status: int) -> ResponseReturnValue:
    with current_work().read() as session:
        lines = batches(session, current_actor(), limit=20)
        whole = summary(session, current_actor())
    page = render_template(
        "steward/imports.html",
        lines=lines,
        whole=whole,
        form=form,
        sources=[(code, source_name(code)) for code in shipped() if code != "self_service"],
        may_write=current_actor().may(Permission.CITY_IMPORT_WRITE),
        **_words(),
    )
    return page, status


def _words() -> dict[str, Any]:
    return {"issue_text": issue_text, "field_name": field_name}


def _folder() -> Path:
    folder = current_settings().instance / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _keep(file: FileStorage) -> tuple[str, Path]:
    """Keep an upload until it is taken in, an hour at most; give the key that finds it again."""
    for old in _folder().iterdir():
        if old.stat().st_mtime < time.time() - _HOUR:
            old.unlink(missing_ok=True)
    ending = Path(file.filename or "").suffix.lower()
    key = secrets.token_hex(16) + (ending if ending in {".csv", ".xlsx", ".txt", ".tsv"} else ".csv")
    path = _folder() / key
    file.save(path)
    path.chmod(0o600)
    return key, path


def _kept(key: str) -> Path:
    """Give the file behind a key; names of folders do not get through."""
    path = _folder() / Path(key).name
    if not key or not path.is_file():
        raise NoSuchRecord(key="upload")
    return path
