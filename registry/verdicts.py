"""Verdicts of stewards about two records: one stands at a time for each pair, and a withdrawn one stays on record."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from models import Actor, ReviewPair, Verdict
from models.linkage import ReviewState, VerdictKind


def stand(
    session: Session,
    actor: Actor,
    pairs: Iterable[tuple[int, int]],
    kind: VerdictKind,
    *,
    now: datetime,
    note: str | None = None,
) -> list[int]:
    """Let a verdict stand for each pair of records; give the ids of those that are new."""
    made = []
    for a, b in pairs:
        low, high = min(a, b), max(a, b)
        known = _standing(session, low, high)
        if known is not None and known.kind is kind:
            continue
        if known is not None:
            known.withdrawn_at = now
            session.flush()
        verdict = Verdict(left_id=low, right_id=high, kind=kind, account_id=actor.account_id, decided_at=now, note=note)
        session.add(verdict)
        session.flush()
        made.append(verdict.id)
        _close_pair(session, low, high)
    return made


def withdraw(session: Session, verdict_ids: Iterable[int], *, now: datetime) -> list[int]:
    """Withdraw standing verdicts; give the ids of those that stood."""
    ids = list(verdict_ids)
    stood = list(session.scalars(select(Verdict.id).where(Verdict.id.in_(ids), Verdict.withdrawn_at.is_(None))))
    session.execute(update(Verdict).where(Verdict.id.in_(stood)).values(withdrawn_at=now))
    return sorted(stood)


def reinstate(session: Session, verdict_ids: Iterable[int]) -> None:
    """Let withdrawn verdicts stand again, where no newer one stands."""
    for verdict in session.scalars(select(Verdict).where(Verdict.id.in_(list(verdict_ids)))).all():
        if _standing(session, verdict.left_id, verdict.right_id) is None:
            verdict.withdrawn_at = None
            session.flush()


def standing_between(session: Session, left: list[int], right: list[int], kind: VerdictKind) -> list[int]:
    """Give the standing verdicts of a kind between two sets of records."""
    across = or_(
        and_(Verdict.left_id.in_(left), Verdict.right_id.in_(right)),
        and_(Verdict.left_id.in_(right), Verdict.right_id.in_(left)),
    )
    statement = select(Verdict.id).where(across, Verdict.kind == kind, Verdict.withdrawn_at.is_(None))
    return sorted(session.scalars(statement))


def _standing(session: Session, low: int, high: int) -> Verdict | None:
    statement = select(Verdict).where(Verdict.left_id == low, Verdict.right_id == high, Verdict.withdrawn_at.is_(None))
    return session.scalars(statement).first()


def _close_pair(session: Session, low: int, high: int) -> None:
    session.execute(
        update(ReviewPair)
        .where(ReviewPair.left_id == low, ReviewPair.right_id == high)
        .values(state=ReviewState.DECIDED, claimed_by_id=None, claimed_until=None)
    )
