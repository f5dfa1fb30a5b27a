"""Two stewards at once, in two real transactions: no pair is claimed twice, and none decided twice."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from models import Account, ReviewPair, Verdict
from models.authority import SYSTEM, Actor, Role, Scope
from models.linkage import ReviewState, VerdictKind
from registry.queries.progress import review_pace
from registry.refusals import PairClaimed, PairNotWaiting, Refusal
from registry.review import CLAIM, claim, claim_next, decide, undo_decision
from tests.web.world import make_world, take_in_agencies


@pytest.fixture
def waiting(work, tmp_path, now):
    """A registry with one pair that waits, and two stewards."""
    make_world(work, now=now, with_week=False)
    take_in_agencies(work, tmp_path, now=now)
    with work.begin() as session:
        accounts = [Account(login=name, display_name=name, created_at=now) for name in ("shen", "gu")]
        session.add_all(accounts)
        session.flush()
        pair = session.scalars(select(ReviewPair.id).where(ReviewPair.state == ReviewState.WAITING)).one()
        scopes = (Scope(role=Role.STEWARD, unit_code=""),)
        return pair, [Actor(account_id=account.id, scopes=scopes) for account in accounts]


def at_once(work, actors, act):
    """Let both begin their transaction's work at the same moment; give what each got, a refusal's code among it."""
    barrier, found = Barrier(2), {}

    def run(actor):
        try:
            barrier.wait(20)
            with work.begin() as session:
                found[actor.account_id] = act(session, actor)
        except Refusal as refusal:
            found[actor.account_id] = refusal.code

    threads = [Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(found.values(), key=str)


def test_two_stewards_never_get_the_same_pair(work, waiting, now):
    pair, actors = waiting
    found = at_once(work, actors, lambda session, actor: claim_next(session, actor, now=now))
    assert found == sorted([pair, None], key=str)
    with work.begin() as session:
        holder = session.get_one(ReviewPair, pair).claimed_by_id
        other = next(actor for actor in actors if actor.account_id != holder)
        with pytest.raises(PairClaimed):
            decide(session, other, pair_id=pair, kind=VerdictKind.SAME, now=now)
    later = now + CLAIM + timedelta(seconds=1)
    with work.begin() as session:
        assert claim_next(session, other, now=later) == pair


def test_two_decisions_at_once_are_one(work, waiting, now):
    pair, actors = waiting

    def act(session, actor):
        claim(session, actor, pair_id=pair, now=now)
        decide(session, actor, pair_id=pair, kind=VerdictKind.DIFFERENT, now=now)
        return "decided"

    assert at_once(work, actors, act) == ["decided", PairNotWaiting.code]
    with work.read() as session:
        assert len(session.scalars(select(Verdict)).all()) == 1


def test_the_pace_names_who_decided_and_where_they_disagree(work, waiting, now):
    pair, (first, second) = waiting
    with work.begin() as session:
        decide(session, first, pair_id=pair, kind=VerdictKind.DIFFERENT, now=now)
    with work.begin() as session:
        undo_decision(session, second, pair_id=pair, now=now)
    with work.begin() as session:
        decide(session, second, pair_id=pair, kind=VerdictKind.SAME, now=now)
    with work.read() as session:
        pace = review_pace(session, SYSTEM, now=now + timedelta(hours=1))
    lines = {line.name: (line.same, line.different, line.last_week, line.withdrawn) for line in pace.stewards}
    assert lines == {"shen": (0, 0, 0, 1), "gu": (1, 0, 1, 0)}
    (found,) = pace.disagreements
    assert (found.pair_id, found.later_by, found.earlier_by) == (pair, "gu", "shen")
    assert (found.later, found.earlier) == (VerdictKind.SAME, VerdictKind.DIFFERENT)
    assert (pace.oldest_at, pace.claimed) == (None, 0)
