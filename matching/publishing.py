"""Publishing a week: the proposal is checked again as things stand now, and everybody in it is asked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matching.contact import Quiet
from matching.deadlines import Deadlines
from matching.outbox import reached
from matching.refusals import NotAllowed, NothingToPublish, WeekPublished
from matching.rosters import proposed_roster, published_roster
from matching.runs import lock_week
from matching.snapshot import number, role_key, shift_key, snapshot, volunteer_id
from matching.trail import note
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Seat, Shift
from models.outbox import MessageState, OutboxMessage
from models.roster import Assignment, AssignmentState, Offer, OfferState, Roster, RosterState, RunKind
from solver import Problem, check


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What publishing did: offers made, and assignments dropped because they no longer keep every rule."""

    roster_id: int
    offers: int
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proposed:
    id: int
    person: str
    role: str
    shift: str


def publish_roster(session: Session, actor: Actor, *, week: Week, area: str, now: datetime) -> Published:
    """Publish the newest proposal: each person in it gets an offer with a reply deadline.

    The plan was sound when it was stored; since then people may have paused and shifts been cancelled. What no longer
    keeps every rule is dropped, with the shift around it where the rule is the shift's, until the checker finds none.

    Raises
    ------
    NotAllowed, WeekPublished, NothingToPublish
    """
    if not actor.may(Permission.CITY_ROSTER_PUBLISH):
        raise NotAllowed(permission=Permission.CITY_ROSTER_PUBLISH.value)
    lock_week(session, week=str(week))
    if published_roster(session, week=week, area=area) is not None:
        raise WeekPublished(week=str(week), area=area)
    roster = proposed_roster(session, week=week, area=area)
    if roster is None:
        raise NothingToPublish(week=str(week), area=area)
    session.refresh(roster, with_for_update=True)
    if roster.state is not RosterState.PROPOSED:  # somebody published it while this unit of work waited
        raise WeekPublished(week=str(week), area=area)
    dropped = _drop_unsound(session, roster, week=week, now=now)
    offers = make_offers(session, roster_id=roster.id, now=now)
    roster.state, roster.published_at, roster.published_by_id = RosterState.PUBLISHED, now, actor.account_id
    note(session, actor, action="roster.published", subject=("roster", roster.id), now=now, offers=offers)
    return Published(roster_id=roster.id, offers=offers, dropped=dropped)


def make_offers(session: Session, *, roster_id: int, now: datetime) -> int:
    """Ask everybody whom the roster proposes: an offer and a message each, in bulk; give how many."""
    deadlines, quiet = Deadlines(session), Quiet(session)
    asked = session.execute(
        update(Assignment)
        .where(Assignment.roster_id == roster_id, Assignment.state == AssignmentState.PROPOSED)
        .values(state=AssignmentState.OFFERED, changed_at=now)
        .returning(Assignment.id, Assignment.person_id, Assignment.shift_id, Assignment.starts_at),
        execution_options={"synchronize_session": False},
    ).all()
    codes = dict(
        session.execute(
            select(Shift.id, Shift.unit_code).where(
                Shift.id.in_(select(Assignment.shift_id).where(Assignment.roster_id == roster_id))
            )
        ).all()
    )
    rows = [
        _offer_row(
            assignment_id,
            person_id,
            deadlines.deadline(starts_at=starts_at, unit_code=codes[shift_id], now=quiet.leaves_at(person_id, now=now)),
            now=now,
        )
        for assignment_id, person_id, shift_id, starts_at in sorted(asked)
    ]
    if not rows:
        return 0
    offers = session.execute(insert(Offer).returning(Offer.person_id, Offer.id, sort_by_parameter_order=True), rows)
    _announce(session, [(person_id, offer_id) for person_id, offer_id in offers], quiet=quiet, now=now)
    session.expire_all()
    return len(rows)


def _offer_row(assignment_id: int, person_id: int, deadline_at: datetime, *, now: datetime) -> dict[str, Any]:
    return {
        "assignment_id": assignment_id,
        "person_id": person_id,
        "state": OfferState.OPEN,
        "offered_at": now,
        "deadline_at": deadline_at,
    }


def _announce(session: Session, offers: Iterable[tuple[int, int]], *, quiet: Quiet, now: datetime) -> None:
    """Put one message a person into the outbox: the offer, or a digest of several unless they want each alone."""
    by_person: dict[int, list[int]] = defaultdict(list)
    for person_id, offer_id in offers:
        by_person[person_id].append(offer_id)
    parts = [
        (person_id, part)
        for person_id, ids in by_person.items()
        for part in ([ids] if quiet.gathers(person_id) else [[one] for one in ids])
    ]
    session.execute(insert(OutboxMessage), [_message(person_id, ids, quiet, now=now) for person_id, ids in parts])


def _message(person_id: int, offer_ids: list[int], quiet: Quiet, *, now: datetime) -> dict[str, Any]:
    alone = len(offer_ids) == 1
    return {
        "state": MessageState.WAITING,
        "not_before_at": quiet.leaves_at(person_id, now=now),
        "attempts": 0,
        "created_at": now,
        "person_id": person_id,
        "key": f"offer/{offer_ids[0]}" if alone else f"offers/{offer_ids[0]}",
        "kind": "offer" if alone else "offers",
        "facts": {} if alone else {"offers": offer_ids},
    }


def _drop_unsound(session: Session, roster: Roster, *, week: Week, now: datetime) -> int:
    """Let go of proposed assignments that break a rule by now; give how many."""
    # A repair's snapshot bars and pins by what stands now; proposals are judged against it, pinned ones included.
    problem = snapshot(session, week=week, area=roster.area, kind=RunKind.PLAN, now=now).problem
    standing = _proposed(session, roster.id)
    enough = {volunteer_id(person) for person in reached(session, [number(one.person) for one in standing], now=now)}
    kept = [one for one in standing if one.person not in enough]
    while True:
        bad = _broken(problem, kept)
        if not bad:
            break
        gone_now = {one.id for one in bad}
        kept = [one for one in kept if one.id not in gone_now]
    staying = {one.id for one in kept}
    gone = [one.id for one in standing if one.id not in staying]
    if gone:
        session.execute(
            update(Assignment).where(Assignment.id.in_(gone)).values(state=AssignmentState.SUPERSEDED, changed_at=now),
            execution_options={"synchronize_session": False},
        )
    return len(gone)


def _proposed(session: Session, roster_id: int) -> list[_Proposed]:
    query = (
        select(Assignment.id, Assignment.person_id, Seat.role_id, Assignment.shift_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(Assignment.roster_id == roster_id, Assignment.state == AssignmentState.PROPOSED)
        .order_by(Assignment.id)
    )
    return [
        _Proposed(id=id_, person=volunteer_id(person), role=role_key(role), shift=shift_key(shift))
        for id_, person, role, shift in session.execute(query)
    ]


def _broken(problem: Problem, kept: list[_Proposed]) -> list[_Proposed]:
    """Give what the checker's violations speak of: a person's own where it names one, else the whole shift's."""
    locked = set(problem.pairs("locked"))
    pairs = [(one.person, one.role) for one in kept]
    verdict = check(problem, [*pairs, *sorted(locked - set(pairs))])
    if verdict.feasible:
        return []
    named = {place for violation in verdict.violations for place in violation.place}
    people = [one for one in kept if one.person in named and (one.role in named or one.shift in named)]
    people = people or [one for one in kept if one.person in named]
    return people or [one for one in kept if one.role in named or one.shift in named] or kept[-1:]
