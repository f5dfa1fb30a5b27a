"""Messages leave once; what cannot leave now waits, what never will is said."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from models.outbox import MessageState, OutboxMessage
from web.database import Work
from web.gateways import Letter, RecordingGateway, SendLater, SendRefused
from web.jobs.outbox import CLAIM_MINUTES, MOST_ATTEMPTS, send_outbox

PAST = datetime(2026, 11, 1, tzinfo=UTC)


class Refusing:
    channel = "refusing"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, letter: Letter) -> None:
        raise self.error


def put(work: Work, *keys: str) -> None:
    with work.begin() as session:
        session.add_all(
            OutboxMessage(key=key, kind="offer", facts={}, not_before_at=PAST, created_at=PAST) for key in keys
        )


def write(_work: Work, message: OutboxMessage) -> Letter | None:
    if message.key == "moot":
        return None
    return Letter(key=message.key, telephone="+8612000000000", email=None, subject="s", text="t")


def stored(work: Work) -> dict[str, tuple[MessageState, str | None]]:
    with work.read() as session:
        return {one.key: (one.state, one.failure) for one in session.scalars(select(OutboxMessage))}


def test_each_message_leaves_once(work: Work) -> None:
    put(work, "a", "b")
    gateway = RecordingGateway()
    assert send_outbox(work, [gateway], write).sent == 2
    assert send_outbox(work, [gateway], write).sent == 0
    assert [letter.key for letter in gateway.letters] == ["a", "b"]


def test_moot_message_is_not_sent(work: Work) -> None:
    put(work, "moot")
    gateway = RecordingGateway()
    assert send_outbox(work, [gateway], write).failed == 1
    assert (gateway.letters, stored(work)["moot"]) == ([], (MessageState.FAILED, "moot"))


def test_second_gateway_takes_what_the_first_refuses(work: Work) -> None:
    put(work, "a")
    gateway = RecordingGateway()
    send_outbox(work, [Refusing(SendRefused("no_address")), gateway], write)
    assert [letter.key for letter in gateway.letters] == ["a"]


def test_gateway_that_is_busy_is_tried_later_and_at_last_given_up(work: Work) -> None:
    put(work, "a")
    busy = Refusing(SendLater("http_503"))
    assert send_outbox(work, [busy], write).later == 1
    assert stored(work)["a"] == (MessageState.WAITING, "http_503")
    with work.begin() as session:
        session.execute(update(OutboxMessage).values(not_before_at=PAST, attempts=MOST_ATTEMPTS - 1))
    assert send_outbox(work, [busy], write).failed == 1
    assert stored(work)["a"] == (MessageState.FAILED, "http_503")


def test_claim_of_a_process_that_died_is_taken_over(work: Work) -> None:
    put(work, "a", "b")
    with work.begin() as session:
        old = datetime.now(UTC) - timedelta(minutes=CLAIM_MINUTES + 1)
        session.execute(
            update(OutboxMessage).where(OutboxMessage.key == "a").values(state=MessageState.SENDING, not_before_at=old)
        )
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.key == "b")
            .values(state=MessageState.SENDING, not_before_at=datetime.now(UTC))
        )
    gateway = RecordingGateway()
    send_outbox(work, [gateway], write)
    assert [letter.key for letter in gateway.letters] == ["a"]
