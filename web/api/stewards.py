"""Version 1, for stewards: imported files and their problems, pairs for review and their decisions, persons.

Numbers are masked as on the pages, and the cells of a quarantined row stay here: whoever needs them asks for the file.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from marshmallow import fields

from models.authority import Permission
from models.linkage import VerdictKind
from registry.consolidate import ConsolidationReport, consolidate
from registry.intake import ImportReport, import_file
from registry.mappings.saved import mappings_in_force
from registry.mended import keep_original
from registry.queries.imports import BatchView, IssueView, batches, issues_of_batch
from registry.queries.pairs import PairView, pair_view, waiting_pairs
from registry.queries.people import PersonView, person_view
from registry.reveal import note_look
from registry.review import claim, decide, undo_decision
from web.access import current_actor, requires
from web.api.blueprint import api
from web.api.commands import FileSchema, IssuesSchema
from web.api.paging import Page, PagedSchema, cursor, number, page, page_of
from web.api.shapes import shape_of
from web.api.views import FileIssue, FileReport
from web.current import current_settings, current_work, now
from web.forms.schema import CommandSchema, Text
from web.jobs.figures import count_anew
from web.uploads import Upload, Uploads

MOST_ISSUES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a steward decided about a pair, and why."""

    kind: VerdictKind
    note: str


class DecisionSchema(CommandSchema):
    """The same person, or different people."""

    makes: ClassVar = Decision
    kind = fields.Enum(VerdictKind, by_value=True, required=True)
    note = Text(longest=200, load_default="")


class SentFileSchema(CommandSchema):
    """What is sent as multipart/form-data: the file, whose it is, and whether it is to be taken in."""

    makes: ClassVar = None
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


@api.route("/imports", methods=["GET"], tags=["Steward"])
@requires(Permission.CITY_IMPORT_READ)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(BatchView))
def read_imports(asked: dict[str, Any]) -> Page[BatchView]:
    """Give the imported files, newest first, with what became of their rows."""
    before = cursor(asked["after"], number)
    with current_work().read() as session:
        found = batches(
            session, current_actor(), limit=asked["limit"] + 1, before_id=None if before is None else before[0]
        )
    return page(found, asked["limit"], lambda batch: [batch.id])


@api.route("/imports", methods=["POST"], tags=["Steward"])
@requires(Permission.CITY_IMPORT_WRITE)
@api.arguments(FileSchema, location="form")
@api.arguments(SentFileSchema, location="files")
@api.response(201, shape_of(FileReport))
def send_file(data: dict[str, Any], sent: dict[str, Any]) -> FileReport:
    """Take in one agency's export, or with *dry_run* say what it would do; the first hundred problems come with it."""
    uploads = Uploads(current_settings().instance / "uploads")
    upload = uploads.keep(sent["file"], current_actor().account_id)
    try:
        return _report(_imported(uploads, upload, data), is_dry=data["dry_run"])
    finally:
        uploads.drop(upload)


@api.route("/imports/consolidate", methods=["POST"], tags=["Steward"])
@requires(Permission.CITY_IMPORT_WRITE)
@api.response(200, shape_of(ConsolidationReport))
def link_files() -> ConsolidationReport:
    """Link and merge what has come in since the last time."""
    with current_work().begin() as session:
        report = consolidate(session, current_actor(), now=now())
    count_anew(current_work(), now=now())
    return report


@api.route("/imports/<int:batch_id>/issues", methods=["GET"], tags=["Steward"])
@requires(Permission.CITY_IMPORT_READ)
@api.arguments(IssuesSchema, location="query")
@api.response(200, page_of(IssueView))
def read_issues(asked: dict[str, Any], batch_id: int) -> Page[IssueView]:
    """Give the problems of a file in its order: line, field, code; without the cells themselves."""
    before = cursor(asked["after"], number)
    offset = 0 if before is None else max(0, before[0])
    with current_work().read() as session:
        found = issues_of_batch(
            session,
            current_actor(),
            batch_id=batch_id,
            code=asked["code"],
            limit=asked["limit"] + 1,
            offset=offset,
        )
    bare = [replace(issue, cells=None) for issue in found]
    return page(bare, asked["limit"], lambda _issue: [offset + asked["limit"]])  # a file's problems never change


@api.route("/review", methods=["GET"], tags=["Steward"])
@requires(Permission.CITY_REVIEW_DECIDE)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(PairView))
def read_pairs(asked: dict[str, Any]) -> Page[PairView]:
    """Give the pairs that wait for a decision, the likeliest first, with the weight of each comparison."""
    with current_work().read() as session:
        found = waiting_pairs(
            session,
            current_actor(),
            limit=asked["limit"] + 1,
            after=cursor(asked["after"], float, number),
        )
    return page(found, asked["limit"], lambda pair: [pair.weight, pair.id])


@api.route("/review/<int:pair_id>", methods=["GET"], tags=["Steward"])
@requires(Permission.CITY_REVIEW_DECIDE)
@api.response(200, shape_of(PairView))
def read_pair(pair_id: int) -> PairView:
    """Give one pair, decided or not."""
    with current_work().read() as session:
        return pair_view(session, current_actor(), pair_id=pair_id)


@api.route("/review/<int:pair_id>/decision", methods=["PUT"], tags=["Steward"])
@requires(Permission.CITY_REVIEW_DECIDE)
@api.arguments(DecisionSchema)
@api.response(204)
def put_decision(command: Decision, pair_id: int) -> None:
    """Decide a pair; somebody else's claim on it is respected."""
    with current_work().begin() as session:
        claim(session, current_actor(), pair_id=pair_id, now=now())
        decide(session, current_actor(), pair_id=pair_id, kind=command.kind, note=command.note or None, now=now())


@api.route("/review/<int:pair_id>/decision", methods=["DELETE"], tags=["Steward"])
@requires(Permission.CITY_REVIEW_DECIDE)
@api.response(204)
def take_back_decision(pair_id: int) -> None:
    """Take a decision back: everything is as it was, and the pair waits again."""
    with current_work().begin() as session:
        undo_decision(session, current_actor(), pair_id=pair_id, now=now())


@api.route("/people/<int:person_id>", methods=["GET"], tags=["Steward"])
@requires(Permission.CITY_PERSON_READ)
@api.response(200, shape_of(PersonView))
def read_person(person_id: int) -> PersonView:
    """Give a person: every attribute with its source and rule, the source records, the history, who looked."""
    with current_work().begin() as session:
        view = person_view(session, current_actor(), person_id=person_id)
        note_look(session, current_actor(), person_id=view.id, now=now())
        return view


def _imported(uploads: Uploads, upload: Upload, data: dict[str, Any]) -> ImportReport:
    actor, path = current_actor(), uploads.path(upload)
    with current_work().begin() as session:
        report = import_file(
            session,
            actor,
            source=data["source"],
            path=path,
            mapping=mappings_in_force(session).get(data["source"]),
            dry_run=data["dry_run"],
            partial=data["is_part"],
            now=now(),
            hands=current_work().hands,
        )
        if report.batch_id is not None and not report.repeated:
            keep_original(session, actor, batch_id=report.batch_id, path=path)
        return report


def _report(report: ImportReport, *, is_dry: bool) -> FileReport:
    return FileReport(
        dry_run=is_dry,
        batch_id=report.batch_id,
        source=report.source,
        rows=report.rows,
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
        gone=report.gone,
        quarantined=report.quarantined,
        repeated=report.repeated,
        issue_counts=dict(report.issue_counts),
        issues=tuple(
            FileIssue(
                line_number=one.line_number,
                sheet=one.sheet,
                field=one.field,
                heading=one.heading,
                code=one.code,
                quarantined=one.quarantined,
            )
            for one in report.issues[:MOST_ISSUES]
        ),
    )
