"""Needs that come as files or from another system: each once, by its own number there; the same file twice is one."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.needs import NeedCommand, open_occurrences, refuse_unsound, remake, seal_contact, write_need
from matching.policy import policy_of
from matching.refusals import NeedRefused
from matching.trail import note
from models.authority import Actor, Permission
from models.need import Need
from models.organisation import OrganisationUnit

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """A need as a file gives it, and the line where it begins, from 1."""

    line_number: int
    command: NeedCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedProblem:
    """A row that was not used: where, which field, and the code of what is wrong."""

    line_number: int
    field: str
    problem: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsImported:
    """What an import of needs did."""

    new: int
    changed: int
    unchanged: int
    shifts: int
    problems: tuple[NeedProblem, ...]


def import_needs(session: Session, actor: Actor, *, rows: Iterable[NeedRow], now: datetime) -> NeedsImported:
    """Take needs by their external ids: new ones are posted, changed ones made anew where nobody is seated.

    A row that cannot be used is reported and the rest is taken.
    """
    listed = list(rows)
    units = _units(session, {row.command.unit_code for row in listed})
    standing = _standing(session, {row.command.source for row in listed})
    problems: list[NeedProblem] = []
    fresh: list[tuple[Need, NeedCommand]] = []
    changed = unchanged = 0
    for row in listed:
        unit = units.get(row.command.unit_code)
        fault = _fault(session, actor, row, unit, now=now)
        if fault is not None or unit is None:
            problems += [fault] if fault else []
            continue
        need = standing.get((row.command.source, row.command.external_id))
        if need is None:
            fresh.append((_new(session, actor, unit, row.command, now=now), row.command))
        elif need.digest == digest_of(row.command):
            unchanged += 1
        else:
            remake(session, need, unit, row.command, now=now)
            need.digest = digest_of(row.command)
            changed += 1
    shifts = _post(session, fresh, now=now)
    note(session, actor, action="needs.imported", subject=("need", None), now=now, new=len(fresh), changed=changed)
    return NeedsImported(new=len(fresh), changed=changed, unchanged=unchanged, shifts=shifts, problems=tuple(problems))


def digest_of(command: NeedCommand) -> bytes:
    """Digest what a file says of a need: equal means unchanged."""
    return hashlib.blake2b(orjson.dumps(asdict(command)), digest_size=DIGEST_BYTES).digest()


def _fault(
    session: Session, actor: Actor, row: NeedRow, unit: OrganisationUnit | None, *, now: datetime
) -> NeedProblem | None:
    command = row.command
    if unit is None or not actor.may(Permission.UNIT_NEED_WRITE, unit.code):
        return _problem(row, "unit_code", "unknown")
    try:
        refuse_unsound(command, policy_of(session), now=now)
    except NeedRefused as refusal:
        return _problem(row, str(refusal.parameters["field"]), str(refusal.parameters["problem"]))
    return None


def _problem(row: NeedRow, field: str, problem: str) -> NeedProblem:
    return NeedProblem(line_number=row.line_number, field=field, problem=problem, external_id=row.command.external_id)


def _new(session: Session, actor: Actor, unit: OrganisationUnit, command: NeedCommand, *, now: datetime) -> Need:
    need = Need(created_at=now, created_by_id=actor.account_id, digest=digest_of(command))
    write_need(need, unit, command, now=now)
    session.add(need)
    return need


def _post(session: Session, fresh: Sequence[tuple[Need, NeedCommand]], *, now: datetime) -> int:
    session.flush()
    for need, command in fresh:
        seal_contact(session, need, command.contact_telephone)
    return open_occurrences(session, [need for need, _ in fresh], policy=policy_of(session), now=now)


def _units(session: Session, codes: set[str]) -> dict[str, OrganisationUnit]:
    found = session.scalars(select(OrganisationUnit).where(OrganisationUnit.code.in_(codes)))
    return {unit.code: unit for unit in found}


def _standing(session: Session, sources: set[str]) -> dict[tuple[str, str | None], Need]:
    found = session.scalars(select(Need).where(Need.source.in_(sources), Need.external_id.is_not(None)))
    return {(need.source, need.external_id): need for need in found}
