"""The far end of a webhook: one POST over the network, and a twin that records, for tests.

An address is resolved once, every address it has is looked at, and the connection goes to the one that was looked at:
neither a name that points inside nor one that changes in between reaches a private network. Redirects are not followed.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from web.refusals import AddressRefused

TIMEOUT_SECONDS = 10
_READ_BYTES = 1024


class NotReached(RuntimeError):
    """The receiver did not answer; the text is a code."""


class Receiver(Protocol):
    """Something that messages are handed to."""

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> int:
        """Hand one message over and give the status of the answer, or raise :class:`NotReached`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message as a receiver got it."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class RecordingReceiver:
    """Keeps what it got and answers as it was told: the twin for tests."""

    statuses: list[int] = field(default_factory=list)
    messages: list[Received] = field(default_factory=list)

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> int:
        self.messages.append(Received(url=url, headers=headers, body=body))
        status = self.statuses.pop(0) if self.statuses else 204
        if status == 0:
            raise NotReached("timeout")
        return status


@dataclass(frozen=True, slots=True)
class HttpReceiver:
    """Posts over the network; `private_allowed` lets addresses inside, and plain http, through."""

    private_allowed: bool = False

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> int:
        try:
            parts = checked_url(url, private_allowed=self.private_allowed)
            connection = _connection(parts, _address(parts, private_allowed=self.private_allowed))
        except AddressRefused as refusal:
            raise NotReached("address_refused") from refusal
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body=body, headers=dict(headers))
            answer = connection.getresponse()
            answer.read(_READ_BYTES)
        except TimeoutError as error:
            raise NotReached("timeout") from error
        except ssl.SSLError as error:
            raise NotReached("certificate") from error
        except (OSError, http.client.HTTPException) as error:
            raise NotReached("no_connection") from error
        else:
            return answer.status
        finally:
            connection.close()


def checked_url(url: str, *, private_allowed: bool) -> SplitResult:
    """Give the parts of an address that messages may be sent to.

    Raises
    ------
    AddressRefused
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(why="unreadable") from error
    schemes = {"https", "http"} if private_allowed else {"https"}
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.fragment or port == 0:
        raise AddressRefused(why="not_https")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(why="unreadable")
    try:
        is_inside = not ip_address(parts.hostname).is_global
    except ValueError:
        is_inside = parts.hostname == "localhost" or "." not in parts.hostname
    if is_inside and not private_allowed:
        raise AddressRefused(why="private")
    return parts


def _address(parts: SplitResult, *, private_allowed: bool) -> str:
    """Resolve a name to an address of which all are public."""
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or _port(parts), type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotReached("no_such_name") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not private_allowed and not all(ip_address(one.partition("%")[0]).is_global for one in addresses):
        raise AddressRefused(why="private")
    return addresses[0]


def _connection(parts: SplitResult, address: str) -> http.client.HTTPConnection:
    """Connect to `address`, while name and certificate stay those of the address in the webhook."""
    host, port = str(parts.hostname), parts.port or _port(parts)
    try:
        wire = socket.create_connection((address, port), timeout=TIMEOUT_SECONDS)
    except TimeoutError as error:
        raise NotReached("timeout") from error
    except OSError as error:
        raise NotReached("no_connection") from error
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    if parts.scheme == "https":
        try:
            wire = ssl.create_default_context().wrap_socket(wire, server_hostname=host)
        except OSError as error:
            wire.close()
            raise NotReached("certificate") from error
        connection.default_port = http.client.HTTPS_PORT  # the port that Host leaves out
    connection.sock = wire
    return connection


def _port(parts: SplitResult) -> int:
    return 443 if parts.scheme == "https" else 80
