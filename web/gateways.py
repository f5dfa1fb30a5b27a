"""Where messages leave: a console, a mail server, an SMS gateway over HTTP, and a twin that records, for tests.

The HTTP gateway's contract: ``POST`` to ``LINLI_SMS_URL`` with JSON ``{"to": "+86…", "text": "…"}`` and a header
``Idempotency-Key`` that is the same for the same message; 2xx is sent, 429 and 5xx are tried again, anything else is
failed for good. Numbers are kept with 11 digits; the country's prefix is put before them here and nowhere else.

A gateway keeps its connection for one sweep of the outbox (:func:`opened_gateways`). One that cannot be reached, or
accepts and never answers, is :class:`GatewayDown` after :data:`TIMEOUT_SECONDS`: the rest of the sweep passes it by.
"""

import http.client
import json
import os
import smtplib
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from web.settings import Settings

TIMEOUT_SECONDS = 10
COUNTRY = "+86"


class SendLater(RuntimeError):
    """The gateway does not take it now; try again."""


class GatewayDown(SendLater):
    """The gateway cannot be reached or does not answer, whatever the message."""


class SendRefused(RuntimeError):
    """The gateway will never take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message as it leaves. `key` is the same for the same message, whatever is tried twice.

    `channels` are those that the person chose, None for any; `copy_by` is a second one by which it leaves as well.
    """

    key: str
    telephone: str | None
    email: str | None
    subject: str
    text: str
    channels: frozenset[str] | None = None
    copy_by: str | None = None


#: The channels that people choose between; any other gateway (a file, a twin for tests) takes every letter.
CHOSEN = frozenset({"sms", "email"})


class Gateway(Protocol):
    """Something that sends letters; `channel` is its name in the outbox."""

    channel: str

    def send(self, letter: Letter) -> None:
        """Send, or raise :class:`SendLater` or :class:`SendRefused`."""


@dataclass(slots=True)
class RecordingGateway:
    """Keeps what it was given, one a key: the twin for tests."""

    channel: str = "recording"
    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)


@dataclass(slots=True)
class ConsoleGateway:
    """For trying things out: letters go into a file, numbers masked, and the console says how many.

    A published week is more than a thousand letters; printed one by one they push the address of the site and all else
    off a terminal.
    """

    path: Path
    channel: str = "console"
    _written: int = 0

    def send(self, letter: Letter) -> None:
        to = letter.telephone or letter.email or ""
        with os.fdopen(
            os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8"
        ) as file:
            file.write(f"[{to[:3]}…{to[-2:]}] {letter.text}\n")
        self._written += 1

    def close(self) -> None:
        if self._written:
            sys.stderr.write(f"{self._written:,} messages, which no gateway takes away, are in {self.path}\n")


@dataclass(slots=True)
class SmtpGateway:
    """Sends mail through ``LINLI_SMTP_URL``: ``smtp://``, ``smtp+starttls://`` or ``smtps://user:password@host:port``."""

    url: str
    sender: str
    channel: str = "email"
    _server: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        if not letter.email:
            raise SendRefused("no_address")
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, letter.email, letter.subject
        mail["Message-ID"] = f"<{letter.key.replace('/', '.')}@linli>"
        mail.set_content(letter.text)
        server = self._connected()
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if all(code >= 500 for code in codes):  # noqa: PLR2004
                raise SendRefused("address_refused") from error
            raise SendLater("address_later") from error
        except (UnicodeError, smtplib.SMTPNotSupportedError) as error:
            raise SendRefused("address_unusable") from error
        except smtplib.SMTPResponseException as error:
            raise SendLater(f"smtp_{error.smtp_code}") from error
        except (OSError, smtplib.SMTPException) as error:
            self._server = None
            server.close()
            raise GatewayDown(type(error).__name__) from error

    def close(self) -> None:
        """Take leave of the server."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._connect()
            except (OSError, smtplib.SMTPException) as error:
                raise GatewayDown(type(error).__name__) from error
        return self._server

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        usual = 465 if parts.scheme == "smtps" else 25
        server = kind(parts.hostname or "localhost", parts.port or usual, timeout=TIMEOUT_SECONDS)
        try:
            if parts.scheme == "smtp+starttls":
                server.starttls()
            if parts.username and parts.password:
                server.login(unquote(parts.username), unquote(parts.password))
        except BaseException:
            server.close()
            raise
        return server


@dataclass(slots=True)
class SmsGateway:
    """Sends short messages by the contract above."""

    url: str
    channel: str = "sms"
    _connection: http.client.HTTPConnection | None = None

    def send(self, letter: Letter) -> None:
        if not letter.telephone:
            raise SendRefused("no_telephone")
        body = json.dumps({"to": international(letter.telephone), "text": letter.text}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": letter.key}
        try:
            status = self._posted(body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise GatewayDown(type(error).__name__) from error
        if status == 429 or status >= 500:  # noqa: PLR2004
            raise SendLater(f"http_{status}")
        if not 200 <= status < 300:  # noqa: PLR2004
            raise SendRefused(f"http_{status}")

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _posted(self, body: bytes, headers: dict[str, str]) -> int:
        """Post and give the status; a kept connection that the server has closed meanwhile is opened once more."""
        kept = self._connection is not None
        try:
            return self._post(body, headers)
        except (ConnectionError, http.client.RemoteDisconnected):
            if not kept:
                raise
            self.close()
            return self._post(body, headers)

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        parts = urlsplit(self.url)
        if self._connection is None:
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            self._connection = kind(parts.hostname or "localhost", parts.port, timeout=TIMEOUT_SECONDS)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._connection.request("POST", path, body=body, headers=headers)
        with self._connection.getresponse() as answer:
            answer.read()
            return answer.status


def international(telephone: str) -> str:
    """Give a number with its country: stored ones have 11 digits and are the country's own."""
    return telephone if telephone.startswith("+") else COUNTRY + telephone


@contextmanager
def opened_gateways(settings: Settings) -> Iterator[tuple[Gateway, ...]]:
    """Open the gateways of an installation, in the order in which they are tried; the console when it has none."""
    console = ConsoleGateway(settings.instance / "messages.txt")
    sms = SmsGateway(settings.sms_url) if settings.sms_url else None
    mail = SmtpGateway(settings.smtp_url, settings.mail_from) if settings.smtp_url else None
    found: list[Gateway] = [one for one in (sms, mail) if one is not None]
    try:
        yield tuple(found) or (console,)
    finally:
        for each in (sms, mail, console):
            if each is not None:
                each.close()
