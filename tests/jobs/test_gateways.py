"""Gateways that answer, refuse, hang and talk nonsense, on real sockets; nobody waits for another's trouble."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from sqlalchemy import select

from models.outbox import MessageState, OutboxMessage
from tests.jobs.processes import free_port
from tests.jobs.sms import Sms, serving
from web import gateways
from web.database import Work
from web.gateways import (
    ConsoleGateway,
    GatewayDown,
    Letter,
    RecordingGateway,
    SendLater,
    SendRefused,
    SmsGateway,
    SmtpGateway,
    international,
)
from web.jobs.outbox import MOST_ATTEMPTS, send_outbox

PAST = datetime(2026, 11, 1, tzinfo=UTC)


def letter(key: str = "offer/1", email: str | None = "a@example.org", telephone: str | None = "12800000001") -> Letter:
    return Letter(key=key, telephone=telephone, email=email, subject="你能来吗？", text="周六上午")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "TIMEOUT_SECONDS", 0.4)


@pytest.fixture
def sms() -> Iterator[Sms]:
    with serving() as server:
        yield server


@contextmanager
def talking(answer: bytes | None) -> Iterator[int]:
    """Listen on a port, and say these bytes to whoever comes; None accepts and never says a word."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                held.append(peer)
                if answer is not None:
                    peer.sendall(answer)
                    peer.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for peer in held:
                peer.close()


class Mailbox:
    """An SMTP server's end: keeps what it takes, refuses whom it does not know."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []
        self.sessions: set[int] = set()

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.sessions.add(id(session))
        if address.startswith("nobody"):
            return "550 nobody here"
        if address.startswith("later"):
            return "450 come back"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Any, envelope: Any
    ) -> str:
        content = message_from_bytes(envelope.content)
        self.mails.append((envelope.rcpt_tos[0], str(content["Message-ID"])))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def test_a_number_leaves_with_its_country_and_is_kept_without(sms: Sms) -> None:
    gateway = SmsGateway(sms.url)
    gateway.send(letter("offer/1"))
    gateway.send(letter("offer/2", telephone="+85261234567"))
    gateway.close()
    assert sms.taken == [
        ("offer/1", {"to": "+8612800000001", "text": "周六上午"}),
        ("offer/2", {"to": "+85261234567", "text": "周六上午"}),
    ]
    assert sms.connections == 1
    assert international("12800000001") == "+8612800000001"


@pytest.mark.parametrize(
    ("status", "error"), [(500, SendLater), (429, SendLater), (400, SendRefused), (302, SendRefused)]
)
def test_what_an_sms_gateway_answers_decides(sms: Sms, status: int, error: type[Exception]) -> None:
    sms.status = status
    gateway = SmsGateway(sms.url)
    with pytest.raises(error, match=f"http_{status}") as raised:
        gateway.send(letter())
    assert not isinstance(raised.value, GatewayDown)
    gateway.close()


@pytest.mark.parametrize(
    "answer", [None, b"", b"nonsense\r\n\r\n", b"HTTP/1.1 2"], ids=["hangs", "closes", "nonsense", "half"]
)
def test_an_sms_gateway_that_hangs_or_talks_nonsense_is_down(answer: bytes | None) -> None:
    with talking(answer) as port, pytest.raises(GatewayDown):
        SmsGateway(f"http://127.0.0.1:{port}/").send(letter())


@pytest.mark.parametrize(
    "answer", [None, b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"], ids=["hangs", "closes", "nonsense"]
)
def test_a_mail_server_that_hangs_or_talks_nonsense_is_down(answer: bytes | None) -> None:
    with talking(answer) as port, pytest.raises(GatewayDown):
        SmtpGateway(f"smtp://127.0.0.1:{port}", "linli@localhost").send(letter())


def test_mails_of_a_sweep_share_a_connection_and_fail_one_by_one(mailbox: tuple[Mailbox, str]) -> None:
    box, url = mailbox
    gateway = SmtpGateway(url, "linli@localhost")
    gateway.send(letter("offer/1", email="a@example.org"))
    with pytest.raises(SendRefused, match="address_refused"):
        gateway.send(letter("offer/2", email="nobody@example.org"))
    with pytest.raises(SendLater, match="address_later"):
        gateway.send(letter("offer/3", email="later@example.org"))
    with pytest.raises(SendRefused, match="address_unusable"):
        gateway.send(letter("offer/4", email="张三@example.org"))
    gateway.send(letter("offer/5", email="b@example.org"))
    gateway.close()
    assert box.mails == [("a@example.org", "<offer.1@linli>"), ("b@example.org", "<offer.5@linli>")]
    assert len(box.sessions) == 1


def put(work: Work, *keys: str, attempts: int = 0) -> None:
    with work.begin() as session:
        session.add_all(
            OutboxMessage(key=key, kind="offer", facts={}, not_before_at=PAST, created_at=PAST, attempts=attempts)
            for key in keys
        )


def addressed(_work: Work, message: OutboxMessage) -> Letter:
    """Write to a telephone where the key says so, else by mail; one cannot be written at all."""
    if message.key == "broken":
        raise KeyError(message.key)
    by_phone = message.key.startswith("sms")
    return letter(
        message.key, email=None if by_phone else "a@example.org", telephone="12800000001" if by_phone else None
    )


def stored(work: Work) -> dict[str, tuple[str, str | None]]:
    with work.read() as session:
        return {one.key: (one.state.value, one.failure) for one in session.scalars(select(OutboxMessage))}


def test_a_mail_server_that_hangs_holds_up_nobodys_sms(work: Work, sms: Sms) -> None:
    put(work, "mail/1", "sms/1", "broken", "mail/2", "sms/2", "mail/3")
    tries: list[str] = []
    with talking(None) as port, closing(SmsGateway(sms.url)) as phone:
        mail = _Counting(SmtpGateway(f"smtp://127.0.0.1:{port}", "linli@localhost"), tries)
        done = send_outbox(work, [phone, mail], addressed)
    assert (done.sent, done.later, done.failed) == (2, 4, 0)
    assert [key for key, _ in sms.taken] == ["sms/1", "sms/2"]
    assert tries == ["mail/1"]
    assert {state for key, (state, _) in stored(work).items() if key.startswith("mail")} == {"waiting"}
    assert stored(work)["broken"] == ("waiting", "KeyError")


class _Counting:
    channel = "email"

    def __init__(self, inner: SmtpGateway, tries: list[str]) -> None:
        self.inner, self.tries = inner, tries

    def send(self, one: Letter) -> None:
        self.tries.append(one.key)
        self.inner.send(one)


class _Raising:
    def __init__(self, channel: str, make: Callable[[], Exception]) -> None:
        self.channel, self.make = channel, make

    def send(self, one: Letter) -> None:
        raise self.make()


def test_what_one_gateway_never_takes_goes_to_the_next_before_it_is_given_up(work: Work) -> None:
    put(work, "a", attempts=MOST_ATTEMPTS - 1)
    last = RecordingGateway()
    done = send_outbox(work, [_Raising("sms", lambda: SendLater("http_500")), last], addressed)
    assert (done.sent, [one.key for one in last.letters]) == (1, ["a"])


def test_a_gateway_that_is_away_for_long_loses_nothing(work: Work) -> None:
    put(work, "a", attempts=MOST_ATTEMPTS + 3)
    away = _Raising("sms", lambda: GatewayDown("TimeoutError"))
    assert send_outbox(work, [away], addressed).later == 1
    assert stored(work)["a"] == (MessageState.WAITING.value, "TimeoutError")


def test_a_claim_from_a_future_that_the_clock_jumped_to_is_taken_over(work: Work) -> None:
    put(work, "a")
    with work.begin() as session:
        message = session.scalars(select(OutboxMessage)).one()
        message.state, message.not_before_at = MessageState.SENDING, datetime(2090, 1, 1, tzinfo=UTC)
    gateway = RecordingGateway()
    assert send_outbox(work, [gateway], addressed).sent == 1


def test_console_keeps_letters_in_a_file_and_says_how_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    console = ConsoleGateway(tmp_path / "messages.txt")
    console.close()
    assert capsys.readouterr().err == ""
    for key in ("1", "2"):
        console.send(letter(key=key, telephone="12900000001"))
    console.close()
    kept = tmp_path / "messages.txt"
    assert kept.read_text(encoding="utf-8") == "[129…01] 周六上午\n" * 2
    assert kept.stat().st_mode & 0o077 == 0
    assert capsys.readouterr().err == f"2 messages, which no gateway takes away, are in {kept}\n"
