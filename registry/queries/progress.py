"""How the review goes: what waits and for how long, who decided how much, and where two decisions disagree."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models import Account, Actor, Permission, ReviewPair, Verdict
from models.linkage import ReviewState, VerdictKind
from registry.access import require

_WEEK: Final = timedelta(days=7)
_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StewardLine:
    """What one steward decided: standing decisions by kind, those of the last seven days, and those taken back.

    `name` is None for what the program decided (a merge or split undone).
    """

    name: str | None
    same: int
    different: int
    last_week: int
    withdrawn: int

    @property
    def decided(self) -> int:
        return self.same + self.different


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two records about which two verdicts of different kind were given; the later one first."""

    pair_id: int | None
    later: VerdictKind
    later_by: str | None
    later_at: datetime
    earlier: VerdictKind
    earlier_by: str | None
    earlier_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPace:
    """How the review goes; `oldest_at` is when the pair came that waits longest."""

    oldest_at: datetime | None
    claimed: int
    stewards: tuple[StewardLine, ...]
    disagreements: tuple[Disagreement, ...]


def review_pace(session: Session, actor: Actor, *, now: datetime) -> ReviewPace:
    """Give how the review goes; three statements."""
    require(actor, Permission.CITY_REVIEW_DECIDE)
    waiting = ReviewPair.state == ReviewState.WAITING
    claimed = func.count().filter(ReviewPair.claimed_until > now)
    oldest_at, held = session.execute(select(func.min(ReviewPair.created_at), claimed).where(waiting)).one()
    return ReviewPace(
        oldest_at=oldest_at,
        claimed=held,
        stewards=_stewards(session, now),
        disagreements=_disagreements(session),
    )


def _stewards(session: Session, now: datetime) -> tuple[StewardLine, ...]:
    stands = Verdict.withdrawn_at.is_(None)
    rows = session.execute(
        select(
            Account.display_name,
            func.count().filter(stands, Verdict.kind == VerdictKind.SAME),
            func.count().filter(stands, Verdict.kind == VerdictKind.DIFFERENT),
            func.count().filter(stands, Verdict.decided_at > now - _WEEK),
            func.count().filter(Verdict.withdrawn_at.is_not(None)),
        )
        .select_from(Verdict)
        .outerjoin(Account, Account.id == Verdict.account_id)
        .group_by(Verdict.account_id, Account.display_name)
        .order_by(func.count().desc(), Verdict.account_id)
    )
    return tuple(
        StewardLine(name=name, same=same, different=different, last_week=last_week, withdrawn=withdrawn)
        for name, same, different, last_week, withdrawn in rows
    )


def _disagreements(session: Session) -> tuple[Disagreement, ...]:
    earlier, later = aliased(Verdict), aliased(Verdict)
    first, second = aliased(Account), aliased(Account)
    rows = session.execute(
        select(
            ReviewPair.id,
            later.kind,
            second.display_name,
            later.decided_at,
            earlier.kind,
            first.display_name,
            earlier.decided_at,
        )
        .select_from(later)
        .join(
            earlier,
            (earlier.left_id == later.left_id)
            & (earlier.right_id == later.right_id)
            & (earlier.id < later.id)
            & (earlier.kind != later.kind),
        )
        .outerjoin(ReviewPair, (ReviewPair.left_id == later.left_id) & (ReviewPair.right_id == later.right_id))
        .outerjoin(first, first.id == earlier.account_id)
        .outerjoin(second, second.id == later.account_id)
        .order_by(later.id.desc(), earlier.id.desc())
        .limit(_MOST)
    )
    return tuple(
        Disagreement(
            pair_id=pair_id,
            later=late,
            later_by=late_by,
            later_at=late_at,
            earlier=early,
            earlier_by=early_by,
            earlier_at=early_at,
        )
        for pair_id, late, late_by, late_at, early, early_by, early_at in rows
    )
