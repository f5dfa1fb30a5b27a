"""``linli`` as processes of their own, to be watched and killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


def started(*arguments: str, environment: dict[str, str], log: Path, prelude: str = "") -> subprocess.Popen[bytes]:
    """Start ``linli`` in a process group of its own; `prelude` is Python that it runs first."""
    program = f"import sys\n{prelude}\nfrom web.cli import main\nsys.exit(main({list(arguments)!r}))"
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=HERE,
            env={**os.environ, **environment},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def killed(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started, without a word."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running(
    *arguments: str, environment: dict[str, str], log: Path, prelude: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``linli`` as a process of its own until the block ends."""
    process = started(*arguments, environment=environment, log=log, prelude=prelude)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        killed(process)


def eventually(holds: Callable[[], bool], log: Path, *, seconds: float = PATIENCE_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, log.read_text(errors="replace")[-3000:]
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False
