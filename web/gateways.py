"""Where messages leave: a console, a mail server, an SMS gateway over HTTP, and a twin that records, for tests.

The HTTP gateway's contract: ``POST`` to ``LINLI_SMS_URL`` with JSON ``{"to": "+86…", "text": "…"}`` and a header
``Idempotency-Key`` that is the same for the same message; 2xx is sent, 429 and 5xx are tried again, anything else is
failed for good.
"""

import json
import smtplib
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import urlsplit

from web.settings import Settings

TIMEOUT_SECONDS = 10


class SendLater(RuntimeError):
    """The gateway does not take it now; try again."""


class SendRefused(RuntimeError):
    """The gateway will never take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message as it leaves. `key` is the same for the same message, whatever is tried twice."""

    key: str
    telephone: str | None
    email: str | None
    subject: str
    text: str


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
    """Prints to standard error, with the number masked: for trying things out."""

    channel: str = "console"

    def send(self, letter: Letter) -> None:
        to = letter.telephone or letter.email or ""
        sys.stderr.write(f"[message to {to[:3]}…{to[-2:]}] {letter.text}\n")


@dataclass(slots=True)
class SmtpGateway:
    """Sends mail through ``LINLI_SMTP_URL`` (``smtp://user:password@host:port``)."""

    url: str
    sender: str
    channel: str = "email"

    def send(self, letter: Letter) -> None:
        if not letter.email:
            raise SendRefused("no_address")
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, letter.email, letter.subject
        mail["Message-ID"] = f"<{letter.key.replace('/', '.')}@linli>"
        mail.set_content(letter.text)
        parts = urlsplit(self.url)
        try:
            with smtplib.SMTP(parts.hostname or "localhost", parts.port or 25, timeout=TIMEOUT_SECONDS) as server:
                if parts.username and parts.password:
                    server.login(parts.username, parts.password)
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise SendRefused("address_refused") from error
        except (OSError, smtplib.SMTPException) as error:
            raise SendLater(type(error).__name__) from error


@dataclass(slots=True)
class SmsGateway:
    """Sends short messages by the contract above."""

    url: str
    channel: str = "sms"

    def send(self, letter: Letter) -> None:
        if not letter.telephone:
            raise SendRefused("no_telephone")
        body = json.dumps({"to": letter.telephone, "text": letter.text}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": letter.key}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310  a setting
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            if error.code == 429 or error.code >= 500:  # noqa: PLR2004
                raise SendLater(f"http_{error.code}") from error
            raise SendRefused(f"http_{error.code}") from error
        except OSError as error:
            raise SendLater(type(error).__name__) from error


def gateways_of(settings: Settings) -> tuple[Gateway, ...]:
    """Give the gateways of an installation, in the order in which they are tried; the console when it has none."""
    found: list[Gateway] = []
    if settings.sms_url:
        found.append(SmsGateway(settings.sms_url))
    if settings.smtp_url:
        found.append(SmtpGateway(settings.smtp_url, settings.mail_from))
    return tuple(found) or (ConsoleGateway(),)
