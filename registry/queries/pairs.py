"""Pairs that wait for a steward: two records side by side, numbers masked, each comparison with its weight."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Actor, Permission, PersonLink, ReviewPair, Verdict
from models.linkage import ReviewState, VerdictKind
from registry.access import access_pair, require
from registry.sealed_records import OpenedRecord, opened_records
from registry.standardise.numbers import masked_id, masked_telephone

#: The fields shown side by side, in this order.
SHOWN: Final = (
    "name", "reading", "gender", "born_on", "id_number", "telephone", "guardian_telephone", "email", "unit_code",
    "address", "workplace", "department", "registered_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """One source record as a steward sees it: `values` by field in the order of :data:`SHOWN`, numbers masked."""

    id: int
    source: str
    external_id: str
    person_id: int | None
    changed_at: datetime
    values: dict[str, str]
    skills: tuple[str, ...]
    certificates: tuple[str, ...]
    minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonView:
    """One comparison: its level, and its weight in log2 (what it adds to the odds)."""

    name: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """A pair for review; `comparisons` begin with the prior and add up to `weight`."""

    id: int
    left: RecordView
    right: RecordView
    weight: float
    probability: float
    reason: str
    state: ReviewState
    comparisons: tuple[ComparisonView, ...]
    claimed_by_id: int | None
    claimed_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewProgress:
    """How the queue stands: pairs by reason, decisions by steward and kind, decisions that were taken back."""

    waiting: int
    waiting_by_reason: dict[str, int]
    decided_by: dict[int | None, dict[str, int]]
    withdrawn: int
    overruled: int


def waiting_pairs(
    session: Session,
    actor: Actor,
    *,
    limit: int = 50,
    offset: int = 0,
    reason: str | None = None,
    after: tuple[float, int] | None = None,
) -> tuple[PairView, ...]:
    """Give waiting pairs, the likeliest first; `after` is the weight and the id of the last that was seen."""
    require(actor, Permission.CITY_REVIEW_DECIDE)
    statement = select(ReviewPair).where(ReviewPair.state == ReviewState.WAITING)
    if reason is not None:
        statement = statement.where(ReviewPair.reason == reason)
    if after is not None:
        weight, pair_id = after
        is_later = (ReviewPair.weight < weight) | ((ReviewPair.weight == weight) & (ReviewPair.id > pair_id))
        statement = statement.where(is_later)
    statement = statement.order_by(ReviewPair.weight.desc(), ReviewPair.id).limit(limit).offset(offset)
    return _views(session, list(session.scalars(statement)))


def pair_view(session: Session, actor: Actor, *, pair_id: int) -> PairView:
    """Give one pair.

    Raises
    ------
    NoSuchPair
    """
    return _views(session, [access_pair(session, actor, pair_id)])[0]


def _views(session: Session, pairs: list[ReviewPair]) -> tuple[PairView, ...]:
    ids = sorted({record for pair in pairs for record in (pair.left_id, pair.right_id)})
    records = opened_records(session, ids)
    persons = persons_of(session, ids)
    return tuple(
        PairView(
            id=pair.id,
            left=record_view(records[pair.left_id], persons.get(pair.left_id)),
            right=record_view(records[pair.right_id], persons.get(pair.right_id)),
            weight=pair.weight,
            probability=pair.probability,
            reason=pair.reason,
            state=pair.state,
            comparisons=_comparisons(pair.comparisons),
            claimed_by_id=pair.claimed_by_id,
            claimed_until=pair.claimed_until,
            created_at=pair.created_at,
        )
        for pair in pairs
    )


def _comparisons(facts: dict[str, Any]) -> tuple[ComparisonView, ...]:
    first = [("prior", facts["prior"])] if "prior" in facts else []
    rest = [(name, value) for name, value in facts.items() if name != "prior"]
    return tuple(ComparisonView(name=name, level=level, weight=weight) for name, (level, weight) in [*first, *rest])


def persons_of(session: Session, record_ids: list[int]) -> dict[int, int]:
    """Give the person of each record."""
    statement = select(PersonLink.source_record_id, PersonLink.person_id)
    return dict(session.execute(statement.where(PersonLink.source_record_id.in_(record_ids))).all())


def record_view(record: OpenedRecord, person_id: int | None) -> RecordView:
    """Give a record with its numbers masked."""
    standard = record.standard
    values = {name: str(getattr(standard, name)) for name in SHOWN}
    number = standard.id_number or standard.id_faulty
    values["id_number"] = masked_id(number) if number else standard.id_masked
    for name in ("telephone", "guardian_telephone"):
        values[name] = masked_telephone(values[name]) if values[name] else ""
    values["email"] = _masked_email(values["email"])
    return RecordView(
        id=record.id,
        source=record.source,
        external_id=record.external_id,
        person_id=person_id,
        changed_at=record.changed_at,
        values=values,
        skills=tuple(standard.skills),
        certificates=tuple(certificate[0] for certificate in standard.certificates),
        minutes=standard.minutes,
    )


def _masked_email(email: str) -> str:
    head, _, tail = email.partition("@")
    return f"{head[:1]}***@{tail}" if tail else ""


def review_progress(session: Session, actor: Actor) -> ReviewProgress:
    """Give how the review queue stands and how much was decided by whom.

    `overruled` counts pairs on which a verdict was withdrawn and another kind stands: disagreement.
    """
    require(actor, Permission.CITY_REVIEW_DECIDE)
    reasons = dict(
        session.execute(
            select(ReviewPair.reason, func.count())
            .where(ReviewPair.state == ReviewState.WAITING)
            .group_by(ReviewPair.reason)
            .order_by(ReviewPair.reason)
        ).all()
    )
    decided: dict[int | None, dict[str, int]] = {}
    rows = session.execute(
        select(Verdict.account_id, Verdict.kind, func.count()).group_by(Verdict.account_id, Verdict.kind)
    )
    for account, kind, count in rows:
        decided.setdefault(account, dict.fromkeys((k.value for k in VerdictKind), 0))[VerdictKind(kind).value] = count
    return ReviewProgress(
        waiting=sum(reasons.values()),
        waiting_by_reason=reasons,
        decided_by=decided,
        withdrawn=session.scalar(select(func.count()).where(Verdict.withdrawn_at.is_not(None))) or 0,
        overruled=_overruled(session),
    )


def _overruled(session: Session) -> int:
    kinds = func.count(func.distinct(Verdict.kind))
    pairs = select(Verdict.left_id).group_by(Verdict.left_id, Verdict.right_id).having(kinds > 1)
    return session.scalar(select(func.count()).select_from(pairs.subquery())) or 0
