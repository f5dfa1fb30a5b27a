"""A person's page for stewards: each attribute with source and rule, the records, the history with undo, who looked."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.queries.asked import asked_lines
from models.authority import Permission
from models.person import Person, PersonState
from registry.access import access_person
from registry.merge import merge_persons, split_person, undo_event
from registry.queries import person_view, resolved_person
from registry.queries.merging import CHOSEN, likely_the_same, merge_view
from registry.refusals import NoSuchPerson
from registry.reveal import note_look, reveal
from web.access import current_actor, requires
from web.current import current_work, now, today
from web.notices import flash_with_undo
from web.places import unit_names
from web.texts.reasons import asked_because
from web.texts.registry import EVENTS, field_name, rule_text, shown_value

people = Blueprint("people", __name__)
MOST_FOUND = 50
_REVEALABLE = frozenset({"id_number", "telephone", "email", "address"})


@people.get("/people")
@requires(Permission.CITY_PERSON_READ)
def find() -> ResponseReturnValue:
    """Find a person by name or number."""
    wanted = request.args.get("name", "").strip()[:40]
    found: Any = []
    if wanted:
        with current_work().read() as session:
            found = _found(session, wanted)
    return render_template("steward/people.html", wanted=wanted, found=found, most=MOST_FOUND)


@people.get("/people/<int:person_id>")
@requires(Permission.CITY_PERSON_READ)
def one(person_id: int) -> ResponseReturnValue:
    """Show a person; that somebody looked is written down."""
    return _page(person_id, None)


@people.post("/people/<int:person_id>/reveal")
@requires(Permission.CITY_NUMBER_REVEAL)
def show_number(person_id: int) -> ResponseReturnValue:
    """Show one number whole, with a reason, written down."""
    attribute = request.form.get("attribute", "")
    if attribute not in _REVEALABLE:
        raise NoSuchPerson(person_id=person_id)
    with current_work().begin() as session:
        whole = reveal(
            session,
            current_actor(),
            person_id=person_id,
            attribute=attribute,
            reason=request.form.get("reason", ""),
            now=now(),
        )
    return _page(person_id, (field_name(attribute), whole or "—"))


@people.post("/people/<int:person_id>/split")
@requires(Permission.CITY_PERSON_MERGE)
def split(person_id: int) -> ResponseReturnValue:
    """Move the ticked records out to a new person."""
    chosen = [number for value in request.form.getlist("records[]") if (number := _number(value)) is not None]
    with current_work().begin() as session:
        event_id = split_person(session, current_actor(), person_id=person_id, record_ids=chosen, now=now())
    flash_with_undo(_("The records were moved out to a person of their own."), _undo_url(person_id, event_id))
    return redirect(url_for("people.one", person_id=person_id))


@people.post("/people/<int:person_id>/events/<int:event_id>/undo")
@requires(Permission.CITY_PERSON_MERGE)
def undo(person_id: int, event_id: int) -> ResponseReturnValue:
    """Take a merge or split back."""
    with current_work().begin() as session:
        undo_event(session, current_actor(), event_id=event_id, now=now())
    flash(_("Taken back: everything is as it was."), "good")
    return redirect(url_for("people.one", person_id=person_id))


@people.get("/people/<int:person_id>/merge")
@requires(Permission.CITY_PERSON_MERGE)
def merge(person_id: int) -> ResponseReturnValue:
    """Find the other one, then show both side by side with a choice for each attribute that differs."""
    wanted = request.args.get("other", "").strip()[:40]
    found: Any = []
    if wanted and not wanted.isdecimal():
        with current_work().read() as session:
            found = [row for row in _found(session, wanted) if row.id != person_id]
    return _merge_page(person_id, _number(wanted), wanted=wanted, found=found)


@people.post("/people/<int:person_id>/merge")
@requires(Permission.CITY_PERSON_MERGE)
def merge_send(person_id: int) -> ResponseReturnValue:
    """Make two persons one."""
    other_id = _number(request.form.get("other", "")) or 0
    choices = {
        name: number for name in CHOSEN if (number := _number(request.form.get(f"choice.{name}", ""))) is not None
    }
    reason = request.form.get("reason", "").strip()[:200] or None
    with current_work().begin() as session:
        event_id = merge_persons(
            session,
            current_actor(),
            person_id=person_id,
            other_id=other_id,
            choices=choices,
            despite_numbers=bool(request.form.get("despite_numbers")),
            reason=reason,
            now=now(),
        )
    survivor = min(person_id, other_id)
    flash_with_undo(_("The two are one person now."), _undo_url(survivor, event_id), "good")
    return redirect(url_for("people.one", person_id=survivor))


def _merge_page(person_id: int, other_id: int | None, *, wanted: str, found: Any) -> ResponseReturnValue:
    with current_work().read() as session:
        person = access_person(session, current_actor(), person_id, Permission.CITY_PERSON_MERGE)
        likely = likely_the_same(session, person_id=person_id)
        view = None
        if other_id is not None:
            view = merge_view(session, current_actor(), person_id=person_id, other_id=other_id)
        units = [
            one.value for each in (view.attributes if view else ()) if each.name == "unit_code" for one in each.options
        ]
        names = unit_names(session, units)
    return render_template(
        "steward/merge.html",
        person_id=person_id,
        name=person.name,
        wanted=wanted,
        found=found,
        likely=likely,
        view=view,
        field_name=field_name,
        rule_text=rule_text,
        value_of=lambda name, value: shown_value(name, value, names),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004  63 bits


def _found(session: Session, wanted: str) -> Any:
    number = _number(wanted)
    is_wanted = Person.id == number if number is not None else Person.name.startswith(wanted, autoescape=True)
    columns = (Person.id, Person.name, Person.born_on, Person.telephone_masked, Person.unit_code)
    query = select(*columns).where(is_wanted, Person.state == PersonState.ACTIVE)
    return session.execute(query.order_by(Person.name_sort, Person.id).limit(MOST_FOUND)).all()


def _undo_url(person_id: int, event_id: int) -> str:
    return url_for("people.undo", person_id=person_id, event_id=event_id)


def _page(person_id: int, shown: tuple[str, str] | None) -> ResponseReturnValue:
    with current_work().begin() as session:
        current = resolved_person(session, person_id)
        if current is not None and current != person_id and current_actor().may(Permission.CITY_PERSON_READ):
            return redirect(url_for("people.one", person_id=current))
        person = person_view(session, current_actor(), person_id=person_id)
        names = unit_names(
            session, [each.value for each in person.attributes if each.name == "unit_code" and each.value]
        )
        may_audit = current_actor().may(Permission.CITY_AUDIT_READ)
        asked = asked_lines(session, current_actor(), person_id=person_id) if may_audit else ()
        note_look(session, current_actor(), person_id=person_id, now=now())
    return render_template(
        "steward/person.html",
        person=person,
        shown=shown,
        field_name=field_name,
        value_of=lambda each: shown_value(each.name, each.value, names),
        rule_text=rule_text,
        looks={code: str(text) for code, text in EVENTS.items()},
        asked=asked,
        may_audit=may_audit,
        because=lambda line: asked_because(line.reasons, today()),
        may_merge=current_actor().may(Permission.CITY_PERSON_MERGE),
        may_reveal=current_actor().may(Permission.CITY_NUMBER_REVEAL),
    )
