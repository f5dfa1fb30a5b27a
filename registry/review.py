"""Clerical review: claim a pair, decide it, take the decision back. A verdict wins over every machine, for ever."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Actor, Permission, PersonEvent, PersonLink, ReviewPair, Verdict
from models.authority import SYSTEM
from models.linkage import PersonEventKind, ReviewState, VerdictKind
from registry.access import access_pair, require
from registry.audit import note as write_down
from registry.consolidate import relink
from registry.merge import merge_persons, undo_event
from registry.refusals import NothingToUndo, PairClaimed, PairNotWaiting
from registry.verdicts import stand, withdraw

#: How long a claim keeps others away.
CLAIM: Final = timedelta(minutes=10)


def claim(session: Session, actor: Actor, *, pair_id: int, now: datetime) -> datetime:
    """Keep a pair for oneself; give until when.

    Raises
    ------
    NoSuchPair, PairNotWaiting, PairClaimed
    """
    pair = _waiting(session, actor, pair_id, now)
    pair.claimed_by_id, pair.claimed_until = actor.account_id, now + CLAIM
    session.flush()
    return now + CLAIM


def claim_next(session: Session, actor: Actor, *, now: datetime, after: int | None = None) -> int | None:
    """Claim the likeliest waiting pair that nobody else has; give its id, None when nothing waits.

    `after` is the pair that was put off: the next one below it is taken, and then the queue begins again.
    """
    require(actor, Permission.CITY_REVIEW_DECIDE)
    free = or_(
        ReviewPair.claimed_until.is_(None),
        ReviewPair.claimed_until <= now,
        ReviewPair.claimed_by_id == actor.account_id,
    )
    statement = select(ReviewPair).where(ReviewPair.state == ReviewState.WAITING, free)
    statement = statement.order_by(ReviewPair.weight.desc(), ReviewPair.id)
    put_off = session.get(ReviewPair, after) if after is not None else None
    statement = statement.with_for_update(
        skip_locked=True
    )  # what another steward is claiming just now is not waited for
    pair = None
    if put_off is not None:
        below = (ReviewPair.weight < put_off.weight) | (
            (ReviewPair.weight == put_off.weight) & (ReviewPair.id > put_off.id)
        )
        pair = session.scalars(statement.where(below).limit(1)).first()
    pair = pair or session.scalars(statement.limit(1)).first()
    if pair is None:
        return None
    pair.claimed_by_id, pair.claimed_until = actor.account_id, now + CLAIM
    session.flush()
    return pair.id


def release(session: Session, actor: Actor, *, pair_id: int) -> None:
    """Give a claimed pair back undecided."""
    pair = access_pair(session, actor, pair_id)
    if pair.claimed_by_id == actor.account_id:
        pair.claimed_by_id, pair.claimed_until = None, None
        session.flush()


def decide(
    session: Session, actor: Actor, *, pair_id: int, kind: VerdictKind, note: str | None = None, now: datetime
) -> int:
    """Decide a pair: the same person or not. Give the verdict's id. The persons are merged, or kept apart, at once.

    Raises
    ------
    NoSuchPair, PairNotWaiting, PairClaimed, WouldDoubleBook
    """
    pair = _waiting(session, actor, pair_id, now)
    left, right = pair.left_id, pair.right_id
    kind = VerdictKind(kind)
    made = stand(session, actor, [(left, right)], kind, now=now, note=note)
    verdict_id = made[0] if made else _verdict_of(session, left, right)
    persons = _persons(session, left, right)
    if kind is VerdictKind.SAME and len(set(persons)) > 1:
        event_id = merge_persons(
            session,
            SYSTEM if not actor.may(Permission.CITY_PERSON_MERGE) else actor,
            person_id=persons[0],
            other_id=persons[1],
            despite_numbers=True,
            reason=note,
            now=now,
        )
        event = session.get_one(PersonEvent, event_id)
        event.before = event.before | {"verdicts": [*event.before["verdicts"], verdict_id], "pair": pair_id}
    elif kind is VerdictKind.DIFFERENT and len(set(persons)) == 1:
        relink(session, [left, right], now=now)
    write_down(
        session,
        actor,
        "review.decided",
        about="review_pair",
        about_id=pair_id,
        facts={"kind": kind.value, "verdict": verdict_id},
        now=now,
    )
    return verdict_id


def undo_decision(session: Session, actor: Actor, *, pair_id: int, now: datetime) -> None:
    """Take a decision back: the verdict is withdrawn, the pair waits again, a merge that it made is undone.

    Raises
    ------
    NoSuchPair, NothingToUndo
    """
    pair = access_pair(session, actor, pair_id)
    if pair.state is not ReviewState.DECIDED:
        raise NothingToUndo(pair_id=pair_id)
    verdict_id = _verdict_of(session, pair.left_id, pair.right_id)
    event_id = _merge_of(session, pair_id)
    if event_id is not None:
        undo_event(
            session, SYSTEM if not actor.may(Permission.CITY_PERSON_MERGE) else actor, event_id=event_id, now=now
        )
    withdraw(session, [verdict_id], now=now)
    pair = session.get_one(ReviewPair, pair_id, populate_existing=True)
    pair.state = ReviewState.WAITING
    session.flush()
    write_down(
        session, actor, "review.undone", about="review_pair", about_id=pair_id, facts={"verdict": verdict_id}, now=now
    )


def _waiting(session: Session, actor: Actor, pair_id: int, now: datetime) -> ReviewPair:
    pair = access_pair(session, actor, pair_id)
    session.refresh(pair, with_for_update=True)
    if pair.state is not ReviewState.WAITING:
        raise PairNotWaiting(pair_id=pair_id, state=pair.state.value)
    others = pair.claimed_by_id is not None and pair.claimed_by_id != actor.account_id
    if others and pair.claimed_until is not None and pair.claimed_until > now:
        raise PairClaimed(pair_id=pair_id, claimed_until=pair.claimed_until)
    return pair


def _persons(session: Session, left: int, right: int) -> list[int]:
    found = dict(
        session.execute(
            select(PersonLink.source_record_id, PersonLink.person_id).where(
                PersonLink.source_record_id.in_([left, right])
            )
        ).all()
    )
    return [found[left], found[right]]


def _verdict_of(session: Session, left: int, right: int) -> int:
    statement = select(Verdict.id).where(
        Verdict.left_id == left, Verdict.right_id == right, Verdict.withdrawn_at.is_(None)
    )
    found = session.scalars(statement).first()
    if found is None:
        raise NothingToUndo(left_id=left, right_id=right)
    return found


def _merge_of(session: Session, pair_id: int) -> int | None:
    statement = select(PersonEvent.id).where(
        PersonEvent.kind == PersonEventKind.MERGED,
        PersonEvent.undone_by_id.is_(None),
        PersonEvent.before["pair"].as_integer() == pair_id,
    )
    return session.scalars(statement.order_by(PersonEvent.id.desc()).limit(1)).first()
