"""Actors who all act at once, each a process of its own, on one database: two coordinators, volunteers, and the clock.

Run by :mod:`tests.matching.test_crowd` as ``python -m tests.matching.crowd URL SEED ROUNDS``. It prints what became of
each try as JSON: the answer given or the refusal met. Anything else that is raised ends it with a failure.
"""

import json
import random
import sys
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.assignments import lock, place, release
from matching.offers import Answer, DeclineReason, answer_offer, lapse_offers, undo_decline
from matching.refusals import Refusal
from matching.standing_in import seek_stand_in, stand_in, turn_back
from matching.swaps import accept_swap, offer_swap
from models.authority import SYSTEM, Actor
from models.handover import Handover, HandoverReply, HandoverState, ReplyState
from models.need import ShiftRole
from models.person import Person
from models.roster import HOLDING, Assignment, AssignmentState, Offer
from models.sealing import Keyring
from web.database import Work, make_engine

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
KEYRING = Keyring(sealing={1: b"s" * 32}, current=1, digesting=b"d" * 32)


class Crowd:
    """One process's worth of people clicking."""

    def __init__(self, url: str, seed: int) -> None:
        self.work = Work(make_engine(url), KEYRING)
        self.random = random.Random(seed)
        with self.work.read() as session:
            self.roles = list(session.scalars(select(ShiftRole.id).order_by(ShiftRole.id)))
            self.people = list(session.scalars(select(Person.id).order_by(Person.id)))

    def act(self) -> str:
        deeds = (self.place, self.answer, self.answer, self.answer, self.release, self.lock, self.lapse, self.undo)
        deeds += (self.seek, self.stand_in, self.offer_swap, self.accept_swap, self.turn_back)
        deed = self.random.choice(deeds)
        name = deed.__name__
        try:
            with self.work.begin() as session:
                return name if deed(session) else f"{name}:nothing"
        except Refusal as refusal:
            return f"{name}:{refusal.code}"

    def place(self, session: Session) -> bool:
        role_id, person_id = self.random.choice(self.roles), self.random.choice(self.people)
        place(session, SYSTEM, role_id=role_id, person_id=person_id, now=NOW)
        return True

    def answer(self, session: Session) -> bool:
        offer = self._any_offer(session)
        if offer is None:
            return False
        answer = self.random.choice(tuple(Answer))
        reason = self.random.choice((DeclineReason.BUSY, DeclineReason.OTHER_TIME))
        answer_offer(session, self._actor(offer[1]), offer_id=offer[0], answer=answer, reason=reason, now=NOW)
        return True

    def undo(self, session: Session) -> bool:
        offer = self._any_offer(session)
        if offer is None:
            return False
        undo_decline(session, self._actor(offer[1]), offer_id=offer[0], now=NOW)
        return True

    def release(self, session: Session) -> bool:
        assignment_id = self._any_held(session)
        if assignment_id is None:
            return False
        release(session, SYSTEM, assignment_id=assignment_id, reason="crowd", now=NOW)
        return True

    def lock(self, session: Session) -> bool:
        assignment_id = self._any_held(session)
        if assignment_id is None:
            return False
        lock(session, SYSTEM, assignment_id=assignment_id, locked=self.random.random() < 0.5, now=NOW)
        return True

    def lapse(self, session: Session) -> bool:
        return lapse_offers(session, now=LATER, limit=3) > 0

    def seek(self, session: Session) -> bool:
        held = self._any_confirmed(session)
        if held is not None:
            actor, ask = self._actor(held.person_id), self.random.random() < 0.5
            seek_stand_in(session, actor, assignment_id=held.id, ask=ask, now=NOW)
        return held is not None

    def stand_in(self, session: Session) -> bool:
        handover = self._any_search(session)
        if handover is not None:
            actor = self._actor(self.random.choice(self.people))
            stand_in(session, actor, handover_id=handover, invited=True, now=NOW)
        return handover is not None

    def offer_swap(self, session: Session) -> bool:
        handover, held = self._any_search(session), self._any_confirmed(session)
        if handover is None or held is None:
            return False
        actor = self._actor(held.person_id)
        offer_swap(session, actor, handover_id=handover, assignment_id=held.id, invited=True, now=NOW)
        return True

    def accept_swap(self, session: Session) -> bool:
        found = session.execute(
            select(Handover.id, Handover.person_id, HandoverReply.person_id)
            .join(HandoverReply, HandoverReply.handover_id == Handover.id)
            .where(HandoverReply.state == ReplyState.SWAP, Handover.state == HandoverState.OPEN)
            .limit(12)
        ).all()
        if not found:
            return False
        handover, holder, other = self.random.choice(found)
        accept_swap(session, self._actor(holder), handover_id=handover, person_id=other, now=NOW)
        return True

    def turn_back(self, session: Session) -> bool:
        done = select(Handover.id).where(Handover.state == HandoverState.DONE).order_by(Handover.id.desc()).limit(6)
        found = session.scalars(done).all()
        if found:
            turn_back(session, SYSTEM, handover_id=self.random.choice(found), now=NOW)
        return bool(found)

    def _any_search(self, session: Session) -> int | None:
        going_on = select(Handover.id).where(Handover.state == HandoverState.OPEN).order_by(Handover.id.desc())
        found = session.scalars(going_on.limit(6)).all()
        return self.random.choice(found) if found else None

    def _any_confirmed(self, session: Session) -> Assignment | None:
        found = session.scalars(select(Assignment).where(Assignment.state == AssignmentState.CONFIRMED)).all()
        return self.random.choice(found) if found else None

    def _any_offer(self, session: Session) -> tuple[int, int] | None:
        found = session.execute(select(Offer.id, Offer.person_id).order_by(Offer.id.desc()).limit(12)).all()
        return tuple(self.random.choice(found)) if found else None  # type: ignore[return-value]

    def _any_held(self, session: Session) -> int | None:
        found = session.scalars(
            select(Assignment.id).where(Assignment.state.in_(HOLDING)).order_by(Assignment.id.desc()).limit(12)
        ).all()
        return self.random.choice(found) if found else None

    def _actor(self, person_id: int) -> Actor:
        return Actor(account_id=None, person_id=person_id)


def main() -> None:
    url, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    crowd = Crowd(url, seed)
    done = Counter(crowd.act() for _ in range(rounds))
    crowd.work.dispose()
    sys.stdout.write(json.dumps(done))


if __name__ == "__main__":
    main()
