"""Publishing a week: the proposal is checked again as things stand now, and everybody in it is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, insert, literal, select, update
from sqlalchemy.orm import Session

from matching.policy import Policy, policy_of
from matching.refusals import NotAllowed, NothingToPublish, WeekPublished
from matching.rosters import proposed_roster, published_roster
from matching.snapshot import role_key, shift_key, snapshot, volunteer_id
from matching.trail import note
from matching.week import Week
from models.authority import Actor, Permission
from models.need import Seat
from models.outbox import MessageState, OutboxMessage
from models.roster import Assignment, AssignmentState, Offer, OfferState, Roster, RosterState, RunKind
from solver import Problem, check

SHORTEST_REPLY = timedelta(hours=1)


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
    if published_roster(session, week=week, area=area) is not None:
        raise WeekPublished(week=str(week), area=area)
    roster = proposed_roster(session, week=week, area=area)
    if roster is None:
        raise NothingToPublish(week=str(week), area=area)
    dropped = _drop_unsound(session, roster, week=week, now=now)
    offers = make_offers(session, roster_id=roster.id, now=now)
    roster.state, roster.published_at, roster.published_by_id = RosterState.PUBLISHED, now, actor.account_id
    note(session, actor, action="roster.published", subject=("roster", roster.id), now=now, offers=offers)
    return Published(roster_id=roster.id, offers=offers, dropped=dropped)


def make_offers(session: Session, *, roster_id: int, now: datetime) -> int:
    """Ask everybody whom the roster proposes: an offer and a message each, in bulk; give how many."""
    policy = policy_of(session)
    proposed = (Assignment.roster_id == roster_id, Assignment.state == AssignmentState.PROPOSED)
    rows = [
        _offer_row(assignment_id, person_id, reply_deadline(starts_at, policy, now=now), now=now)
        for assignment_id, person_id, starts_at in session.execute(
            select(Assignment.id, Assignment.person_id, Assignment.starts_at).where(*proposed).order_by(Assignment.id)
        )
    ]
    if not rows:
        return 0
    session.execute(
        update(Assignment).where(*proposed).values(state=AssignmentState.OFFERED, changed_at=now),
        execution_options={"synchronize_session": False},
    )
    session.execute(insert(Offer), rows)
    _announce(session, [row["assignment_id"] for row in rows], now=now)
    session.expire_all()
    return len(rows)


def reply_deadline(starts_at: datetime, policy: Policy, *, now: datetime) -> datetime:
    """Give until when an answer is awaited: some hours from now, and in good time before the shift."""
    usual = now + timedelta(hours=policy.reply_hours)
    latest = starts_at - timedelta(hours=policy.reply_before_shift_hours)
    return max(min(usual, latest), now + SHORTEST_REPLY)


def _offer_row(assignment_id: int, person_id: int, deadline_at: datetime, *, now: datetime) -> dict[str, Any]:
    return {
        "assignment_id": assignment_id,
        "person_id": person_id,
        "state": OfferState.OPEN,
        "offered_at": now,
        "deadline_at": deadline_at,
    }


def _announce(session: Session, assignment_ids: Iterable[int], *, now: datetime) -> None:
    """Put one message an offer into the outbox, by one statement from the offers themselves."""
    ids = list(assignment_ids)
    offered = (
        select(
            literal("offer/") + cast(Offer.id, String),
            Offer.person_id,
            literal("offer"),
            literal({}, OutboxMessage.facts.type),
            literal(MessageState.WAITING, OutboxMessage.state.type),
            literal(now, OutboxMessage.created_at.type),
            literal(0),
            literal(now, OutboxMessage.created_at.type),
        )
        .where(Offer.assignment_id.between(min(ids), max(ids)), Offer.offered_at == now)
        .order_by(Offer.id)
    )
    columns = ["key", "person_id", "kind", "facts", "state", "not_before_at", "attempts", "created_at"]
    session.execute(insert(OutboxMessage).from_select(columns, offered, include_defaults=False))


def _drop_unsound(session: Session, roster: Roster, *, week: Week, now: datetime) -> int:
    """Let go of proposed assignments that break a rule by now; give how many."""
    # A repair's snapshot bars and pins by what stands now; proposals are judged against it, pinned ones included.
    problem = snapshot(session, week=week, area=roster.area, kind=RunKind.PLAN, now=now).problem
    standing = _proposed(session, roster.id)
    kept = list(standing)
    while True:
        bad = _broken(problem, kept)
        if not bad:
            break
        kept = [one for one in kept if one not in bad]
    gone = [one.id for one in standing if one not in kept]
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
