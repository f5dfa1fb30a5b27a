"""An SMS gateway by the contract, on a real socket: it keeps what it is given, and fails as it is told to."""

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Sms(ThreadingHTTPServer):
    """What it answers is set by the test; `failing` decides by chance, one time in four."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[tuple[str, dict[str, str]]] = []
        self.connections = 0
        self.status = 200
        self.failing: random.Random | None = None
        self._accepted: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/send"

    def accepted(self) -> list[str]:
        """Give the keys of the messages that were answered with success, in order."""
        return list(self._accepted)

    def answer(self, key: str, body: dict[str, str]) -> int:
        self.taken.append((key, body))
        status = 500 if self.failing is not None and self.failing.random() < 0.25 else self.status
        if status == 200:
            self._accepted.append(key)
        return status

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that died."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Sms

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.server.answer(self.headers["Idempotency-Key"], body))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving() -> Iterator[Sms]:
    """Run one until the block ends."""
    server = Sms()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
