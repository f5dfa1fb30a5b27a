"""A process that publishes, answers and sends, and is killed again and again: ``mortal URL FILE KILLS SEED``.

It forks a child for each life, kills it after a random moment, and lets the last one live. Each letter that left is a
line of FILE: the twin of a gateway that anybody can read afterwards.
"""

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from matching.offers import Answer, answer_offer
from matching.publishing import publish_roster
from matching.refusals import WeekPublished
from matching.week import Week
from models.authority import SYSTEM, Actor
from models.outbox import OutboxMessage
from models.roster import Offer, OfferState
from models.sealing import Keyring
from web.database import Work, make_engine
from web.gateways import Letter
from web.jobs import outbox

NOW = datetime(2025, 11, 26, 6, 0, tzinfo=UTC)
WEEK = Week.parse("2025-W49")
KEYRING = Keyring(sealing={1: b"s" * 32}, current=1, digesting=b"d" * 32)
LONGEST_LIFE_SECONDS = 0.7


class FileGateway:
    """Writes the key of each letter as a line, at once."""

    channel = "file"

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, letter: Letter) -> None:
        handle = os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
        os.write(handle, f"{letter.key}\n".encode())
        os.close(handle)


def write(_work: Work, message: OutboxMessage) -> Letter:
    return Letter(key=message.key, telephone="+8612000000000", email=None, subject="s", text="t")


def live(url: str, file: Path) -> None:
    """Do all that is to be done, from wherever the last life ended."""
    outbox.CLAIM_MINUTES = 0  # whoever held a claim is dead: nobody else runs
    work = Work(make_engine(url), KEYRING)
    try:
        with work.begin() as session:
            publish_roster(session, SYSTEM, week=WEEK, area="", now=NOW)
    except WeekPublished:
        pass
    while _answer_next(work):
        outbox.send_outbox(work, [FileGateway(file)], write)
    outbox.send_outbox(work, [FileGateway(file)], write)
    work.dispose()


def _answer_next(work: Work) -> bool:
    """Answer the oldest open offer, by a rule of its person's: every third one declines."""
    with work.read() as session:
        found = session.execute(
            select(Offer.id, Offer.person_id).where(Offer.state == OfferState.OPEN).order_by(Offer.id).limit(1)
        ).first()
    if found is None:
        return False
    answer = Answer.DECLINE if found[1] % 3 == 0 else Answer.CONFIRM
    with work.begin() as session:
        actor = Actor(account_id=None, person_id=found[1])
        answer_offer(session, actor, offer_id=found[0], answer=answer, now=NOW)
    return True


def main() -> None:
    url, file, kills = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(int(sys.argv[4]))
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            live(url, file)
            os._exit(0)
        time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    live(url, file)


if __name__ == "__main__":
    main()
