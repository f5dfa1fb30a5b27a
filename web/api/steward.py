"""Version 1, for stewards: imported files and their problems, pairs for review and their decisions, persons.

Numbers are masked as on the pages, and the cells of a quarantined row stay here: whoever needs them asks for the file.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from marshmallow import fields

from models.authority import Permission
from models.linkage import VerdictKind
from registry.queries.imports import BatchView, IssueView, batches, issues_of_batch
from registry.queries.pairs import PairView, pair_view, waiting_pairs
from registry.queries.people import PersonView, person_view
from registry.reveal import note_look
from registry.review import claim, decide, undo_decision
from web.access import current_actor, requires
from web.api.shapes import shape_of
from web.api.v1 import api
from web.current import current_work, now
from web.forms.schema import CommandSchema, Text

__all__ = ["api"]

MOST = 100


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


@api.route("/imports", methods=["GET"], tags=["Steward"])
@requires(Permission.CITY_IMPORT_READ)
@api.response(200, shape_of(BatchView)(many=True))
def read_imports() -> list[BatchView]:
    """Give the imported files, newest first, with what became of their rows."""
    with current_work().read() as session:
        return list(batches(session, current_actor(), limit=MOST))


@api.route("/imports/<int:batch_id>/issues", methods=["GET"], tags=["Steward"])
@requires(Permission.CITY_IMPORT_READ)
@api.response(200, shape_of(IssueView)(many=True))
def read_issues(batch_id: int) -> list[IssueView]:
    """Give the first hundred problems of a file in its order: line, field, code; without the cells themselves."""
    with current_work().read() as session:
        found = issues_of_batch(session, current_actor(), batch_id=batch_id, limit=MOST)
        return [replace(issue, cells=None) for issue in found]


@api.route("/review", methods=["GET"], tags=["Steward"])
@requires(Permission.CITY_REVIEW_DECIDE)
@api.response(200, shape_of(PairView)(many=True))
def read_pairs() -> list[PairView]:
    """Give the pairs that wait for a decision, the likeliest first, with the weight of each comparison."""
    with current_work().read() as session:
        return list(waiting_pairs(session, current_actor(), limit=MOST))


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
