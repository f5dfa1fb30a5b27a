"""Posting, changing and cancelling needs; opening their occurrences as shifts, roles and seats."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from matching.access import access_need, access_unit
from matching.assignments import release_shift
from matching.locks import lock_shifts
from matching.policy import Policy, policy_of
from matching.recurrence import BadRecurrence, keeps_holidays, occurrences
from matching.refusals import NeedRefused, WrongState
from matching.trail import note
from matching.vacancy import drop_vacant_shifts
from models.authority import Actor, Permission
from models.need import HolidayRule, Need, NeedState, Seat, Shift, ShiftRole, ShiftState, Tier
from models.organisation import OrganisationUnit
from models.sealing import keyring_of
from models.taxonomy import CATEGORIES, TAGS

LONGEST_MINUTES = 24 * 60
MOST_SEATS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCommand:
    """A role that each occurrence of a need is made with; `needs_tags` are codes of the taxonomy."""

    name: str
    min_seats: int
    target_seats: int
    max_seats: int
    needs_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCommand:
    """In a shift with anybody in it, at least so many hold `tag`."""

    tag: str
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCommand:
    """A need as somebody posts it; `starts_at` is the first occurrence, aware."""

    title: str
    category: str
    unit_code: str
    starts_at: datetime
    duration_minutes: int
    roles: tuple[RoleCommand, ...]
    description: str = ""
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None
    priority: int = 2
    recurrence: str | None = None
    holidays: HolidayRule = HolidayRule.KEEP
    all_or_nothing: bool = False
    team: tuple[TeamCommand, ...] = ()
    contact_name: str | None = None
    contact_telephone: str | None = None
    source: str = "linli"
    external_id: str | None = None
    draft: bool = False


def post_need(session: Session, actor: Actor, *, command: NeedCommand, now: datetime) -> int:
    """Post a need and open its occurrences; give its id.

    Raises
    ------
    NeedRefused
        Naming the field and what is wrong with it.
    NotFound
        When the unit is not there, or not the actor's.
    """
    unit = access_unit(session, actor, command.unit_code, Permission.UNIT_NEED_WRITE)
    refuse_unsound(command, policy_of(session), now=now)
    need = Need(created_at=now, created_by_id=actor.account_id, unit_id=unit.id)
    write_need(need, unit, command, now=now)
    session.add(need)
    session.flush()
    seal_contact(session, need, command.contact_telephone)
    open_occurrences(session, [need], policy=policy_of(session), now=now)
    note(session, actor, action="need.posted", subject=("need", need.id), now=now)
    return need.id


def change_need(session: Session, actor: Actor, *, need_id: int, command: NeedCommand, now: datetime) -> int:
    """Change a need: its future shifts without people are made anew, those with people keep them.

    Shifts with people whose time or roles would change are refused by :class:`~matching.refusals.NeedHasPeople`
    unless they stay as they are.
    """
    need = access_need(session, actor, need_id, Permission.UNIT_NEED_WRITE)
    unit = access_unit(session, actor, command.unit_code, Permission.UNIT_NEED_WRITE)
    refuse_unsound(command, policy_of(session), now=now)
    remake(session, need, unit, command, now=now)
    note(session, actor, action="need.changed", subject=("need", need.id), now=now)
    return need.id


def remake(session: Session, need: Need, unit: OrganisationUnit, command: NeedCommand, *, now: datetime) -> None:
    """Write `command` over `need`, and open again those of its future shifts that hold nobody."""
    drop_vacant_shifts(session, need.id, after=now)
    write_need(need, unit, command, now=now)
    seal_contact(session, need, command.contact_telephone)
    session.flush()
    open_occurrences(session, [need], policy=policy_of(session), now=now)


def cancel_need(session: Session, actor: Actor, *, need_id: int, reason: str, now: datetime) -> None:
    """Cancel a need and its future shifts; whoever holds a seat is released and told."""
    need = access_need(session, actor, need_id, Permission.UNIT_NEED_WRITE)
    if need.state is NeedState.CANCELLED:
        raise WrongState(kind="need", state=need.state.value)
    coming = session.scalars(select(Shift).where(Shift.need_id == need.id, Shift.starts_at > now)).all()
    lock_shifts(session, [shift.id for shift in coming])
    need.state = NeedState.CANCELLED
    need.changed_at = now
    for shift in coming:
        shift.state = ShiftState.CANCELLED
        release_shift(session, actor, shift_id=shift.id, reason="need_cancelled", now=now)
    note(session, actor, action="need.cancelled", subject=("need", need.id), reason=reason, now=now)


def reopen_need(session: Session, actor: Actor, *, need_id: int, now: datetime) -> None:
    """Undo a cancellation: the need and its future shifts are open again; people are not asked again by this."""
    need = access_need(session, actor, need_id, Permission.UNIT_NEED_WRITE)
    if need.state is not NeedState.CANCELLED:
        raise WrongState(kind="need", state=need.state.value)
    need.state = NeedState.OPEN
    need.changed_at = now
    for shift in session.scalars(select(Shift).where(Shift.need_id == need.id, Shift.starts_at > now)):
        shift.state = ShiftState.OPEN
    note(session, actor, action="need.reopened", subject=("need", need.id), now=now)


def refuse_unsound(command: NeedCommand, policy: Policy, *, now: datetime) -> None:
    """Raise :class:`NeedRefused` for the first thing that is wrong with `command`."""
    for field, problem, wrong in _faults(command, now):
        if wrong:
            raise NeedRefused(field=field, problem=problem)
    if command.recurrence is not None:
        try:
            occurrences(command.starts_at, command.recurrence, until=now + timedelta(days=1), zone=policy.zone)
        except BadRecurrence as error:
            raise NeedRefused(field="recurrence", problem="not_a_rule") from error


def _faults(command: NeedCommand, now: datetime) -> list[tuple[str, str, bool]]:
    roles = command.roles
    return [
        ("title", "missing", not command.title.strip()),
        ("category", "unknown", command.category not in CATEGORIES),
        ("priority", "not_1_to_3", command.priority not in {1, 2, 3}),
        ("starts_at", "past", command.recurrence is None and command.starts_at <= now and not command.draft),
        ("duration_minutes", "too_short", command.duration_minutes < 1),
        ("duration_minutes", "too_long", command.duration_minutes > LONGEST_MINUTES),
        ("roles", "missing", not roles),
        ("roles", "seats_out_of_order", any(not _in_order(role) for role in roles)),
        ("roles", "too_many_seats", any(role.max_seats > MOST_SEATS for role in roles)),
        ("roles", "no_seats", any(role.max_seats < 1 for role in roles)),
        ("needs_tags", "unknown", any(tag not in TAGS for role in roles for tag in role.needs_tags)),
        ("team", "unknown", any(rule.tag not in TAGS or rule.at_least < 1 for rule in command.team)),
        ("place", "half_a_place", (command.longitude is None) != (command.latitude is None)),
    ]


def _in_order(role: RoleCommand) -> bool:
    return 0 <= role.min_seats <= role.target_seats <= role.max_seats


def write_need(need: Need, unit: OrganisationUnit, command: NeedCommand, *, now: datetime) -> None:
    """Write the facts of `command` on `need`; the contact's number is sealed apart, once the row has an id."""
    need.unit_id = unit.id
    need.source, need.external_id = command.source, command.external_id
    need.title, need.category, need.description = command.title.strip(), command.category, command.description
    need.place = command.place or unit.name
    need.longitude = unit.longitude if command.longitude is None else command.longitude
    need.latitude = unit.latitude if command.latitude is None else command.latitude
    need.priority, need.all_or_nothing = command.priority, command.all_or_nothing
    need.recurrence, need.first_starts_at = command.recurrence, command.starts_at
    need.duration_minutes, need.holidays = command.duration_minutes, command.holidays
    need.contact_name = command.contact_name
    need.roles = [{**asdict(role), "needs_tags": list(role.needs_tags)} for role in command.roles]
    need.team = [asdict(rule) for rule in command.team]
    need.state = NeedState.DRAFT if command.draft else NeedState.OPEN
    need.changed_at = now


def seal_contact(session: Session, need: Need, telephone: str | None) -> None:
    """Seal the contact's number on the need's row."""
    if telephone is not None:
        need.contact_sealed = keyring_of(session).seal(telephone.encode(), bound_to=f"need.contact/{need.id}")


def open_occurrences(session: Session, needs: Sequence[Need], *, policy: Policy, now: datetime) -> int:
    """Open the shifts of open needs that fall before the policy's horizon and are not open yet; give how many.

    Each occurrence is made once: the unique key (need, start) says so.
    """
    until = now + timedelta(weeks=policy.occurrence_weeks)
    standing = _standing(session, needs)
    rows: list[dict[str, Any]] = []
    made: list[Need] = []
    codes = _unit_codes(session, needs)
    for need in needs:
        for starts_at in _wanted(need, policy, until=until, now=now):
            if (need.id, starts_at) not in standing:
                rows.append(_shift_row(need, codes[need.unit_id], starts_at))
                made.append(need)
    if rows:
        _insert_shifts(session, rows, made)
    return len(rows)


def open_week(session: Session, *, now: datetime) -> int:
    """Open the occurrences of every open recurring need up to the policy's horizon; give how many were new."""
    needs = session.scalars(select(Need).where(Need.state == NeedState.OPEN, Need.recurrence.is_not(None))).all()
    return open_occurrences(session, needs, policy=policy_of(session), now=now)


def _wanted(need: Need, policy: Policy, *, until: datetime, now: datetime) -> list[datetime]:
    if need.state is not NeedState.OPEN:
        return []
    if need.recurrence is None:
        return [need.first_starts_at]
    starts = occurrences(need.first_starts_at, need.recurrence, until=until, zone=policy.zone)
    return [at for at in starts if at > now and keeps_holidays(at, need.holidays, zone=policy.zone)]


def _standing(session: Session, needs: Sequence[Need]) -> set[tuple[int, datetime]]:
    if len(needs) > 200:  # noqa: PLR2004  beyond it one read of the table is cheaper than a long list
        query = select(Shift.need_id, Shift.starts_at)
    else:
        query = select(Shift.need_id, Shift.starts_at).where(Shift.need_id.in_([need.id for need in needs]))
    return {(need_id, at) for need_id, at in session.execute(query)}


def _unit_codes(session: Session, needs: Sequence[Need]) -> dict[int, str]:
    wanted = {need.unit_id for need in needs}
    found = session.execute(select(OrganisationUnit.id, OrganisationUnit.code).where(OrganisationUnit.id.in_(wanted)))
    return dict(found.all())


def _shift_row(need: Need, code: str, starts_at: datetime) -> dict[str, Any]:
    return {
        "need_id": need.id,
        "unit_code": code,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=need.duration_minutes),
        "longitude": need.longitude,
        "latitude": need.latitude,
        "category": need.category,
        "priority": need.priority,
        "all_or_nothing": need.all_or_nothing,
        "team": need.team,
        "state": ShiftState.OPEN,
    }


def _insert_shifts(session: Session, rows: list[dict[str, Any]], needs: Sequence[Need]) -> None:
    """Write shifts with their roles and seats, three statements in all."""
    shift_ids = session.scalars(insert(Shift).returning(Shift.id, sort_by_parameter_order=True), rows).all()
    roles = [
        {"shift_id": shift_id, "position": position, **role}
        for shift_id, need in zip(shift_ids, needs, strict=True)
        for position, role in enumerate(need.roles, 1)
    ]
    role_ids = session.scalars(insert(ShiftRole).returning(ShiftRole.id, sort_by_parameter_order=True), roles).all()
    seats = [
        {"role_id": role_id, "number": number, "tier": tier_of(number, role)}
        for role_id, role in zip(role_ids, roles, strict=True)
        for number in range(1, role["max_seats"] + 1)
    ]
    session.execute(insert(Seat), seats)


def tier_of(number: int, role: dict[str, Any]) -> Tier:
    """Give the tier of a role's seat by its number, from 1."""
    if number <= role["min_seats"]:
        return Tier.ESSENTIAL
    return Tier.WANTED if number <= role["target_seats"] else Tier.EXTRA
