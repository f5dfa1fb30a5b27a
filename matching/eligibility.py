"""May this person take this role? Asked of the solver's own rules, so that a page and a plan never disagree.

A question about few people and few shifts is a small problem of its own: the same rows become the same plain data
(:mod:`matching.snapshot`), and :class:`solver.Eligibility` judges the pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from matching.policy import policy_of
from matching.refusals import NotEligible
from matching.snapshot import REFUSED, ends_late, planned_shift, planned_volunteer, shift_key, volunteer_id
from matching.supply import Supply, held_outside, held_tags, supply
from matching.week import MINUTES, Week
from models.need import Shift, ShiftRole
from models.person import Person
from models.relation import NeedBar, PersonDislike
from models.roster import Assignment, AssignmentState
from models.taxonomy import CERTIFICATES
from solver import Horizon, Problem
from solver.eligibility import Eligibility

#: What the law asks of whoever serves, whatever else somebody can do (志愿服务条例, article 16; minors).
_BY_LAW = frozenset({*CERTIFICATES, "adult", "age_14", "late_evening"})
#: Farther than any two places of a country.
_ANYWHERE = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether a person may take a role; `rule` is the first that forbids it, None when nothing does.

    Rules are codes: ``tag:first_aid``, ``expired:first_aid``, ``distance``, ``time``, ``barred``; and ``away`` for
    somebody who cannot be planned at all that week (paused, no times, no place, no guardian's consent).
    """

    person_id: int
    role_id: int
    rule: str | None
    metres: int | None


def judgements(
    session: Session,
    *,
    person_ids: Sequence[int],
    shifts: Sequence[Shift],
    week: Week,
    by_hand: bool = False,
    by_self: bool = False,
) -> list[Judgement]:
    """Judge every person against every role of `shifts` (of one week), their other held seats taken into account.

    With `by_hand`, people who asked to be assigned by people only are judged like the rest; with `by_self`, which is a
    hand of their own, what they declined or gave back before does not bind them either.
    """
    by_hand = by_hand or by_self
    policy = policy_of(session)
    inside = select(Assignment.id).where(Assignment.shift_id.in_([shift.id for shift in shifts]))
    held = held_outside(session, week=week, policy=policy, inside=inside, only=person_ids)
    offers = supply(session, week=week, policy=policy, only=person_ids, held=held, asked_by_people=by_hand)
    known = {offer.person_id for offer in offers}
    away = [
        Judgement(person_id=person, role_id=role.id, rule="away", metres=None)
        for person in person_ids
        if person not in known
        for shift in shifts
        for role in shift.roles
    ]
    barred = _barred(session, sorted(known), shifts, by_hand=by_hand, by_self=by_self)
    return _judged(session, offers, shifts, week, barred) + away


def refuse_ineligible(session: Session, *, person_id: int, role_id: int, by_self: bool = False) -> None:
    """Raise :class:`NotEligible`, with the rule, unless the person may take the role by a coordinator's hand or own."""
    role = session.get_one(ShiftRole, role_id)
    shift = session.get_one(Shift, role.shift_id, options=[selectinload(Shift.roles)])
    week = Week.holding(shift.starts_at, policy_of(session).zone)
    found = judgements(session, person_ids=[person_id], shifts=[shift], week=week, by_hand=True, by_self=by_self)
    rule = next(one.rule for one in found if one.role_id == role_id)
    if rule is not None:
        raise NotEligible(person=person_id, role=role_id, rule=rule)


def lacks(session: Session, *, person_id: int, role: ShiftRole, shift: Shift) -> str | None:
    """Give what somebody who stands at the place lacks for a role by law, None when nothing.

    Certificates and ages count, on the day of service, and a minor's guardian; times, distance and limits do not, and
    what somebody can do the leader sees. The codes are those of :class:`Judgement`, and ``consent``.
    """
    policy = policy_of(session)
    week = Week.holding(shift.starts_at, policy.zone)
    held = held_tags(session, session.get_one(Person, person_id), week=week, policy=policy)
    if held is None:
        return "consent"
    ends = week.minute(shift.ends_at, policy.zone)
    asked = [*role.needs_tags, "late_evening"] if ends_late(shift, policy) else role.needs_tags
    for tag in asked:
        if tag in _BY_LAW and tag not in held:
            return f"tag:{tag}"
        until = held.get(tag)
        if tag in _BY_LAW and until is not None and until < ends:
            return f"expired:{tag}"
    return None


def _judged(
    session: Session, offers: Sequence[Supply], shifts: Sequence[Shift], week: Week, barred: list[tuple[str, str]]
) -> list[Judgement]:
    """Judge pairs; a shift whose place nobody knows is too far for nobody."""
    placed = [shift for shift in shifts if shift.longitude is not None and shift.latitude is not None]
    vague = [shift for shift in shifts if shift not in placed]
    near = _judged_there(session, offers, placed, week, barred)
    if not vague:
        return near
    anywhere = [replace(offer, radius_metres=_ANYWHERE) for offer in offers]
    return near + [replace(one, metres=None) for one in _judged_there(session, anywhere, vague, week, barred)]


def _judged_there(
    session: Session, offers: Sequence[Supply], shifts: Sequence[Shift], week: Week, barred: list[tuple[str, str]]
) -> list[Judgement]:
    roles = [role for shift in shifts for role in shift.roles]
    if not offers or not roles:
        return []
    here = {shift_key(shift.id) for shift in shifts}
    problem = small_problem(session, offers, shifts, week, [pair for pair in barred if pair[1] in here])
    people = np.repeat(np.arange(len(offers), dtype=np.int64), len(roles))
    columns = np.tile(np.arange(len(roles), dtype=np.int64), len(offers))
    judged = Eligibility(problem).judge(people, columns)
    metres = problem.distances(people, problem.roles.shift[columns])
    return [
        Judgement(
            person_id=offers[person].person_id,
            role_id=roles[column].id,
            rule=judged.code(index, tuple(problem.tags)),
            metres=round(float(metres[index])),
        )
        for index, (person, column) in enumerate(zip(people.tolist(), columns.tolist(), strict=True))
    ]


def small_problem(  # noqa: PLR0917  a problem's parts
    session: Session,
    offers: Sequence[Supply],
    shifts: Sequence[Shift],
    week: Week,
    barred: list[tuple[str, str]],
    apart: Sequence[tuple[str, str]] = (),
) -> Problem:
    """Give a few people and a few shifts of one week as the solver reads them."""
    policy = policy_of(session)
    return Problem.of(
        horizon=Horizon(start=week.starts_at(policy.zone).isoformat(), minutes=MINUTES),
        travel=policy.travel,
        weights=policy.weights,
        volunteers=[planned_volunteer(offer, policy) for offer in offers],
        shifts=[planned_shift(shift, week, policy) for shift in shifts],
        barred=barred,
        apart=apart,
    )


def _barred(
    session: Session, person_ids: Sequence[int], shifts: Sequence[Shift], *, by_hand: bool, by_self: bool
) -> list[tuple[str, str]]:
    shift_ids = [shift.id for shift in shifts]
    needs = (
        select(NeedBar.person_id, Shift.id)
        .join(Shift, Shift.need_id == NeedBar.need_id)
        .where(NeedBar.person_id.in_(person_ids), Shift.id.in_(shift_ids))
    )
    # Who was let go, or did not answer, may be asked again by a hand; who declined is not.
    states = (AssignmentState.DECLINED,) if by_hand else REFUSED
    refused = select(Assignment.person_id, Assignment.shift_id).where(
        Assignment.state.in_(states), Assignment.person_id.in_(person_ids), Assignment.shift_id.in_(shift_ids)
    )
    disliked = (
        select(PersonDislike.person_id, Shift.id)
        .join(Shift, Shift.category == PersonDislike.category)
        .where(PersonDislike.person_id.in_(person_ids), Shift.id.in_(shift_ids))
    )
    queries = (needs,) if by_self else (needs, refused) if by_hand else (needs, refused, disliked)
    found = {tuple(row) for query in queries for row in session.execute(query)}
    return [(volunteer_id(person), shift_key(shift)) for person, shift in sorted(found)]


def eligible_backups(session: Session, *, role_id: int, candidates: Sequence[int]) -> list[int]:
    """Give those of `candidates` who may still take the role, in their order."""
    role = session.get_one(ShiftRole, role_id)
    shift = session.get_one(Shift, role.shift_id, options=[selectinload(Shift.roles)])
    week = Week.holding(shift.starts_at, policy_of(session).zone)
    found = judgements(session, person_ids=candidates, shifts=[shift], week=week)
    free = {one.person_id for one in found if one.role_id == role_id and one.rule is None}
    return [person for person in candidates if person in free]
